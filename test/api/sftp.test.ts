import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ssh2, { type Client, type IdentityCallback, type ParsedKey, type SignCallback } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeSshKeyPair } from '../../adapters/sftp/key-pairs.ts';
import {
  startSftpServer,
  type SftpClocks,
  type SftpDeps,
  type SftpServer,
} from '../../api/protocols/sftp/server.ts';
import { endLostUploads, getDirectory, lockListedDirectory, withSystem, withTenant } from '../../db/index.ts';
import { fileLimits } from '../../onboarding/directory-files.ts';
import { aCustomer, openDatabases, type Customer, type Databases } from '../db/builders.ts';
import { eventually } from '../support/eventually.ts';
import {
  addSftpKey,
  aFileDirectory,
  connectSftp,
  connectSsh,
  sftpDeps,
  type FileDirectory,
} from '../support/sftp.ts';

const missing = 2;
const denied = 3;
const failure = 4;
const unsupported = 8;

let databases: Databases;
let deps: SftpDeps;
let server: SftpServer;
let customer: Customer;
let directory: FileDirectory;

beforeAll(async () => {
  databases = await openDatabases();
  deps = sftpDeps(databases);
  server = await startSftpServer(deps, { hosts: ['127.0.0.1', '::1'], port: 0 });
});
afterAll(async () => {
  await server.close();
  await databases.close();
});
beforeEach(async () => {
  customer = await aCustomer(databases);
  directory = await aFileDirectory(databases, customer);
});

const files = (of = directory) =>
  withSystem(databases.system, (tx) =>
    tx
      .selectFrom('directoryFiles')
      .selectAll()
      .where('directoryId', '=', of.directoryId)
      .orderBy('receivedAt')
      .execute(),
  );
const wakes = (of = directory) =>
  withSystem(databases.system, (tx) =>
    tx
      .selectFrom('commands')
      .select(['workflowId', 'message', 'start'])
      .where('workflowId', '=', `dir/${of.directoryId}`)
      .execute(),
  );
const settle = (state: 'applied' | 'superseded', cause: string | null = null) =>
  withSystem(databases.system, (tx) =>
    tx
      .updateTable('directoryFiles')
      .set({ state, cause })
      .where('directoryId', '=', directory.directoryId)
      .execute(),
  );
const storedBytes = async (fileId: string) => {
  const chunks = await withSystem(databases.system, (tx) =>
    tx.selectFrom('directoryFileChunks').selectAll().where('fileId', '=', fileId).orderBy('number').execute(),
  );
  return {
    chunks: chunks.map(({ bytes }) => bytes.length),
    bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)),
  };
};

