import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  directory as directoryShape,
  directoryGroup,
  directoryUser,
  newDirectory,
} from '../../api/contract/developer-directories.ts';
import { removePerson, replaceGroupRoles, withTenant } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aDirectory } from '../support/running-directory.ts';
import { statementsOf } from '../support/statements.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const get = (path: string) => vendor.call('GET', path);
const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);
const commandsOf = (workflowId: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('commands').select('message').where('workflowId', '=', workflowId).orderBy('seq').execute(),
  );

test('[SCIM-01] a directory is made with its address and a token that is shown this once and kept as a digest', async () => {
  const organization = await anOrganization(vendor, { name: 'Okta House' });

  const { status, body, text } = await vendor.call('POST', '/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
  });

  expect(status).toBe(201);
  expect(newDirectory.parse(body)).toEqual(body);
  expect(body).toMatchObject({
    object: 'directory',
    organization_id: organization.id,
    type: 'okta scim v2.0',
    state: 'validating',
    name: 'Okta House',
    metadata: { users: { active: 0, inactive: 0 }, groups: 0 },
    scim: { base_url: `${api.url}/scim/v2/${String(body.external_key)}` },
  });
  // Okta refuses an underscore anywhere in the address.
  expect(new URL(body.scim.base_url).pathname).toMatch(/^\/scim\/v2\/[a-z0-9-]{16,}$/);
  const { body: again } = await get(`/directories/${body.id}`);
  expect(directoryShape.parse(again)).toEqual(again);
  expect(JSON.stringify(again)).not.toContain('scim/v2');
  const [token] = await asSystem(api, (tx) =>
    tx.selectFrom('directoryTokens').selectAll().where('directoryId', '=', body.id).execute(),
  );
  expect(token?.suffix).toBe(body.scim.bearer_token.slice(-4));
  expect(JSON.stringify(token)).not.toContain(body.scim.bearer_token);
  expect(api.logged()).not.toContain(body.scim.bearer_token);
  expect(text).toContain(body.scim.bearer_token);
});

test('the same Idempotency-Key makes one directory and one token', async () => {
  const organization = await anOrganization(vendor);
  const ask = () =>
    vendor.call(
      'POST',
      '/directories',
      { organization_id: organization.id, type: 'azure scim v2.0' },
      { 'idempotency-key': 'make-once' },
    );

  const [first, second] = [await ask(), await ask()];

  expect(second.body).toEqual(first.body);
  expect(idsOf((await get(`/directories?organization_id=${organization.id}`)).body)).toHaveLength(1);
});

test('a directory of an unknown organization, of no type and of one without a road is refused in words', async () => {
  const { id } = await anOrganization(vendor);
  const refused = async (body: object) => {
    const { status, body: answer } = await vendor.call('POST', '/directories', body);
    return [status, answer.message, answer.errors?.map((one: { code: string }) => one.code).join()];
  };

  expect(await refused({ organization_id: 'org_none', type: 'okta scim v2.0' })).toEqual([
    404,
    "Organization not found: 'org_none'.",
    undefined,
  ]);
  expect((await refused({ organization_id: id }))[0]).toBe(422);
  expect((await refused({ organization_id: id, type: 'hibob' }))[2]).toContain('is not offered');
});

test('directories are filtered, searched and paged, each with the numbers of its people and groups', async () => {
  const own = await aVendor(api);
  const running = await aDirectory(api, own);
  const other = await aDirectory(api, own, { type: 'azure scim v2.0' });
  const anna = await running.addPerson('anna');
  await running.addPerson('off', { active: false });
  await running.addGroup('Sales', [anna]);
  const ask = async (query: string) => (await own.call('GET', `/directories${query}`)).body;

  const listed = await ask('?order=desc');
  expect(idsOf(listed)).toEqual([other.id, running.id]);
  expect(listed.data[1]).toMatchObject({
    state: 'linked',
    metadata: { users: { active: 1, inactive: 1 }, groups: 1 },
  });
  expect(idsOf(await ask(`?organization_id=${running.organizationId}`))).toEqual([running.id]);
  expect(idsOf(await ask('?search=ACM'))).toHaveLength(2);
  expect(idsOf(await ask('?search=nobody'))).toEqual([]);
  const first = await ask('?order=desc&limit=1');
  expect(idsOf(await ask(`?order=desc&limit=1&after=${first.list_metadata.after}`))).toEqual([running.id]);
});

