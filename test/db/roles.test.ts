import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  chooseDefaultRole,
  countCrowds,
  countGroupsLeftOut,
  countRoleSources,
  deleteRole,
  insertRole,
  keyOf,
  listCrowdMembers,
  listGroupRoles,
  listRoles,
  listRoleSources,
  listUsedRoles,
  nameSources,
  rankRoles,
  replaceGroupRoles,
  rolesOfDirectoryUsers,
  setRoleMode,
  withTenant,
  type ConnectionRow,
  type OtherWorld,
  type RoleSource,
} from '../../db/index.ts';
import { roleFieldsOfUser } from '../../db/repositories/person-roles.ts';
import { leftGroupsOut } from '../../onboarding/attributes.ts';
import { roleFields, type RoleMode } from '../../onboarding/roles.ts';
import { aDirectoryOfRows, giveRoles, type RowsWorld } from '../support/directory-rows.ts';
import { statementsOf } from '../support/statements.ts';
import { aConnection, aCustomer, now, openDatabases, type Customer, type Databases } from './builders.ts';

let databases: Databases;
let customer: Customer;
let world: RowsWorld;
beforeAll(async () => {
  databases = await openDatabases();
});
beforeEach(async () => {
  customer = await aCustomer(databases);
  world = { db: databases.app, customer, now };
  await define(['admin', 'editor', 'viewer']);
});
afterAll(() => databases.close());

const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2], whose: Customer = customer) =>
  withTenant(databases.app, whose, work);

const define = (slugs: readonly string[], whose = customer) =>
  inTenant(async (tx) => {
    for (const [at, slug] of slugs.entries()) {
      const id = newId('role_');
      await insertRole(tx, whose, { id, slug, name: slug, description: null, rank: at + 1, createdAt: now });
    }
  }, whose);

async function idOf(slug: string): Promise<string> {
  const role = (await inTenant((tx) => listRoles(tx, customer))).find((one) => one.slug === slug);
  if (role === undefined) throw new Error(`no ${slug}`);
  return role.id;
}
const chooseDefault = async (slug: string) => {
  const id = await idOf(slug);
  await inTenant((tx) => chooseDefaultRole(tx, customer, id, now));
};
const setMode = (mode: RoleMode) => inTenant((tx) => setRoleMode(tx, customer, mode, now));

const aCompany = () =>
  aDirectoryOfRows(world, {
    groups: ['Engineering', 'IT', 'Sales'],
    people: [
      { name: 'Ann', externalId: 'ext-ann', in: ['Engineering', 'IT'] },
      { name: 'Bob', in: ['Engineering'] },
      { name: 'Cid', in: ['Sales'] },
      { name: 'Dee', in: ['IT'], isInactive: true },
    ],
  });

/** A person whom a connection knows by a sign-in. */
async function aProfile(connection: ConnectionRow, idpId: string, groups: readonly string[]): Promise<void> {
  await inTenant((tx) =>
    sql`
      insert into profiles (id, environment_id, organization_id, connection_id, connection_type, idp_id, email, groups)
      values (${newId('prof_')}, ${customer.environmentId}, ${customer.organizationId}, ${connection.id}, 'GenericSAML',
        ${idpId}, ${`${idpId}@acme.test`}, ${groups}::text[])
    `.execute(tx),
  );
}
const activate = (connection: ConnectionRow) =>
  inTenant((tx) => sql`update connections set state = 'active' where id = ${connection.id}`.execute(tx));

