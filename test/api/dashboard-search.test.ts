import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';
import { aStaff, type Staff } from '../support/staff.ts';

let api: TestApi;
let vendor: Vendor;
let viewer: Staff;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  viewer = await aStaff(api, vendor, 'viewer');
});
afterAll(() => api.close());

type Found = { kind: string; id: string; title: string; organizationId: string | null };
const find = async (q: string, staff = viewer) => {
  const { body } = await staff.ask('GET', `/search?q=${encodeURIComponent(q)}`);
  return body.found as Found[];
};
const told = (found: readonly Found[]) => found.map(({ kind, title }) => `${kind} ${title}`).toSorted();

test('names are found by the beginning of any of their words, in any case and order', async () => {
  await anOrganization(vendor, { name: 'Kaltenbach & Söhne Logistik' });

  for (const q of ['kalten', 'SÖHNE', 'logistik kalt', ' kaltenbach,söh ']) {
    expect(told(await find(q))).toEqual(['organization Kaltenbach & Söhne Logistik']);
  }
  expect(await find('bach')).toEqual([]);
  expect(await find("kalten' | !'x")).toEqual([]);
});

test('a customer is found with its domains and its contacts', async () => {
  const support = await aStaff(api, vendor, 'support');
  const { body } = await support.ask('POST', '/organizations', {
    name: 'Zypern Bank',
    domains: ['zypern-bank.test'],
    contacts: ['it@zypern-bank.test'],
  });

  const found = await find('zypern');

  expect(told(found)).toEqual([
    'contact it@zypern-bank.test',
    'domain zypern-bank.test',
    'organization Zypern Bank',
  ]);
  expect(new Set(found.map(({ organizationId }) => organizationId))).toEqual(new Set([body.id]));
});

test('members are found by name and address', async () => {
  const { member } = await aStaff(api, vendor, 'support');

  expect((await find(member.email)).map(({ id }) => id)).toContain(member.id);
});

test('an id of any kind leads to its thing, alone or inside an address', async () => {
  const { id } = await anOrganization(vendor, { name: 'Ids Inc', external_id: 'crm-77' });
  const domain = await vendor.call('POST', '/organization_domains', {
    organization_id: id,
    domain: 'ids-inc.test',
  });
  const onboarding = await vendor.call('POST', '/onboardings', {
    organization: id,
    delivery: 'copy',
    features: [{ feature: 'sso' }],
  });
  const ids = { domain: domain.body.id, onboarding: onboarding.body.id, member: viewer.member.id };

  expect(await find(id)).toMatchObject([{ kind: 'organization', id }]);
  expect(await find('crm-77')).toMatchObject([{ kind: 'organization', id }]);
  for (const [kind, known] of Object.entries(ids)) {
    expect(await find(`https://app.example/x/${String(known)}?y=1`)).toMatchObject([{ kind, id: known }]);
  }
  expect(await find(vendor.environment.clientId)).toMatchObject([{ kind: 'environment' }]);
});

test('a request is found by its id, as what it has done', async () => {
  const made = await vendor.call('POST', '/organizations', { name: 'Requested' });
  const request = made.headers.get('x-request-id') ?? '';

  expect(await find(request)).toMatchObject([
    { kind: 'request', id: request, title: 'organization.created' },
  ]);
});

test('[IDB-03] nothing of another environment is found, by word or by id', async () => {
  const other = await aVendor(api);
  const { id } = await anOrganization(other, { name: 'Quendel Werke', domains: ['quendel.test'] });

  expect(await find('quendel')).toEqual([]);
  expect(await find(id)).toEqual([]);
  expect(told(await find('quendel', await aStaff(api, other, 'viewer')))).toHaveLength(2);
});

test('what was deleted is not found', async () => {
  const { id } = await anOrganization(vendor, { name: 'Vanadis', domains: ['vanadis.test'] });
  await vendor.call('DELETE', `/organizations/${id}`);

  expect(await find('vanadis')).toEqual([]);
  expect(await find(id)).toEqual([]);
});

test('nothing typed and too much are refused in words, and odd marks find nothing', async () => {
  expect((await viewer.ask('GET', '/search?q=%20')).status).toBe(422);
  expect((await viewer.ask('GET', `/search?q=${'a'.repeat(301)}`)).status).toBe(422);
  for (const q of ['a', "'", ':*', '&|!', '\\', '%', '\u{1F600}']) expect(await find(q)).toEqual([]);
});
