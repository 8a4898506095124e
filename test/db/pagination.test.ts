import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listOrganizations, withTenant, type PageRequest } from '../../db/index.ts';
import {
  aCustomer,
  anEnvironment,
  aDomain,
  minutesLater,
  openDatabases,
  type Databases,
} from './builders.ts';

let databases: Databases;
let environmentId: string;
/** Oldest to newest: five instants, the middle two of them the same. */
let ids: string[];

beforeAll(async () => {
  databases = await openDatabases();
  environmentId = await anEnvironment(databases);
  ids = [];
  for (const minutes of [0, 1, 1, 2, 3]) {
    const customer = await aCustomer(databases, {
      environmentId,
      name: `C${ids.length}`,
      createdAt: minutesLater(minutes),
    });
    ids.push(customer.organizationId);
  }
});
afterAll(() => databases.close());

const page = async (request: Partial<PageRequest>, filter = {}) => {
  const result = await withTenant(databases.app, { environmentId }, (tx) =>
    listOrganizations(tx, { environmentId }, filter, { limit: 2, order: 'normal', ...request }),
  );
  const indexOf = (id: string | null) => (id === null ? null : ids.indexOf(id));
  return {
    shown: result.rows.map(({ id }) => ids.indexOf(id)).join(' '),
    before: indexOf(result.before),
    after: indexOf(result.after),
  };
};

describe('rows are numbered 0, the oldest, to 4; pages hold two', () => {
  test.each([
    // order, cursor, rows as shown, before, after
    ['desc', {}, '4 3', null, 3],
    ['desc', { after: 3 }, '2 1', 2, 1],
    ['desc', { after: 1 }, '0', 0, null],
    ['desc', { after: 0 }, '', null, null],
    ['desc', { before: 1 }, '3 2', 3, 2],
    ['desc', { before: 3 }, '4', null, 4],
    ['asc', {}, '0 1', null, 1],
    ['asc', { after: 1 }, '2 3', 2, 3],
    ['asc', { after: 3 }, '4', 4, null],
    ['asc', { before: 3 }, '1 2', 1, 2],
    ['asc', { before: 1 }, '0', null, 0],
    ['normal', {}, '4 3', 3, null],
    ['normal', { after: 1 }, '3 2', 2, 3],
    ['normal', { after: 3 }, '4', 4, null],
    ['normal', { before: 3 }, '2 1', 1, 2],
    ['normal', { before: 1 }, '0', null, 0],
  ] as const)('%s with cursor %o shows "%s"', async (order, cursors, shown, before, after) => {
    const request = Object.fromEntries(Object.entries(cursors).map(([name, index]) => [name, ids[index]]));

    expect(await page({ order, ...request })).toEqual({ shown, before, after });
  });

  test('with both cursors, `after` counts', async () => {
    const both = await page({ order: 'desc', after: ids[3], before: ids[0] });

    expect(both).toEqual(await page({ order: 'desc', after: ids[3] }));
  });

  test('the whole list in one page has no neighbours', async () => {
    expect(await page({ order: 'desc', limit: 5 })).toEqual({
      shown: '4 3 2 1 0',
      before: null,
      after: null,
    });
  });

  test('following `after` from page to page meets every row once', async () => {
    const met: string[] = [];
    for (let after: string | undefined; ;) {
      const { rows, ...next } = await withTenant(databases.app, { environmentId }, (tx) =>
        listOrganizations(tx, { environmentId }, {}, { limit: 1, order: 'desc', after }),
      );
      met.push(...rows.map(({ id }) => id));
      if (next.after === null) break;
      after = next.after;
    }

    expect(met).toEqual(ids.toReversed());
  });
});

test('neighbours are counted among the rows that the filter leaves', async () => {
  const filtered = await page({ order: 'desc', after: ids[4] }, { name: 'C3' });

  expect(filtered).toEqual({ shown: '3', before: null, after: null });
});

test('a cursor that is no row of the tenant is refused by its name', async () => {
  const foreign = await aCustomer(databases);

  await expect(page({ after: foreign.organizationId })).rejects.toMatchObject({
    code: 'invalid_request',
    facts: { field: 'after' },
  });
  await expect(page({ before: 'org_unknown' })).rejects.toMatchObject({ facts: { field: 'before' } });
});

test('organizations are found by domain in any state, by name, external id and part of a domain', async () => {
  const customer = await aCustomer(databases, {
    environmentId: await anEnvironment(databases),
    name: 'Große 100%',
  });
  await aDomain(databases, customer, 'grosse.test', 'failed');
  const tenant = { environmentId: customer.environmentId };
  const found = async (filter: Parameters<typeof listOrganizations>[2]) =>
    (
      await withTenant(databases.app, tenant, (tx) =>
        listOrganizations(tx, tenant, filter, { limit: 10, order: 'desc' }),
      )
    ).rows.length;

  expect(await found({ domains: ['other.test', 'grosse.test'] })).toBe(1);
  expect(await found({ domains: ['other.test'] })).toBe(0);
  expect(await found({ domains: [] })).toBe(0);
  expect(await found({ search: 'ROSSE.t' })).toBe(1);
  expect(await found({ name: '100%' })).toBe(1);
  expect(await found({ name: '1_0' })).toBe(0);
});