test('people are listed as the contract has them, with their groups and roles', async () => {
  const own = await aVendor(api);
  const running = await aDirectory(api, own);
  const tenant = { environmentId: own.environment.id, organizationId: running.organizationId };
  const anna = await running.addPerson('anna', {
    displayName: 'Anna B.',
    customAttributes: { job_title: 'Head of IT' },
  });
  const group = await running.addGroup('Admins', [anna]);
  const noor = await running.addPerson('noor', { externalId: null, email: null, active: false });
  await own.call('POST', '/roles', { slug: 'admin', name: 'Admin' });
  const mapping = [
    { id: newId('group_role_'), role: 'admin', source: { kind: 'group', id: group.id } as const },
  ];
  await withTenant(api.db, tenant, (tx) => replaceGroupRoles(tx, tenant, mapping, api.deps.now()));

  const { body } = await own.call('GET', `/directory_users?directory=${running.id}&order=asc`);

  expect(body.data.map((one: unknown) => directoryUser.parse(one))).toEqual(body.data);
  expect(body.data).toMatchObject([
    {
      object: 'directory_user',
      id: anna.id,
      directory_id: running.id,
      idp_id: 'ext-anna',
      organization_id: running.organizationId,
      email: 'anna@acme.test',
      first_name: 'anna',
      name: 'Anna B.',
      username: 'anna@acme.test',
      state: 'active',
      job_title: 'Head of IT',
      emails: [{ primary: true, type: 'work', value: 'anna@acme.test' }],
      custom_attributes: { job_title: 'Head of IT' },
      raw_attributes: {},
      role: { slug: 'admin' },
      roles: [{ slug: 'admin' }],
      groups: [{ object: 'directory_group', id: group.id, name: 'Admins', idp_id: 'Admins' }],
    },
    { id: noor.id, idp_id: noor.id, email: null, state: 'inactive', groups: [], emails: [] },
  ]);
  expect(body.data[1]).not.toHaveProperty('role');
  expect((await own.call('GET', `/directory_users/${anna.id}`)).body).toEqual(body.data[0]);
});

test('people are found by directory, group, idp id and address, in any combination with a directory', async () => {
  const running = await aDirectory(api, vendor);
  const anna = await running.addPerson('anna');
  const bela = await running.addPerson('bela');
  const sales = await running.addGroup('Sales', [bela]);
  const ask = async (query: string) => idsOf((await get(`/directory_users?${query}`)).body);

  expect(await ask(`directory=${running.id}&order=asc`)).toEqual([anna.id, bela.id]);
  expect(await ask(`group=${sales.id}`)).toEqual([bela.id]);
  expect(await ask(`directory=${running.id}&group=${sales.id}`)).toEqual([bela.id]);
  expect(await ask(`directory=${running.id}&idp_id=ext-anna`)).toEqual([anna.id]);
  expect(await ask(`directory=${running.id}&email=BELA@acme.test`)).toEqual([bela.id]);
  expect(await ask(`directory=${running.id}&limit=1&order=asc&after=${anna.id}`)).toEqual([bela.id]);
  const groups = async (query: string) => idsOf((await get(`/directory_groups?${query}`)).body);
  expect(await groups(`directory=${running.id}`)).toEqual([sales.id]);
  expect(await groups(`user=${bela.id}`)).toEqual([sales.id]);
  expect(await groups(`user=${anna.id}&directory=${running.id}`)).toEqual([]);
  const { body } = await get(`/directory_groups/${sales.id}`);
  expect(directoryGroup.parse(body)).toEqual(body);
});

test('without directory and group, people and groups are refused in the contract’s words', async () => {
  const words = (other: string) => `Please provide either "directory" or "${other}" parameters.`;

  expect((await get('/directory_users')).body).toEqual({
    message: 'Validation failed',
    errors: [
      { field: 'directory', code: words('group') },
      { field: 'group', code: words('group') },
    ],
  });
  expect((await get('/directory_groups')).body.errors).toEqual([
    { field: 'directory', code: words('user') },
    { field: 'user', code: words('user') },
  ]);
  const loose = await get('/directory_users?group=directory_group_x&email=a@b.test');
  expect([loose.status, loose.body.errors[0].field]).toEqual([422, 'directory']);
  expect((await get('/directory_users?limit=101&directory=x')).status).toBe(422);
});

