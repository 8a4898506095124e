import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../../adapters/ids.ts';
import {
  applySnapshot,
  changeMembers,
  confirmDirectorySwitch,
  findSourceGroup,
  insertGroup,
  insertPerson,
  insertRole,
  listGivenWhoStay,
  prepareDirectorySwitch,
  removeGroup,
  removePerson,
  replaceGroupRoles,
  setRoleMode,
  viewSwitch,
  withSystem,
  withTenant,
  type DirectoryGroupRow,
  type DirectoryUserRow,
} from '../../../db/index.ts';
import { aGroup, aPerson, minutesLater, now, openDatabases, type Databases } from '../builders.ts';
import { aGroupOf, aRunningDirectory, arrive, type Running } from './support.ts';

/** A role that a change of memberships gives or takes is told of, once for each person, after the group's own event. */
let databases: Databases;
let running: Running;
let people: [DirectoryUserRow, DirectoryUserRow];
let groups: Record<'it' | 'engineering' | 'sales', DirectoryGroupRow>;
beforeAll(async () => {
  databases = await openDatabases();
});
beforeEach(async () => {
  running = await aRunningDirectory(databases);
  people = await arrive(running, ['ann', 'bob']);
  groups = {
    it: await aGroupOf(running, 'IT'),
    engineering: await aGroupOf(running, 'Engineering'),
    sales: await aGroupOf(running, 'Sales'),
  };
  await running.write(async (tx) => {
    for (const [at, slug] of ['admin', 'editor'].entries()) {
      const role = { id: newId('role_'), slug, name: slug, description: null, rank: at + 1, createdAt: now };
      await insertRole(tx, running.customer, role);
    }
  });
  await map({ admin: groups.it, editor: groups.engineering });
  await running.forget();
});
afterAll(() => databases.close());

const map = (given: Readonly<Record<string, DirectoryGroupRow>>) =>
  running.write((tx) =>
    replaceGroupRoles(
      tx,
      running.customer,
      Object.entries(given).map(([role, { id }]) => ({
        id: newId('group_role_'),
        role,
        source: { kind: 'group' as const, id },
      })),
      now,
    ),
  );

const change = (group: DirectoryGroupRow, { add = [], remove = [] }: { add?: string[]; remove?: string[] }) =>
  running.write((tx, scope) => changeMembers(tx, scope, group.id, { add, remove }));

/** Names of the events with whom they are about, what role they have by it and had before. */
async function told() {
  type Told = {
    id: string;
    role?: { slug: string };
    previous_attributes?: { role?: { slug: string } | null };
  };
  const events = await running.events();
  return events.map(({ name, data }) => {
    const { id, role, previous_attributes: before } = (data.user ?? data) as Told;
    const who = people.find((person) => person.id === id)?.firstName ?? '-';
    const was = before === undefined ? '' : ` was ${before.role?.slug ?? 'none'}`;
    return `${name.replace('dsync.', '')} ${who} ${role?.slug ?? 'none'}${was}`;
  });
}

test('who comes into a group that gives a role, and who goes, is told of after the group', async () => {
  const [ann, bob] = people;
  await change(groups.engineering, { add: [ann.id, bob.id] });
  await change(groups.engineering, { remove: [ann.id] });

  expect(await told()).toEqual([
    'group.user_added ann editor',
    'group.user_added bob editor',
    'user.updated ann editor was none',
    'user.updated bob editor was none',
    'group.user_removed ann none',
    'user.updated ann none was editor',
  ]);
  const [, , updated] = await running.events();
  expect(updated?.data).toMatchObject({
    object: 'directory_user',
    id: ann.id,
    username: 'ann@acme.test',
    roles: [{ slug: 'editor' }],
    previous_attributes: { role: null, roles: null },
  });
});

test('nobody is told of a group that gives no role, or of a role that stays the same', async () => {
  const [ann] = people;
  await change(groups.it, { add: [ann.id] });
  await running.forget();
  await change(groups.sales, { add: [ann.id] });
  await change(groups.engineering, { add: [ann.id] });
  await change(groups.engineering, { add: [ann.id] });

  expect(await told()).toEqual(['group.user_added ann admin', 'group.user_added ann admin']);
});

test('where people have all of their roles, only what differs is told as what was', async () => {
  const [ann] = people;
  await running.write((tx) => setRoleMode(tx, running.customer, 'all', now));
  await change(groups.it, { add: [ann.id] });
  await running.forget();
  await change(groups.engineering, { add: [ann.id] });

  expect((await running.events()).at(-1)?.data).toMatchObject({
    roles: [{ slug: 'admin' }, { slug: 'editor' }],
    previous_attributes: { roles: [{ slug: 'admin' }] },
  });
});

