import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { role, roleList, rolePolicy } from '../../api/contract/developer-roles.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aDirectoryOfRows, giveRoles } from '../support/directory-rows.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const make = (slug: string, more: object = {}) =>
  vendor.call('POST', '/roles', { slug, name: slug, ...more });
const makeAll = async (...slugs: string[]) => {
  for (const slug of slugs) expect((await make(slug)).status).toBe(201);
};
const slugs = async (by = vendor) =>
  (await by.call('GET', '/roles')).body.data.map((one: { slug: string }) => one.slug);
const policy = async () => (await vendor.call('GET', '/role_policy')).body;
const setPolicy = (body: object) => vendor.call('PUT', '/role_policy', body);

/** A customer of whom one group gives the role. */
async function aCustomerGiving(slug: string) {
  const { id } = await anOrganization(vendor);
  const customer = { environmentId: vendor.environment.id, organizationId: id };
  const rows = { db: api.db, customer, now: api.deps.now() };
  const person = { name: 'Ann', in: ['IT'] };
  const { groupId } = await aDirectoryOfRows(rows, { groups: ['IT'], people: [person] });
  await giveRoles(rows, [[groupId('IT'), slug]]);
}

test('roles are made one below the other, read, changed and removed, each with its row in the log', async () => {
  const admin = await make('admin', { name: ' Administrator ', description: 'Everything' });
  await make('viewer');

  expect(role.parse(admin.body)).toEqual(admin.body);
  expect(admin).toMatchObject({
    status: 201,
    body: {
      object: 'role',
      slug: 'admin',
      name: 'Administrator',
      description: 'Everything',
      rank: 1,
      default: false,
    },
  });
  const list = await vendor.call('GET', '/roles');
  expect(roleList.parse(list.body).data.map(({ slug, rank }) => [slug, rank])).toEqual([
    ['admin', 1],
    ['viewer', 2],
  ]);
  const changed = await vendor.call('PUT', '/roles/admin', { name: 'Boss' });
  expect(changed).toMatchObject({ status: 200, body: { name: 'Boss', description: null, slug: 'admin' } });
  expect((await vendor.call('GET', '/roles/admin')).body).toEqual(changed.body);
  expect((await vendor.call('DELETE', '/roles/admin')).status).toBe(204);
  expect((await vendor.call('GET', '/roles/admin')).status).toBe(404);
  expect((await vendor.call('GET', '/roles')).body.data).toMatchObject([{ slug: 'viewer', rank: 1 }]);
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select('action')
      .where('environmentId', '=', vendor.environment.id)
      .where('action', 'like', 'role.%')
      .orderBy('id')
      .execute(),
  );
  expect(rows.map(({ action }) => action)).toEqual([
    'role.created',
    'role.created',
    'role.updated',
    'role.deleted',
  ]);
});

test('another environment has its own', async () => {
  const other = await aVendor(api);
  await makeAll('admin');
  await other.call('POST', '/roles', { slug: 'theirs', name: 'Theirs' });

  expect(await slugs(other)).toEqual(['theirs']);
  expect((await other.call('PUT', '/roles/admin', { name: 'x' })).status).toBe(404);
  expect((await other.call('DELETE', '/roles/admin')).status).toBe(404);
  expect(await slugs()).toEqual(['admin']);
});

test.each(['Admin', '9lives', 'a b', 'none', '__proto__', 'a'.repeat(49)])(
  'the slug %j is refused in words',
  async (slug) => {
    const { status, body } = await make(slug, { name: 'x' });

    expect([status, body.errors]).toEqual([
      422,
      [{ field: 'slug', code: expect.stringContaining('billing-admin') }],
    ]);
  },
);

test('a slug that is taken and a fifty-first role are refused', async () => {
  await makeAll('admin');
  expect(await make('admin')).toMatchObject({ status: 409, body: { code: 'role_already_exists' } });
  await Promise.all(Array.from({ length: 49 }, (_, at) => make(`role_${at}`)));
  expect(await slugs()).toHaveLength(50);
  expect(await make('one_more')).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('50') },
  });
});

test('the policy says order, default and mode, and changes what it is given of them', async () => {
  await makeAll('admin', 'editor', 'viewer');
  const first = await policy();
  expect(rolePolicy.parse(first)).toEqual(first);
  expect(first).toEqual({
    object: 'role_policy',
    mode: 'highest',
    default: null,
    order: ['admin', 'editor', 'viewer'],
  });

  expect((await setPolicy({ default: 'viewer', order: ['editor', 'admin', 'viewer'] })).body).toEqual({
    ...first,
    default: 'viewer',
    order: ['editor', 'admin', 'viewer'],
  });
  expect((await setPolicy({ mode: 'all' })).body).toMatchObject({ mode: 'all', default: 'viewer' });
  expect((await setPolicy({ default: 'admin' })).body).toMatchObject({ mode: 'all', default: 'admin' });
  expect((await setPolicy({ default: null })).body).toMatchObject({ default: null });
  expect(await slugs()).toEqual(['editor', 'admin', 'viewer']);
});

test.each([
  { order: ['admin'] },
  { order: ['admin', 'admin', 'viewer'] },
  { order: ['admin', 'viewer', 'owner'] },
  { order: [] },
])('an order that does not name each role once changes nothing: %j', async (body) => {
  await makeAll('admin', 'editor', 'viewer');

  expect(await setPolicy({ ...body, mode: 'all' })).toMatchObject({
    status: 409,
    body: { code: 'roles_differ', message: expect.stringContaining('admin, editor, viewer') },
  });
  expect(await policy()).toMatchObject({ mode: 'highest', order: ['admin', 'editor', 'viewer'] });
});

test('a default or a replacement that is no role is refused by the name of its field', async () => {
  await makeAll('admin');

  for (const answer of [
    await setPolicy({ default: 'owner' }),
    await setPolicy({ mode: 'most' }),
    await vendor.call('DELETE', '/roles/admin?replacement=owner'),
    await vendor.call('DELETE', '/roles/admin?replacement=admin'),
  ])
    expect([answer.status, answer.body.errors.length]).toEqual([422, 1]);
  expect(await slugs()).toEqual(['admin']);
});

test('a role that groups give goes only when it is said what takes its place', async () => {
  await makeAll('admin', 'editor');
  await aCustomerGiving('admin');
  const one = (await vendor.call('DELETE', '/roles/admin')).body.message;
  expect(one).toContain('1 group of 1 organization gives it.');
  await aCustomerGiving('admin');

  expect(await vendor.call('DELETE', '/roles/admin')).toMatchObject({
    status: 409,
    body: {
      code: 'role_in_use',
      message: expect.stringMatching(/2 groups of 2 organizations give it\. .*replacement=none/),
    },
  });
  expect((await vendor.call('DELETE', '/roles/admin?replacement=editor')).status).toBe(204);
  expect((await vendor.call('DELETE', '/roles/editor')).status).toBe(409);
  expect((await vendor.call('DELETE', '/roles/editor?replacement=none')).status).toBe(204);
  expect(await slugs()).toEqual([]);
});

test('the default goes only when it is said which follows', async () => {
  await makeAll('admin', 'viewer');
  await setPolicy({ default: 'viewer' });

  expect(await vendor.call('DELETE', '/roles/viewer')).toMatchObject({
    status: 409,
    body: { message: expect.stringContaining('it is the default') },
  });
  await vendor.call('DELETE', '/roles/viewer?replacement=admin');
  expect(await policy()).toMatchObject({ default: 'admin', order: ['admin'] });
});