test('what is not there, and what is another environment’s, answers with its id and the code of the contract', async () => {
  const running = await aDirectory(api, await aVendor(api));
  const person = await running.addPerson('anna');
  const group = await running.addGroup('Sales', []);
  const asked = [
    [`/directories/${running.id}`, 'Directory', running.id],
    [`/directory_users/${person.id}`, 'Directory User', person.id],
    [`/directory_groups/${group.id}`, 'Directory Group', group.id],
    [`/directory_users?directory=${running.id}`, 'Directory', running.id],
    [`/directory_users?group=${group.id}`, 'Directory Group', group.id],
    [`/directory_groups?user=${person.id}`, 'Directory User', person.id],
    ['/directories/..%2Fx', 'Directory', '../x'],
  ];

  for (const [path = '', name, id] of asked) {
    const { status, body } = await get(path);
    expect([status, body]).toEqual([
      404,
      { message: `${name} not found: '${id}'.`, code: 'entity_not_found', entity_id: id },
    ]);
  }
});

test('a hundred people with groups and roles are listed by the same few statements as one', async () => {
  const running = await aDirectory(api, vendor);
  const people = [await running.addPerson('p0')];
  await running.addGroup('First', people);
  const count = async () =>
    (await statementsOf(api.db, () => get(`/directory_users?directory=${running.id}&limit=100`))).sent.length;
  await count();
  const one = await count();
  for (let n = 1; n < 100; n += 1) people.push(await running.addPerson(`p${n}`));
  await running.addGroup('Second', people);

  expect((await get(`/directory_users?directory=${running.id}&limit=100`)).body.data).toHaveLength(100);
  expect(await count()).toBe(one);
  expect(one).toBeLessThanOrEqual(8);
});

test('deleting a directory tells of it alone, refuses its tokens and hides everybody who came from it', async () => {
  const own = await aVendor(api);
  const running = await aDirectory(api, own);
  const anna = await running.addPerson('anna');
  const group = await running.addGroup('Sales', [anna]);

  const { status, text } = await own.call('DELETE', `/directories/${running.id}`);

  expect([status, text]).toEqual([202, 'Accepted']);
  const names = ['activated', 'deleted', 'user.created', 'user.deleted', 'group.created', 'group.deleted'];
  names.push('group.user_added', 'group.user_removed', 'token.created', 'token.revoked');
  const query = names.map((name) => `events=dsync.${name}`).join('&');
  const { body } = await own.call('GET', `/events?${query}&limit=100`);
  expect(body.data.map(({ event }: { event: string }) => event)).toEqual([
    'dsync.token.created',
    'dsync.activated',
    'dsync.user.created',
    'dsync.group.created',
    'dsync.group.user_added',
    'dsync.deleted',
  ]);
  expect(body.data.at(-1).data).toMatchObject({ id: running.id, object: 'directory', state: 'deleting' });
  expect(body.data.at(-1).data).not.toHaveProperty('external_key');
  for (const path of [
    `/directories/${running.id}`,
    `/directory_users/${anna.id}`,
    `/directory_groups/${group.id}`,
    `/directory_users?group=${group.id}`,
    `/directory_groups?user=${anna.id}`,
  ]) {
    expect((await own.call('GET', path)).status).toBe(404);
  }
  const tokens = await asSystem(api, (tx) =>
    tx.selectFrom('directoryTokens').select('revokedAt').where('directoryId', '=', running.id).execute(),
  );
  expect(tokens).toEqual([{ revokedAt: expect.any(Date) }]);
  expect((await own.call('DELETE', `/directories/${running.id}`)).status).toBe(404);
});

test('somebody whom the source has removed is gone from the API, and an inactive one is shown as that', async () => {
  const running = await aDirectory(api, vendor);
  const anna = await running.addPerson('anna');
  const off = await running.addPerson('off', { active: false });
  await running.write((tx, scope) => removePerson(tx, scope, anna));

  const { body } = await get(`/directory_users?directory=${running.id}`);

  expect(body.data).toMatchObject([{ id: off.id, state: 'inactive' }]);
  expect((await get(`/directory_users/${anna.id}`)).status).toBe(404);
});

test('a directory that is read is read now; one whose client calls us says so, clearly', async () => {
  const { id } = await aDirectory(api, vendor);
  const refused = await vendor.call('POST', `/directories/${id}/sync`);
  await asSystem(api, (tx) =>
    tx.updateTable('directories').set({ road: 'workday' }).where('id', '=', id).execute(),
  );

  const asked = await vendor.call('POST', `/directories/${id}/sync`);

  expect([refused.status, refused.body.code]).toEqual([409, 'directory_not_read']);
  expect(refused.body.message).toContain('Start a cycle in its console');
  expect([asked.status, asked.text]).toEqual([202, 'Accepted']);
  expect(await commandsOf(`dir/${id}`)).toEqual([{ message: 'readDirectory' }]);
  await vendor.call('DELETE', `/directories/${id}`);
  expect(await commandsOf(`dir/${id}`)).toEqual([{ message: 'readDirectory' }, { message: 'stopDirectory' }]);
});
