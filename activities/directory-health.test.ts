import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  deleteOrganization,
  findDirectory,
  findReachableTime,
  insertMember,
  listOpenTroubles,
  noteReachable,
  withTenant,
  type DirectoryFileRow,
  type DirectoryRow,
} from '../db/index.ts';
import { aContact, aCustomer, aDirectory, aDirectoryToken, now, type Customer } from '../test/db/builders.ts';
import {
  anInvited,
  asSystem,
  dayMs,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';

/** What goes wrong with a directory, as the look at the health of everything live sees it, and who hears of it. */

let world: ActivityWorld;
let customer: Customer;
beforeAll(async () => {
  world = await openActivityWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.at = now;
  await forgetReachable();
  customer = await aCustomer(world, { name: 'Northwind' });
});

const forgetReachable = () => asSystem(world, (tx) => tx.deleteFrom('reachableTimes').execute());
/** Since then, and until now, an api could be called. */
async function reachableSince(since: Date): Promise<void> {
  await forgetReachable();
  await noteReachable(world.app, since, 5 * minuteMs);
  await noteReachable(world.app, now, dayMs);
}
const look = () => run(world.activities.sweep, { kind: 'minute' });
const ago = (ms: number) => new Date(now.getTime() - ms);
const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(world.app, customer, work);
const troubles = () => inTenant((tx) => listOpenTroubles(tx, customer));
const kindsOfTroubles = async () => (await troubles()).map(({ kind }) => kind);
const read = ({ id }: DirectoryRow) => inTenant((tx) => findDirectory(tx, customer, id));
const change = ({ id }: DirectoryRow, changes: Partial<DirectoryRow>) =>
  asSystem(world, (tx) => {
    const {
      guideProgress: _1,
      attributeMapping: _2,
      settings: _3,
      notices: _4,
      rolesBefore: _5,
      ...set
    } = changes;
    return tx.updateTable('directories').set(set).where('id', '=', id).execute();
  });
const anEntra = (changes: Partial<DirectoryRow> = {}) =>
  aDirectory(world, customer, {
    providerId: 'microsoft-entra-id',
    linkedAt: ago(30 * dayMs),
    lastRequestAt: changes.lastRequestAt ?? now,
    state: changes.state ?? 'linked',
  });

/** A change that waits, for as many people as named. */
async function aHold(
  { id: directoryId }: DirectoryRow,
  people: number,
  reason: 'many_leave' | 'first_file' | 'switch' = 'many_leave',
): Promise<string> {
  const id = newId('directory_hold_');
  await asSystem(world, async (tx) => {
    await tx
      .insertInto('directoryHolds')
      .values({ id, ...customer, directoryId, reason, activeBefore: 900, createdAt: world.clock.at })
      .execute();
    for (let n = 0; n < people; n += 1) {
      const userName = `person-${n}@northwind.test`;
      await tx
        .insertInto('directoryUsers')
        .values({
          id: newId('directory_user_'),
          ...customer,
          directoryId,
          generation: 1,
          externalId: null,
          userName,
          userNameKey: userName,
          raw: '{}',
          active: false,
          state: 'active',
          holdId: id,
        })
        .execute();
    }
  });
  return id;
}

const decide = (holdId: string, state: 'applied' | 'discarded') =>
  asSystem(world, (tx) =>
    tx
      .updateTable('directoryHolds')
      .set({ state, decidedAt: world.clock.at, decidedBy: 'link_1' })
      .where('id', '=', holdId)
      .execute(),
  );

test('a client that calls by the clock and has not for three hours needs a person, and is well with its next call', async () => {
  const directory = await anEntra({ lastRequestAt: ago(3 * hourMs) });
  await look();

  expect(await troubles()).toMatchObject([
    { kind: 'directory_silent', subjectId: directory.id, since: ago(3 * hourMs), cause: 'cycles' },
  ]);
  expect((await read(directory))?.silentSince).toEqual(ago(3 * hourMs));

  await change(directory, { lastRequestAt: now });
  await look();

  expect(await troubles()).toEqual([]);
  expect((await read(directory))?.silentSince).toBeNull();
});

test('a call that was answered breaks the silence, one with a token that does not hold does not', async () => {
  const directory = await anEntra({ lastRequestAt: ago(4 * hourMs) });
  const called = (at: Date, status: number) =>
    asSystem(world, (tx) =>
      tx
        .insertInto('directoryRequests')
        .values({
          id: newId('directory_request_'),
          ...customer,
          directoryId: directory.id,
          at,
          status,
          method: 'GET',
          path: '/Users',
          milliseconds: 1,
          kind: 'connection_test',
        })
        .execute(),
    );
  await called(ago(minuteMs), 401);
  await look();
  expect(await kindsOfTroubles()).toEqual(['directory_silent']);

  await called(ago(2 * minuteMs), 409);
  await look();
  expect(await kindsOfTroubles()).toEqual([]);
});

test('a cycle that is under way is no silence, nor is a directory that nobody has come from yet', async () => {
  await anEntra({ lastRequestAt: ago(2.9 * hourMs) });
  await aDirectory(world, customer, {
    state: 'validating',
    linkedAt: null,
    providerId: 'microsoft-entra-id',
  });
  await aDirectory(world, customer, { providerId: 'okta', lastRequestAt: ago(13 * dayMs) });
  await look();

  expect(await troubles()).toEqual([]);
});

test('nobody is silent because we could not be reached; who was silent before stays so until they speak', async () => {
  const silent = await anEntra({ lastRequestAt: ago(4 * hourMs) });
  await look();
  const other = await anEntra({ lastRequestAt: ago(4 * hourMs) });

  await reachableSince(ago(hourMs));
  await look();
  expect((await troubles()).map(({ subjectId }) => subjectId)).toEqual([silent.id]);

  await reachableSince(ago(3 * hourMs));
  await look();
  const both = (await troubles()).map(({ subjectId }) => subjectId);
  expect(both.toSorted()).toEqual([silent.id, other.id].toSorted());
});

test('the time in which we can be called begins anew after a gap only', async () => {
  const found = () => asSystem(world, findReachableTime);
  await noteReachable(world.app, ago(10 * minuteMs), 5 * minuteMs);
  await noteReachable(world.app, ago(6 * minuteMs), 5 * minuteMs);
  expect(await found()).toMatchObject({ since: ago(10 * minuteMs), until: ago(6 * minuteMs) });
  await noteReachable(world.app, now, 5 * minuteMs);
  expect(await found()).toMatchObject({ since: now, until: now });
});

test('what we read ourselves is silent when our readings bring nothing, not when we did not read', async () => {
  const directory = await aDirectory(world, customer, {
    road: 'google',
    providerId: null,
    linkedAt: ago(30 * dayMs),
  });
  const aRun = (startedAt: Date, state: 'done' | 'failed') =>
    asSystem(world, (tx) =>
      tx
        .insertInto('directoryRuns')
        .values({
          id: newId('directory_run_'),
          ...customer,
          directoryId: directory.id,
          kind: 'pull' as const,
          state,
          startedAt,
          endedAt: startedAt,
        })
        .execute(),
    );
  await aRun(ago(5 * hourMs), 'done');
  await look();
  expect(await troubles()).toEqual([]);

  await aRun(ago(minuteMs), 'failed');
  await look();
  expect(await troubles()).toMatchObject([{ kind: 'directory_silent', since: ago(5 * hourMs) }]);
});

test('refused credentials need a person until they are taken again, and are not silence, too', async () => {
  const directory = await anEntra({ lastRequestAt: ago(9 * dayMs) });
  await change(directory, {
    state: 'invalid_credentials',
    credentialsFailingSince: ago(hourMs),
    credentialsCause: 'denied',
  });
  await look();
  expect(await troubles()).toMatchObject([
    { kind: 'directory_refused', subjectId: directory.id, since: ago(hourMs), cause: 'denied' },
  ]);

  await change(directory, { state: 'linked', credentialsFailingSince: null, lastRequestAt: now });
  await look();
  expect(await troubles()).toEqual([]);
});

describe('a directory whose last token has ended', () => {
  const tokenTroubles = async () => (await troubles()).filter(({ kind }) => kind === 'directory_token_ended');

  test.each([
    ['run out', { expiresAt: ago(hourMs), revokedAt: null }],
    ['been retired', { expiresAt: null, revokedAt: ago(hourMs) }],
    ['been retired before its end', { expiresAt: ago(minuteMs), revokedAt: ago(hourMs) }],
  ])('needs a person when the last of them has %s', async (_how, end) => {
    const directory = await anEntra({ lastRequestAt: ago(9 * hourMs) });
    await aDirectoryToken(world, directory, { revokedAt: ago(9 * dayMs) });
    await aDirectoryToken(world, directory, end);
    await look();

    // It cannot speak, so it is not silent besides.
    expect(await troubles()).toMatchObject([
      { kind: 'directory_token_ended', subjectId: directory.id, since: ago(hourMs), cause: null },
    ]);
  });

  test('is well with the next token, and has its whole time to call by it', async () => {
    const directory = await anEntra({ lastRequestAt: ago(9 * hourMs) });
    await aDirectoryToken(world, directory, { revokedAt: ago(hourMs) });
    await look();
    expect(await kindsOfTroubles()).toEqual(['directory_token_ended']);

    await aDirectoryToken(world, directory, { createdAt: now, expiresAt: new Date(now.getTime() + dayMs) });
    await look();
    expect(await troubles()).toEqual([]);
  });

  test('needs nobody while another runs, while another set-up is prepared, or where no token is needed', async () => {
    const running = await anEntra();
    await aDirectoryToken(world, running, { revokedAt: ago(hourMs) });
    await aDirectoryToken(world, running, { expiresAt: new Date(now.getTime() + minuteMs) });
    const waiting = await aDirectory(world, customer, { state: 'validating', linkedAt: null });
    const switching = await anEntra();
    const files = await anEntra();
    for (const one of [waiting, switching, files])
      await aDirectoryToken(world, one, { revokedAt: ago(hourMs) });
    await change(switching, { nextGeneration: 2 });
    await change(files, { road: 'sftp' });
    await look();

    expect(await tokenTroubles()).toEqual([]);
  });

  test('is told to the contact who makes another, with the link', async () => {
    const invited = await anInvited(world, { name: 'Northwind' });
    ({ customer } = invited);
    await aDirectoryToken(world, await anEntra(), { revokedAt: ago(hourMs) });
    await look();
    const [trouble] = await troubles();
    await run(world.activities.sendNotice, {
      ...invited.whose(),
      notice: 'repair',
      subjectId: trouble?.id ?? '',
    });

    const [mail] = await world.mailTo(invited.contact.email);
    expect(mail?.subject).toBe('No token of Microsoft Entra ID works any more');
    expect(mail?.text).toContain('The last one ended at 09:00 UTC');
    expect(mail?.text).toContain('Make a token on the page and paste it into Microsoft Entra ID.');
  });
});

describe('lists of people that are refused', () => {
  const list = (
    { id }: DirectoryRow,
    receivedAt: Date,
    became: Partial<Pick<DirectoryFileRow, 'name' | 'state' | 'cause'>> = {},
  ) =>
    inTenant((tx) =>
      tx
        .insertInto('directoryFiles')
        .values({
          id: newId('directory_file_'),
          ...customer,
          directoryId: id,
          name: 'users.csv',
          receivedAt,
          state: 'refused' as const,
          cause: 'empty',
          expiresAt: now,
          ...became,
        })
        .execute(),
    );
  const fetched = () =>
    aDirectory(world, customer, { road: 'sftp', linkedAt: ago(30 * dayMs), lastRequestAt: ago(hourMs) });

  test('need a person once none was taken for a day, since the first of them', async () => {
    const directory = await fetched();
    await list(directory, ago(9 * dayMs));
    await list(directory, ago(3 * dayMs), { state: 'applied', cause: null });
    await list(directory, ago(dayMs));
    await list(directory, ago(hourMs));
    await look();

    expect(await troubles()).toMatchObject([
      { kind: 'directory_list_refused', subjectId: directory.id, since: ago(dayMs), cause: null },
    ]);
  });

  test('need nobody any more when a list is taken, waits for a decision, or changed nothing', async () => {
    for (const state of ['applied', 'held', 'unchanged'] as const) {
      const directory = await fetched();
      await list(directory, ago(2 * dayMs));
      await look();
      expect(await kindsOfTroubles()).toEqual(['directory_list_refused']);

      await list(directory, ago(minuteMs), { state, cause: null });
      await look();
      expect(await troubles()).toEqual([]);
    }
  });

  test('need nobody within the day, where a person has discarded them, and before the access of now', async () => {
    const fresh = await fetched();
    await list(fresh, ago(dayMs - minuteMs));
    const discarded = await fetched();
    await list(discarded, ago(3 * dayMs), { cause: 'discarded' });
    const renewed = await fetched();
    await list(renewed, ago(3 * dayMs));
    await change(renewed, { credentialsSetAt: ago(2 * dayMs) });
    const groups = await fetched();
    await list(groups, ago(3 * dayMs), { name: 'groups.csv' });
    await look();

    expect(await troubles()).toEqual([]);
  });
});

test('[SCIM-09] many who leave at once need a person until somebody decides; other holds are a part of setting up', async () => {
  const directory = await anEntra();
  const other = await anEntra();
  const hold = await aHold(directory, 2);
  await aHold(other, 1, 'first_file');
  await look();
  expect(await troubles()).toMatchObject([{ kind: 'directory_held', subjectId: directory.id, since: now }]);

  await decide(hold, 'discarded');
  await look();
  expect(await troubles()).toEqual([]);
});

test('a repair of a directory is a run of its own with the feature done, and closes with it', async () => {
  await anEntra({ lastRequestAt: ago(4 * hourMs) });
  await look();

  const [onboarding] = await inTenant((tx) =>
    tx.selectFrom('onboardings').selectAll().where('organizationId', '=', customer.organizationId).execute(),
  );
  expect(onboarding).toMatchObject({
    origin: 'repair',
    isOpen: true,
    view: { features: [{ feature: 'directory_sync', state: 'repair' }], stepsDone: 4, stepsTotal: 5 },
  });
});

test('the contact who is sent to repair it hears what is wrong, once, with the link', async () => {
  const invited = await anInvited(world, { name: 'Northwind' });
  ({ customer } = invited);
  await anEntra({ lastRequestAt: ago(4 * hourMs) });
  await look();
  const [trouble] = await troubles();

  const tell = () =>
    run(world.activities.sendNotice, { ...invited.whose(), notice: 'repair', subjectId: trouble?.id ?? '' });
  expect((await tell()).status).toBe('done');

  const [mail] = await world.mailTo(invited.contact.email);
  expect(mail?.subject).toBe('We have not heard from Microsoft Entra ID for a while');
  expect(mail?.text).toContain('We last heard from Microsoft Entra ID at 06:00 UTC');
  expect(mail?.text).toContain('It usually sends far more often.');
});

test('files are named by where they come from, and a change of theirs begins its sentence', async () => {
  const { other, member, subjects } = await people();
  const files = () => aDirectory(world, customer, { road: 'sftp', providerId: 'sftp' });
  await aHold(await files(), 1, 'first_file');
  await look();
  expect(await subjects(other.email)).toEqual(['The first file from your HR system waits for you']);

  await aHold(await files(), 3);
  await look();
  expect((await world.mailTo(other.email)).map(({ text }) => text).join()).toContain(
    'Your HR system asked to deactivate 3 of 900.',
  );
  // Staff know it by its name.
  expect((await world.mailTo(member)).map(({ text }) => text).join()).toContain(
    'Files by SFTP asked to change 3 of 900',
  );
});

/** A member of staff who may help, and a contact beside the one that repairs. */
async function people() {
  const invited = await anInvited(world, { name: 'Northwind' });
  ({ customer } = invited);
  const other = await aContact(world, customer, `other-${newId('x_').slice(-8).toLowerCase()}@acme.test`);
  const member = `staff-${newId('x_').slice(-8).toLowerCase()}@vendor.test`;
  await withTenant(world.app, { environmentId: customer.environmentId }, (tx) =>
    insertMember(tx, {
      id: newId('member_'),
      environmentId: customer.environmentId,
      email: member,
      name: 'Kim',
      role: 'support',
      createdAt: now,
    }),
  );
  const subjects = async (email: string) => (await world.mailTo(email)).map(({ subject }) => subject);
  return { invited, other, member, subjects };
}

test('[SCIM-09] contacts and staff hear of a change on hold with its numbers, once, and of what was decided', async () => {
  const { invited, other, member, subjects } = await people();
  const directory = await anEntra();
  const hold = await aHold(directory, 3);
  await look();
  await look();

  expect(await subjects(other.email)).toEqual(['A change for 3 people is on hold']);
  expect((await world.mailTo(other.email))[0]?.text).toContain(
    'Microsoft Entra ID asked to deactivate 3 of 900. None of them is affected until you decide.',
  );
  expect(await subjects(member)).toEqual(['Northwind: a change for 3 people is on hold']);
  // The one who repairs it hears of it with the link, from the onboarding.
  expect(await subjects(invited.contact.email)).toEqual([]);
  const [trouble] = await troubles();
  await run(world.activities.sendNotice, {
    ...invited.whose(),
    notice: 'repair',
    subjectId: trouble?.id ?? '',
  });
  expect(await subjects(invited.contact.email)).toEqual(['A change for 3 people is on hold']);

  world.clock.at = new Date(now.getTime() + minuteMs);
  await decide(hold, 'applied');
  await look();
  await look();

  const decided = 'The change from Microsoft Entra ID was applied';
  expect((await subjects(other.email)).slice(1)).toEqual([decided]);
  expect((await subjects(invited.contact.email)).slice(1)).toEqual([decided]);
  expect((await subjects(member)).slice(1)).toEqual(['Northwind: the change on hold was applied']);
});

test('the first file is told when it waits, and nobody is told of a switch that is only prepared', async () => {
  const { other, member, subjects } = await people();
  await aHold(await anEntra(), 1, 'first_file');
  await aHold(await anEntra(), 1, 'switch');
  await look();

  expect(await subjects(other.email)).toEqual(['The first file from Microsoft Entra ID waits for you']);
  expect(await subjects(member)).toEqual([
    'Northwind: the first file from Microsoft Entra ID waits for the customer',
  ]);
});

test('a change that was decided before anybody was told is told to nobody', async () => {
  const { other, member, subjects } = await people();
  await decide(await aHold(await anEntra(), 1), 'discarded');
  await look();

  expect([await subjects(other.email), await subjects(member)]).toEqual([[], []]);
});

test('a directory of a deleted organization needs nobody any more', async () => {
  await anEntra({ lastRequestAt: ago(4 * hourMs) });
  await look();
  expect(await kindsOfTroubles()).toEqual(['directory_silent']);
  await inTenant((tx) => deleteOrganization(tx, customer, now));
  await look();

  expect(await kindsOfTroubles()).toEqual([]);
});