it.each([
  {
    mode: 'highest',
    defaultRole: undefined,
    held: { Ann: ['admin'], Bob: ['editor'], Cid: [], Dee: ['admin'] },
  },
  {
    mode: 'highest',
    defaultRole: 'viewer',
    held: { Ann: ['admin'], Bob: ['editor'], Cid: ['viewer'], Dee: ['admin'] },
  },
  {
    mode: 'all',
    defaultRole: 'viewer',
    held: { Ann: ['admin', 'editor'], Bob: ['editor'], Cid: ['viewer'], Dee: ['admin'] },
  },
] as const)(
  'directory users have the roles of their groups by rank, mode $mode, default $defaultRole, in TypeScript and in SQL',
  async ({ mode, defaultRole, held }) => {
    const { groupId, userId } = await aCompany();
    await giveRoles(world, [
      [groupId('Engineering'), 'editor'],
      [groupId('IT'), 'admin'],
    ]);
    await setMode(mode);
    if (defaultRole !== undefined) await chooseDefault(defaultRole);
    const names = Object.keys(held) as (keyof typeof held)[];

    const roles = await inTenant((tx) => rolesOfDirectoryUsers(tx, customer, names.map(userId)));
    expect(Object.fromEntries(names.map((name) => [name, roles.get(userId(name))]))).toEqual(held);
    const { rows } = await inTenant((tx) =>
      sql<{ name: string; fields: object }>`
        select display_name as name, ${sql.raw(roleFieldsOfUser('person'))} as fields from directory_users as person
        where organization_id = ${customer.organizationId}
      `.execute(tx),
    );
    expect(Object.fromEntries(rows.map(({ name, fields }) => [name, fields]))).toEqual(
      Object.fromEntries(names.map((name) => [name, roleFields(held[name])])),
    );
  },
);

it('the roles of a thousand people take one statement, and nobody none', async () => {
  const people = Array.from({ length: 1_000 }, (_, at) => ({ name: `P${at}`, in: ['All'] }));
  const { groupId, userId } = await aDirectoryOfRows(world, { groups: ['All'], people });
  await giveRoles(world, [[groupId('All'), 'editor']]);
  const ids = people.map(({ name }) => userId(name));

  const { sent, result } = await statementsOf(databases.app, () =>
    inTenant((tx) => rolesOfDirectoryUsers(tx, customer, ids)),
  );
  expect([...result.values()].every(([slug]) => slug === 'editor')).toBe(true);
  expect(result.size).toBe(1_000);
  expect(sent).toHaveLength(1);
  expect(await inTenant((tx) => rolesOfDirectoryUsers(tx, customer, []))).toEqual(new Map());
});

it('a new order of the roles changes at once who has which', async () => {
  const { groupId, userId } = await aCompany();
  await giveRoles(world, [
    [groupId('Engineering'), 'editor'],
    [groupId('IT'), 'admin'],
  ]);
  const ids = await Promise.all(['editor', 'admin', 'viewer'].map(idOf));
  await inTenant((tx) => rankRoles(tx, customer, ids, now));

  const roles = await inTenant((tx) => rolesOfDirectoryUsers(tx, customer, [userId('Ann')]));
  expect(roles.get(userId('Ann'))).toEqual(['editor']);
});

it('a role that is removed is replaced where it was given, or given no more', async () => {
  const { groupId, userId } = await aCompany();
  await giveRoles(world, [
    [groupId('Engineering'), 'editor'],
    [groupId('IT'), 'admin'],
  ]);
  const [editor, admin, viewer] = await Promise.all(['editor', 'admin', 'viewer'].map(idOf));
  await inTenant((tx) => deleteRole(tx, customer, { id: editor ?? '', replacedBy: viewer ?? '' }));
  await inTenant((tx) => deleteRole(tx, customer, { id: admin ?? '', replacedBy: null }));

  const roles = await inTenant((tx) => rolesOfDirectoryUsers(tx, customer, [userId('Ann'), userId('Dee')]));
  expect([...roles.values()]).toEqual([['viewer'], []]);
  expect(await inTenant((tx) => listUsedRoles(tx, customer))).toMatchObject([
    { slug: 'viewer', groups: 1, organizations: 1 },
  ]);
});

