import { createHash } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '../adapters/ids.ts';
import {
  appendChunk,
  bringDirectoryBack,
  chunkBytes,
  confirmDirectorySwitch,
  decideHold,
  expireFiles,
  findFirstFileHold,
  finishFile,
  insertFile,
  listFormerDirectories,
  listLastFiles,
  listRefusedLines,
  prepareDirectorySwitch,
  removeFile,
  removeOldFiles,
  withSystem,
  withTenant,
  type DirectoryFileRow,
} from '../db/index.ts';
import { aCustomer, openDatabases, type Databases } from '../test/db/builders.ts';
import { aFileDirectory, type FileDirectory } from '../test/support/sftp.ts';
import { directoryFilesActivities } from './directory-files.ts';

let databases: Databases;
let directory: FileDirectory;
let at = new Date('2026-11-26T08:00:00.000Z');
const day = 86_400_000;

beforeAll(async () => {
  databases = await openDatabases();
});
afterAll(() => databases.close());
beforeEach(async () => {
  directory = await aFileDirectory(databases, await aCustomer(databases));
});

const admin = { type: 'customer', id: 'contact' } as const;
const tenant = () => ({
  environmentId: directory.environmentId,
  organizationId: directory.organizationId,
});
const header = 'user_id,first_name,last_name,email';
const person = (id: number, more: { name?: string; email?: string } = {}) =>
  `${id},${more.name ?? `Name${id}`},Surname,${more.email ?? `p${id}@acme.com`}`;
const list = (...lines: string[]) => `${[header, ...lines].join('\n')}\n`;
const people = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => person(from + index));

