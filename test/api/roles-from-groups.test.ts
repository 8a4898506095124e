import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellOfRoles } from '../../activities/directory-remaps.ts';
import { aCustomer, asSystem, caller, type Call } from '../support/builders.ts';
import {
  aSignInCustomer,
  aSignInWorld,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

/** Issue 7: groups are mapped, and role follows membership, from the directory's own calls to what the vendor reads. */
let world: SignInWorld;
let customer: SignInCustomer;
let portal: Call;
let scim: (method: string, path: string, body?: object) => Promise<{ status: number; body: { id: string } }>;
let directoryId: string;
beforeAll(async () => {
  world = await aSignInWorld();
  const { api, vendor } = world;
  customer = await aSignInCustomer(world);
  for (const slug of ['admin', 'editor', 'viewer']) await vendor.call('POST', '/roles', { slug, name: slug });
  await vendor.call('PUT', '/role_policy', { default: 'viewer' });
  const { body } = await vendor.call('POST', '/directories', {
    organization_id: customer.organization.id,
    type: 'okta scim v2.0',
    name: 'Acme',
  });
  directoryId = body.id;
  const below = new URL(body.scim.base_url).pathname;
  const authorization = `Bearer ${body.scim.bearer_token}`;
  const call = caller(api, { authorization, 'content-type': 'application/scim+json' });
  scim = async (method, path, sent) => {
    const reply = await call(
      method,
      `${below}${path}`,
      sent === undefined ? undefined : JSON.stringify(sent),
    );
    return { status: reply.status, body: reply.text === '' ? {} : JSON.parse(reply.text) };
  };
  ({ call: portal } = await aCustomer(api, vendor, customer.organization.id));
});
afterAll(() => world.close());

const create = async (path: string, resource: object) => {
  const made = await scim('POST', path, resource);
  expect(made.status).toBe(201);
  return made.body.id;
};
const aPerson = (userName: string, externalId: string) =>
  create('/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    externalId,
    active: true,
    emails: [{ value: userName, primary: true, type: 'work' }],
  });
const aGroup = (displayName: string, members: string[]) =>
  create('/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName,
    members: members.map((value) => ({ value })),
  });
const patchGroup = async (id: string, operation: object) => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
  const { status } = await scim('PATCH', `/Groups/${id}`, { schemas, Operations: [operation] });
  expect(status).toBeLessThan(300);
};

async function rolesRead(): Promise<Record<string, string | undefined>> {
  const { body } = await world.vendor.call('GET', `/directory_users?directory=${directoryId}&limit=50`);
  return Object.fromEntries(
    body.data.map(({ username, role }: { username: string; role?: { slug: string } }) => [
      username,
      role?.slug,
    ]),
  );
}

async function nextProfile() {
  const end = await signInAt(world, { connection: customer.connection.id });
  const { body } = await caller(world.api)('POST', '/sso/token', {
    client_id: world.vendor.environment.clientId,
    client_secret: world.vendor.secret,
    grant_type: 'authorization_code',
    code: end.leadsTo?.searchParams.get('code'),
  });
  return body.profile;
}

const roles = (method: string, path: string, body?: object) =>
  portal(method, `/setup/${world.vendor.environment.handle}/api/directory/roles${path}`, body);

