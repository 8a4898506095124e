import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { previewPeople, rolesPreview, rolesState, sourcesPage } from '../../api/contract/setup-roles.ts';
import { newId } from '../../adapters/ids.ts';
import { replaceGroupRoles, withTenant, type RoleSource } from '../../db/index.ts';
import { aConnection } from '../db/builders.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aCustomer, anOrganization, asSystem, aVendor, type Call, type Vendor } from '../support/builders.ts';
import { aDirectoryOfRows, type RowPerson, type RowsWorld } from '../support/directory-rows.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { statementsOf } from '../support/statements.ts';

/** P20 by its JSON, over a directory of rows. */
let api: TestApi;
let vendor: Vendor;
let rows: RowsWorld;
let call: Call;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  vendor = await aVendor(api);
  for (const slug of ['admin', 'editor', 'viewer'])
    await vendor.call('POST', '/roles', { slug, name: slug.toUpperCase() });
  await vendor.call('PUT', '/role_policy', { default: 'viewer' });
  const { id } = await anOrganization(vendor);
  const customer = { environmentId: vendor.environment.id, organizationId: id };
  rows = { db: api.db, customer, now: api.deps.now() };
  ({ call } = await aCustomer(api, vendor, id));
});
afterAll(() => api.close());

const ask = (method: string, path = '', body?: object) =>
  call(method, `/setup/${vendor.environment.handle}/api/directory/roles${path}`, body);
const state = async () => rolesState.parse((await ask('GET')).body);
const save = async (mapping: object[], more: object = {}) =>
  ask('PUT', '', { mapping, version: (await state()).version, ...more });
const preview = async (mapping: object[]) =>
  rolesPreview.parse((await ask('POST', '/preview', { mapping })).body);
const who = async (mapping: object[], after?: string) =>
  previewPeople.parse((await ask('POST', '/preview/people', { mapping, ...(after && { after }) })).body);
const gives = (id: string, role: string) => ({ source: { kind: 'group', id }, role });

const company: RowPerson[] = [
  { name: 'Ann', in: ['Engineering', 'IT'] },
  { name: 'Bob', in: ['Engineering'] },
  { name: 'Cid' },
];
const aCompany = (people = company) =>
  aDirectoryOfRows(rows, { groups: ['Engineering', 'IT', 'Sales'], people });

const updates = async () => {
  const found = await asSystem(api, (tx) =>
    tx
      .selectFrom('events')
      .select(['name', 'data'])
      .where('environmentId', '=', vendor.environment.id)
      .where('name', '=', 'dsync.user.updated')
      .orderBy('id')
      .execute(),
  );
  return found.map(({ data }) => data);
};

test('a mapping is previewed with names and reasons, saved, and told of each person whose role it changes', async () => {
  const { groupId } = await aCompany();
  const mapping = [gives(groupId('Engineering'), 'editor'), gives(groupId('IT'), 'admin')];

  expect(await preview(mapping)).toEqual({
    tallies: [
      { slug: 'admin', gain: 1, lose: 0, keep: 0 },
      { slug: 'editor', gain: 1, lose: 0, keep: 0 },
      { slug: 'viewer', gain: 0, lose: 2, keep: 1 },
    ],
    changed: 2,
    stay: 1,
    orphaned: null,
  });
  expect(await who(mapping)).toEqual({
    people: [
      {
        id: expect.any(String),
        name: 'Ann',
        email: 'a•••@acme.test',
        before: [{ slug: 'viewer', because: [] }],
        after: [{ slug: 'admin', because: ['IT'] }],
      },
      {
        id: expect.any(String),
        name: 'Bob',
        email: 'b•••@acme.test',
        before: [{ slug: 'viewer', because: [] }],
        after: [{ slug: 'editor', because: ['Engineering'] }],
      },
    ],
    next: null,
  });
  expect(await updates()).toEqual([]);

  expect((await save(mapping)).status).toBeLessThan(300);
  expect(await updates()).toMatchObject([
    { username: 'ann', role: { slug: 'admin' }, previous_attributes: { role: { slug: 'viewer' } } },
    { username: 'bob', role: { slug: 'editor' }, previous_attributes: { role: { slug: 'viewer' } } },
  ]);
  const saved = await state();
  expect(saved.mapped.map(({ label, people, role }) => [label, people, role])).toEqual([
    ['Engineering', 2, 'editor'],
    ['IT', 1, 'admin'],
  ]);
  const rest = sourcesPage.parse((await ask('GET', '/sources')).body);
  expect([rest.sources.map(({ label }) => label), rest.next]).toEqual([['Sales'], null]);
  expect(await preview(mapping)).toMatchObject({ changed: 0, stay: 3 });
});

test('a mapping that leaves nobody with the top role is refused in words, and nothing of it is kept (M37)', async () => {
  const { groupId } = await aCompany();
  await save([gives(groupId('IT'), 'admin')]);

  const lost = [gives(groupId('IT'), 'editor')];
  expect(await preview(lost)).toMatchObject({ orphaned: 'admin' });
  expect(await save(lost)).toMatchObject({
    status: 409,
    body: { code: 'top_role_lost', facts: { role: 'ADMIN' } },
  });
  expect((await state()).mapped).toMatchObject([{ label: 'IT', role: 'admin' }]);
  expect((await save([gives(groupId('Engineering'), 'admin')])).status).toBeLessThan(300);
});

test('two who save at once do not undo each other unseen', async () => {
  const { groupId } = await aCompany();
  const { version } = await state();
  await save([gives(groupId('IT'), 'admin')]);

  expect(await ask('PUT', '', { version, mapping: [] })).toMatchObject({
    status: 409,
    body: { code: 'mapping_changed' },
  });
  expect((await state()).mapped).toHaveLength(1);
});