/** A file as the server for files leaves it. */
async function arrive(name: string, content: string): Promise<string> {
  at = new Date(at.getTime() + 60_000);
  const id = newId('directory_file_');
  const bytes = Buffer.from(content);
  const expiresAt = new Date(at.getTime() + 7 * day);
  await withTenant(databases.app, tenant(), async (tx) => {
    await insertFile(tx, {
      id,
      ...tenant(),
      directoryId: directory.directoryId,
      name,
      receivedAt: at,
      expiresAt,
    });
    for (let number = 0; number * chunkBytes < bytes.length; number += 1) {
      const chunk = bytes.subarray(number * chunkBytes, (number + 1) * chunkBytes);
      await appendChunk(tx, tenant(), { fileId: id, number, bytes: chunk, expiresAt });
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await finishFile(tx, tenant(), id, { sha256, state: 'received', cause: null, receivedAt: at, expiresAt });
  });
  return id;
}

async function read() {
  const { readDirectoryFiles } = directoryFilesActivities({ db: databases.app, now: () => at });
  const whose = { ...tenant(), directoryId: directory.directoryId };
  const environment = new MockActivityEnvironment();
  const outcome: Awaited<ReturnType<typeof readDirectoryFiles>> = await environment.run(
    readDirectoryFiles,
    whose,
  );
  return outcome.state;
}
const send = async (name: string, content: string) => {
  await arrive(name, content);
  return read();
};
const files = () =>
  withTenant(databases.app, tenant(), (tx) => listLastFiles(tx, tenant(), directory.directoryId, 20));
const newest = async (): Promise<DirectoryFileRow | undefined> => (await files())[0];
const linesOf = (file: DirectoryFileRow | undefined) =>
  withTenant(databases.app, tenant(), (tx) => listRefusedLines(tx, tenant(), file?.id ?? '', 100));
const decide = (decision: 'applied' | 'discarded') =>
  withTenant(databases.app, tenant(), async (tx) => {
    const hold = await findFirstFileHold(tx, tenant(), directory.directoryId);
    if (hold === undefined) throw new Error('nothing waits');
    await decideHold(tx, hold, decision, admin, at);
  });
const shown = () =>
  withSystem(databases.system, (tx) =>
    tx
      .selectFrom('directoryUsers')
      .selectAll()
      .where('directoryId', '=', directory.directoryId)
      .where('deletedAt', 'is', null)
      .orderBy('externalId')
      .execute(),
  );
const ids = async () => (await shown()).map(({ externalId }) => externalId);
const members = () =>
  withSystem(databases.system, async (tx) => {
    const rows = await tx
      .selectFrom('directoryMemberships')
      .innerJoin('directoryGroups', 'directoryGroups.id', 'groupId')
      .innerJoin('directoryUsers', 'directoryUsers.id', 'userId')
      .select(['directoryUsers.externalId', 'directoryGroups.externalId as group'])
      .where('directoryMemberships.directoryId', '=', directory.directoryId)
      .where('isPublished', '=', true)
      .where('directoryGroups.deletedAt', 'is', null)
      .orderBy('directoryGroups.externalId')
      .orderBy('directoryUsers.externalId')
      .execute();
    return rows.map((row) => `${row.group} ${row.externalId}`);
  });
const events = () =>
  withSystem(databases.system, async (tx) => {
    const rows = await tx
      .selectFrom('events')
      .select('name')
      .where('organizationId', '=', directory.organizationId)
      .orderBy('id')
      .execute();
    return rows.map(({ name }) => name);
  });

/** The first list, seen and applied. */
async function begin(content: string): Promise<void> {
  await send('users.csv', content);
  await decide('applied');
  expect(await read()).toBe('done');
}

it('[IMP-04] the first list is shown before anybody of it exists, and applied when somebody says so', async () => {
  expect(await send('users.csv', list(person(1), person(2)))).toBe('held');

  expect(await newest()).toMatchObject({ state: 'held', rows: 2, counts: { created: 2, removed: 0 } });
  expect(await shown()).toEqual([]);
  expect(await events()).toEqual([]);
  expect(await read()).toBe('unchanged');

  await decide('applied');
  expect(await read()).toBe('done');

  expect(await newest()).toMatchObject({ state: 'applied', counts: { created: 2 }, appliedAt: at });
  expect(await ids()).toEqual(['1', '2']);
  expect(await events()).toEqual(['dsync.activated', 'dsync.user.created', 'dsync.user.created']);
});

it('a first list that comes again before it was decided is shown anew; one that was discarded is not used', async () => {
  await send('users.csv', list(person(1)));
  expect(await send('users.csv', list(person(1), person(2)))).toBe('held');
  expect(await files()).toMatchObject([
    { state: 'held', counts: { created: 2 } },
    { state: 'superseded', cause: 'overtaken', counts: {} },
  ]);

  await decide('discarded');
  expect(await read()).toBe('done');
  expect(await newest()).toMatchObject({ state: 'refused', cause: 'discarded' });
  expect(await shown()).toEqual([]);

  expect(await send('users.csv', list(person(1), person(2), person(3)))).toBe('held');
  expect(await newest()).toMatchObject({ state: 'held', counts: { created: 3 } });
});

it('each list is the whole: who is new appears, who differs changes, who is missing leaves', async () => {
  await begin(list(person(1), person(2), person(3)));
  const before = (await events()).length;

  expect(await send('users.csv', list(person(1), person(2, { name: 'Other' }), person(4)))).toBe('done');

  expect(await newest()).toMatchObject({ counts: { created: 1, updated: 1, removed: 1 } });
  expect((await shown()).map((row) => [row.externalId, row.firstName])).toEqual([
    ['1', 'Name1'],
    ['2', 'Other'],
    ['4', 'Name4'],
  ]);
  expect((await events()).slice(before).toSorted()).toEqual([
    'dsync.user.created',
    'dsync.user.deleted',
    'dsync.user.updated',
  ]);
});

it('fills the fields that every vendor is given, from the columns for them', async () => {
  await begin(`${header},job_title,department_name,Shoe Size\n${person(1)},Engineer,Research,38\n`);

  expect((await shown())[0]).toMatchObject({
    externalId: '1',
    userName: 'p1@acme.com',
    email: 'p1@acme.com',
    displayName: 'Name1 Surname',
    customAttributes: { job_title: 'Engineer', department_name: 'Research' },
    raw: { 'Shoe Size': '38', user_id: '1' },
  });
});

it('[IMP-04] the same list twice changes nothing and tells nobody', async () => {
  await begin(list(person(1)));
  const before = await events();

  expect(await send('users.csv', list(person(1)))).toBe('unchanged');

  expect(await newest()).toMatchObject({ state: 'unchanged', counts: {} });
  expect(await events()).toEqual(before);
});

it('whoever a refused line is about stays as they are, and the line is named', async () => {
  await begin(list(person(1), person(2), person(3), person(4), person(5)));

  await send(
    'users.csv',
    list(person(1), person(2, { email: 'nobody' }), ',X,Y,P3@acme.com', person(4), person(6), person(7)),
  );

  expect(await ids()).toEqual(['1', '2', '3', '4', '6', '7']);
  const file = await newest();
  expect(file).toMatchObject({
    state: 'applied',
    rows: 6,
    refusedLines: 2,
    counts: { created: 2, removed: 1 },
  });
  expect(await linesOf(file)).toMatchObject([
    { line: 3, columnName: 'email', value: 'nobody', cause: 'email_invalid' },
    { line: 4, columnName: 'user_id', value: '', cause: 'user_id_missing' },
  ]);
});

it.each([
  ['', 'empty'],
  [`${header}\n`, 'no_people'],
  [list(person(1)).slice(0, -20), 'cut_off'],
  [list(person(1), '"2,x'), 'cut_off'],
  [list(person(1), '2,x', '3,y'), 'mostly_refused'],
  ['user_id;first_name;last_name;email\n', 'other_separator'],
])('[IMP-04] %j is refused whole and removes nobody', async (content, cause) => {
  await begin(list(person(1), person(2)));

  expect(await send('users.csv', content)).toBe('failed');

  expect(await newest()).toMatchObject({ state: 'refused', cause });
  expect(await ids()).toEqual(['1', '2']);
});

it('[SCIM-09] more leavings than the environment allows wait for somebody; everything else is applied', async () => {
  await begin(list(...people(1, 60)));
  await withSystem(databases.system, (tx) =>
    tx
      .updateTable('directoryUsers')
      .set({ createdAt: new Date(at.getTime() - day) })
      .where('directoryId', '=', directory.directoryId)
      .execute(),
  );

  expect(await send('users.csv', list(...people(31, 61)))).toBe('held');

  expect(await newest()).toMatchObject({ state: 'applied', counts: { created: 1, removed: 30, held: 1 } });
  expect((await ids()).length).toBe(61);
});

it('groups come with their files, whichever comes first, and empty ones too', async () => {
  await begin(list(person(1), person(2)));

  await send('user_groups.csv', 'group_name,user_id\nIT,1\nIT,3\nSales,2\n');
  expect(await members()).toEqual(['IT 1', 'Sales 2']);
  expect(await linesOf(await newest())).toMatchObject([{ line: 3, value: '3', cause: 'user_unknown' }]);
  expect(await newest()).toMatchObject({ counts: { groupsCreated: 2, membersAdded: 2 } });

  await send('users.csv', list(person(1), person(2), person(3)));
  expect(await members()).toEqual(['IT 1', 'IT 3', 'Sales 2']);

  await send('groups.csv', 'group_name\nEmpty\nIT\n');
  expect(await newest()).toMatchObject({ state: 'applied', counts: { groupsCreated: 1 } });
});

it('after a reset the files of the set-up before say nothing, and when it is brought back they count again', async () => {
  const by = { actor: admin, now: at, credentials: { toFormer: () => null, toDirectory: () => null } };
  const inTenant = <T>(work: Parameters<typeof withTenant<T>>[2]) =>
    withTenant(databases.app, tenant(), work);
  const { directoryId } = directory;
  await begin(list(...people(1, 3)));
  await send('groups.csv', 'group_name\nSales\n');
  await send('user_groups.csv', 'group_name,user_id\nSales,1\n');
  expect(await members()).toEqual(['Sales 1']);

  await inTenant((tx) =>
    prepareDirectorySwitch(
      tx,
      tenant(),
      directoryId,
      {
        source: {
          name: 'Files',
          type: 'sftp',
          providerId: null,
          road: 'sftp',
          sftpUserName: directory.userName,
        },
        reason: 'reset',
      },
      by,
    ),
  );
  expect(await send('users.csv', list(...people(1, 3)))).toBe('done');
  await inTenant((tx) => confirmDirectorySwitch(tx, tenant(), directoryId, by));
  expect(await members()).toEqual([]);
  expect(await send('user_groups.csv', 'group_name,user_id\nIT,2\n')).toBe('done');
  expect(await members()).toEqual(['IT 2']);

  const [former] = await inTenant((tx) => listFormerDirectories(tx, tenant(), directoryId, at));
  await inTenant((tx) => bringDirectoryBack(tx, tenant(), { directoryId, formerId: former?.id ?? '' }, by));
  expect(await send('users.csv', list(...people(1, 4)))).toBe('done');
  expect(await members()).toEqual(['Sales 1']);
});

it('after a switch to files that was confirmed the next list is taken like any other', async () => {
  const { directoryId } = directory;
  const by = { actor: admin, now: at, credentials: { toFormer: () => null, toDirectory: () => null } };
  // People come by SCIM so far, which never tells of a whole list.
  await withSystem(databases.system, (tx) =>
    tx
      .updateTable('directories')
      .set({ road: 'scim', state: 'linked', linkedAt: at })
      .where('id', '=', directoryId)
      .execute(),
  );
  const source = { name: 'Files', type: 'sftp', providerId: null, road: 'sftp' } as const;
  const to = { ...source, sftpUserName: directory.userName };
  await withTenant(databases.app, tenant(), (tx) =>
    prepareDirectorySwitch(tx, tenant(), directoryId, { source: to, reason: 'switched' }, by),
  );
  expect(await send('users.csv', list(...people(1, 3)))).toBe('done');
  await withTenant(databases.app, tenant(), (tx) => confirmDirectorySwitch(tx, tenant(), directoryId, by));

  expect(await send('users.csv', list(...people(1, 4)))).toBe('done');
  expect(await ids()).toEqual(['1', '2', '3', '4']);
});

it('a list that a newer one overtook before it was read is told of as such, and one taken away is not', async () => {
  await begin(list(person(1)));
  await arrive('users.csv', list(person(1), person(2)));
  expect(await send('users.csv', list(person(1), person(3)))).toBe('done');
  const taken = await arrive('users.csv', list(person(9)));
  await withTenant(databases.app, tenant(), (tx) => removeFile(tx, tenant(), taken));

  expect(await files()).toMatchObject([
    { name: 'users.csv', state: 'applied', counts: { created: 1, removed: 0 } },
    { name: 'users.csv', state: 'superseded', cause: 'overtaken' },
    { name: 'users.csv', state: 'applied', counts: { created: 1 } },
  ]);
});

it('groups without a list of people wait for it, and say so', async () => {
  expect(await send('user_groups.csv', 'group_name,user_id\nIT,1\n')).toBe('failed');
  expect(await newest()).toMatchObject({ state: 'refused', cause: 'users_missing' });
});

it('groups that came before the list of people are read with it, of each name the last', async () => {
  await send('groups.csv', 'group_name\nSales\n');
  await send('user_groups.csv', 'group_name,user_id\nIT,2\n');
  await send('user_groups.csv', 'group_name,user_id\nIT,1\n');

  expect(await send('users.csv', list(person(1), person(2)))).toBe('held');
  expect(await files()).toMatchObject([
    { name: 'users.csv', state: 'held', counts: { created: 2 } },
    { name: 'user_groups.csv', state: 'held', counts: { membersAdded: 1 } },
    { name: 'user_groups.csv', state: 'refused', cause: 'users_missing' },
    { name: 'groups.csv', state: 'held', counts: { groupsCreated: 2 } },
  ]);
  await decide('applied');
  expect(await read()).toBe('done');

  expect(await members()).toEqual(['IT 1']);
});

it('a list that is refused leaves the one before in force, for the groups that came with it', async () => {
  await begin(list(person(1), person(2)));
  await arrive('users.csv', '');
  await arrive('user_groups.csv', 'group_name,user_id\nIT,2\n');

  expect(await read()).toBe('done');

  expect(await members()).toEqual(['IT 2']);
  expect((await files()).slice(0, 2)).toMatchObject([
    { name: 'user_groups.csv', state: 'applied' },
    { name: 'users.csv', state: 'refused', cause: 'empty' },
  ]);
});

it('a large list lies in many chunks and is read whole', async () => {
  const long = { name: 'N'.repeat(400) };
  await begin(list(...Array.from({ length: 1_000 }, (_, index) => person(index + 1, long))));

  expect((await newest())?.size).toBeGreaterThan(chunkBytes);
  expect((await ids()).length).toBe(1_000);
});

it('[IMP-04] a reading that broke off is begun again and ends as if it had not', async () => {
  await begin(list(person(1)));
  await arrive('users.csv', list(person(1), person(2)));
  const broken = directoryFilesActivities({
    db: databases.app,
    now: () => {
      if (new Error().stack?.includes('finish')) throw new Error('the program died');
      return at;
    },
  });
  const whose = { ...tenant(), directoryId: directory.directoryId };
  await expect(new MockActivityEnvironment().run(broken.readDirectoryFiles, whose)).rejects.toThrow('died');
  expect(await ids()).toEqual(['1']);

  expect(await read()).toBe('done');

  expect(await ids()).toEqual(['1', '2']);
});

it('[TEN-01] files of one directory never reach another', async () => {
  const first = directory;
  await begin(list(person(1)));
  directory = await aFileDirectory(databases, await aCustomer(databases));

  expect(await read()).toBe('unchanged');
  expect(await shown()).toEqual([]);
  directory = first;
});

it('bytes go after their time, and those in use stay; the rest of a file goes later', async () => {
  await begin(list(person(1)));
  await send('users.csv', list(person(1), person(2)));
  await arrive('notes.csv', 'x');
  const later = new Date(at.getTime() + 8 * day);
  const chunks = () =>
    withSystem(databases.system, async (tx) => {
      const rows = await tx
        .selectFrom('directoryFileChunks')
        .innerJoin('directoryFiles', 'directoryFiles.id', 'fileId')
        .select(['fileId', 'name'])
        .where('directoryId', '=', directory.directoryId)
        .execute();
      return rows.map(({ name }) => name);
    });
  expect((await chunks()).length).toBe(3);

  await withSystem(databases.system, (tx) => expireFiles(tx, later));
  expect(await chunks()).toEqual(['users.csv']);

  await withSystem(databases.system, (tx) => removeOldFiles(tx, new Date(at.getTime() + 40 * day), 30));
  expect((await files()).map(({ name, state }) => [name, state])).toEqual([['users.csv', 'applied']]);
});
