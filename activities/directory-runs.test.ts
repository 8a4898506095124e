import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directorySecretAt } from '../adapters/client-secrets.ts';
import { createDirectorySources } from '../adapters/directories/sources.ts';
import { createEgress } from '../adapters/egress.ts';
import { newId } from '../adapters/ids.ts';
import { makeSshKeyPair } from '../adapters/sftp/key-pairs.ts';
import {
  decideHold,
  findFirstFileHold,
  findOpenHold,
  insertFile,
  listLastFiles,
  getDirectory,
  listDirectoryRuns,
  updateDirectory,
  withTenant,
  type DirectoryRow,
} from '../db/index.ts';
import { aCustomer, aDirectory, now, type Customer } from '../test/db/builders.ts';
import { anEmployee, imitateBamboohr, type BamboohrImitation } from '../test/support/bamboohr-imitation.ts';
import { startFileServer, type FileServer } from '../test/support/file-server.ts';
import { aGoogleUser, imitateGoogle, type GoogleImitation } from '../test/support/google-imitation.ts';
import { aWorker, imitateWorkday, type WorkdayImitation } from '../test/support/workday-imitation.ts';
import { serviceAccountKeyOf } from '../onboarding/directory-preflight.ts';
import type { SftpSecret } from '../onboarding/directory-sources.ts';
import {
  anEnvironmentOfActivities,
  asSystem,
  hourMs,
  minuteMs,
  openActivityWorld,
  run,
  toldOf,
  type ActivityWorld,
} from '../test/support/activity-builders.ts';
import type { Activities } from './index.ts';

let world: ActivityWorld;
let google: GoogleImitation;
let workday: WorkdayImitation;
let bamboohr: BamboohrImitation;
let fileServer: FileServer;
let activities: Activities;
let customer: Customer;
beforeAll(async () => {
  world = await openActivityWorld();
  [google, workday, bamboohr, fileServer] = await Promise.all([
    imitateGoogle(world.deps.now),
    imitateWorkday(),
    imitateBamboohr(),
    startFileServer(),
  ]);
  const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now: world.deps.now });
  const limits = { totalMs: 20_000, settledMs: 20, bytes: 1024 * 1024 };
  const hosts = { google: google.hosts, bamboohr: bamboohr.url };
  activities = world.with({ directorySources: createDirectorySources(egress, hosts, limits) });
});
afterAll(async () => {
  await Promise.all([google.close(), workday.close(), bamboohr.close(), fileServer.close()]);
  await world.close();
});
beforeEach(async () => {
  world.clock.at = now;
  for (const { faults } of [google, workday, bamboohr]) faults.clear();
  fileServer.faults.clear();
  fileServer.files.clear();
  google.company.users = [aGoogleUser(1), aGoogleUser(2), aGoogleUser(3)];
  google.company.groups = [
    { id: 'g_it', name: 'IT', email: 'it@acme.test', members: [{ type: 'USER', id: '100001' }] },
  ];
  workday.report.workers = [1, 2, 3].map((number) => aWorker(number, { group_name: 'Engineering' }));
  bamboohr.company.employees = [1, 2, 3].map((number) => anEmployee(number));
  customer = await aCustomer(world);
});

async function connected(
  road: DirectoryRow['road'],
  settings: Record<string, unknown>,
  secret: string,
): Promise<DirectoryRow> {
  const directory = await aDirectory(world, customer, {
    road,
    type: road,
    providerId: road,
    state: 'validating',
    linkedAt: null,
  });
  const credentialsSealed = world.deps.secrets.seal(secret, directorySecretAt(directory));
  const changes = { settings, credentialsSealed, credentialsSetAt: world.clock.at };
  return withTenant(world.app, customer, (tx) =>
    updateDirectory(tx, customer, directory.id, changes, world.clock.at),
  );
}
const aBamboohr = (apiKey = bamboohr.login.apiKey) => connected('bamboohr', { company: 'acme' }, apiKey);
const aWorkday = (change: object = {}) =>
  connected(
    'workday',
    { usersUrl: workday.usersUrl, groupsUrl: null, userName: workday.login.user, ...change },
    workday.login.password,
  );