test('[IDB-07] a mapping that is in force is changed with the code of the contact’s mail, and audited', async () => {
  const { groupId } = await aCompany();
  const { organizationId } = rows.customer;
  await vendor.call('POST', `/organizations/${organizationId}/it_contacts`, { email: 'it@acme.test' });
  expect((await state()).needsCode).toBe(false);
  await save([gives(groupId('IT'), 'admin')]);

  const more = [gives(groupId('IT'), 'admin'), gives(groupId('Engineering'), 'editor')];
  expect((await state()).needsCode).toBe(true);
  expect(await save(more)).toMatchObject({ status: 403, body: { code: 'code_needed' } });
  expect((await save(more, { code: '000000' })).body.code).toBe('code_wrong');
  expect((await state()).mapped).toHaveLength(1);
  const act = { act: 'directory_roles', subject: organizationId };
  await call('POST', `/setup/${vendor.environment.handle}/api/codes`, act);
  expect((await save(more, { code: await codeMailedTo(api, 'it@acme.test', 0) })).status).toBeLessThan(300);

  // Ann is in both groups and keeps what she has, so there is no news of her.
  expect((await updates()).map(({ username }) => username)).toEqual(['ann', 'bob']);
  const { before, after } = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['before', 'after'])
      .where('organizationId', '=', organizationId)
      .where('action', '=', 'role.mapping_changed')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow(),
  );
  expect([before, after]).toEqual([
    { admin: [groupId('IT')] },
    { admin: [groupId('IT')], editor: [groupId('Engineering')], people_changed: 1 },
  ]);
});

test('[IDB-03] groups of another organization and roles that are not there change nothing', async () => {
  const other = await anOrganization(vendor);
  const theirs = await aDirectoryOfRows(
    { ...rows, customer: { ...rows.customer, organizationId: other.id } },
    { groups: ['Theirs'], people: [{ name: 'Eve', in: ['Theirs'] }] },
  );

  expect((await save([gives(theirs.groupId('Theirs'), 'admin')])).status).toBeLessThan(300);
  expect((await state()).mapped).toEqual([]);
  expect(await updates()).toEqual([]);
  const { groupId } = await aCompany();
  // The page offered it, so the vendor has removed it since.
  const mapping = [gives(groupId('IT'), 'owner')];
  for (const reply of [await save(mapping), await ask('POST', '/preview', { mapping })])
    expect(reply).toMatchObject({ status: 409, body: { code: 'mapping_changed' } });
});

test.each(['', 'x', 'W10', 'bnVsbA', Buffer.from('["a",1]').toString('base64url')])(
  'a place in a list that is none of ours is refused: %j',
  async (after) => {
    expect((await ask('GET', `/sources?after=${after}`)).status).toBe(after === '' ? 200 : 422);
  },
);

test('ten thousand people and a thousand groups take as many statements as three and three', async () => {
  const { groupId } = await aCompany();
  await save([gives(groupId('Sales'), 'viewer')]);
  const few = await statementsOf(api.db, () => walk(groupId));
  const groups = Array.from({ length: 1_000 }, (_, at) => `Group ${at}`);
  const people = Array.from({ length: 10_000 }, (_, at) => ({
    name: `Person ${at}`,
    in: [groups[at % 1_000] ?? '', groups[(at * 7 + 1) % 1_000] ?? ''],
  }));
  const many = await aDirectoryOfRows(rows, { groups, people });
  const took = await statementsOf(api.db, () =>
    walk((name) => many.groupId(name === 'IT' ? 'Group 1' : 'Group 2')),
  );

  // Sessions and environments are looked up again once in a while.
  expect(took.sent.length).toBeLessThanOrEqual(few.sent.length + 3);
  expect((await who([])).people).toHaveLength(40);
});

async function walk(groupId: (name: string) => string): Promise<void> {
  const mapping = [gives(groupId('IT'), 'admin'), gives(groupId('Engineering'), 'editor')];
  await ask('GET', '/sources?search=g');
  await preview(mapping);
  await who(mapping);
  await save(mapping);
}

test('who stops sign-in is told where its groups alone give the top role', async () => {
  const { groupId } = await aCompany();
  const connection = await aConnection({ app: api.db }, rows.customer);
  const claim: RoleSource = { kind: 'claim', connectionId: connection.id, value: 'leads' };
  await asSystem(api, async (tx) => {
    await sql`update connections set state = 'active' where id = ${connection.id}`.execute(tx);
    await sql`
      insert into profiles (id, environment_id, organization_id, connection_id, connection_type, idp_id, email, groups)
      values (${newId('prof_')}, ${rows.customer.environmentId}, ${rows.customer.organizationId}, ${connection.id},
        'GenericSAML', 'zoe', 'zoe@acme.test', array['leads'])
    `.execute(tx);
  });
  const stopped = async () => (await call('GET', `/setup/${vendor.environment.handle}/api/sso/reset`)).body;
  expect(await stopped()).toEqual({ people: 0, roleLost: null });

  const give = (...sources: RoleSource[]) =>
    withTenant(rows.db, rows.customer, (tx) =>
      replaceGroupRoles(
        tx,
        rows.customer,
        sources.map((source) => ({ id: newId('group_role_'), source, role: 'admin' })),
        rows.now,
      ),
    );
  await give(claim);
  expect(await stopped()).toEqual({ people: 0, roleLost: 'ADMIN' });

  await give(claim, { kind: 'group', id: groupId('IT') });
  expect(await stopped()).toEqual({ people: 0, roleLost: null });
});
