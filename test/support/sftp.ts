import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import pino from 'pino';
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { newId } from '../../adapters/ids.ts';
import { createSecrets } from '../../adapters/secrets.ts';
import { makeSshKeyPair } from '../../adapters/sftp/key-pairs.ts';
import { createRateLimits } from '../../api/middleware/limit-rates.ts';
import type { SftpDeps } from '../../api/protocols/sftp/server.ts';
import { insertSftpKey, withSystem, withTenant } from '../../db/index.ts';
import { readSshKey, sshFingerprint } from '../../onboarding/ssh-public-key.ts';
import type { Customer, Databases } from '../db/builders.ts';

/** What tests of SFTP start from: a directory whose people come in files, and clients as customers have them. */

export interface FileDirectory extends Customer {
  directoryId: string;
  userName: string;
  privateKey: string;
}

export async function aFileDirectory(
  databases: Pick<Databases, 'app' | 'system'>,
  customer: Customer,
  keys = makeSshKeyPair(),
): Promise<FileDirectory> {
  const directoryId = newId('directory_');
  const userName = `dir-${directoryId.slice(-16).toLowerCase()}`;
  await withSystem(databases.system, (tx) =>
    tx
      .insertInto('directories')
      .values({
        id: directoryId,
        ...customer,
        name: 'Files',
        type: 'sftp',
        road: 'sftp',
        state: 'validating',
        externalKey: directoryId.slice(10).toLowerCase(),
        scimBaseUrl: 'https://vendor.test/scim/v2/x',
        sftpUserName: userName,
      })
      .execute(),
  );
  await addSftpKey(databases, { ...customer, directoryId }, keys.public);
  return { ...customer, directoryId, userName, privateKey: keys.private };
}

export async function addSftpKey(
  { app }: Pick<Databases, 'app'>,
  { directoryId, environmentId, organizationId }: Customer & { directoryId: string },
  line: string,
): Promise<string> {
  const key = readSshKey(line);
  if (!key.ok) throw new Error(key.problem);
  const { key: row } = await withTenant(app, { environmentId, organizationId }, (tx) =>
    insertSftpKey(tx, {
      id: newId('sftp_key_'),
      environmentId,
      organizationId,
      directoryId,
      createdAt: new Date(),
      publicKey: key.base64,
      algorithm: key.algorithm,
      fingerprint: sshFingerprint(createHash('sha256').update(key.bytes).digest()),
    }),
  );
  return row.id;
}

export function sftpDeps(databases: Databases, { factor = 1_000 } = {}): SftpDeps {
  return {
    db: databases.app,
    secrets: createSecrets([{ id: 'test', bytes: randomBytes(32) }]),
    now: () => new Date(),
    limits: createRateLimits({ db: databases.app, factor, windowFactor: 60 }),
    logger: pino({ level: 'silent' }),
  };
}

/** A client that has come in. */
export interface SftpClient {
  client: Client;
  sftp: SFTPWrapper;
  put(path: string, content: string | Buffer): Promise<void>;
  get(path: string): Promise<string>;
  list(path: string): Promise<string[]>;
  /** Any other call of the wrapper by its name. Fails with the status as `code`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers have as many shapes as there are calls
  call(name: string, ...inputs: unknown[]): Promise<any>;
  end(): Promise<void>;
}

export async function connectSftp(
  port: number,
  account: Pick<FileDirectory, 'userName' | 'privateKey'>,
  more: ConnectConfig = {},
): Promise<SftpClient> {
  const client = await connectSsh(port, account, more);
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
    client.sftp((error, wrapper) => (error ? reject(error) : resolve(wrapper))),
  );
  function call(name: string, ...inputs: unknown[]) {
    return new Promise((resolve, reject) => {
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
      (sftp as any)[name](...inputs, (error: Error | undefined, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }
  return {
    client,
    sftp,
    call,
    put: async (path, content) => void (await call('writeFile', path, content)),
    get: async (path) => String(await call('readFile', path)),
    async list(path) {
      const entries = (await call('readdir', path)) as { filename: string }[];
      return entries.map(({ filename }) => filename);
    },
    async end() {
      const closed = once(client, 'close');
      client.end();
      await closed;
    },
  };
}

export async function connectSsh(
  port: number,
  { userName, privateKey }: Pick<FileDirectory, 'userName' | 'privateKey'>,
  more: ConnectConfig = {},
): Promise<Client> {
  const client = new ssh2.Client();
  const sock = connect({ host: '127.0.0.1', port, noDelay: true });
  const ready = new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject);
    client.on('close', () => reject(new Error('The server hung up.')));
  });
  client.connect({ sock, username: userName, privateKey, ...more });
  await ready;
  client.on('error', () => undefined);
  return client;
}