it('a mapping takes no group, connection or role of somebody else [IDB-03]', async () => {
  const other = await aCustomer(databases, { environmentId: customer.environmentId });
  const theirs = await aDirectoryOfRows({ ...world, customer: other }, { groups: ['Theirs'], people: [] });
  const connection = await aConnection(databases, other);
  await withTenant(databases.app, { environmentId: customer.environmentId }, (tx) =>
    replaceGroupRoles(
      tx,
      customer,
      [
        { id: newId('group_role_'), role: 'admin', source: { kind: 'group', id: theirs.groupId('Theirs') } },
        {
          id: newId('group_role_'),
          role: 'admin',
          source: { kind: 'claim', connectionId: connection.id, value: 'x' },
        },
      ],
      now,
    ),
  );

  expect(await inTenant((tx) => listGroupRoles(tx, customer))).toEqual([]);
  expect(await inTenant((tx) => listRoleSources(tx, customer, { givesRole: false, limit: 9 }))).toEqual([]);
});

it('groups of directories and values of claims are listed by name with their people, a page at a time', async () => {
  const { groupId } = await aCompany();
  const connection = await aConnection(databases, customer);
  await aProfile(connection, 'zoe', ['staff', 'leads']);
  await aProfile(connection, 'yul', ['staff']);
  const claim: RoleSource = { kind: 'claim', connectionId: connection.id, value: 'staff' };
  await inTenant((tx) =>
    replaceGroupRoles(
      tx,
      customer,
      [
        { id: newId('group_role_'), role: 'admin', source: { kind: 'group', id: groupId('IT') } },
        { id: newId('group_role_'), role: 'viewer', source: claim },
        { id: newId('group_role_'), role: 'viewer', source: { ...claim, value: 'gone' } },
      ],
      now,
    ),
  );
  const list = async (wanted: Omit<Parameters<typeof listRoleSources>[2], 'limit'>, limit = 50) => {
    const rows = await inTenant((tx) => listRoleSources(tx, customer, { ...wanted, limit }));
    return rows.map(({ label, people, role }) => [label, people, role]);
  };

  expect(await list({ givesRole: true })).toEqual([
    ['gone', 0, 'viewer'],
    ['IT', 1, 'admin'],
    ['staff', 2, 'viewer'],
  ]);
  const rest = [
    ['Engineering', 2, null],
    ['leads', 1, null],
    ['Sales', 1, null],
  ];
  expect(await list({ givesRole: false })).toEqual(rest);
  const after = { name: 'Engineering', id: groupId('Engineering') };
  expect(await list({ givesRole: false }, 1)).toEqual(rest.slice(0, 1));
  expect(await list({ givesRole: false, after }, 2)).toEqual(rest.slice(1));
  expect(await list({ givesRole: false, search: 'SAL' })).toEqual(rest.slice(2));
  expect(await inTenant((tx) => countRoleSources(tx, customer))).toEqual({ groups: 3, claims: 2 });
});

it('groups of one name are told apart by their address or the id of their source, wherever they are named', async () => {
  const { groupId } = await aCompany();
  const [itGroup, sales] = [groupId('IT'), groupId('Sales')];
  const list = (search?: string) =>
    inTenant((tx) => listRoleSources(tx, customer, { givesRole: false, limit: 9, search }));
  const namesOf = async (search?: string) => (await list(search)).map(({ name }) => name);
  const named = async () => [
    ...(await inTenant((tx) => nameSources(tx, customer, [itGroup, sales].map(asSource)))).values(),
  ];
  expect(await namesOf()).toEqual(['Engineering', 'IT', 'Sales']);

  await inTenant((tx) =>
    sql`update directory_groups set display_name = 'Team', name_key = 'team', external_id = 'Entra-' || id
      where id = any(${[itGroup, sales]})`.execute(tx),
  );

  const byId = [`Team (Entra-${itGroup})`, `Team (Entra-${sales})`];
  expect(await namesOf()).toEqual(['Engineering', ...byId.toSorted()]);
  expect(new Set(await named())).toEqual(new Set(byId));
  expect(await namesOf(`entra-${sales}`)).toEqual([`Team (Entra-${sales})`]);

  await inTenant((tx) =>
    sql`update directory_groups set raw = '{"email": "sales@acme.test"}' where id = ${sales}`.execute(tx),
  );
  expect(await namesOf('Team')).toContain('Team (sales@acme.test)');
});
const asSource = (id: string): RoleSource => ({ kind: 'group', id });