function aGoogle(change: object = {}) {
  const { privateKey = '', ...account } = serviceAccountKeyOf(google.keyFile) ?? {};
  const settings = { way: 'service_account', adminEmail: google.admin, groups: null, nested: false };
  return connected('google', { ...settings, ...account, ...change }, privateKey);
}

function aFileServer(change: object = {}, keys: Partial<SftpSecret> = {}) {
  const { fingerprint, port, user } = fileServer;
  const secret = JSON.stringify({ privateKey: null, password: user.password, ...keys });
  const settings = { host: 'localhost', port, userName: user.name, folder: '', way: 'password' };
  return connected('sftp_pull', { ...settings, hostKey: fingerprint, ...change }, secret);
}
const usersFile = (...people: readonly string[]) =>
  [
    'user_id,first_name,last_name,email',
    ...people.map((name) => `${name},${name},Lee,${name}@acme.test`),
  ].join('\n');
const applyFirstList = (directory: DirectoryRow) =>
  withTenant(world.app, customer, async (tx) => {
    const hold = await findFirstFileHold(tx, customer, directory.id);
    if (hold === undefined) throw new Error('no list waits');
    await decideHold(tx, hold, 'applied', { type: 'customer', id: 'anna' }, world.clock.at);
  });

const whose = ({ id: directoryId }: DirectoryRow) => ({ ...customer, directoryId });
const read = (directory: DirectoryRow) => run(activities.runDirectory, whose(directory));
const look = (directory: DirectoryRow, asked = false) =>
  run(activities.lookAtDirectory, { ...whose(directory), asked });
const rowOf = ({ id }: DirectoryRow) =>
  withTenant(world.app, customer, (tx) => getDirectory(tx, customer, id));
const runsOf = ({ id }: DirectoryRow) =>
  withTenant(world.app, customer, (tx) => listDirectoryRuns(tx, customer, id, 20));
const peopleOf = ({ id }: DirectoryRow) =>
  asSystem(world, (tx) =>
    tx.selectFrom('directoryUsers').selectAll().where('directoryId', '=', id).orderBy('userName').execute(),
  );
const shownOf = async (directory: DirectoryRow) =>
  (await peopleOf(directory))
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ userName, state }) => `${userName} ${state}`);

describe('a first reading', () => {
  it.each<[string, () => Promise<DirectoryRow>]>([
    ['Google Workspace', aGoogle],
    ['Workday', aWorkday],
    ['BambooHR', aBamboohr],
  ])('of %s brings everybody, links the directory and tells of people after that', async (_name, make) => {
    const directory = await make();

    expect(await read(directory)).toEqual({ state: 'done' });

    expect(await shownOf(directory)).toEqual([1, 2, 3].map((n) => `person${n}@acme.test active`));
    expect(await rowOf(directory)).toMatchObject({ state: 'linked', credentialsFailingSince: null });
    const { events } = await toldOf(world, customer);
    expect(events.slice(0, 2)).toEqual(['dsync.activated', 'dsync.user.created']);
    expect(events).toContain('dsync.group.user_added');
    const [only] = await runsOf(directory);
    expect(only).toMatchObject({ state: 'done', cause: null, counts: { created: 3 } });
    expect(only?.nextAt).toEqual(new Date(now.getTime() + 30 * minuteMs));
  });

  it('fills the fields that every vendor is given', async () => {
    const directory = await aGoogle();
    await read(directory);
    expect((await peopleOf(directory))[0]?.customAttributes).toMatchObject({
      department_name: 'Engineering',
      job_title: 'Engineer',
    });
  });
});