describe('a file', () => {
  it('[IMP-02] lies in chunks while it comes, and is there to be read when its handle is closed', async () => {
    const client = await connectSftp(server.port, directory);
    const content = randomBytes(600_000);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;
    for (let at = 0; at < content.length; at += 32_768) {
      const length = Math.min(32_768, content.length - at);
      await client.call('write', handle, content, at, length, at);
    }
    const [arriving] = await files();

    expect(arriving).toMatchObject({ name: 'users.csv', state: 'receiving', size: 524_288, sha256: null });
    expect(await wakes()).toEqual([]);

    await client.call('close', handle);
    const [file] = await files();

    expect(file).toMatchObject({ state: 'received', size: 600_000, cause: null });
    expect(file?.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    const stored = await storedBytes(file?.id ?? '');
    expect(stored.chunks).toEqual([262_144, 262_144, 75_712]);
    expect(stored.bytes.equals(content)).toBe(true);
    const { environmentId, organizationId, directoryId } = directory;
    expect(await wakes()).toEqual([
      {
        workflowId: `dir/${directoryId}`,
        message: 'readDirectory',
        start: { type: 'syncDirectory', input: { v: 1, environmentId, organizationId, directoryId } },
      },
    ]);
    await client.end();
  });

  it('[IMP-02] of which nothing has come for ten minutes is given up, and its end is refused', async () => {
    const client = await connectSftp(server.port, directory);
    const content = randomBytes(300_000);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;
    for (let at = 0; at < content.length; at += 30_000)
      await client.call('write', handle, content, at, 30_000, at);
    const sweepAfter = (minutes: number) =>
      withSystem(databases.system, (tx) => endLostUploads(tx, new Date(Date.now() + minutes * 60_000)));

    await sweepAfter(9);
    expect(await files()).toMatchObject([{ state: 'receiving' }]);
    await sweepAfter(11);
    expect(await files()).toMatchObject([{ state: 'refused', cause: 'connection_lost' }]);

    await expect(client.call('close', handle)).rejects.toThrow('took too long');
    expect(await wakes()).toEqual([]);
    await client.end();
  });

  it('whose pieces come side by side is put together in its order', async () => {
    const client = await connectSftp(server.port, directory);
    const content = randomBytes(1_000_000);
    const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-sftp-'));
    await writeFile(path.join(folder, 'users.csv'), content);

    await client.call('fastPut', path.join(folder, 'users.csv'), '/in/users.csv');
    const handle = (await client.call('open', 'groups.csv', 'w')) as Buffer;
    await client.call('write', handle, Buffer.from('name\n'), 0, 5, 6);
    await client.call('write', handle, Buffer.from('group_'), 0, 6, 0);
    await client.call('close', handle);

    const [users, groups] = await files();
    expect((await storedBytes(users?.id ?? '')).bytes.equals(content)).toBe(true);
    expect(String((await storedBytes(groups?.id ?? '')).bytes)).toBe('group_name\n');
    await client.end();
    await rm(folder, { recursive: true });
  });

  it('[IMP-02] of which a part is missing leaves nothing to be read', async () => {
    const client = await connectSftp(server.port, directory);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;
    await client.call('write', handle, Buffer.from('name\n'), 0, 5, 6);

    await expect(client.call('close', handle)).rejects.toMatchObject({ code: failure });

    expect(await files()).toMatchObject([{ state: 'refused', cause: 'connection_lost' }]);
    expect(await wakes()).toEqual([]);
    await client.end();
  });

  it('[IMP-02] whose connection breaks leaves nothing to be read', async () => {
    const client = await connectSftp(server.port, directory);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;
    await client.call('write', handle, Buffer.alloc(300_000), 0, 300_000, 0);
    const [arriving] = await files();
    expect((await storedBytes(arriving?.id ?? '')).chunks).toEqual([262_144]);

    client.client.destroy();

    await eventually(async () =>
      expect(await files()).toMatchObject([{ state: 'refused', cause: 'connection_lost' }]),
    );
    expect((await storedBytes(arriving?.id ?? '')).chunks).toEqual([]);
    expect(await wakes()).toEqual([]);
  });

  it('[IMP-02] under another name is left alone until it is renamed into place', async () => {
    const client = await connectSftp(server.port, directory);
    await client.put('/in/users.csv.filepart', 'user_id');
    expect(await files()).toMatchObject([{ state: 'refused', cause: 'name_unknown' }]);
    expect(await wakes()).toEqual([]);

    await client.call('rename', 'users.csv.filepart', 'users.csv');

    expect(await files()).toMatchObject([{ name: 'users.csv', state: 'received', cause: null }]);
    expect(await wakes()).toHaveLength(1);
    await client.end();
  });

  it('[IMP-01] that was read is neither written over, nor renamed, nor removed; the next lies beside it', async () => {
    const client = await connectSftp(server.port, directory);
    await client.put('users.csv', 'first');
    await settle('applied');

    await expect(client.call('unlink', 'users.csv')).rejects.toMatchObject({ code: denied });
    await expect(client.call('rename', 'users.csv', 'old.csv')).rejects.toMatchObject({ code: denied });
    await client.put('users.csv', 'second');

    const [first, second] = await files();
    expect(first).toMatchObject({ state: 'applied' });
    expect(String((await storedBytes(first?.id ?? '')).bytes)).toBe('first');
    expect(second).toMatchObject({ state: 'received' });
    expect(await client.get('users.csv')).toBe('second');
    await client.end();
  });

  it('that was not read can be removed', async () => {
    const client = await connectSftp(server.port, directory);
    await client.put('users.csv', 'x');
    await client.put('notes.txt', 'y');

    await client.call('unlink', 'users.csv');
    await client.call('unlink', '/in/notes.txt');

    expect(await client.list('/in')).toEqual([]);
    expect((await files()).map(({ state }) => state)).toEqual(['superseded', 'superseded']);
    await client.end();
  });

  it('[IMP-01] beyond 50 MB ends with the byte too many', async () => {
    const client = await connectSftp(server.port, directory);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;

    const writing = client.call('write', handle, Buffer.from('xy'), 0, 2, fileLimits.bytes - 1);

    await expect(writing).rejects.toMatchObject({ code: failure, message: 'Files have 50 MB at most.' });
    await expect(client.call('close', handle)).rejects.toMatchObject({ code: failure });
    expect(await files()).toMatchObject([{ state: 'refused', cause: 'too_large' }]);
    await client.end();
  });

  it('[IMP-01] finds no place in a folder that is full', async () => {
    const client = await connectSftp(server.port, directory);
    await client.put('users.csv', 'x');
    await withSystem(databases.system, (tx) =>
      tx
        .updateTable('directoryFiles')
        .set({ size: 4 * fileLimits.bytes })
        .where('directoryId', '=', directory.directoryId)
        .execute(),
    );

    await expect(client.put('groups.csv', 'x')).rejects.toMatchObject({ code: failure });
    await client.end();
  });

  it('of a directory that was deleted meanwhile is nobody’s', async () => {
    const client = await connectSftp(server.port, directory);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;
    await client.call('write', handle, Buffer.from('x'), 0, 1, 0);
    await withSystem(databases.system, (tx) =>
      tx
        .updateTable('organizations')
        .set({ deletedAt: new Date() })
        .where('id', '=', customer.organizationId)
        .execute(),
    );

    await expect(client.call('close', handle)).rejects.toMatchObject({ code: denied });
    await expect(client.put('users.csv', 'x')).rejects.toMatchObject({ code: denied });
    await expect(client.list('/in')).rejects.toMatchObject({ code: denied });

    expect(await wakes()).toEqual([]);
    await expect(connectSftp(server.port, directory)).rejects.toThrow('authentication');
    await client.end();
  });
});

describe('the folder', () => {
  it('[IMP-01] is all there is: no path leads out of it, and nothing in it can be linked, made or emptied', async () => {
    const client = await connectSftp(server.port, directory);
    await client.put('users.csv', 'x');

    expect(await client.call('realpath', '.')).toBe('/in');
    expect(await client.call('realpath', '/../../etc/../in/./users.csv')).toBe('/in/users.csv');
    await expect(client.call('realpath', '/etc')).rejects.toMatchObject({ code: missing });
    await expect(client.get('../../../etc/passwd')).rejects.toMatchObject({ code: denied });
    await expect(client.get('/in/../etc/passwd')).rejects.toMatchObject({ code: denied });
    await expect(client.put('/users.csv', 'x')).rejects.toMatchObject({ code: denied });
    await expect(client.put('/in/deeper/users.csv', 'x')).rejects.toMatchObject({ code: denied });
    expect(await client.list('/')).toEqual(['in']);
    await expect(client.list('/etc')).rejects.toMatchObject({ code: missing });
    await expect(client.call('mkdir', '/in/deeper')).rejects.toMatchObject({ code: denied });
    await expect(client.call('rmdir', '/in')).rejects.toMatchObject({ code: denied });
    await expect(client.call('symlink', '/etc/passwd', '/in/a')).rejects.toMatchObject({ code: denied });
    await expect(client.call('readlink', '/in/users.csv')).rejects.toMatchObject({ code: unsupported });
    await expect(client.call('setstat', 'users.csv', { size: 0 })).rejects.toMatchObject({
      code: unsupported,
    });
    await client.call('utimes', 'users.csv', 1, 1);
    expect(await client.list('/in')).toEqual(['users.csv']);
    expect(await client.get('users.csv')).toBe('x');
    await client.end();
  });

  it('[IMP-02] is open to files while a long list of people is compared and taken', async () => {
    await withTenant(databases.app, directory, async (tx) => {
      const listed = await getDirectory(tx, directory, directory.directoryId);
      await lockListedDirectory(tx, directory, listed.id);

      const client = await connectSftp(server.port, directory);
      await client.put('groups.csv', 'group_name\n');
      expect(await client.list('/in')).toEqual(['groups.csv']);
      await client.end();
    });
    expect(await files()).toMatchObject([{ name: 'groups.csv', state: 'received' }]);
  });

  it('takes the size that scp sets at the end where it is what has come, and no other', async () => {
    const client = await connectSftp(server.port, directory);
    const handle = await client.call('open', 'users.csv', 'w');
    await client.call('write', handle, Buffer.from('user_id\n'), 0, 8, 0);

    await expect(client.call('fsetstat', handle, { size: 3 })).rejects.toMatchObject({ code: unsupported });
    await client.call('fsetstat', handle, { size: 8 });
    await client.call('close', handle);
    expect(await client.get('users.csv')).toBe('user_id\n');
    await client.end();
  });

  it.each(['users csv', 'käse.csv', 'a/b', `${'a'.repeat(129)}`, 'users.csv\n', 'users.csv.result.txt'])(
    '[IMP-01] takes no file called %j',
    async (name) => {
      const client = await connectSftp(server.port, directory);

      await expect(client.put(`/in/${name}`, 'x')).rejects.toMatchObject({ code: denied });
      await client.put('fine.csv', 'x');
      await expect(client.call('rename', 'fine.csv', `/in/${name}`)).rejects.toMatchObject({ code: denied });
      await client.end();
    },
  );

  it('takes no file from its middle and none that is to be added to', async () => {
    const client = await connectSftp(server.port, directory);
    const handle = (await client.call('open', 'users.csv', 'w')) as Buffer;
    await client.call('write', handle, Buffer.from('abc'), 0, 3, 0);

    await expect(client.call('write', handle, Buffer.from('x'), 0, 1, 1)).rejects.toMatchObject({
      code: failure,
    });
    await expect(client.call('open', 'users.csv', 'a')).rejects.toMatchObject({ code: unsupported });
    await client.end();
  });

  it('shows beside a file that was read what became of it, with the lines that were not taken', async () => {
    const client = await connectSftp(server.port, directory);
    await client.put('users.csv', 'x');
    expect(await client.list('/in')).toEqual(['users.csv']);
    const [file] = await files();
    await withSystem(databases.system, async (tx) => {
      await tx
        .updateTable('directoryFiles')
        .set({
          state: 'applied',
          rows: 900,
          refusedLines: 1,
          counts: '{"created":12,"updated":1,"removed":0}',
        })
        .where('id', '=', file?.id ?? '')
        .execute();
      await tx
        .insertInto('directoryFileLines')
        .values({
          ...customer,
          fileId: file?.id ?? '',
          number: 1,
          line: 17,
          columnName: 'email',
          value: 'ben@acme',
          cause: 'email_invalid',
        })
        .execute();
    });

    expect(await client.list('/in')).toEqual(['users.csv', 'users.csv.result.txt']);
    expect((await client.get('users.csv.result.txt')).split('\r\n')).toEqual([
      expect.stringMatching(/^users\.csv, received 20.*Z, 900 lines$/),
      'Applied: 12 people added, 1 person changed.',
      '1 line was not taken; whoever is meant stays as they are:',
      'line 17, email, "ben@acme", This is no e-mail address.',
      '',
    ]);
    expect(await client.call('stat', 'users.csv.result.txt')).toMatchObject({ size: expect.any(Number) });
    await client.end();
  });

  it('[IMP-01] of one directory is not another’s', async () => {
    const other = await aFileDirectory(databases, await aCustomer(databases));
    const [mine, theirs] = await Promise.all([
      connectSftp(server.port, directory),
      connectSftp(server.port, other),
    ]);

    await mine.put('users.csv', 'mine');

    expect(await theirs.list('/in')).toEqual([]);
    await expect(theirs.get('/in/users.csv')).rejects.toMatchObject({ code: missing });
    await Promise.all([mine.end(), theirs.end()]);
  });
});

describe('an account', () => {
  it('[IMP-01] is opened by each of its keys until it is removed, and by no other', async () => {
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2_048 });
    const ecdsa = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
    const stranger = makeSshKeyPair();
    const keyId = await addSftpKey(databases, directory, rsa.public);
    await addSftpKey(databases, directory, ecdsa.public);
    const comeIn = async (privateKey: string, userName = directory.userName) => {
      const client = await connectSsh(server.port, { userName, privateKey });
      client.end();
    };

    await comeIn(directory.privateKey);
    await comeIn(rsa.private);
    await comeIn(ecdsa.private);
    const other = await aFileDirectory(databases, customer);
    for (const [privateKey, userName] of [
      [stranger.private, directory.userName],
      [directory.privateKey, other.userName],
      [directory.privateKey, 'root'],
      [directory.privateKey, "dir-' or 1=1"],
    ] as const) {
      await expect(comeIn(privateKey, userName)).rejects.toThrow(
        'All configured authentication methods failed',
      );
    }
    await withSystem(databases.system, (tx) =>
      tx.updateTable('sftpKeys').set({ removedAt: new Date() }).where('id', '=', keyId).execute(),
    );
    await expect(comeIn(rsa.private)).rejects.toThrow('All configured authentication methods failed');
  });

  it('[IMP-01] is opened by no password, and by no key whose private half is not there', async () => {
    const byPassword = connectSsh(
      server.port,
      { ...directory, privateKey: '' },
      { password: 'x', privateKey: undefined },
    );
    await expect(byPassword).rejects.toThrow('All configured authentication methods failed');

    // Offers the right public key and signs with another one.
    const parsed = ssh2.utils.parseKey(directory.privateKey);
    const stranger = ssh2.utils.parseKey(makeSshKeyPair().private);
    if (parsed instanceof Error || stranger instanceof Error) throw new Error('no key');
    class Liar extends ssh2.BaseAgent<ParsedKey> {
      getIdentities(callback: IdentityCallback<ParsedKey>) {
        callback(undefined, [parsed as ParsedKey]);
      }
      sign(_key: unknown, data: Buffer, options: unknown, callback?: SignCallback) {
        const done = callback ?? (options as SignCallback);
        done(undefined, (stranger as ParsedKey).sign(data));
      }
    }
    const byLie = connectSsh(server.port, directory, {
      privateKey: undefined,
      agent: new Liar(),
    });
    await expect(byLie).rejects.toThrow('All configured authentication methods failed');
  });

  it('[IMP-01] has no shell, no commands, no forwarding and no other subsystem', async () => {
    const client = await connectSsh(server.port, directory);
    const tried = (name: 'shell' | 'exec' | 'forwardOut' | 'forwardIn' | 'subsys', ...inputs: unknown[]) =>
      new Promise((resolve, reject) => {
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has inputs of its own
        (client as any)[name](...inputs, (error: Error | undefined) =>
          error ? reject(error) : resolve(name),
        );
      });

    await expect(tried('forwardOut', '127.0.0.1', 1, '127.0.0.1', server.port)).rejects.toThrow();
    await expect(tried('forwardIn', '127.0.0.1', 0)).rejects.toThrow();
    await expect(tried('exec', 'id')).rejects.toThrow();
    await expect(tried('shell')).rejects.toThrow();
    await expect(tried('subsys', 'netconf')).rejects.toThrow();
    client.end();
  });

  it('[IMP-01] has four connections at most', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => connectSftp(server.port, directory)));

    await expect(connectSftp(server.port, directory)).rejects.toThrow('hung up');
    await clients[0]?.end();
    await eventually(async () => (await connectSftp(server.port, directory)).end());
    await Promise.all(clients.slice(1).map((client) => client.end()));
  });
});

