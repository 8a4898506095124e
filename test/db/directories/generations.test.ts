import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../adapters/ids.ts';
import {
  bringDirectoryBack,
  changeMembers,
  confirmDirectorySwitch,
  deleteOrganization,
  discardDirectorySwitch,
  dropDirectory,
  eraseLeftPeople,
  findDirectoryToken,
  findSourcePerson,
  insertGroup,
  insertPerson,
  issueDirectoryToken,
  listDirectoryTokens,
  listFormerDirectories,
  prepareDirectorySwitch,
  removePerson,
  restoreOrganization,
  updatePerson,
  viewSwitch,
  withSystem,
  withTenant,
} from '../../../db/index.ts';
import { groupPairs, peoplePairs } from '../../../db/directories/generation-match.ts';
import { aGroup, aPerson, minutesLater, now, openDatabases, type Databases } from '../builders.ts';
import { aGroupOf, aRunningDirectory, arrive, type Running } from './support.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

const by = {
  actor: { type: 'staff', id: 'member_1' } as const,
  now: minutesLater(10),
  credentials: { toFormer: () => null, toDirectory: () => null },
};
const entra = {
  name: 'Acme',
  type: 'azure scim v2.0',
  providerId: 'entra',
  road: 'scim' as const,
  sftpUserName: null,
};

const prepare = (running: Running) =>
  running.write((tx) =>
    prepareDirectorySwitch(
      tx,
      running.customer,
      running.directoryId,
      { source: entra, reason: 'switched' },
      by,
    ),
  );
const confirm = (running: Running) =>
  running.write((tx) => confirmDirectorySwitch(tx, running.customer, running.directoryId, by));
const formers = (running: Running) =>
  running.write((tx) => listFormerDirectories(tx, running.customer, running.directoryId, by.now));
const shownIds = (running: Running) =>
  running.write(async (tx) => {
    const rows = await tx
      .selectFrom('directoryUsers')
      .select(['id', 'userName', 'firstName'])
      .where('state', 'is not', null)
      .where('deletedAt', 'is', null)
      .orderBy('userNameKey')
      .execute();
    return rows.map(({ id, userName }) => `${userName} ${id}`);
  });

test('who and what a switch cannot tell from others is taken for nobody else, and gives no role by chance', async () => {
  const running = await aRunningDirectory(databases);
  await running.write(async (tx, scope) => {
    for (const name of ['ann', 'bob', 'cem'])
      await insertPerson(tx, scope, aPerson(name, { email: name === 'cem' ? null : 'shared@acme.test' }));
  });
  const groups = await running.write(async (tx, scope) => {
    for (const externalId of ['first', 'second'])
      await insertGroup(tx, scope, aGroup('Team', { externalId }));
    await insertGroup(tx, scope, aGroup('IT'));
    return tx.selectFrom('directoryGroups').select(['id', 'externalId']).execute();
  });
  await prepare(running);

  const pairs = await running.write(async (tx, scope) => {
    const of = { directoryId: running.directoryId, generation: scope.generation };
    for (const name of ['ann2', 'bob'])
      await insertPerson(tx, scope, aPerson(name, { email: 'shared@acme.test' }));
    await insertPerson(tx, scope, aPerson('cem2', { email: 'cem@acme.test' }));
    for (const externalId of ['second', 'third'])
      await insertGroup(tx, scope, aGroup('Team', { externalId }));
    for (const externalId of ['one', 'other']) await insertGroup(tx, scope, aGroup('IT', { externalId }));
    const named = await tx.selectFrom('directoryUsers').select(['id', 'userName']).execute();
    const nameOf = new Map(named.map(({ id, userName }) => [id, userName]));
    return {
      people: (await peoplePairs(tx, of)).map(({ oldId, newId }) => [nameOf.get(oldId), nameOf.get(newId)]),
      groups: (await groupPairs(tx, of)).map(({ oldId }) => oldId),
    };
  });

  expect(pairs.people).toEqual([
    ['bob@acme.test', 'bob@acme.test'],
    ['cem@acme.test', 'cem2@acme.test'],
  ]);
  expect(pairs.groups).toEqual([groups.find(({ externalId }) => externalId === 'second')?.id]);
});

