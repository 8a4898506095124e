import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDirectorySources } from '../../adapters/directories/sources.ts';
import { createEgress } from '../../adapters/egress.ts';
import { newId } from '../../adapters/ids.ts';
import { googleClientSecretAt } from '../../adapters/client-secrets.ts';
import {
  moveDirectory,
  setGoogleClient,
  updateDirectory,
  withTenant,
  type DirectoryRow,
} from '../../db/index.ts';
import type {
  CredentialsCheck,
  DirectoryCredentials,
} from '../../api/contract/setup-directory-credentials.ts';
import type { PulledRoad } from '../../onboarding/directory-sources.ts';
import { aDirectory } from '../db/builders.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anEmployee, imitateBamboohr, type BamboohrImitation } from '../support/bamboohr-imitation.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';
import { startFileServer, type FileServer } from '../support/file-server.ts';
import { aGoogleUser, imitateGoogle, type GoogleImitation } from '../support/google-imitation.ts';
import { runJourneys } from '../support/journeys.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';
import { aWorker, imitateWorkday, type WorkdayImitation } from '../support/workday-imitation.ts';

let api: TestApi;
let google: GoogleImitation;
let workday: WorkdayImitation;
let bamboohr: BamboohrImitation;
let fileServer: FileServer;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;
let contact: string;

beforeAll(async () => {
  api = await startTestApi();
  [google, workday, bamboohr, fileServer] = await Promise.all([
    ...([imitateGoogle(), imitateWorkday(), imitateBamboohr(), startFileServer()] as const),
  ]);
  const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now: api.deps.now });
  api.deps.directorySources = createDirectorySources(egress, {
    google: google.hosts,
    bamboohr: bamboohr.url,
  });
});
afterAll(async () => {
  await Promise.all([google.close(), workday.close(), bamboohr.close(), fileServer.close()]);
  await api.close();
});
beforeEach(async () => {
  runJourneys(api);
  for (const { faults } of [google, workday, bamboohr]) faults.clear();
  google.company.users = [aGoogleUser(1), aGoogleUser(2)];
  google.company.groups = [{ id: 'g_it', name: 'IT', email: 'it@acme.test', members: [] }];
  workday.report.workers = [aWorker(1), aWorker(2)];
  bamboohr.company.employees = [anEmployee(1)];
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  contact = `anna-${newId('x_').slice(-6).toLowerCase()}@acme.com`;
  visitor = await anInvited(api, vendor, organizationId, {
    contacts: [contact],
    features: [{ feature: 'directory_sync' }],
  });
});

const tenant = () => ({ environmentId: vendor.environment.id, organizationId });

const aReadDirectory = (road: PulledRoad): Promise<DirectoryRow> =>
  aDirectory({ app: api.db }, tenant(), {
    road,
    type: road,
    providerId: road === 'google' ? 'google-workspace' : road,
    state: 'validating',
    linkedAt: null,
  });

const typedBamboohr = (more: object = {}) => ({
  road: 'bamboohr',
  company: 'acme',
  apiKey: bamboohr.login.apiKey,
  ...more,
});
const typedWorkday = (more: object = {}) => ({
  road: 'workday',
  usersUrl: workday.usersUrl,
  groupsUrl: '',
  userName: workday.login.user,
  password: workday.login.password,
  ...more,
});
const typedGoogle = (more: object = {}) => ({
  road: 'google',
  key: google.keyFile,
  adminEmail: google.admin,
  ...more,
});

const state = async () => (await visitor.ask('GET', '/directory/credentials')).body as DirectoryCredentials;
const check = async (body: object) =>
  (await visitor.ask('POST', '/directory/credentials/check', body)).body as CredentialsCheck;
const save = (body: object) => visitor.ask('POST', '/directory/credentials', body);

const told = () =>
  asSystem(api, async (tx) => {
    const where = tx.selectFrom('commands').where('organizationId', '=', organizationId);
    const commands = await where.select(['message', 'workflowId', 'body']).orderBy('seq').execute();
    return commands.map(({ message, body, workflowId }) =>
      workflowId.startsWith('dir/') ? message : String(body['kind']),
    );
  });

