import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  applySnapshot,
  changeMembers,
  findOpenHold,
  previewSnapshot,
  updatePerson,
  type DirectorySnapshot,
} from '../../../db/index.ts';
import { aGroup, aPerson, minutesLater, openDatabases, type Databases } from '../builders.ts';
import { statementsOf } from '../../support/statements.ts';
import { aRunningDirectory, arrive, type Running } from './support.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

const countStatements = async (work: () => Promise<unknown>) =>
  (await statementsOf(databases.app, work)).sent.length;
const known = (name: string, changes: Parameters<typeof aPerson>[1] = {}) => ({
  ...aPerson(name, changes),
  externalId: `ext-${name}`,
});
const aKnownGroup = (name: string, displayName = name) => ({
  ...aGroup(name, { displayName }),
  externalId: `ext-${name}`,
});
const inGroup = (group: string, person: string) => ({ group: `ext-${group}`, person: `ext-${person}` });
const apply = (running: Running, snapshot: Partial<DirectorySnapshot>, at = minutesLater(1)) =>
  running.write(
    (tx, scope) => applySnapshot(tx, scope, { people: [], groups: [], memberships: [], ...snapshot }),
    at,
  );
const nothing = {
  created: 0,
  updated: 0,
  deactivated: 0,
  removed: 0,
  groupsCreated: 0,
  groupsUpdated: 0,
  groupsRemoved: 0,
  membersAdded: 0,
  membersRemoved: 0,
};
const first = {
  people: [known('ann'), known('bob'), known('cem')],
  groups: [aKnownGroup('Sales'), aKnownGroup('IT')],
  memberships: [
    inGroup('Sales', 'ann'),
    inGroup('Sales', 'bob'),
    inGroup('IT', 'cem'),
    inGroup('IT', 'nobody'),
  ],
};

test('the first snapshot links the directory and tells of everybody in causal order', async () => {
  const running = await aRunningDirectory(databases);

  const outcome = await apply(running, first);

  expect(outcome).toEqual({ ...nothing, created: 3, groupsCreated: 2, membersAdded: 3 });
  expect(await running.names()).toEqual([
    'dsync.activated',
    ...Array.from({ length: 3 }, () => 'dsync.user.created'),
    ...Array.from({ length: 2 }, () => 'dsync.group.created'),
    ...Array.from({ length: 3 }, () => 'dsync.group.user_added'),
  ]);
  expect(await running.directory()).toMatchObject({ state: 'linked', firstSyncedAt: minutesLater(1) });
});

test('the same snapshot again changes nothing and tells nobody [IMP-04]', async () => {
  const running = await aRunningDirectory(databases);
  await apply(running, first);
  await running.forget();

  expect(await apply(running, first)).toEqual(nothing);
  expect(await running.names()).toEqual([]);
});

test('what differs is written: who came, changed, went, and who is in which group', async () => {
  const running = await aRunningDirectory(databases);
  await apply(running, first);
  await running.forget();

  const outcome = await apply(running, {
    people: [known('ann', { lastName: 'Low' }), known('bob', { active: false }), known('dan')],
    groups: [aKnownGroup('Sales', 'Sellers'), aKnownGroup('Law')],
    memberships: [inGroup('Sales', 'ann'), inGroup('Law', 'dan')],
  });

  expect(outcome).toEqual({
    created: 1,
    updated: 1,
    deactivated: 1,
    removed: 1,
    groupsCreated: 1,
    groupsUpdated: 1,
    groupsRemoved: 1,
    membersAdded: 1,
    membersRemoved: 1,
  });
  expect(await running.shown()).toEqual([
    'ann@acme.test active',
    'bob@acme.test inactive',
    'dan@acme.test active',
  ]);
  expect(await running.names()).toEqual([
    'dsync.group.user_removed',
    'dsync.user.deleted',
    'dsync.user.updated',
    'dsync.user.updated',
    'dsync.user.created',
    'dsync.group.deleted',
    'dsync.group.updated',
    'dsync.group.created',
    'dsync.group.user_removed',
    'dsync.group.user_added',
  ]);
});

test('an empty snapshot never means that all have gone [IMP-04]', async () => {
  const running = await aRunningDirectory(databases);
  await apply(running, first);

  await expect(apply(running, { groups: null })).rejects.toMatchObject({ code: 'directory_snapshot_empty' });
  expect(await running.shown()).toHaveLength(3);
});

