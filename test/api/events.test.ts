import { afterAll, beforeAll, expect, test } from 'vitest';
import { event } from '../../api/contract/developer-environment.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
const ids: string[] = [];
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  for (const name of ['a', 'b', 'c', 'd']) ids.push((await anOrganization(vendor, { name })).id);
});
afterAll(() => api.close());

const get = (query: string) => vendor.call('GET', `/events?${query}`);
const namesOf = (body: { data: { data: { name: string } }[] }) =>
  body.data.map(({ data }) => data.name).join('');

test('a client that keeps the id of its last event reads everything once, in order', async () => {
  const first = await get('events=organization.created&limit=3');
  const second = await get(`events=organization.created&limit=3&after=${first.body.list_metadata.after}`);

  expect(event.array().parse(first.body.data)).toEqual(first.body.data);
  expect([namesOf(first.body), namesOf(second.body)]).toEqual(['abc', 'd']);
  expect(second.body.list_metadata.after).toBeNull();
});

test('the order of the newest SDKs is newest first', async () => {
  const { body } = await get('events=organization.created&order=desc&limit=2');

  expect(namesOf(body)).toBe('dc');
});

test('events are narrowed to an organization and a time', async () => {
  const ofOne = await get(`events=organization.created,organization.updated&organization_id=${ids[1]}`);
  const later = await get('events=organization.created&range_start=2099-01-01T00:00:00Z');
  const before = await get('events=organization.created&range_end=2020-01-01T00:00:00%2B02:00');

  expect([namesOf(ofOne.body), namesOf(later.body), namesOf(before.body)]).toEqual(['b', '', '']);
});

test('another environment sees none of them', async () => {
  const other = await aVendor(api);

  const { body } = await other.call('GET', '/events?events=organization.created');

  expect(body.data).toEqual([]);
});

test('names are required, unknown ones are refused, and those of other products find nothing', async () => {
  const missing = await get('');
  const unknown = await get('events=organization.exploded');
  const others = await get('events=user.created&events=dsync.user.created');
  const both = await get(`events=organization.created&range_start=2020-01-01T00:00:00Z&after=${ids[0]}`);

  expect([missing.status, missing.body.code]).toEqual([400, 'invalid_events_request']);
  expect([unknown.status, unknown.body.errors[0].field]).toEqual([422, 'events']);
  expect([others.status, others.body.data]).toEqual([200, []]);
  expect(both.status).toBe(400);
});

test('a span that ends before it begins is refused in words, not answered with nothing', async () => {
  const reversed = 'range_start=2026-03-02T00:00:00Z&range_end=2026-03-01T00:00:00Z';
  const { status, body } = await get(`events=organization.created&${reversed}`);

  expect([status, body]).toEqual([
    400,
    { message: 'range_start must not be after range_end.', code: 'invalid_events_request' },
  ]);
});