it('groups are mapped with a preview, role follows membership over SCIM, and the last administrator stays', async () => {
  const { idp_id: annas, email, role } = await nextProfile();
  expect(role).toEqual({ slug: 'viewer' });
  const anna = await aPerson(email, annas);
  const bob = await aPerson('bob@people.test', 'ext-bob');
  const it_ = await aGroup('IT', [bob]);
  const engineering = await aGroup('Engineering', [anna]);
  expect(await rolesRead()).toEqual({ [email]: 'viewer', 'bob@people.test': 'viewer' });

  const { body: sources } = await roles('GET', '/sources');
  expect(
    sources.sources.map(({ label, people }: { label: string; people: number }) => [label, people]),
  ).toEqual(
    expect.arrayContaining([
      ['Engineering', 1],
      ['IT', 1],
    ]),
  );
  const keyOf = (name: string) =>
    sources.sources.find(({ label }: { label: string }) => label === name).source;
  const mapping = [
    { source: keyOf('IT'), role: 'admin' },
    { source: keyOf('Engineering'), role: 'editor' },
  ];
  expect((await roles('POST', '/preview', { mapping })).body).toMatchObject({
    tallies: [
      { slug: 'admin', gain: 1 },
      { slug: 'editor', gain: 1 },
      { slug: 'viewer', lose: 2 },
    ],
    changed: 2,
  });
  const { version } = (await roles('GET', '')).body;
  expect((await roles('PUT', '', { mapping, version })).status).toBeLessThan(300);
  expect(await rolesRead()).toEqual({ [email]: 'editor', 'bob@people.test': 'admin' });
  expect((await nextProfile()).role).toEqual({ slug: 'editor' });

  await patchGroup(it_, { op: 'add', path: 'members', value: [{ value: anna }] });
  expect(await rolesRead()).toMatchObject({ [email]: 'admin' });
  expect(await nextProfile()).toMatchObject({ role: { slug: 'admin' }, roles: [{ slug: 'admin' }] });
  await patchGroup(it_, { op: 'remove', path: `members[value eq "${anna}"]` });
  expect(await rolesRead()).toMatchObject({ [email]: 'editor' });
  expect((await nextProfile()).role).toEqual({ slug: 'editor' });
  await patchGroup(engineering, { op: 'remove', path: `members[value eq "${anna}"]` });
  expect((await nextProfile()).role).toEqual({ slug: 'viewer' });

  const { version: now } = (await roles('GET', '')).body;
  const without = [{ source: keyOf('Engineering'), role: 'editor' }];
  expect((await roles('POST', '/preview', { mapping: without })).body.orphaned).toBe('admin');
  expect((await roles('PUT', '', { mapping: without, version: now })).body.code).toBe('top_role_lost');
  expect(await rolesRead()).toMatchObject({ 'bob@people.test': 'admin' });
});

it('[SCIM-03] roles and entitlements that a client sends with a person grant nothing', async () => {
  await create('/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'eve@people.test',
    externalId: 'ext-eve',
    active: true,
    roles: [{ value: 'admin', primary: true }],
    entitlements: [{ value: 'admin' }],
    groups: [{ value: 'IT' }],
  });

  expect(await rolesRead()).toMatchObject({ 'eve@people.test': 'viewer' });
});

it('whoever has another role by the end of one is told of once, of several ends in a row as well', async () => {
  for (const slug of ['writer', 'author']) await world.vendor.call('POST', '/roles', { slug, name: slug });
  const [carl, dora] = [
    await aPerson('carl@people.test', 'ext-carl'),
    await aPerson('dora@people.test', 'ext-dora'),
  ];
  await aGroup('Docs', [carl]);
  await aGroup('Press', [dora]);
  const { body: state } = await roles('GET', '');
  const { body: unmapped } = await roles('GET', '/sources');
  const keyOf = (name: string) =>
    unmapped.sources.find(({ label }: { label: string }) => label === name).source;
  const mapping = [
    ...state.mapped.map(({ source, role }: { source: string; role: string }) => ({ source, role })),
    { source: keyOf('Docs'), role: 'writer' },
    { source: keyOf('Press'), role: 'author' },
  ];
  expect((await roles('PUT', '', { mapping, version: state.version })).status).toBeLessThan(300);
  const before = (await roleNews()).length;

  expect((await world.vendor.call('DELETE', '/roles/writer?replacement=author')).status).toBe(204);
  expect((await world.vendor.call('DELETE', '/roles/author?replacement=none')).status).toBe(204);
  const { db, systemDb, deps } = world.api;
  while ((await tellOfRoles({ db, systemDb, now: deps.now })) > 0);

  expect(await rolesRead()).toMatchObject({ 'carl@people.test': 'viewer', 'dora@people.test': 'viewer' });
  expect((await roleNews()).slice(before)).toEqual([
    { username: 'carl@people.test', role: { slug: 'viewer' }, before: { slug: 'writer' } },
    { username: 'dora@people.test', role: { slug: 'viewer' }, before: { slug: 'author' } },
  ]);
});

async function roleNews() {
  const rows = await asSystem(world.api, (tx) =>
    tx
      .selectFrom('events')
      .select('data')
      .where('organizationId', '=', customer.organization.id)
      .where('name', '=', 'dsync.user.updated')
      .orderBy('ordinal')
      .execute(),
  );
  return rows.map(({ data }) => {
    const { username, role, previous_attributes: previous } = data as Record<string, Record<string, unknown>>;
    return { username, role, before: previous?.['role'] };
  });
}