it.each([
  [{ 'http://schemas.microsoft.com/claims/groups.link': 'https://graph' }, 1],
  [{ hasgroups: 'true' }, 1],
  [{ _claim_names: '{"groups":"src1"}' }, 1],
  [{ _claim_names: '{"address":"src1"}' }, 0],
  [{ hasgroups: 'false', groups: 'IT' }, 0],
])('whose groups the provider left out is counted as a sign-in tells it: %j', async (raw, people) => {
  const connection = await aConnection(databases, customer);
  await aProfile(connection, 'zoe', []);
  await inTenant((tx) => sql`update profiles set raw_attributes = ${JSON.stringify(raw)}::jsonb`.execute(tx));

  const found = await inTenant((tx) => countGroupsLeftOut(tx, customer));

  const received = Object.entries(raw).map(([name, value]) => ({ name, values: [value] }));
  expect(leftGroupsOut(received)).toBe(people > 0);
  expect(found).toEqual(people === 0 ? [] : [{ origin: connection.name, people }]);
});

it('people are counted once: a sign-in adds to the directory’s person with its id, never to one with its address', async () => {
  const { groupId } = await aCompany();
  const connection = await aConnection(databases, customer);
  await activate(connection);
  await aProfile(connection, 'ext-ann', ['staff']);
  await aProfile(connection, 'bob', ['staff']);
  const sources: RoleSource[] = [
    { kind: 'group', id: groupId('IT') },
    { kind: 'group', id: groupId('Engineering') },
    { kind: 'claim', connectionId: connection.id, value: 'staff' },
  ];
  const [it_, engineering, staff] = sources.map(keyOf);

  const crowds = await inTenant((tx) => countCrowds(tx, customer, sources));
  expect(new Set(crowds)).toEqual(
    new Set([
      { groups: [it_, engineering, staff], people: 1 },
      { groups: [engineering], people: 1 },
      { groups: [], people: 1 },
      { groups: [staff], people: 1 },
    ]),
  );
  const page = (more: Partial<Parameters<typeof listCrowdMembers>[3]>) =>
    inTenant((tx) => listCrowdMembers(tx, customer, sources, { crowds, limit: 2, ...more }));
  const first = await page({});
  expect(first.map(({ name }) => name)).toEqual(['Ann', 'Bob']);
  const next = await page({ after: first[1] });
  expect(next.map(({ name, groups }) => [name, groups])).toEqual([
    ['bob@acme.test', [staff]],
    ['Cid', []],
  ]);
});

it('somebody whom the directory has removed counts for nothing, whatever their sign-in brought', async () => {
  const { userId } = await aCompany();
  const connection = await aConnection(databases, customer);
  await activate(connection);
  await aProfile(connection, 'ext-ann', ['staff']);
  await inTenant((tx) =>
    sql`update directory_users set state = 'inactive', deleted_at = ${now} where id = ${userId('Ann')}`.execute(
      tx,
    ),
  );
  const claim: RoleSource = { kind: 'claim', connectionId: connection.id, value: 'staff' };

  expect(await inTenant((tx) => countCrowds(tx, customer, [claim]))).toEqual([{ groups: [], people: 2 }]);
});

it('what came through a connection that is off gives nothing, and nothing would what comes through one that goes', async () => {
  await aCompany();
  const connection = await aConnection(databases, customer);
  await activate(connection);
  await aProfile(connection, 'ext-ann', ['staff']);
  await aProfile(connection, 'zoe', ['staff']);
  const claim: RoleSource = { kind: 'claim', connectionId: connection.id, value: 'staff' };
  const counted = async (other?: OtherWorld) =>
    new Set(await inTenant((tx) => countCrowds(tx, customer, [claim], other)));
  const without = new Set([{ groups: [], people: 3 }]);

  expect(await counted()).toEqual(
    new Set([
      { groups: [], people: 2 },
      { groups: [keyOf(claim)], people: 2 },
    ]),
  );
  expect(await counted({ withoutConnection: connection.id })).toEqual(without);
  await inTenant((tx) =>
    sql`update connections set state = 'inactive' where id = ${connection.id}`.execute(tx),
  );
  expect(await counted()).toEqual(without);
});
