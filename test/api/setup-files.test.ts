import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { makeSshKeyPair } from '../../adapters/sftp/key-pairs.ts';
import { withTenant } from '../../db/index.ts';
import { openFirstFileHold } from '../../db/index.ts';
import { fileCauses, lineCauses } from '../../onboarding/directory-files.ts';
import { fileCauseWords, lineCauseWords } from '../../onboarding/directory-file-words.ts';
import fileCausesSaid from '../../portal/shared/messages/en/filecauses.json' with { type: 'json' };
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aFileDirectory, type FileDirectory } from '../support/sftp.ts';
import { aPortalVisitor, type Visitor } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let directory: FileDirectory;
let visitor: Visitor;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  const organizationId = (await anOrganization(vendor)).id;
  directory = await aFileDirectory(
    { app: api.db, system: api.systemDb },
    { environmentId: vendor.environment.id, organizationId },
  );
  visitor = await aPortalVisitor(api, vendor, organizationId, { intent: 'dsync' });
});

const tenant = () => ({
  environmentId: directory.environmentId,
  organizationId: directory.organizationId,
});
const state = async () => (await visitor.ask('GET', '/directory/files')).body;
const audits = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['action', 'after'])
      .where('organizationId', '=', directory.organizationId)
      .where('targetType', '=', 'sftp_key')
      .orderBy('id')
      .execute(),
  );
async function aFile(more: {
  state: 'applied' | 'held' | 'superseded' | 'refused';
  cause?: string;
  receivedAt?: Date;
  counts?: string;
  refusedLines?: number;
}) {
  const id = newId('directory_file_');
  await asSystem(api, (tx) =>
    tx
      .insertInto('directoryFiles')
      .values({
        id,
        ...tenant(),
        directoryId: directory.directoryId,
        name: 'users.csv',
        rows: 900,
        expiresAt: new Date(),
        ...more,
      })
      .execute(),
  );
  return id;
}

test('the account is told with host, port, user and folder, and what each file holds', async () => {
  const { account, formats, isLinked, isPreview } = await state();

  expect(account).toMatchObject({
    host: 'files.vendor.test',
    port: 22,
    userName: directory.userName,
    folder: '/in',
  });
  expect({ isLinked, isPreview }).toEqual({ isLinked: false, isPreview: false });
  expect(formats[0]).toMatchObject({
    name: 'users.csv',
    needed: ['user_id', 'first_name', 'last_name', 'email'],
  });
  expect(formats[0].sample).toMatch(/^"user_id","first_name"/);
});

describe('a public key', () => {
  test('opens the account once it was added, and no more once it was taken away', async () => {
    const { public: publicKey } = makeSshKeyPair();
    const [present] = (await state()).keys;

    expect((await visitor.ask('POST', '/directory/files/keys', { publicKey })).status).toBe(200);
    expect((await visitor.ask('POST', '/directory/files/keys', { publicKey })).status).toBe(200);
    const { keys } = await state();

    expect(keys).toHaveLength(2);
    expect(keys[1]).toMatchObject({
      algorithm: 'ssh-ed25519',
      fingerprint: expect.stringMatching(/^SHA256:/),
    });
    expect((await visitor.ask('DELETE', `/directory/files/keys/${keys[1].id}`)).status).toBe(200);
    expect((await state()).keys).toEqual([present]);
    expect((await visitor.ask('DELETE', `/directory/files/keys/${keys[1].id}`)).status).toBe(404);
    const { fingerprint } = keys[1];
    expect(await audits()).toMatchObject([
      { action: 'sftp_key.added', after: { fingerprint } },
      { action: 'sftp_key.removed', after: { fingerprint } },
    ]);
  });

  test.each([
    ['ssh key', 'unreadable'],
    [makeSshKeyPair().private, 'private_key'],
  ])('[IMP-01] that is none is refused at its field', async (publicKey, code) => {
    const { status, body } = await visitor.ask('POST', '/directory/files/keys', { publicKey });

    expect(status).toBe(422);
    expect(body.fields).toEqual({ publicKey: code });
    expect((await state()).keys).toHaveLength(1);
  });

  test('may be one of ten', async () => {
    for (let added = 0; added < 9; added += 1) {
      await visitor.ask('POST', '/directory/files/keys', { publicKey: makeSshKeyPair().public });
    }

    const eleventh = await visitor.ask('POST', '/directory/files/keys', {
      publicKey: makeSshKeyPair().public,
    });

    expect(eleventh.body.fields).toEqual({ publicKey: 'keys_full' });
  });
});

test('the directory says that its newest list was not taken, until one is, or it was discarded by hand', async () => {
  const refusedAt = async () => (await visitor.ask('GET', '/directory')).body.directory.listRefusedAt;
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 27, 8, minute));
  expect(await refusedAt()).toBeNull();

  await aFile({ state: 'refused', cause: 'cut_off', receivedAt: at(1) });
  expect(await refusedAt()).toBe(at(1).toISOString());
  await aFile({ state: 'applied', receivedAt: at(2) });
  expect(await refusedAt()).toBeNull();
  await aFile({ state: 'refused', cause: 'discarded', receivedAt: at(3) });
  expect(await refusedAt()).toBeNull();
});

