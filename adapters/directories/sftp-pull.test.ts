import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SftpPullSettings } from '../../onboarding/directory-sources.ts';
import { startFileServer, type FileServer } from '../../test/support/file-server.ts';
import { createEgress } from '../egress.ts';
import { makeSshKeyPair } from '../sftp/key-pairs.ts';
import { DirectoryRefused, type ReadingHands } from './reading.ts';
import { createDirectorySources, type DirectorySources, type FilesAccess } from './sources.ts';

const now = () => new Date();
const users = 'user_id,first_name,last_name,email\n1,Anna,Grün,anna@acme.test\n2,Ben,Okafor,ben@acme.test\n';
const megabyte = 1024 * 1024;
const ours = makeSshKeyPair();

let server: FileServer;
let sources: DirectorySources;
let hands: ReadingHands;

beforeAll(async () => {
  server = await startFileServer();
  const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now });
  sources = createDirectorySources(egress, undefined, { totalMs: 60_000, settledMs: 20, bytes: megabyte });
});
afterAll(() => server.close());
beforeEach(() => {
  server.faults.clear();
  server.files.clear();
  server.files.set('/out/users.csv', users);
  server.user.publicKey = ours.public;
  Object.assign(server.seen, { methods: [], opened: [] });
  hands = {
    organizationId: 'org_1',
    sandboxLoopback: true,
    signal: new AbortController().signal,
    now,
    pause: () => Promise.resolve(),
  };
});

function access(change: Partial<SftpPullSettings> = {}, secret: object = {}): FilesAccess {
  return {
    road: 'sftp_pull',
    googleClient: null,
    secret: JSON.stringify({ privateKey: ours.private, password: null, ...secret }),
    settings: {
      host: 'localhost',
      port: server.port,
      userName: server.user.name,
      folder: '/out',
      way: 'key',
      hostKey: server.fingerprint,
      ...change,
    },
  };
}

async function fetched(from: FilesAccess = access()): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  await sources.fetchFiles(from, hands, async ({ name, bytes }) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    files[name] = Buffer.concat(pieces).toString('utf8');
  });
  return files;
}

async function refusal(work: Promise<unknown>): Promise<Pick<DirectoryRefused, 'refusal' | 'facts'>> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DirectoryRefused)) throw new Error(`was not refused: ${String(error)}`);
  return { refusal: error.refusal, facts: error.facts };
}

it('fetches each file that is there, whole, with our key or with a password', async () => {
  const long = `group_name\n${'Engineering and all who have ever worked beside it\n'.repeat(9_000)}`;
  server.files.set('/out/groups.csv', long);
  server.files.set('/out/other.csv', 'x');

  expect(await fetched()).toEqual({ 'users.csv': users, 'groups.csv': long });
  const byPassword = access({ way: 'password', folder: '/out/' }, { password: server.user.password });
  expect(Object.keys(await fetched(byPassword))).toEqual(['users.csv', 'groups.csv']);
});

it('[IMP-01] tries our next key first, and the one before it where the server does not know it yet', async () => {
  const next = makeSshKeyPair();
  const both = access({}, { nextPrivateKey: next.private });
  const take = async ({ bytes }: { bytes: AsyncIterable<Uint8Array> }) => {
    for await (const _piece of bytes);
  };

  expect(await sources.fetchFiles(both, hands, take)).toEqual({ usedNextKey: false });
  server.user.publicKey = next.public;
  expect(await sources.fetchFiles(both, hands, take)).toEqual({ usedNextKey: true });
  server.user.publicKey = makeSshKeyPair().public;
  expect(await refusal(sources.fetchFiles(both, hands, take))).toMatchObject({
    refusal: 'sftp_login_refused',
  });
});

it('looks at who is in the files, and keeps nothing', async () => {
  server.files.set('/out/user_groups.csv', 'group_name,user_id\nIT,1\nIT,2\n');

  expect(await sources.look(access(), hands)).toEqual({
    people: 2,
    groups: 1,
    hasMore: false,
    names: ['Anna Grün', 'Ben Okafor'],
  });
});

it('[IMP-01] tells a server that nobody has confirmed neither user nor password, and shows its key', async () => {
  const first = access({ hostKey: '', way: 'password' }, { password: server.user.password });

  expect(await refusal(sources.look(first, hands))).toEqual({
    refusal: 'sftp_host_key_new',
    facts: { fingerprint: server.fingerprint },
  });
  expect(server.seen).toEqual({ methods: [], opened: [] });
});

it('[IMP-01] takes no other key than the confirmed one, and names both', async () => {
  const before = access();
  const expected = server.fingerprint;
  await server.replaceKey();

  expect(await refusal(fetched(before))).toEqual({
    refusal: 'sftp_host_key_changed',
    facts: { fingerprint: server.fingerprint, expected },
  });
  expect(server.seen.methods).toEqual([]);
});

it.each<[string, () => FilesAccess, string]>([
  ['a wrong password', () => access({ way: 'password' }, { password: 'no' }), 'sftp_login_refused'],
  [
    'a key that is not there',
    () => access({}, { privateKey: makeSshKeyPair().private }),
    'sftp_login_refused',
  ],
  ['an unknown user', () => access({ userName: 'nobody' }), 'sftp_login_refused'],
  ['a folder that is not there', () => access({ folder: '/in' }), 'sftp_folder_missing'],
  ['nobody at that port', () => access({ port: 1 }), 'source_unreachable'],
])('names what is wrong: %s', async (_what, make, cause) => {
  expect((await refusal(fetched(make()))).refusal).toBe(cause);
});

it('[IMP-04] never takes a missing or unreadable list for "everybody has left"', async () => {
  server.files.set('/out/users.csv', 'who,what\n1,2\n');
  expect(await refusal(sources.look(access(), hands))).toMatchObject({
    refusal: 'sftp_file_unreadable',
    facts: { file: 'users.csv', reason: 'header_missing' },
  });
  server.files.set('/out/users.csv', 'user_id,first_name\n1,Anna\n');
  expect(await refusal(sources.look(access(), hands))).toMatchObject({
    facts: { reason: 'column_missing', column: 'last_name, email' },
  });
  server.files.clear();
  server.files.set('/out/groups.csv', 'group_name\nIT\n');
  expect((await refusal(fetched())).refusal).toBe('sftp_users_missing');
});

it('[IMP-02] takes nothing of a file that somebody is writing on', async () => {
  server.faults.add('changing');
  expect((await refusal(fetched())).refusal).toBe('sftp_file_changing');
});

it('[IMP-03] stops at the limit, whatever size the server states', async () => {
  server.faults.add('endless');
  expect(await refusal(fetched())).toEqual({ refusal: 'too_much_to_read', facts: { reason: 'too_large' } });
});

it.each([
  ['forbidden', 'sftp_not_allowed'],
  ['hangs_up', 'source_away'],
  ['no_sftp', 'sftp_not_spoken'],
] as const)('says so where a server %s', async (fault, cause) => {
  server.faults.add(fault);
  expect((await refusal(fetched())).refusal).toBe(cause);
});

it('[NET-05] [NET-09] goes to no private address, and to this machine in a sandbox only', async () => {
  expect((await refusal(fetched(access({ host: '10.0.0.1', port: 22 })))).refusal).toBe('source_unreachable');
  hands = { ...hands, sandboxLoopback: false };
  expect((await refusal(fetched())).refusal).toBe('source_unreachable');
  expect(server.seen.methods).toEqual([]);
});