describe('the server', () => {
  it.each([
    ['SHA-1 in the key exchange', { kex: ['diffie-hellman-group14-sha1'] }],
    ['CBC', { cipher: ['aes256-cbc'] }],
    ['ChaCha20, which a cut connection can be told apart by', { cipher: ['chacha20-poly1305@openssh.com'] }],
    ['SHA-1 in the checksums', { cipher: ['aes256-ctr'], hmac: ['hmac-sha1'] }],
    ['DSA', { serverHostKey: ['ssh-dss'] }],
  ])('[IMP-01] does not speak %s', async (_what, algorithms) => {
    const connecting = connectSsh(server.port, directory, { algorithms: algorithms as never });

    await expect(connecting).rejects.toThrow('Handshake failed');
  });

  it('[IMP-01] offers the strict key exchange', async () => {
    const socket = connect(server.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (data) => (heard += data.toString('latin1')));
    socket.write('SSH-2.0-Test\r\n');

    await eventually(() => expect(heard).toContain('kex-strict-s-v00@openssh.com'));

    expect(heard).toMatch(/^SSH-2\.0-Vestibule\r\n/);
    socket.destroy();
  });

  it('[IMP-01] proves itself by one key, sealed in the database, on every program and after each start', async () => {
    const fresh = await openDatabases();
    const own = { ...deps, db: fresh.app };
    const started = await Promise.all(
      [1, 2].map(() => startSftpServer(own, { hosts: ['127.0.0.1'], port: 0 })),
    );
    const [row] = await withSystem(fresh.system, (tx) => tx.selectFrom('sftpHostKeys').selectAll().execute());
    let seen = '';
    const account = await aFileDirectory(fresh, await aCustomer(fresh));
    const client = await connectSsh(started[1]?.port ?? 0, account, {
      hostHash: 'sha256',
      hostVerifier: (hash: string) => Boolean((seen = Buffer.from(hash, 'hex').toString('base64'))),
    });
    client.end();
    await Promise.all(started.map((one) => one.close()));
    const again = await startSftpServer(own, { hosts: ['127.0.0.1'], port: 0 });

    expect(started[0]?.fingerprint).toBe(started[1]?.fingerprint);
    expect(again.fingerprint).toBe(started[0]?.fingerprint);
    expect(`SHA256:${seen.replace(/=+$/, '')}`).toBe(again.fingerprint);
    expect(row?.privateKeySealed).toMatch(/^A256GCM\.test\./);
    await again.close();
    await fresh.close();
  });

  describe('with short clocks and its limits in force', () => {
    let strict: SftpServer | undefined;
    const start = async (clocks: Partial<SftpClocks>) => {
      const usual = { proofMs: 20_000, idleMs: 60_000, longestMs: 60_000 };
      await strict?.close();
      strict = await startSftpServer(
        { ...deps, limits: sftpDeps(databases, { factor: 1 }).limits },
        { hosts: ['127.0.0.1'], port: 0 },
        { ...usual, ...clocks },
      );
      return strict.port;
    };
    afterEach(() => strict?.close());

    it('[IMP-01] hangs up on whoever proves nothing, does nothing, or stays too long', async () => {
      const silent = connect(await start({ proofMs: 200 }), '127.0.0.1');
      silent.write('SSH-2.0-Test\r\n');
      silent.resume();
      await once(silent, 'close');

      const idle = await connectSftp(await start({ idleMs: 300 }), directory);
      await hungUp(idle.client);

      const busy = await connectSftp(await start({ longestMs: 900 }), directory);
      let isOpen = true;
      const closed = hungUp(busy.client).then(() => (isOpen = false));
      while (isOpen) await Promise.race([closed, busy.list('/in').catch(() => undefined)]);
    });

    it('[IMP-01] takes no more connections from where too many proved nothing', async () => {
      const port = await start({});
      const stranger = { ...directory, privateKey: makeSshKeyPair().private };
      for (let tries = 0; tries < 30; tries += 1) {
        await expect(connectSsh(port, stranger)).rejects.toThrow('authentication');
      }

      await eventually(() => expect(connectSsh(port, directory)).rejects.not.toThrow('authentication'));
    });
  });
});