test('who has left shares an address with nobody who is there: a switch knows whoever has it now', async () => {
  const running = await aRunningDirectory(databases);
  const [left] = await arrive(running, ['old']);
  await running.write(async (tx, scope) => {
    await updatePerson(tx, scope, left, { ...aPerson('old', { email: 'help@acme.test' }) });
    // As by a change on hold: gone at the source, and shown still.
    await tx
      .updateTable('directoryUsers')
      .set({ removedAt: minutesLater(1) })
      .where('id', '=', left.id)
      .execute();
    await insertPerson(tx, scope, aPerson('ann', { email: 'help@acme.test' }));
  });
  await prepare(running);

  const pairs = await running.write(async (tx, scope) => {
    await insertPerson(tx, scope, aPerson('anna', { email: 'help@acme.test' }));
    return peoplePairs(tx, { directoryId: running.directoryId, generation: scope.generation });
  });

  expect(pairs).toHaveLength(1);
  expect(pairs[0]?.oldId).not.toBe(left.id);
});

/** Ann, Bob and Cem are shown, two of them in Sales; a new source has sent Ann, Bob under another name, and Dan. */
async function aPreparedSwitch() {
  const running = await aRunningDirectory(databases);
  const [ann, bob, cem] = await arrive(running, ['ann', 'bob', 'cem']);
  const sales = await aGroupOf(running, 'Sales');
  await running.write((tx, scope) =>
    changeMembers(tx, scope, sales.id, { add: [ann.id, cem.id], remove: [] }),
  );
  await running.forget();
  await prepare(running);
  const next = await running.write(async (tx, scope) => {
    const people = [
      aPerson('ann', { externalId: 'new-ann', firstName: 'Anna' }),
      aPerson('bob', { externalId: 'new-bob', userName: 'robert@acme.test' }),
      aPerson('dan', { externalId: 'new-dan' }),
    ];
    const rows = [];
    for (const person of people) rows.push(await insertPerson(tx, scope, person));
    const group = await insertGroup(tx, scope, aGroup('Sales', { externalId: 'new-sales' }));
    await changeMembers(tx, scope, group.id, { add: rows.map(({ id }) => id), remove: [] });
    return { rows, group };
  });
  return { running, ann, bob, cem, sales, next };
}

test('what the new source sends is shown to nobody, and the people shown stay as they are', async () => {
  const { running } = await aPreparedSwitch();

  expect((await running.names()).filter((name) => !name.startsWith('dsync.token'))).toEqual([]);
  expect(await running.shown()).toEqual([
    'ann@acme.test active',
    'bob@acme.test active',
    'cem@acme.test active',
  ]);
  expect(await running.source()).toEqual([
    'ann@acme.test active',
    'dan@acme.test active',
    'robert@acme.test active',
  ]);
});

test('the preview tells who would appear, vanish and stay', async () => {
  const { running } = await aPreparedSwitch();
  const look = async (kind: 'appear' | 'vanish' | 'stay', after: string | null = null) => {
    const { id: directoryId, nextGeneration } = await running.directory();
    const next = { directoryId, generation: nextGeneration ?? 0 };
    const view = await running.write((tx) => viewSwitch(tx, next, { kind, after, limit: 1 }));
    return [view.people.map(({ userName }) => userName), view.after, view.counts];
  };

  const counts = { appear: 1, vanish: 1, stay: 2 };
  expect(await look('appear')).toEqual([['dan@acme.test'], null, counts]);
  expect(await look('vanish')).toEqual([['cem@acme.test'], null, counts]);
  expect(await look('stay')).toEqual([['ann@acme.test'], 'ann@acme.test', counts]);
  expect(await look('stay', 'ann@acme.test')).toEqual([['bob@acme.test'], null, counts]);
});