test('the files that came are shown with what they changed, and their refused lines with number and cause', async () => {
  const fileId = await aFile({ state: 'applied', counts: '{"created":3}', refusedLines: 2 });
  await aFile({ state: 'superseded' });
  const overtakenId = await aFile({ state: 'superseded', cause: 'overtaken', receivedAt: new Date(0) });
  await asSystem(api, (tx) =>
    tx
      .insertInto('directoryFileLines')
      .values({
        ...tenant(),
        fileId,
        number: 1,
        line: 17,
        columnName: 'email',
        value: 'x',
        cause: 'email_invalid',
      })
      .execute(),
  );

  expect((await state()).files).toMatchObject([
    { id: fileId, name: 'users.csv', state: 'applied', rows: 900, refusedLines: 2, counts: { created: 3 } },
    { id: overtakenId, name: 'users.csv', state: 'superseded', cause: 'overtaken' },
  ]);
  expect((await visitor.ask('GET', `/directory/files/${fileId}/lines`)).body).toEqual({
    lines: [{ line: 17, column: 'email', value: 'x', cause: 'email_invalid' }],
    total: 2,
  });
  expect((await visitor.ask('GET', '/directory/files/directory_file_1/lines')).status).toBe(404);
});

const holdFirstFile = () =>
  withTenant(api.db, tenant(), async (tx) => {
    const row = await tx
      .selectFrom('directories')
      .selectAll()
      .where('id', '=', directory.directoryId)
      .executeTakeFirstOrThrow();
    await openFirstFileHold(tx, row, { id: newId('directory_hold_'), createdAt: new Date() });
  });
test('[SCIM-09] a file tells of what it held back as long as that waits', async () => {
  await aFile({ state: 'applied', counts: '{"held":1,"updated":2}' });
  const held = { id: newId('directory_hold_'), ...tenant(), directoryId: directory.directoryId };
  await asSystem(api, (tx) =>
    tx
      .insertInto('directoryHolds')
      .values({ ...held, reason: 'many_leave', activeBefore: 9 })
      .execute(),
  );
  const countsShown = async () => (await state()).files[0].counts;
  expect(await countsShown()).toEqual({ held: 1, updated: 2 });

  await asSystem(api, (tx) =>
    tx.updateTable('directoryHolds').set({ state: 'applied' }).where('id', '=', held.id).execute(),
  );

  expect(await countsShown()).toEqual({ held: 0, updated: 2 });
});

const commandsToIt = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('commands')
      .select(['message'])
      .where('workflowId', '=', `dir/${directory.directoryId}`)
      .execute(),
  );

const isListWaitingAtHome = async () =>
  (await visitor.ask('GET', '/home')).body.directory.isListWaiting as boolean;

test('the first list is applied or discarded once, is said at home until then, and its reading is asked for', async () => {
  await aFile({ state: 'held', counts: '{"created":3}' });
  expect((await visitor.ask('POST', '/directory/files/preview', { answer: 'apply' })).status).toBe(409);
  await holdFirstFile();
  expect((await state()).isPreview).toBe(true);
  expect(await isListWaitingAtHome()).toBe(true);

  expect((await visitor.ask('POST', '/directory/files/preview', { answer: 'apply' })).status).toBe(200);
  expect((await state()).isPreview).toBe(false);
  expect(await isListWaitingAtHome()).toBe(false);
  expect((await visitor.ask('POST', '/directory/files/preview', { answer: 'discard' })).status).toBe(409);

  expect(await commandsToIt()).toEqual([{ message: 'readDirectory' }]);
});

test('one that is decided on the page of changes on hold is read, too', async () => {
  await aFile({ state: 'held', counts: '{"created":3}' });
  await holdFirstFile();
  const { hold } = (await visitor.ask('GET', '/directory/hold')).body;

  expect((await visitor.ask('POST', `/directory/hold/${hold.id}/apply`)).status).toBe(200);
  expect(await commandsToIt()).toEqual([{ message: 'readDirectory' }]);
});

test('[LNK-03] none of it is for a link that does not cover directories', async () => {
  const other = await aPortalVisitor(api, vendor, directory.organizationId, { intent: 'sso' });

  expect((await other.ask('GET', '/directory/files')).status).toBe(403);
  const added = await other.ask('POST', '/directory/files/keys', { publicKey: makeSshKeyPair().public });
  expect(added.status).toBe(403);
});

test('the portal says of each cause what lies beside the file, too', () => {
  expect(fileCausesSaid).toEqual({ ...fileCauseWords, ...lineCauseWords });
  expect(Object.keys(fileCausesSaid).toSorted()).toEqual([...fileCauses, ...lineCauses].toSorted());
});