async function makeLive(directory: DirectoryRow): Promise<void> {
  const now = api.deps.now();
  await withTenant(api.db, tenant(), (tx) =>
    moveDirectory(tx, tenant(), directory.id, { from: ['validating'], to: 'linked', now }),
  );
}

async function offerConsent(): Promise<void> {
  const { id } = vendor.environment;
  const secretSealed = api.deps.secrets.seal(google.client.secret, googleClientSecretAt(id));
  await withTenant(api.db, { environmentId: id }, (tx) =>
    setGoogleClient(tx, id, { id: google.client.id, secretSealed }, api.deps.now()),
  );
  api.deps.environments.forget(id);
}

describe('what a directory is read with', () => {
  it('is tried by a real call that keeps nothing and shows by whom an admin knows their company', async () => {
    await aReadDirectory('bamboohr');

    const tried = await check(typedBamboohr());

    expect(tried).toMatchObject({
      canSave: true,
      findings: [],
      refusal: null,
      isSlow: false,
      look: { people: 1, groups: 1, hasMore: false, names: ['Person No1'] },
    });
    expect((await state()).secret.setAt).toBeNull();
  });

  it.each<[PulledRoad, () => object]>([
    ['google', typedGoogle],
    ['workday', typedWorkday],
    ['bamboohr', typedBamboohr],
  ])('is saved, starts the readings and finishes the step: %s', async (road, typed) => {
    await aReadDirectory(road);

    const saved = await save(typed());

    expect([saved.status, saved.body.code ?? null]).toEqual([200, null]);
    expect(saved.body.view.features[0].steps.slice(0, 2)).toMatchObject([
      { step: 'choose_directory', state: 'done' },
      { step: 'connect_directory', state: 'done' },
    ]);
    expect(await told()).toEqual(expect.arrayContaining(['directoryChanged', 'finish_directory_connection']));
    expect((await state()).secret.setAt).not.toBeNull();
  });

  it('[SEC-04] never gives the secret back: of a key the last four, of a password its day', async () => {
    await aReadDirectory('bamboohr');
    await save(typedBamboohr());

    const shown = await state();

    expect(shown).toMatchObject({ bamboohr: { company: 'acme' }, secret: { suffix: '4567' } });
    expect(JSON.stringify(shown)).not.toContain(bamboohr.login.apiKey);
    const kept = await asSystem(api, (tx) =>
      tx.selectFrom('directories').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    const audits = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    const commands = await asSystem(api, (tx) =>
      tx.selectFrom('commands').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(audits.map(({ action }) => action)).toContain('directory.credentials_changed');
    expect(JSON.stringify([kept, audits, commands]) + api.logged()).not.toContain(bamboohr.login.apiKey);
  });

  it('shows nothing of a password but its day', async () => {
    await aReadDirectory('workday');
    await save(typedWorkday());
    expect((await state()).secret).toEqual({ setAt: expect.any(String), suffix: null });
  });

  it('keeps the secret that is there where its field is left empty', async () => {
    await aReadDirectory('workday');
    await save(typedWorkday());

    const again = await save(typedWorkday({ password: '', groupsUrl: workday.groupsUrl }));

    expect(again.status).toBe(200);
    expect((await state()).workday?.groupsUrl).toBe(workday.groupsUrl);
  });

  it('[STR-01] asks for the secret again where the address is at another host, and calls nobody', async () => {
    await aReadDirectory('workday');
    await save(typedWorkday());
    const before = workday.asked.length;
    const elsewhere = { usersUrl: 'https://wd5.attacker.test/ccx/service/customreport2/acme/isu/People' };

    const tried = await check(typedWorkday({ ...elsewhere, password: '' }));
    const saved = await save(typedWorkday({ groupsUrl: elsewhere.usersUrl, password: '' }));

    expect(tried).toMatchObject({ canSave: false, look: null });
    expect(tried.findings).toContainEqual(
      expect.objectContaining({ severity: 'stop', code: 'secret_of_another_host', field: 'password' }),
    );
    expect([saved.status, saved.body.code]).toEqual([422, 'invalid_request']);
    expect(workday.asked).toHaveLength(before);
  });

  it('is refused at its field while its form is wrong, and nobody is called', async () => {
    await aReadDirectory('workday');
    const before = workday.asked.length;

    const tried = await check(typedWorkday({ usersUrl: 'https://impl.workday.com/acme' }));
    const saved = await save(typedWorkday({ userName: '' }));

    expect(tried).toMatchObject({ canSave: false, findings: [{ code: 'not_a_report', field: 'usersUrl' }] });
    expect([saved.status, saved.body.code]).toEqual([422, 'invalid_request']);
    expect(workday.asked).toHaveLength(before);
  });

  it('is not kept where the source refuses it; the answer names what has to be mended', async () => {
    await aReadDirectory('workday');
    workday.faults.add('not_shared');

    expect((await check(typedWorkday())).refusal).toEqual({ cause: 'workday_report_not_shared', facts: {} });
    const saved = await save(typedWorkday());

    expect([saved.status, saved.body.code, saved.body.facts]).toEqual([
      422,
      'directory_source_refused',
      { cause: 'workday_report_not_shared' },
    ]);
    expect((await state()).secret.setAt).toBeNull();
  });

  it('takes a code where people come from it already [LNK-10]', async () => {
    const directory = await aReadDirectory('bamboohr');
    await save(typedBamboohr());
    await makeLive(directory);

    const bare = await save(typedBamboohr());
    expect([bare.status, bare.body.code]).toEqual([403, 'code_needed']);
    const earlier = api.mailbox.list({ to: contact }).length;
    await visitor.ask('POST', '/codes', { act: 'directory_credentials', subject: directory.id });
    const code = await codeMailedTo(api, contact, earlier);
    const wrong = await save(typedBamboohr({ code: code === '000000' ? '111111' : '000000' }));
    expect(wrong.body.code).toBe('code_wrong');
    expect((await save(typedBamboohr({ code }))).status).toBe(200);
  });

  it('ends the refusal of what was there before, because a real call has proved it', async () => {
    const directory = await aReadDirectory('bamboohr');
    const now = api.deps.now();
    await withTenant(api.db, tenant(), async (tx) => {
      const refused = { credentialsFailingSince: now, credentialsCause: 'bamboohr_key_refused' };
      await updateDirectory(tx, tenant(), directory.id, refused, now);
      const move = { from: ['validating'], to: 'invalid_credentials', now } as const;
      await moveDirectory(tx, tenant(), directory.id, move);
    });
    expect((await state()).directory?.isRefused).toBe(true);

    await save(typedBamboohr());

    expect(await state()).toMatchObject({ directory: { isRefused: false }, refusedSince: null });
  });

  it('[SCIM-09] tells a reading whose change waits from one whose change was decided', async () => {
    const { id: directoryId } = await aReadDirectory('bamboohr');
    const now = api.deps.now();
    const held = { directoryId, ...tenant(), id: newId('directory_hold_'), reason: 'many_leave' as const };
    await asSystem(api, async (tx) => {
      const run = { id: newId('directory_run_'), ...tenant(), directoryId, kind: 'pull' as const };
      const times = { startedAt: now, endedAt: now };
      await tx
        .insertInto('directoryRuns')
        .values({ ...run, state: 'held', ...times })
        .execute();
      await tx
        .insertInto('directoryHolds')
        .values({ ...held, activeBefore: 9, createdAt: now })
        .execute();
    });
    const newest = async () => (await state()).runs[0]?.state;
    expect(await newest()).toBe('held');

    await asSystem(api, (tx) =>
      tx.updateTable('directoryHolds').set({ state: 'applied' }).where('id', '=', held.id).execute(),
    );

    expect(await newest()).toBe('decided');
  });

  it('is nobody’s business whose link covers something else', async () => {
    await aReadDirectory('bamboohr');
    const other = await anInvited(api, vendor, (await anOrganization(vendor)).id);

    const looked = await other.ask('GET', '/directory/credentials');
    const read = await other.ask('POST', '/directory/read');

    expect([looked.status, read.status]).toEqual([403, 403]);
  });

  it('is read now for whoever asks, and only when there is something to read it with', async () => {
    await aReadDirectory('bamboohr');
    expect((await visitor.ask('POST', '/directory/read')).body.code).toBe('step_blocked');
    await save(typedBamboohr());

    expect((await visitor.ask('POST', '/directory/read')).status).toBe(200);

    expect(await told()).toContain('readDirectory');
  });
});

describe('the consent of a Workspace admin', () => {
  const start = (body: object = {}) => visitor.ask('POST', '/directory/credentials/consent', body);

  /** As the browser does: to Google's page, and back with what Google says. */
  async function throughGoogle(url: string, cookie = visitor.cookie): Promise<string> {
    const page = await fetch(url, { redirect: 'manual' });
    const back = new URL(page.headers.get('location') ?? '');
    const answer = await caller(api, { cookie })('GET', `${back.pathname}${back.search}`);
    expect(answer.status).toBe(303);
    return answer.headers.get('location') ?? '';
  }

  it('is offered only where the vendor has a client of its own at Google', async () => {
    await aReadDirectory('google');
    expect((await state()).google?.offersConsent).toBe(false);
    expect((await start()).status).toBe(404);

    await offerConsent();

    expect((await state()).google?.offersConsent).toBe(true);
  });

  it('connects the directory in the session that asked for it, and the company can be listed', async () => {
    await aReadDirectory('google');
    await offerConsent();

    const { body } = await start();
    const page = await throughGoogle(body.url);

    expect(page).toMatch(/\/directory\/credentials\?consent=given$/);
    expect((await state()).google?.way).toBe('consent');
    expect(await told()).toEqual(expect.arrayContaining(['directoryChanged', 'finish_directory_connection']));
    const groups = await visitor.ask('GET', '/directory/credentials/groups');
    expect(groups.body).toEqual({
      groups: [{ id: 'g_it', name: 'IT', email: 'it@acme.test' }],
      refusal: null,
    });
  });

  it('[OIDC-02] counts for nobody else, and not without the session', async () => {
    await aReadDirectory('google');
    await offerConsent();
    const { body } = await start();
    const other = await anInvited(api, vendor, (await anOrganization(vendor)).id, {
      features: [{ feature: 'directory_sync' }],
    });

    expect(await throughGoogle(body.url, other.cookie)).toMatch(/consent=ended$/);
    expect(await throughGoogle(body.url, '')).toMatch(/consent=ended$/);
    expect((await state()).google?.way).toBeNull();
  });

  it('says what stands in the way where the Workspace blocks the app, or a box was left empty', async () => {
    await aReadDirectory('google');
    await offerConsent();
    const { body } = await start();
    google.faults.add('app_blocked');
    expect(await throughGoogle(body.url)).toMatch(/consent=google_app_blocked$/);
    google.faults.clear();
    const whole = google.granted.scope;
    google.granted.scope = '';

    const page = await throughGoogle(body.url).finally(() => (google.granted.scope = whole));

    expect(page).toMatch(/consent=google_consent_incomplete$/);
    expect((await state()).secret.setAt).toBeNull();
  });
});

describe('the groups to read', () => {
  const choose = (body: object) => visitor.ask('PUT', '/directory/credentials/groups', body);
  const groups = [{ id: 'g_it', name: 'IT' }];

  it('are kept beside the credentials and read at once', async () => {
    await aReadDirectory('google');
    expect((await choose({ groups, nested: true })).body.code).toBe('step_blocked');
    await save(typedGoogle());

    expect((await choose({ groups, nested: true })).status).toBe(200);

    expect((await state()).google).toMatchObject({ groups, nested: true, adminEmail: google.admin });
    expect(await told()).toContain('readDirectory');
    await save(typedGoogle({ key: '' }));
    expect((await state()).google).toMatchObject({ groups, nested: true });
  });

  it('take a code where people come from the directory, because whoever is left out leaves [LNK-10]', async () => {
    const directory = await aReadDirectory('google');
    await save(typedGoogle());
    await makeLive(directory);
    expect((await choose({ groups, nested: false })).body.code).toBe('code_needed');
  });

  it('are never none', async () => {
    await aReadDirectory('google');
    await save(typedGoogle());
    expect((await choose({ groups: [], nested: false })).status).toBe(422);
  });
});

describe('a server of the customer’s that files are fetched from', () => {
  const typed = (more: object = {}) => ({
    road: 'sftp_pull',
    host: 'localhost',
    port: String(fileServer.port),
    userName: 'vendor',
    folder: '',
    way: 'key',
    password: '',
    hostKey: '',
    ...more,
  });
  const aServer = () => aReadDirectory('sftp_pull');
  beforeEach(() => {
    fileServer.files.set('users.csv', 'user_id,first_name,last_name,email\n1,Anna,Lee,anna@acme.test\n');
  });

  it('gets a key of ours that is made once, whose private half never leaves', async () => {
    await aServer();
    expect((await check(typed())).findings).toMatchObject([{ code: 'our_key_missing', severity: 'stop' }]);

    await visitor.ask('POST', '/directory/credentials/key', {});
    const made = (await state()).sftpPull?.publicKey;
    await visitor.ask('POST', '/directory/credentials/key', {});

    expect(made).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]+$/);
    expect(await state()).toMatchObject({ sftpPull: { publicKey: made }, secret: { setAt: null } });
    const kept = await asSystem(api, (tx) =>
      tx.selectFrom('directories').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(JSON.stringify([kept, await state()])).not.toContain('PRIVATE');
  });

  it('[IMP-01] is kept only with the key that a person has confirmed, and read from then on', async () => {
    await aServer();
    await visitor.ask('POST', '/directory/credentials/key', {});
    fileServer.user.publicKey = (await state()).sftpPull?.publicKey ?? '';

    const first = await check(typed());
    const unconfirmed = await save(typed());
    const tried = await check(typed({ hostKey: fileServer.fingerprint }));
    const saved = await save(typed({ hostKey: fileServer.fingerprint }));

    expect(first).toMatchObject({
      canSave: false,
      refusal: { cause: 'sftp_host_key_new', facts: { fingerprint: fileServer.fingerprint } },
    });
    expect([unconfirmed.status, unconfirmed.body.code]).toEqual([422, 'directory_source_refused']);
    expect(tried).toMatchObject({ canSave: true, look: { people: 1, names: ['Anna Lee'] } });
    expect(saved.status).toBe(200);
    expect(await told()).toEqual(expect.arrayContaining(['directoryChanged', 'finish_directory_connection']));
    expect((await state()).sftpPull).toMatchObject({ hostKey: fileServer.fingerprint, way: 'key' });
  });

  it('[IMP-01] gets a next key beside it: both let us in, and saving keeps both', async () => {
    await aServer();
    await visitor.ask('POST', '/directory/credentials/key', { isNext: true });
    const first = (await state()).sftpPull?.publicKey ?? '';
    expect((await state()).sftpPull).toMatchObject({ nextPublicKey: null });
    await visitor.ask('POST', '/directory/credentials/key', { isNext: true });
    const next = (await state()).sftpPull?.nextPublicKey ?? '';
    await visitor.ask('POST', '/directory/credentials/key', { isNext: true });

    const hostKey = fileServer.fingerprint;
    for (const publicKey of [first, next]) {
      fileServer.user.publicKey = publicKey;
      expect((await save(typed({ hostKey }))).status).toBe(200);
      expect((await state()).sftpPull).toMatchObject({ publicKey: first, nextPublicKey: next });
    }
  });

  it('[SEC-04] keeps a password where its field is left empty, and forgets it when our key takes its place', async () => {
    await aServer();
    const hostKey = fileServer.fingerprint;
    const password = { way: 'password', hostKey, password: fileServer.user.password };
    expect((await save(typed(password))).status).toBe(200);
    expect((await save(typed({ ...password, password: '' }))).status).toBe(200);
    expect(JSON.stringify(await state()) + api.logged()).not.toContain(fileServer.user.password);
    const elsewhere = { ...password, host: 'sftp.attacker.test', password: '' };
    expect((await check(typed(elsewhere))).findings).toMatchObject([{ code: 'secret_of_another_host' }]);

    await visitor.ask('POST', '/directory/credentials/key', {});
    fileServer.user.publicKey = (await state()).sftpPull?.publicKey ?? '';
    await save(typed({ hostKey }));

    expect((await state()).sftpPull).toMatchObject({ way: 'key', hasPassword: false });
    expect((await check(typed({ way: 'password', hostKey }))).findings).toMatchObject([{ code: 'empty' }]);
  });

  it('shows on the page of files that they are fetched, with no account of ours', async () => {
    await aServer();
    expect((await visitor.ask('GET', '/directory/files')).body).toMatchObject({
      isFetched: true,
      account: null,
    });
  });
});
