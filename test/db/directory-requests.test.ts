import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  countDirectoryRequests,
  insertDirectoryRequests,
  listDirectoryRequests,
  removeOldDirectoryRequests,
  withSystem,
  withTenant,
  type PageRequest,
} from '../../db/index.ts';
import type { DirectoryRequestRow } from '../../db/tables/directory-requests.ts';
import { aScimDirectory, type ScimDirectory } from '../support/directories.ts';
import { aCustomer, minutesLater, now, openDatabases, type Databases } from './builders.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());

const aRequest = (
  { organizationId, directoryId }: ScimDirectory,
  more: Partial<DirectoryRequestRow> = {},
): Omit<DirectoryRequestRow, 'environmentId'> => ({
  id: newId('directory_request_'),
  organizationId,
  directoryId,
  at: now,
  method: 'GET',
  path: '/Users',
  status: 200,
  milliseconds: 3,
  kind: 'read',
  cause: null,
  client: 'Okta',
  subject: null,
  requestBody: null,
  responseBody: null,
  ...more,
});

async function write(
  directory: ScimDirectory,
  requests: readonly Omit<DirectoryRequestRow, 'environmentId'>[],
  seen: { directories?: { id: string; at: Date }[]; tokens?: { id: string; at: Date }[] } = {},
) {
  const { environmentId } = directory;
  await withTenant(databases.app, { environmentId }, (tx) =>
    insertDirectoryRequests(tx, { environmentId }, { requests, directories: [], tokens: [], ...seen }),
  );
}

const list = (directory: ScimDirectory, filter: object, request: Partial<PageRequest> = {}) => {
  const { environmentId, organizationId } = directory;
  return withTenant(databases.app, { environmentId, organizationId }, (tx) =>
    listDirectoryRequests(tx, { environmentId, organizationId }, filter, {
      limit: 2,
      order: 'desc',
      ...request,
    }),
  );
};

const aDirectory = async () => aScimDirectory(databases.system, await aCustomer(databases));

test('calls of several directories are written together and listed by each, newest first, in pages', async () => {
  const customer = await aCustomer(databases);
  const [first, second] = [
    await aScimDirectory(databases.system, customer),
    await aScimDirectory(databases.system, customer),
  ];
  const { directoryId } = first;
  const at = [0, 1, 2].map((minutes) => minutesLater(minutes));
  await write(first, [
    ...at.map((when, index) => aRequest(first, { at: when, path: `/Users/${index}` })),
    aRequest(second, { kind: 'refused', cause: 'token_unknown', status: 401 }),
  ]);

  const page = await list(first, { directoryId });
  expect(page.rows.map(({ path }) => path)).toEqual(['/Users/2', '/Users/1']);
  expect((await list(first, { directoryId }, { after: page.after ?? '' })).rows).toMatchObject([
    { path: '/Users/0', method: 'GET', status: 200, milliseconds: 3, client: 'Okta', at: now },
  ]);
  expect((await list(first, { isRefused: true })).rows).toMatchObject([{ directoryId: second.directoryId }]);
  expect((await list(first, { directoryId, kinds: ['person_created'] })).rows).toEqual([]);
});

test('calls of another organization are not listed, and are no cursor', async () => {
  const [mine, foreign] = [await aDirectory(), await aDirectory()];
  const request = aRequest(foreign);
  await write(foreign, [request]);

  expect((await list(mine, { directoryId: foreign.directoryId })).rows).toEqual([]);
  await expect(list(mine, {}, { after: request.id })).rejects.toMatchObject({ code: 'invalid_request' });
});

test('the first and the last call of a directory and of a token are remembered with the calls', async () => {
  const directory = await aDirectory();
  const of = { id: directory.directoryId };
  const token = { id: directory.tokenId };
  await write(directory, [aRequest(directory)], {
    directories: [{ ...of, at: now }],
    tokens: [{ ...token, at: now }],
  });
  const later = minutesLater(5);
  await write(directory, [], { directories: [{ ...of, at: later }], tokens: [{ ...token, at: later }] });
  // What another process writes late does not turn the clock back.
  await write(directory, [], { directories: [{ ...of, at: now }], tokens: [{ ...token, at: now }] });

  const [row, used] = await withSystem(databases.system, (tx) =>
    Promise.all([
      tx.selectFrom('directories').selectAll().where('id', '=', of.id).executeTakeFirstOrThrow(),
      tx.selectFrom('directoryTokens').selectAll().where('id', '=', token.id).executeTakeFirstOrThrow(),
    ]),
  );
  expect(row).toMatchObject({ firstRequestAt: now, lastRequestAt: later });
  expect(used).toMatchObject({ firstUsedAt: now, lastUsedAt: later });
});

test('calls are counted by what they were, from an instant on', async () => {
  const directory = await aDirectory();
  await write(directory, [
    aRequest(directory, { kind: 'person_created', at: now }),
    aRequest(directory, { kind: 'person_created', at: minutesLater(1) }),
    aRequest(directory, { at: minutesLater(-1) }),
  ]);

  const counted = await withTenant(databases.app, directory, (tx) =>
    countDirectoryRequests(tx, directory, directory.directoryId, now),
  );
  expect(counted).toEqual([{ kind: 'person_created', count: 2, lastAt: minutesLater(1) }]);
});

test('calls are kept for their days, and not longer', async () => {
  const directory = await aDirectory();
  const dayMs = 86_400_000;
  const before = (days: number) => new Date(now.getTime() - days * dayMs);
  await write(directory, [
    aRequest(directory, { at: before(31) }),
    aRequest(directory, { at: before(29), path: '/kept' }),
  ]);

  expect(await withSystem(databases.system, (tx) => removeOldDirectoryRequests(tx, now, 30))).toBe(1);
  expect((await list(directory, { directoryId: directory.directoryId })).rows).toMatchObject([
    { path: '/kept' },
  ]);
});