describe('confirmed', () => {
  test('who is in both keeps their id, and everybody hears of the others', async () => {
    const { running, ann, bob, cem, sales, next } = await aPreparedSwitch();
    await running.forget();

    expect(await confirm(running)).toEqual({ appear: 1, vanish: 1, stay: 2 });

    const [, , dan] = next.rows;
    expect(await shownIds(running)).toEqual([
      `ann@acme.test ${ann.id}`,
      `dan@acme.test ${dan?.id}`,
      `robert@acme.test ${bob.id}`,
    ]);
    expect(await running.shown()).toEqual(await running.source());
    expect(await running.events()).toMatchObject([
      { name: 'dsync.group.user_removed', data: { user: { id: cem.id }, group: { id: sales.id } } },
      { name: 'dsync.user.deleted', data: { id: cem.id } },
      { name: 'dsync.user.updated', data: { id: ann.id, previous_attributes: { first_name: 'ann' } } },
      { name: 'dsync.user.updated', data: { id: bob.id, username: 'robert@acme.test' } },
      { name: 'dsync.user.created', data: { id: dan?.id } },
      { name: 'dsync.group.updated', data: { id: sales.id, idp_id: 'new-sales' } },
      { name: 'dsync.group.user_added', data: { user: { id: bob.id }, group: { id: sales.id } } },
      { name: 'dsync.group.user_added', data: { user: { id: dan?.id }, group: { id: sales.id } } },
    ]);
  });

  test('the new source goes on calling people and groups as it was told to', async () => {
    const { running, ann, sales, next } = await aPreparedSwitch();
    const [nextAnn, nextBob] = next.rows;
    await confirm(running);
    await running.forget();

    const found = await running.write((tx, scope) => findSourcePerson(tx, scope, nextAnn?.id ?? ''));
    expect(found?.id).toBe(ann.id);
    expect(await running.write((tx, scope) => findSourcePerson(tx, scope, ann.id))).toBeUndefined();
    await running.write((tx, scope) =>
      changeMembers(tx, scope, sales.id, { add: [], remove: [nextBob?.id ?? ''] }),
    );
    if (found)
      await running.write((tx, scope) => updatePerson(tx, scope, found, { ...found, active: false }));

    expect(await running.names()).toEqual(['dsync.group.user_removed', 'dsync.user.updated']);
    expect(await running.shown()).toEqual(await running.source());
  });

  test('while nobody has come, it is refused: everybody would vanish', async () => {
    const running = await aRunningDirectory(databases);
    await arrive(running, ['ann']);
    await prepare(running);

    await expect(confirm(running)).rejects.toMatchObject({ code: 'directory_snapshot_empty' });
    expect(await running.shown()).toEqual(['ann@acme.test active']);
  });
});

test('given up, the former set-up is back with its tokens, and its source writes to the people shown', async () => {
  const running = await aRunningDirectory(databases);
  await arrive(running, ['ann']);
  await running.write(async (tx, { directory }) =>
    issueDirectoryToken(
      tx,
      directory,
      { digest: `digest of ${directory.id}`, suffix: '9f2c', expiresAt: null },
      by,
    ),
  );
  const works = () =>
    running.write(
      async (tx, { directory }) =>
        (await findDirectoryToken(tx, directory, `digest of ${directory.id}`, now)) !== undefined,
    );
  expect(await works()).toBe(true);
  await prepare(running);
  expect([await works(), (await running.directory()).type]).toEqual([false, 'azure scim v2.0']);
  await running.write((tx, scope) => insertPerson(tx, scope, aPerson('dan')));

  await running.write((tx) => discardDirectorySwitch(tx, running.customer, running.directoryId, by));

  expect([await works(), (await running.directory()).type]).toEqual([true, 'okta scim v2.0']);
  await running.write((tx, scope) => insertPerson(tx, scope, aPerson('eve')));
  expect(await running.shown()).toEqual(['ann@acme.test active', 'eve@acme.test active']);
  await prepare(running);
  expect(await running.source()).toEqual([]);
});