describe('a later reading', () => {
  it('that finds nothing new changes nothing and tells of nothing', async () => {
    const directory = await aBamboohr();
    await read(directory);
    const before = await toldOf(world, customer);

    expect(await read(directory)).toEqual({ state: 'unchanged' });

    expect(await toldOf(world, customer)).toEqual(before);
  });

  it('brings changes, and lets leavers leave', async () => {
    const directory = await aWorkday();
    await read(directory);
    workday.report.workers = [
      aWorker(1, { group_name: 'Sales', last_name: 'Newname' }),
      aWorker(2, { group_name: 'Engineering', active: '0' }),
      aWorker(4, { group_name: 'Engineering' }),
    ];

    expect(await read(directory)).toEqual({ state: 'done' });

    expect(await shownOf(directory)).toEqual([
      'person1@acme.test active',
      'person2@acme.test inactive',
      'person4@acme.test active',
    ]);
    const [newest] = await runsOf(directory);
    expect(newest?.counts).toMatchObject({ created: 1, updated: 1, deactivated: 1, removed: 1 });
  });

  it('[SCIM-09] [REL-20] holds many leavings, applies the rest, and lets a person decide', async () => {
    bamboohr.company.employees = Array.from({ length: 60 }, (_, number) => anEmployee(number + 1));
    const directory = await aBamboohr();
    await read(directory);
    bamboohr.company.employees = [...bamboohr.company.employees.slice(0, 10), anEmployee(99)];

    expect(await read(directory)).toEqual({ state: 'held' });

    expect(await shownOf(directory)).toHaveLength(61);
    const hold = await withTenant(world.app, customer, (tx) => findOpenHold(tx, customer, directory.id));
    if (hold === undefined) throw new Error('nothing is held');
    await withTenant(world.app, customer, (tx) =>
      decideHold(tx, hold, 'applied', { type: 'customer', id: 'link_1' }, world.clock.at),
    );
    expect(await shownOf(directory)).toHaveLength(11);
    expect(await read(directory)).toEqual({ state: 'unchanged' });
  });

  it('reads only the chosen groups; who is in none of them leaves', async () => {
    const directory = await aGoogle();
    await read(directory);
    const settings = { ...directory.settings, groups: [{ id: 'g_it', name: 'IT' }] };
    await withTenant(world.app, customer, (tx) =>
      updateDirectory(tx, customer, directory.id, { settings }, world.clock.at),
    );

    await read(directory);

    expect(await shownOf(directory)).toEqual(['person1@acme.test active']);
  });
});