/** Whoever was writing when the server hung up hears of that, too. */
function hungUp(client: Client): Promise<void> {
  client.on('error', () => undefined);
  return new Promise((resolve) => client.once('close', () => resolve()));
}

const programOf = (name: string) =>
  ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].map((at) => `${at}/${name}`).find(existsSync);

describe.skipIf(programOf('sftp') === undefined || programOf('scp') === undefined)('OpenSSH', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vestibule-sftp-'));
    await writeFile(path.join(folder, 'key'), directory.privateKey);
    await chmod(path.join(folder, 'key'), 0o600);
    await writeFile(path.join(folder, 'users.csv'), 'user_id\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs one of its programs, which asks nobody anything. */
  async function run(name: string, own: string[], target: string, input = '') {
    const asks = ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=accept-new'];
    const child = spawn(programOf(name) ?? '', [
      ...own,
      '-F',
      '/dev/null',
      '-P',
      String(server.port),
      '-i',
      path.join(folder, 'key'),
      ...[...asks, `UserKnownHostsFile=${folder}/known`].flatMap((one) => ['-o', one]),
      ...(name === 'scp' ? [path.join(folder, 'users.csv')] : []),
      target,
    ]);
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, 'exit')) as [number];
    return { said, code };
  }

  it('puts a file by sftp, finds it with its result, and is shown our host key', async () => {
    const commands = [
      'pwd',
      `put -p ${folder}/users.csv`,
      'ls -l',
      `get users.csv ${folder}/back.csv`,
      'bye',
      '',
    ];
    const account = `${directory.userName}@127.0.0.1`;
    const { said, code } = await run('sftp', ['-b', '-'], account, commands.join('\n'));

    expect(said).toContain('Remote working directory: /in');
    expect(code, said).toBe(0);
    expect(await readFile(path.join(folder, 'back.csv'), 'utf8')).toBe('user_id\n');
    expect(await files()).toMatchObject([{ name: 'users.csv', state: 'received' }]);
    const { stdout } = await promisify(execFile)('ssh-keygen', ['-lf', path.join(folder, 'known')]);
    expect(stdout).toContain(server.fingerprint);
  });

  it('sends a file by scp, which ends well', async () => {
    const { said, code } = await run('scp', ['-s'], `${directory.userName}@127.0.0.1:/in/users.csv`);

    expect(code, said).toBe(0);
    expect(await files()).toMatchObject([{ name: 'users.csv', state: 'received' }]);
  });
});