test('a group that is removed takes its role along; a person who is removed is told of as gone only', async () => {
  const [ann, bob] = people;
  await change(groups.engineering, { add: [ann.id, bob.id] });
  await running.forget();
  await running.write((tx, scope) => removePerson(tx, scope, bob));
  await running.write(async (tx, scope) => {
    const group = await findSourceGroup(tx, scope, groups.engineering.id);
    if (group !== undefined) await removeGroup(tx, scope, group);
  });

  expect(await told()).toEqual([
    'group.user_removed bob none',
    'user.deleted bob none',
    'group.user_removed ann none',
    'user.updated ann none was editor',
    'group.deleted - none',
  ]);
});

test('a snapshot that moves somebody from one group to another tells of their role once', async () => {
  const [ann] = people;
  await change(groups.engineering, { add: [ann.id] });
  await running.forget();
  const known = <Told extends { externalId: string | null }>(one: Told) => ({
    ...one,
    externalId: one.externalId ?? '',
  });
  await running.write((tx, scope) =>
    applySnapshot(tx, scope, {
      people: ['ann', 'bob'].map((name) => known(aPerson(name))),
      groups: ['IT', 'Engineering', 'Sales'].map((name) => known(aGroup(name))),
      memberships: [{ group: 'ext-IT', person: 'ext-ann' }],
    }),
  );

  expect(await told()).toEqual([
    'group.user_removed ann admin',
    'group.user_added ann admin',
    'user.updated ann admin was editor',
  ]);
});

test('of two groups that take a person in at the same moment, the later event tells the role that stays', async () => {
  const [ann] = people;
  const directory = await running.directory();
  const scope = { directory, generation: directory.generation, now };
  const isWaiting = async () =>
    withSystem(databases.system, async (tx) => {
      const { rows } = await sql`select from pg_locks where not granted`.execute(tx);
      return rows.length > 0;
    });
  let later: Promise<unknown> = Promise.resolve();
  await withTenant(databases.app, running.customer, async (tx) => {
    await changeMembers(tx, scope, groups.it.id, { add: [ann.id], remove: [] });
    later = change(groups.engineering, { add: [ann.id] });
    await expect.poll(isWaiting).toBe(true);
  });
  await later;

  expect((await told()).filter((one) => one.startsWith('user.updated'))).toEqual([
    'user.updated ann admin was none',
  ]);
});

describe('a switch to another source', () => {
  const source = {
    name: 'Acme',
    type: 'azure scim v2.0',
    providerId: 'microsoft-entra-id',
    road: 'scim' as const,
    sftpUserName: null,
  };
  const by = {
    actor: { type: 'staff', id: 'member_1' } as const,
    now: minutesLater(10),
    credentials: { toFormer: () => null, toDirectory: () => null },
  };

  test('gives the roles on by the names of groups, and tells of those who lose or get one', async () => {
    const [ann, bob] = people;
    await change(groups.engineering, { add: [ann.id] });
    await change(groups.it, { add: [bob.id] });
    await running.write((tx) =>
      prepareDirectorySwitch(tx, running.customer, running.directoryId, { source, reason: 'switched' }, by),
    );
    await running.write(async (tx, scope) => {
      const next = [];
      for (const name of ['ann', 'bob'])
        next.push(await insertPerson(tx, scope, aPerson(name, { externalId: `new-${name}` })));
      const engineering = await insertGroup(tx, scope, aGroup('engineering', { externalId: 'new' }));
      const ids = next.map(({ id }) => id);
      await changeMembers(tx, scope, engineering.id, { add: ids, remove: [] });
    });
    const { id: directoryId, nextGeneration } = await running.directory();
    const next = { directoryId, generation: nextGeneration ?? 0 };
    const seen = await running.write((tx) => viewSwitch(tx, next, { kind: 'stay', after: null, limit: 1 }));
    expect(new Set(await running.write((tx) => listGivenWhoStay(tx, next)))).toEqual(
      new Set([
        { id: ann.id, before: [groups.engineering.id], after: [groups.engineering.id] },
        { id: bob.id, before: [groups.it.id], after: [groups.engineering.id] },
      ]),
    );
    expect(seen.roles).toEqual([
      { group: 'IT', role: 'admin', isKept: false },
      { group: 'Engineering', role: 'editor', isKept: true },
    ]);
    await running.forget();
    await running.write((tx) => confirmDirectorySwitch(tx, running.customer, running.directoryId, by));

    const news = (await told()).filter((one) => one.includes('was ') && one.startsWith('user.updated'));
    expect(news.at(-1)).toBe('user.updated bob editor was admin');
    expect(news.filter((one) => /ann .* was (admin|editor)/.test(one))).toEqual([]);
    const audited = await running.write((tx) =>
      tx
        .selectFrom('auditEvents')
        .select('after')
        .where('action', '=', 'directory.switch_confirmed')
        .executeTakeFirstOrThrow(),
    );
    expect(audited.after).toMatchObject({ roles_kept: 1, roles_lost: [{ group: 'IT', role: 'admin' }] });
  });
});