test('a write that began before the switch was given up is refused, and nothing of it is kept', async () => {
  const running = await aRunningDirectory(databases);
  await arrive(running, ['ann']);
  await prepare(running);
  const stale = await running.directory();
  await running.write((tx) => discardDirectorySwitch(tx, running.customer, running.directoryId, by));

  const late = running.write((tx) =>
    insertPerson(tx, { directory: stale, generation: stale.nextGeneration ?? 0, now }, aPerson('dan')),
  );

  await expect(late).rejects.toMatchObject({ code: 'conflict' });
});

test('one switch is prepared at a time', async () => {
  const { running } = await aPreparedSwitch();

  await expect(prepare(running)).rejects.toMatchObject({ code: 'directory_switch_open' });
});

describe('brought back within 30 days', () => {
  test('the former people are shown under the ids that the vendor knows; who had vanished is new', async () => {
    const { running, ann, bob, cem, sales, next } = await aPreparedSwitch();
    await confirm(running);
    const [former] = await formers(running);
    await running.forget();

    const counts = await running.write((tx) =>
      bringDirectoryBack(
        tx,
        running.customer,
        { directoryId: running.directoryId, formerId: former?.id ?? '' },
        by,
      ),
    );

    expect(counts).toEqual({ appear: 1, vanish: 1, stay: 2 });
    const [first, second, third] = await shownIds(running);
    expect([first, second]).toEqual([`ann@acme.test ${ann.id}`, `bob@acme.test ${bob.id}`]);
    expect(third).toMatch(/^cem@acme.test directory_user_/);
    expect(third).not.toContain(cem.id);
    expect(await running.shown()).toEqual(await running.source());
    // Its client calls everybody as it always has.
    const again = await running.write((tx, scope) => findSourcePerson(tx, scope, cem.id));
    expect(`cem@acme.test ${again?.id}`).toBe(third);
    await running.write((tx, scope) =>
      changeMembers(tx, scope, sales.id, { add: [bob.id], remove: [ann.id, cem.id] }),
    );
    expect(await running.names()).toContain('dsync.group.user_removed');
    if (again) await running.write((tx, scope) => removePerson(tx, scope, again));
    expect(await running.directory()).toMatchObject({ type: 'okta scim v2.0', nextGeneration: null });
    expect((await running.events()).filter(({ name }) => name === 'dsync.user.deleted')).toMatchObject([
      { data: { id: next.rows[2]?.id } },
      { data: { id: again?.id } },
    ]);
  });

  test('it is gone after that', async () => {
    const { running } = await aPreparedSwitch();
    await confirm(running);
    const [former] = await formers(running);
    const late = { ...by, now: minutesLater(31 * 24 * 60) };

    await expect(
      running.write((tx) =>
        bringDirectoryBack(
          tx,
          running.customer,
          { directoryId: running.directoryId, formerId: former?.id ?? '' },
          late,
        ),
      ),
    ).rejects.toMatchObject({ code: 'former_ended' });
  });
});

test('a directory that never had people is set up anew at once', async () => {
  const running = await aRunningDirectory(databases);

  await prepare(running);

  expect(await running.directory()).toMatchObject({
    type: 'azure scim v2.0',
    nextGeneration: null,
    generation: 1,
  });
  expect(await formers(running)).toEqual([]);
});

