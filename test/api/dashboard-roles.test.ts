import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { roleBook } from '../../api/contract/dashboard-roles.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aMember, aVendor, type Call, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
let developer: Call;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  vendor = await aVendor(api);
  ({ call: developer } = await aMember(api, vendor, 'developer'));
});
afterAll(() => api.close());

const path = '/dashboard/api';
const make = (slug: string) =>
  developer('POST', `${path}/roles`, { slug, name: slug.toUpperCase(), description: '' });

test('developers name, rank and remove roles, and every change answers with the whole list', async () => {
  await make('admin');
  const made = await make('viewer');
  expect([made.status, roleBook.parse(made.body).roles.map(({ slug }) => slug)]).toEqual([
    201,
    ['admin', 'viewer'],
  ]);

  const change = { order: ['viewer', 'admin'], default: 'viewer', mode: 'all' };
  const ranked = await developer('PUT', `${path}/role-policy`, change);
  expect(roleBook.parse(ranked.body)).toMatchObject({
    mode: 'all',
    roles: [
      { slug: 'viewer', isDefault: true, groups: 0, description: null },
      { slug: 'admin', isDefault: false },
    ],
  });
  const named = await developer('PUT', `${path}/roles/admin`, { name: 'Boss', description: 'All' });
  expect(named.body.roles[1]).toMatchObject({ name: 'Boss', description: 'All' });
  expect((await developer('POST', `${path}/roles/viewer/remove`, {})).body.code).toBe('role_in_use');
  const left = await developer('POST', `${path}/roles/viewer/remove`, { replacement: 'admin' });
  expect(left.body.roles).toMatchObject([{ slug: 'admin', isDefault: true }]);
});

test('an order that was meant for other roles is refused', async () => {
  await make('admin');
  await make('viewer');

  const reply = await developer('PUT', `${path}/role-policy`, { order: ['admin'] });
  expect([reply.status, reply.body.code]).toEqual([409, 'roles_differ']);
});

test.each(['support', 'viewer'] as const)(
  '[API-02] a member who is %s reads roles and changes none',
  async (role) => {
    await make('admin');
    const { call } = await aMember(api, vendor, role);

    expect((await call('GET', `${path}/roles`)).body.roles).toHaveLength(1);
    for (const [method, below, body] of [
      ['POST', '/roles', { slug: 'x', name: 'X', description: '' }],
      ['PUT', '/roles/admin', { name: 'X', description: '' }],
      ['POST', '/roles/admin/remove', {}],
      ['PUT', '/role-policy', { mode: 'all' }],
    ] as const)
      expect((await call(method, `${path}${below}`, body)).status).toBe(403);
  },
);
