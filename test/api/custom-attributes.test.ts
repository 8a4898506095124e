import { afterAll, beforeAll, expect, test } from 'vitest';
import { customAttribute } from '../../api/contract/developer-environment.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());

const define = (key: string, body: object, by = vendor) => by.call('PUT', `/custom_attributes/${key}`, body);
const keysOf = async (by = vendor) =>
  (await by.call('GET', '/custom_attributes')).body.data.map(({ key }: { key: string }) => key);

test('custom attributes are defined, changed in place and removed, each with its entry in the log', async () => {
  const first = await define('department', { label: 'Department', required: true });
  await define('cost_center', { label: 'Cost centre' });
  await define('department', { label: 'Team' });

  expect([first.status, customAttribute.parse(first.body)]).toEqual([200, first.body]);
  const { body } = await vendor.call('GET', '/custom_attributes');
  expect(body.data).toEqual([
    { object: 'custom_attribute', key: 'department', label: 'Team', required: false },
    { object: 'custom_attribute', key: 'cost_center', label: 'Cost centre', required: false },
  ]);
  expect((await vendor.call('DELETE', '/custom_attributes/department')).status).toBe(204);
  expect((await vendor.call('DELETE', '/custom_attributes/department')).status).toBe(404);
  expect(await keysOf()).toEqual(['cost_center']);
});

test('one that comes or goes has the people of directories read anew, another label does not', async () => {
  const { body } = await vendor.call('POST', '/directories', {
    organization_id: (await anOrganization(vendor)).id,
    type: 'okta scim v2.0',
  });
  const isDue = async () => {
    const due = await asSystem(api, (tx) =>
      tx
        .updateTable('directories')
        .set({ remapDueAt: null })
        .where('id', '=', body.id)
        .where('remapDueAt', 'is not', null)
        .returning('id')
        .execute(),
    );
    return due.length === 1;
  };
  await define('team', { label: 'Team' });
  expect(await isDue()).toBe(true);
  await define('team', { label: 'Squad' });
  expect(await isDue()).toBe(false);
  await vendor.call('DELETE', '/custom_attributes/team');
  expect(await isDue()).toBe(true);
});

test('another environment has its own', async () => {
  const other = await aVendor(api);
  await define('theirs', { label: 'Theirs' }, other);

  expect(await keysOf(other)).toEqual(['theirs']);
  expect(await keysOf()).not.toContain('theirs');
});

test.each(['Department', '9lives', 'a-b', `a${'b'.repeat(60)}`, '__proto__'])(
  'the key %s is refused in words',
  async (key) => {
    const { status, body } = await define(key, { label: 'x' });

    expect(status).toBe(422);
    expect(body.message).toContain('department or cost_center');
  },
);

test('a label that is blank or too long is refused', async () => {
  expect((await define('region', { label: ' ' })).status).toBe(422);
  expect((await define('region', { label: 'x'.repeat(81) })).status).toBe(422);
});

test('an environment has no more than fifty, and those at once keep each other', async () => {
  const full = await aVendor(api);
  await Promise.all(Array.from({ length: 50 }, (_, at) => define(`key_${at}`, { label: 'x' }, full)));

  expect(await keysOf(full)).toHaveLength(50);
  expect((await define('one_more', { label: 'x' }, full)).status).toBe(422);
  expect((await define('key_7', { label: 'still changes' }, full)).status).toBe(200);
});
