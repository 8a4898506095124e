import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applySnapshot,
  changeMembers,
  decideHold,
  findDiscardedHold,
  findOpenHold,
  findSourcePerson,
  getHold,
  insertPerson,
  letDiscardedLeave,
  listHeldPeople,
  removePerson,
  updatePerson,
  withdrawEmptyHolds,
  type DirectoryUserRow,
} from '../../../db/index.ts';
import { outcomeOf } from '../../../onboarding/directory-holds.ts';
import { aPerson, minutesLater, now, openDatabases, type Databases } from '../builders.ts';
import { aGroupOf, aRunningDirectory, arrive, type Running } from './support.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases({ poolSize: 20 });
});
afterAll(() => databases.close());

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `p${from + index + 10}`);
const by = { type: 'staff', id: 'member_1' } as const;

const deactivate = (running: Running, row: DirectoryUserRow, at = minutesLater(5)) =>
  running.write((tx, scope) => updatePerson(tx, scope, row, { ...row, active: false }), at);
const remove = (running: Running, row: DirectoryUserRow, at = minutesLater(5)) =>
  running.write((tx, scope) => removePerson(tx, scope, row), at);
const hold = (running: Running) =>
  running.write((tx) => findOpenHold(tx, running.customer, running.directoryId));
async function decide(running: Running, decision: 'applied' | 'discarded', at = minutesLater(10)) {
  const open = await hold(running);
  if (open === undefined) throw new Error('nothing is on hold');
  await running.write((tx) => decideHold(tx, open, decision, by, at));
  return open;
}
const active = async (running: Running) =>
  (await running.shown()).filter((line) => line.endsWith(' active')).length;

/** 30 people of whom 3 may leave within an hour; four have been asked to. */
async function heldDirectory() {
  const running = await aRunningDirectory(databases, { people: 3, percent: 10 });
  const people = await arrive(running, many(30));
  for (const row of people.slice(0, 4)) await deactivate(running, row);
  return { running, people };
}

test('more leavings within an hour than the greater of the two counts are on hold [SCIM-09]', async () => {
  const { running } = await heldDirectory();

  expect(await active(running)).toBe(27);
  expect(await hold(running)).toMatchObject({ reason: 'many_leave', activeBefore: 30 });
});

test('the percentage counts where it allows more, and none of it means that nobody is ever asked', async () => {
  for (const [percent, expected] of [
    [20, 24],
    [0, 20],
  ] as const) {
    const running = await aRunningDirectory(databases, { people: 1, percent });
    const people = await arrive(running, many(30));
    for (const row of people.slice(0, 10)) await remove(running, row);
    expect(await active(running)).toBe(expected);
  }
});

test('of 20 who leave at once, only as many as are allowed take effect', async () => {
  const running = await aRunningDirectory(databases, { people: 5, percent: 10 });
  const people = await arrive(running, many(30));

  await Promise.all(people.slice(0, 20).map((row) => deactivate(running, row)));

  expect(await active(running)).toBe(25);
  const open = await hold(running);
  const held = await running.write((tx) => listHeldPeople(tx, running.customer, open?.id ?? '', 5));
  expect([held.count, held.people.length]).toEqual([15, 5]);
});

test('leavings of more than an hour ago do not count', async () => {
  const running = await aRunningDirectory(databases, { people: 2, percent: 1 });
  const people = await arrive(running, many(10));
  for (const [index, row] of people.entries()) await deactivate(running, row, minutesLater(index * 31));

  expect(await active(running)).toBe(0);
  expect(await hold(running)).toBeUndefined();
});

test('under a hold the source reads its own value and the vendor the published one', async () => {
  const { running, people } = await heldDirectory();
  await remove(running, people[10] as DirectoryUserRow);
  await running.forget();
  await deactivate(running, people[11] as DirectoryUserRow);

  const read = (row: DirectoryUserRow | undefined) =>
    running.write((tx, scope) => findSourcePerson(tx, scope, row?.id ?? ''));
  expect(await read(people[11])).toMatchObject({ active: false, state: 'active' });
  expect(await read(people[10])).toBeUndefined();
  expect(await active(running)).toBe(27);
  expect(await running.names()).toEqual([]);
});

