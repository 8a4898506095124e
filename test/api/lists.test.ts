import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
/** Oldest first. */
const ids: string[] = [];
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const domain_data = [{ domain: `${name}.test`, state: 'pending' }];
    ids.push((await anOrganization(vendor, { name: `Company ${name}`, domain_data })).id);
  }
});
afterAll(() => api.close());

const page = async (query: string) => {
  const { status, body } = await vendor.call('GET', `/organizations?${query}`);
  expect(status).toBe(200);
  expect(body.object).toBe('list');
  expect(body.listMetadata).toEqual(body.list_metadata);
  const letters = body.data.map(({ name }: { name: string }) => name.slice(-1)).join('');
  return [letters, letterOf(body.list_metadata.after), letterOf(body.list_metadata.before)];
};
const letterOf = (id: string | null) => (id === null ? null : 'abcde'[ids.indexOf(id)]);
const id = (letter: string) => ids['abcde'.indexOf(letter)];

test('each order pages in its own direction', async () => {
  expect(await page('limit=2&order=desc')).toEqual(['ed', 'd', null]);
  expect(await page(`limit=2&order=desc&after=${id('d')}`)).toEqual(['cb', 'b', 'c']);
  expect(await page(`limit=2&order=desc&before=${id('b')}`)).toEqual(['dc', 'c', 'd']);
  expect(await page('limit=2&order=asc')).toEqual(['ab', 'b', null]);
  expect(await page(`limit=2&order=asc&after=${id('b')}`)).toEqual(['cd', 'd', 'c']);
  expect(await page('limit=2')).toEqual(['ed', null, 'd']);
  expect(await page(`limit=2&after=${id('b')}`)).toEqual(['dc', 'd', 'c']);
  expect(await page(`limit=2&before=${id('d')}`)).toEqual(['cb', 'c', 'b']);
});

test('with both cursors, after counts', async () => {
  expect(await page(`limit=2&order=desc&after=${id('d')}&before=${id('a')}`)).toEqual(['cb', 'b', 'c']);
});

test.each([
  ['domains=a.test%2Cc.test'],
  ['domains=a.test&domains=c.test'],
  ['domains[]=a.test&domains[]=c.test'],
  ['domains%5B%5D=a.test&domains%5B%5D=c.test'],
  ['domains[0]=a.test&domains[1]=c.test'],
  ['domains=A.TEST,c.test'],
])('the list of a filter is understood as %s', async (query) => {
  expect(await page(`order=asc&${query}`)).toEqual(['ac', null, null]);
});

test.each([['state='], ['state[]='], ['state[]=&state[]='], ['state=,']])(
  'an empty list filters nothing: %s',
  async (query) => {
    const { status, body } = await vendor.call('GET', `/onboardings?${query}`);

    expect([status, body.data]).toEqual([200, []]);
  },
);

test('a search matches names, and its wildcards are letters', async () => {
  expect(await page('search=company%20b')).toEqual(['b', null, null]);
  expect(await page('search=%25')).toEqual(['', null, null]);
});

test.each([
  ['limit=0', 'limit', 'limit must be between 1 and 100'],
  ['limit=101', 'limit', 'limit must be between 1 and 100'],
  ['limit=x', 'limit', 'limit must be between 1 and 100'],
  ['limit=2&limit=3', 'limit', 'limit must be between 1 and 100'],
  ['order=up', 'order', 'order must be one of'],
  ['after=org_nobody', 'after', 'after is not known'],
])('%s is refused with 422', async (query, field, words) => {
  const { status, body } = await vendor.call('GET', `/organizations?${query}`);

  expect(status).toBe(422);
  expect(body.errors[0].field).toBe(field);
  expect(body.errors[0].code).toContain(words);
});

test('an id of another environment is no cursor', async () => {
  const other = await aVendor(api);

  const { status } = await other.call('GET', `/organizations?after=${ids[0]}`);

  expect(status).toBe(422);
});

test('directories are an empty list', async () => {
  const { body } = await vendor.call('GET', `/directories?organization_id=${ids[0]}&order=desc&limit=10`);

  expect(body).toMatchObject({ object: 'list', data: [], list_metadata: { before: null, after: null } });
});