test('two tokens run at once, and no third', async () => {
  const running = await aRunningDirectory(databases);
  const issue = (digest: string) =>
    running.write((tx, { directory }) =>
      issueDirectoryToken(
        tx,
        directory,
        { digest: `${digest} of ${directory.id}`, suffix: '9f2c', expiresAt: null },
        { ...by, now },
      ),
    );
  await issue('one');
  await issue('two');

  await expect(issue('three')).rejects.toMatchObject({ code: 'directory_tokens_full' });
  const tokens = await running.write((tx) =>
    listDirectoryTokens(tx, running.customer, running.directoryId, now),
  );
  expect(tokens).toHaveLength(2);
  expect(await running.names()).toEqual(['dsync.token.created', 'dsync.token.created']);
});

describe('the sweep', () => {
  const sweep = (at: Date) => withSystem(databases.system, (tx) => eraseLeftPeople(tx, at));
  const kept = (running: Running) =>
    running.write(async (tx) => {
      const rows = await tx.selectFrom('directoryUsers').select('userName').orderBy('userName').execute();
      return rows.map(({ userName }) => userName);
    });

  test('erases people of a former set-up when it is kept no longer, and knows removed ones for good', async () => {
    const { running } = await aPreparedSwitch();
    await confirm(running);
    await sweep(minutesLater(29 * 24 * 60));
    expect(await kept(running)).toHaveLength(6);

    await sweep(minutesLater(31 * 24 * 60));

    expect(await kept(running)).toEqual([
      'ann@acme.test',
      'cem@acme.test',
      'dan@acme.test',
      'robert@acme.test',
    ]);
    expect(await sweep(minutesLater(31 * 24 * 60))).toBe(0);
  });

  test('keeps everybody of a deleted organization for as long as it can be restored', async () => {
    const running = await aRunningDirectory(databases);
    const [ann] = await arrive(running, ['ann', 'ben']);
    const sales = await aGroupOf(running, 'Sales');
    await running.write((tx, scope) => changeMembers(tx, scope, sales.id, { add: [ann.id], remove: [] }));
    await withTenant(databases.app, running.customer, (tx) => deleteOrganization(tx, running.customer, now));
    const day29 = minutesLater(29 * 24 * 60);

    while ((await sweep(day29)) > 0);

    await withTenant(databases.app, running.customer, (tx) =>
      restoreOrganization(tx, running.customer, day29),
    );
    expect(await kept(running)).toEqual(['ann@acme.test', 'ben@acme.test']);
    const groups = await running.write((tx) =>
      tx.selectFrom('directoryMemberships').select(['groupId', 'userId']).execute(),
    );
    expect(groups).toEqual([{ groupId: sales.id, userId: ann.id }]);
  });

  test('erases everybody of a deleted directory, and nobody of one that lives', async () => {
    const [gone, living] = [await aRunningDirectory(databases), await aRunningDirectory(databases)];
    for (const running of [gone, living]) {
      const [ann] = await arrive(running, ['ann']);
      const sales = await aGroupOf(running, 'Sales');
      await running.write((tx, scope) => changeMembers(tx, scope, sales.id, { add: [ann.id], remove: [] }));
    }
    await gone.write((tx) =>
      dropDirectory(tx, gone.customer, gone.directoryId, { actor: by.actor, now, newId }),
    );

    expect(await sweep(now)).toBeGreaterThan(0);
    expect(await sweep(now)).toBe(0);

    const left = await withSystem(databases.system, (tx) =>
      tx
        .selectFrom('directoryUsers')
        .select('directoryId')
        .where('directoryId', 'in', [gone.directoryId, living.directoryId])
        .execute(),
    );
    expect(left).toEqual([{ directoryId: living.directoryId }]);
    for (const table of ['directoryGroups', 'directoryMemberships'] as const) {
      const rows = await withSystem(databases.system, (tx) =>
        tx
          .selectFrom(table)
          .select('directoryId')
          .where('directoryId', 'in', [gone.directoryId, living.directoryId])
          .execute(),
      );
      expect(rows).toEqual([{ directoryId: living.directoryId }]);
    }
  });
});