test('applied, the leavings take effect and everybody hears of them', async () => {
  const { running, people } = await heldDirectory();
  const group = await aGroupOf(running, 'Sales');
  const leaver = people[10] as DirectoryUserRow;
  await running.write((tx, scope) => changeMembers(tx, scope, group.id, { add: [leaver.id], remove: [] }));
  await remove(running, leaver);
  await running.forget();

  const { id } = await decide(running, 'applied');

  expect(await running.shown()).toEqual(await running.source());
  expect(await running.names()).toEqual([
    'dsync.group.user_removed',
    'dsync.user.updated',
    'dsync.user.deleted',
  ]);
  const decided = await running.write((tx) => getHold(tx, running.customer, id));
  expect(decided).toMatchObject({ state: 'applied', decidedBy: 'member_1', decidedAt: minutesLater(10) });
  const audit = await running.write((tx) => tx.selectFrom('auditEvents').selectAll().execute());
  expect(audit).toMatchObject([{ action: 'directory.hold_applied', after: { hold_id: id, people: 2 } }]);
});

test('those whom a person has let go do not count again', async () => {
  const { running, people } = await heldDirectory();
  await decide(running, 'applied');

  for (const row of people.slice(4, 7)) await deactivate(running, row, minutesLater(20));

  expect(await hold(running)).toBeUndefined();
  expect(await running.shown()).toEqual(await running.source());
});

describe('discarded', () => {
  test('the vendor goes on being shown what they were, and nobody hears of anything', async () => {
    const { running } = await heldDirectory();
    await running.forget();

    await decide(running, 'discarded');

    expect(await active(running)).toBe(27);
    expect(await running.names()).toEqual([]);
  });

  test('whoever is active again in the source is as everybody else', async () => {
    const { running, people } = await heldDirectory();
    await decide(running, 'discarded');
    const row = await running.write((tx, scope) => findSourcePerson(tx, scope, people[3]?.id ?? ''));
    if (row === undefined) throw new Error('the person is not there');

    const again = await running.write((tx, scope) => updatePerson(tx, scope, row, { ...row, active: true }));

    expect(again).toMatchObject({ id: people[3]?.id, state: 'active', holdId: null, leftAt: null });
    await deactivate(running, again, minutesLater(90));
    expect(await running.shown()).toEqual(await running.source());
  });

  test('one whom the source had removed is there again under the same id, and not twice', async () => {
    const { running, people } = await heldDirectory();
    await remove(running, people[10] as DirectoryUserRow);
    await decide(running, 'discarded');
    await running.forget();

    const [again] = await arrive(running, [many(30)[10] as string]);

    expect(again.id).toBe(people[10]?.id);
    expect(await running.names()).toEqual([]);
    expect((await running.shown()).length).toBe(30);
  });
});

describe('taken back', () => {
  const findPerson = async (running: Running, id: string) => {
    const row = await running.write((tx, scope) => findSourcePerson(tx, scope, id));
    if (row === undefined) throw new Error('the person is not there');
    return row;
  };
  const comesBack = async (running: Running, id: string) => {
    const row = await findPerson(running, id);
    await running.write((tx, scope) => updatePerson(tx, scope, row, { ...row, active: true }));
  };

  test('a change whose source has everybody again waits for nobody, and who leaves next is counted anew', async () => {
    const { running, people } = await heldDirectory();
    const open = await hold(running);
    await comesBack(running, people[3]?.id ?? '');

    expect(await running.write((tx) => withdrawEmptyHolds(tx, now, running.directoryId))).toBe(1);

    expect(await hold(running)).toBeUndefined();
    const ended = await running.write((tx) => getHold(tx, running.customer, open?.id ?? ''));
    expect(outcomeOf(ended)).toBe('withdrawn');
    await deactivate(running, people[12] as DirectoryUserRow, minutesLater(90));
    expect(await running.shown()).toEqual(await running.source());
  });

  test('nor does it keep whoever leaves before anybody has looked', async () => {
    const { running, people } = await heldDirectory();
    await comesBack(running, people[3]?.id ?? '');

    await deactivate(running, people[12] as DirectoryUserRow, minutesLater(90));

    expect(await running.shown()).toEqual(await running.source());
  });
});