describe('a source that refuses', () => {
  it('makes bad credentials a state with its cause; nobody is removed, and nothing is tried in vain', async () => {
    const directory = await aBamboohr();
    await read(directory);
    bamboohr.login.apiKey = 'e'.repeat(40);
    world.pass(30 * minuteMs);

    expect(
      await read(directory).finally(
        () => (bamboohr.login.apiKey = `0123456789abcdef0123456789abcdef01234567`),
      ),
    ).toEqual({
      state: 'failed',
    });

    expect(await rowOf(directory)).toMatchObject({
      state: 'invalid_credentials',
      credentialsCause: 'bamboohr_key_refused',
      credentialsFailingSince: world.clock.at,
    });
    expect(await shownOf(directory)).toHaveLength(3);
    expect((await toldOf(world, customer)).audits).toContain('directory.credentials_refused');
    expect(await look(directory)).toEqual({ state: 'waiting', nextAt: null });
    world.pass(48 * hourMs);
    expect(await look(directory)).toEqual({ state: 'waiting', nextAt: null });
    expect(await look(directory, true)).toEqual({ state: 'due', reads: 'pull' });
  });

  it('is well again with new credentials, which are due at once', async () => {
    const directory = await aBamboohr('f'.repeat(40));
    await read(directory);
    expect((await rowOf(directory)).state).toBe('invalid_credentials');
    world.pass(minuteMs);
    const credentialsSealed = world.deps.secrets.seal(bamboohr.login.apiKey, directorySecretAt(directory));
    const changes = { credentialsSealed, credentialsSetAt: world.clock.at };
    await withTenant(world.app, customer, (tx) =>
      updateDirectory(tx, customer, directory.id, changes, world.clock.at),
    );
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });

    expect(await read(directory)).toEqual({ state: 'done' });

    expect(await rowOf(directory)).toMatchObject({
      state: 'linked',
      credentialsFailingSince: null,
      credentialsCause: null,
    });
    const { audits, events } = await toldOf(world, customer);
    expect(audits).toContain('directory.credentials_accepted');
    expect(events[0]).toBe('dsync.activated');
  });

  it('because of what its own admin has to mend is looked at again in hours', async () => {
    const directory = await aWorkday();
    workday.faults.add('not_shared');
    await read(directory);
    expect((await rowOf(directory)).state).toBe('invalid_credentials');
    expect(await look(directory)).toMatchObject({ state: 'waiting', nextAt: expect.any(String) });
    world.pass(6 * hourMs);
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });
  });

  it('for a while stays linked, keeps its people, and is asked later each time', async () => {
    const directory = await aWorkday();
    await read(directory);
    workday.faults.add('maintenance');
    const waits: number[] = [];
    for (let failures = 0; failures < 3; failures += 1) {
      world.pass(hourMs);
      await read(directory);
      const [newest] = await runsOf(directory);
      waits.push(((newest?.nextAt?.getTime() ?? 0) - world.clock.at.getTime()) / minuteMs);
    }
    expect(waits).toEqual([5, 10, 20]);
    expect(await rowOf(directory)).toMatchObject({ state: 'linked', credentialsCause: null });
    expect(await shownOf(directory)).toHaveLength(3);
    expect((await runsOf(directory))[0]).toMatchObject({ state: 'failed', cause: 'source_away' });
  });

  it('[IMP-04] with an empty or a broken-off list removes nobody', async () => {
    const directory = await aWorkday();
    await read(directory);
    workday.report.workers = [];
    expect(await read(directory)).toEqual({ state: 'failed' });
    workday.report.workers = [1, 2, 3].map((number) => aWorker(number));
    workday.faults.add('cut_off');
    expect(await read(directory)).toEqual({ state: 'failed' });
    expect(await shownOf(directory)).toHaveLength(3);
  });

  it('names the columns on its run', async () => {
    const directory = await aWorkday();
    workday.report.workers = [aWorker(1, { last_name: undefined })];
    await read(directory);
    expect((await runsOf(directory))[0]).toMatchObject({
      cause: 'workday_fields_missing',
      facts: { fields: ['last_name'] },
    });
  });
});

describe('two readings', () => {
  it('never count both: the one that lost its place writes nothing', async () => {
    const directory = await aBamboohr();
    let release: (() => void) | undefined;
    let begun: (() => void) | undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const slow = world.with({
      directorySources: {
        ...world.deps.directorySources,
        async read() {
          begun?.();
          await new Promise<void>((resolve) => (release = resolve));
          const person = { userName: 'late@acme.test', email: null, firstName: null, lastName: null };
          const late = { ...person, externalId: '900', displayName: null, active: true, raw: {} };
          return { people: [late], groups: [], memberships: [] };
        },
      },
    });
    const first = run(slow.runDirectory, whose(directory));
    await hasBegun;

    expect(await read(directory)).toEqual({ state: 'done' });
    release?.();

    expect(await first).toEqual({ state: 'stopped' });
    expect(await shownOf(directory)).toHaveLength(3);
    expect((await runsOf(directory)).map(({ state, cause }) => [state, cause])).toEqual([
      ['done', null],
      ['failed', 'interrupted'],
    ]);
  });

  it('of which one began before the directory was set up anew: it does not count', async () => {
    const directory = await aWorkday();
    const changing = world.with({
      directorySources: {
        ...world.deps.directorySources,
        async read() {
          await withTenant(world.app, customer, (tx) =>
            updateDirectory(
              tx,
              customer,
              directory.id,
              { settings: { userName: 'another' } },
              world.clock.at,
            ),
          );
          return { people: [], groups: [], memberships: [] };
        },
      },
    });

    expect(await run(changing.runDirectory, whose(directory))).toEqual({ state: 'stopped' });

    expect(await shownOf(directory)).toEqual([]);
  });

  it('that were broken off end as that, and are tried again', async () => {
    const directory = await aBamboohr();
    const stopping = anEnvironmentOfActivities();
    const hanging = world.with({
      directorySources: {
        ...world.deps.directorySources,
        read: (_access, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
            stopping.cancel();
          }),
      },
    });

    await expect(stopping.run(hanging.runDirectory, whose(directory))).rejects.toThrow();

    expect((await runsOf(directory))[0]).toMatchObject({ state: 'failed', cause: 'interrupted' });
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });
  });
});