test('where a source tells of no groups, they stay and so do their members', async () => {
  const running = await aRunningDirectory(databases);
  await apply(running, first);

  expect(await apply(running, { people: first.people, groups: null })).toEqual(nothing);
});

test('names may change places, and a leaver’s name may be another’s at once', async () => {
  const running = await aRunningDirectory(databases);
  await apply(running, first);

  const outcome = await apply(running, {
    ...first,
    people: [
      known('ann', { userName: 'bob@acme.test' }),
      known('bob', { userName: 'ann@acme.test' }),
      known('dan', { userName: 'cem@acme.test' }),
    ],
  });

  expect(outcome).toMatchObject({ updated: 2, removed: 1, created: 1 });
  expect(await running.shown()).toHaveLength(3);
});

test('a snapshot that names somebody twice is refused whole', async () => {
  const running = await aRunningDirectory(databases);

  const twice = apply(running, { people: [known('ann'), known('bob', { userName: 'ANN@acme.test' })] });

  await expect(twice).rejects.toMatchObject({ code: 'directory_user_exists' });
});

test('too many leavers of one snapshot wait together, and the rest is applied [SCIM-09]', async () => {
  const running = await aRunningDirectory(databases, { people: 2, percent: 10 });
  await apply(running, first);
  await running.forget();

  const outcome = await apply(running, { people: [known('dan')], groups: first.groups });

  const hold = await running.write((tx) => findOpenHold(tx, running.customer, running.directoryId));
  expect(outcome).toMatchObject({ hold: hold?.id, created: 1, removed: 3 });
  expect(await running.shown()).toHaveLength(4);
  expect(await running.names()).toEqual(['dsync.user.created']);
  expect(await apply(running, { people: [known('dan')], groups: first.groups })).toEqual(nothing);
});

test('a preview says what a snapshot would do and leaves everything as it is', async () => {
  const running = await aRunningDirectory(databases, { people: 2, percent: 10 });
  await apply(running, first);
  await running.forget();

  const would = await running.write((tx, scope) =>
    previewSnapshot(tx, scope, { people: [known('dan')], groups: [], memberships: [] }),
  );

  expect(would).toEqual({ ...nothing, isHeld: true, created: 1, removed: 3, groupsRemoved: 2 });
  expect(await running.names()).toEqual([]);
  expect(await apply(running, first)).toEqual(nothing);
});

describe('for any number of people', () => {
  test('the statements are as many', async () => {
    const statementsFor = async (count: number) => {
      const running = await aRunningDirectory(databases);
      const people = Array.from({ length: count }, (_, index) => known(`p${index}`));
      const memberships = people.map((_, index) => inGroup('Sales', `p${index}`));
      const taken = await countStatements(() =>
        apply(running, { people, groups: [aKnownGroup('Sales')], memberships }),
      );
      return taken;
    };

    expect(await statementsFor(3_000)).toBe(await statementsFor(3));
  });
});

describe('members of a group', () => {
  test('1,000 at once take as many statements as one, and one costs the same among 10 and among 1,000', async () => {
    const running = await aRunningDirectory(databases);
    const names = Array.from({ length: 1_001 }, (_, index) => `p${index}`);
    await apply(running, { people: names.map((name) => known(name)), groups: [aKnownGroup('Sales')] });
    const ids = await running.write(async (tx) => {
      const rows = await tx.selectFrom('directoryUsers').select('id').orderBy('id').execute();
      return rows.map(({ id }) => id);
    });
    const group = await running.write((tx) =>
      tx.selectFrom('directoryGroups').select('id').executeTakeFirstOrThrow(),
    );
    const add = (some: readonly string[]) =>
      countStatements(() =>
        running.write((tx, scope) => changeMembers(tx, scope, group.id, { add: [...some], remove: [] })),
      );

    const one = await add(ids.slice(0, 1));
    expect(await add(ids.slice(1, 1_000))).toBe(one);
    expect(await add(ids.slice(1_000))).toBe(one);
  });
});

test('a person whom a client of SCIM had written is matched by the external id', async () => {
  const running = await aRunningDirectory(databases);
  const [ann] = await arrive(running, ['ann']);
  await running.write((tx, scope) => updatePerson(tx, scope, ann, { ...ann, firstName: 'Anna' }));

  const outcome = await apply(running, { people: [known('ann')], groups: null });

  expect(outcome).toEqual({ ...nothing, updated: 1 });
});