describe('after all', () => {
  const kept = (running: Running) =>
    running.write((tx, { directory }) => findDiscardedHold(tx, running.customer, directory));

  test('those whom a discarded change was about leave on a second thought, though the source is silent of them', async () => {
    const { running } = await heldDirectory();
    const { id } = await decide(running, 'discarded');
    await running.forget();

    const discarded = await kept(running);
    if (discarded === undefined) throw new Error('nobody is kept');
    expect(discarded.id).toBe(id);
    await running.write((tx) => letDiscardedLeave(tx, discarded, by, minutesLater(20)));

    expect(await running.shown()).toEqual(await running.source());
    expect(await running.names()).toEqual(['dsync.user.updated']);
    expect(await kept(running)).toBeUndefined();
    expect(await running.write((tx) => getHold(tx, running.customer, id))).toMatchObject({
      state: 'applied',
      decidedAt: minutesLater(20),
      decisionToldAt: null,
    });
  });

  test('nobody is kept whom the source has brought again, and nobody leaves twice', async () => {
    const { running, people } = await heldDirectory();
    const open = await decide(running, 'discarded');
    const row = await running.write((tx, scope) => findSourcePerson(tx, scope, people[3]?.id ?? ''));
    if (row === undefined) throw new Error('the person is not there');
    await running.write((tx, scope) => updatePerson(tx, scope, row, { ...row, active: true }));

    expect(await kept(running)).toBeUndefined();
    const late = running.write((tx) => letDiscardedLeave(tx, open, by, now));
    await expect(late).rejects.toMatchObject({ code: 'directory_hold_decided' });
    expect(await active(running)).toBe(27);
  });

  test('who decides on an open change decides nothing of one that was discarded meanwhile', async () => {
    const { running } = await heldDirectory();
    const open = await decide(running, 'discarded');

    const late = running.write((tx) => decideHold(tx, open, 'applied', by, now));

    await expect(late).rejects.toMatchObject({ code: 'directory_hold_decided' });
    expect(await active(running)).toBe(27);
  });
});

test('a hold is decided once', async () => {
  const { running } = await heldDirectory();
  const open = await hold(running);
  if (open === undefined) throw new Error('nothing is on hold');

  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () => running.write((tx) => decideHold(tx, open, 'applied', by, now))),
  );

  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toMatchObject(
    Array.from({ length: 4 }, () => ({ reason: { code: 'directory_hold_decided' } })),
  );
});

describe('while no hold is open', () => {
  /** A small generator, so that a failure can be played again. */
  const randomFrom = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };

  test.each([1, 2, 3])(
    'the vendor is shown what the source says, whatever it has said (%i)',
    async (seed) => {
      const random = randomFrom(seed);
      const running = await aRunningDirectory(databases, { people: 2, percent: 10 });
      const names = many(12);
      await arrive(running, names);
      const pick = () => names[Math.floor(random() * names.length)] as string;
      const find = async (name: string) =>
        running.write((tx) =>
          tx
            .selectFrom('directoryUsers')
            .selectAll()
            .where('directoryId', '=', running.directoryId)
            .where('userNameKey', '=', `${name}@acme.test`)
            .where('removedAt', 'is', null)
            .executeTakeFirst(),
        );

      for (let step = 0; step < 80; step += 1) {
        const name = pick();
        const at = minutesLater(step * 4);
        const row = await find(name);
        const kind = Math.floor(random() * 6);
        if (row === undefined) await running.write((tx, scope) => insertPerson(tx, scope, aPerson(name)), at);
        else if (kind === 0) await remove(running, row, at);
        else if (kind <= 2) await deactivate(running, row, at);
        else if (kind === 3)
          await running.write((tx, scope) => updatePerson(tx, scope, row, { ...row, active: true }), at);
        else if (kind === 4) {
          const people = names.filter(() => random() < 0.7).map((one) => known(one));
          if (people.length > 0)
            await running.write(
              (tx, scope) => applySnapshot(tx, scope, { people, groups: null, memberships: [] }),
              at,
            );
        } else if (await hold(running)) await decide(running, 'applied', at);
        if ((await hold(running)) === undefined)
          expect(await running.shown()).toEqual(await running.source());
      }
      if (await hold(running)) await decide(running, 'applied');
      expect(await running.shown()).toEqual(await running.source());
    },
  );

  const known = (name: string) => ({ ...aPerson(name), externalId: `ext-${name}` });
});