describe('a look', () => {
  it('waits for the next reading, and for credentials where there are none', async () => {
    const directory = await aBamboohr();
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });
    await read(directory);
    const nextAt = new Date(now.getTime() + 30 * minuteMs).toISOString();
    expect(await look(directory)).toEqual({ state: 'waiting', nextAt });
    world.pass(30 * minuteMs);
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });

    const bare = await aDirectory(world, customer, { road: 'workday', state: 'validating', linkedAt: null });
    expect(await look(bare, true)).toEqual({ state: 'waiting', nextAt: null });
  });

  it('ends the readings of what is deleted, off, or calls us by now', async () => {
    const gone = { state: 'gone' };
    expect(await look(await aDirectory(world, customer, { road: 'google', deletedAt: now }))).toEqual(gone);
    expect(await look(await aDirectory(world, customer, { road: 'google', state: 'unlinked' }))).toEqual(
      gone,
    );
    expect(await look(await aDirectory(world, customer, { road: 'scim' }))).toEqual(gone);
  });
});

describe('files that are fetched from a server of the customer’s', () => {
  const filesOf = async ({ id }: DirectoryRow) =>
    (await withTenant(world.app, customer, (tx) => listLastFiles(tx, customer, id, 20))).map(
      ({ name, state }) => `${name} ${state}`,
    );

  it('wait like those that are sent until somebody has seen what the first list would do', async () => {
    fileServer.files.set('users.csv', usersFile('anna', 'ben'));
    fileServer.files.set('user_groups.csv', 'group_name,user_id\nIT,anna\n');
    const directory = await aFileServer();
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });

    expect(await read(directory)).toEqual({ state: 'held' });

    expect((await filesOf(directory)).toSorted()).toEqual(['user_groups.csv held', 'users.csv held']);
    expect(await shownOf(directory)).toEqual([]);
    await applyFirstList(directory);
    expect(await look(directory, true)).toEqual({ state: 'due', reads: 'files' });
    expect(await run(activities.readDirectoryFiles, whose(directory))).toEqual({ state: 'done' });
    expect(await shownOf(directory)).toEqual(['anna@acme.test active', 'ben@acme.test active']);
    expect(await rowOf(directory)).toMatchObject({ state: 'linked' });
  });

  it('are looked for every half hour, and read only where they have changed', async () => {
    fileServer.files.set('users.csv', usersFile('anna', 'ben'));
    const directory = await aFileServer();
    await read(directory);
    await applyFirstList(directory);
    await run(activities.readDirectoryFiles, whose(directory));
    const nextAt = new Date(now.getTime() + 30 * minuteMs).toISOString();
    expect(await look(directory)).toEqual({ state: 'waiting', nextAt });
    const before = await filesOf(directory);

    world.pass(30 * minuteMs);
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });
    expect(await read(directory)).toEqual({ state: 'unchanged' });
    expect(await filesOf(directory)).toEqual(before);

    fileServer.files.set('users.csv', usersFile('anna', 'cleo'));
    world.pass(30 * minuteMs);
    expect(await read(directory)).toEqual({ state: 'done' });
    expect(await shownOf(directory)).toEqual(['anna@acme.test active', 'cleo@acme.test active']);
  });

  it('do not go on arriving when what fetched them has died', async () => {
    fileServer.files.set('users.csv', usersFile('anna'));
    const directory = await aFileServer();
    const cutOff = { ...customer, id: newId('directory_file_'), directoryId: directory.id };
    await withTenant(world.app, customer, (tx) =>
      insertFile(tx, { ...cutOff, name: 'users.csv', receivedAt: now, expiresAt: now }),
    );
    expect(await filesOf(directory)).toEqual(['users.csv receiving']);

    await read(directory);

    expect(await filesOf(directory)).toEqual(['users.csv held']);
  });

  it('[IMP-01] go on with our next key once it has let us in, and with the one before it until then', async () => {
    const [first, next] = [makeSshKeyPair(), makeSshKeyPair()];
    fileServer.files.set('users.csv', usersFile('anna'));
    const directory = await aFileServer(
      { way: 'key', publicKey: first.public, nextPublicKey: next.public },
      { privateKey: first.private, nextPrivateKey: next.private, password: null },
    );
    fileServer.user.publicKey = first.public;
    expect(await read(directory)).toEqual({ state: 'held' });
    expect((await rowOf(directory))?.settings).toMatchObject({ publicKey: first.public });

    for (const _reading of ['takes it', 'goes on with it']) {
      fileServer.user.publicKey = next.public;
      world.pass(30 * minuteMs);
      expect(await read(directory)).toEqual({ state: 'unchanged' });
      const row = await rowOf(directory);
      expect(row?.settings).toMatchObject({ publicKey: next.public });
      expect(row?.settings).not.toHaveProperty('nextPublicKey');
    }
  });

  it('bring a list of groups again when the list of people that it waited for is mended', async () => {
    fileServer.files.set('users.csv', 'nothing of use');
    fileServer.files.set('groups.csv', 'group_name\nIT\n');
    const directory = await aFileServer();
    expect(await read(directory)).toEqual({ state: 'failed' });
    world.pass(30 * minuteMs);
    expect(await read(directory)).toEqual({ state: 'unchanged' });

    fileServer.files.set('users.csv', usersFile('anna'));
    world.pass(30 * minuteMs);
    expect(await read(directory)).toEqual({ state: 'held' });

    expect((await filesOf(directory)).slice(0, 2).toSorted()).toEqual(['groups.csv held', 'users.csv held']);
  });

  it('are asked for no more once the server refuses us, until its access is mended', async () => {
    fileServer.files.set('users.csv', usersFile('anna'));
    const directory = await aFileServer({ userName: 'nobody' });

    expect(await read(directory)).toEqual({ state: 'failed' });

    expect(await rowOf(directory)).toMatchObject({
      state: 'invalid_credentials',
      credentialsCause: 'sftp_login_refused',
    });
    expect(await look(directory)).toEqual({ state: 'waiting', nextAt: null });
    const settings = { ...directory.settings, userName: fileServer.user.name };
    world.pass(minuteMs);
    await withTenant(world.app, customer, (tx) =>
      updateDirectory(
        tx,
        customer,
        directory.id,
        { settings, credentialsSetAt: world.clock.at },
        world.clock.at,
      ),
    );
    expect(await look(directory)).toEqual({ state: 'due', reads: 'pull' });
    expect(await read(directory)).toEqual({ state: 'held' });
    expect(await rowOf(directory)).toMatchObject({ state: 'validating', credentialsFailingSince: null });
  });

  it('[IMP-02] leave nothing behind where the server hangs up in the middle', async () => {
    fileServer.files.set('users.csv', usersFile('anna'));
    fileServer.faults.add('hangs_up');
    const directory = await aFileServer();

    expect(await read(directory)).toEqual({ state: 'failed' });

    expect(await filesOf(directory)).toEqual([]);
    const chunks = await asSystem(world, (tx) =>
      tx
        .selectFrom('directoryFileChunks')
        .select('fileId')
        .where('organizationId', '=', customer.organizationId)
        .execute(),
    );
    expect(chunks).toEqual([]);
    expect(await rowOf(directory)).toMatchObject({ state: 'validating', credentialsFailingSince: null });
  });
});
