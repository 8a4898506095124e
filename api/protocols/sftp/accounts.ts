import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import {
  findFileDirectory,
  listSftpKeys,
  lookUpDirectoryBySftpUser,
  touchSftpKey,
  withTenant,
  type DirectoryRow,
  type SftpKeyRow,
} from '../../../db/index.ts';
import type { ApiDeps } from '../../deps.ts';

type AccountDeps = Pick<ApiDeps, 'db' | 'now'>;

export interface Account {
  directory: DirectoryRow;
  key: SftpKeyRow;
}

const accountName = /^dir-[a-z0-9]{4,40}$/;

/** The account that a key opens. Undefined for whatever does not fit: name, key, a directory that is gone. */
export async function findAccount(
  { db }: AccountDeps,
  userName: string,
  keyBytes: Buffer,
): Promise<Account | undefined> {
  if (!accountName.test(userName)) return undefined;
  const found = await lookUpDirectoryBySftpUser(db, userName);
  if (found === undefined) return undefined;
  const { id, environmentId, organizationId } = found;
  const tenant = { environmentId, organizationId };
  return withTenant(db, tenant, async (tx) => {
    const directory = await findFileDirectory(tx, tenant, id);
    if (directory === undefined) return undefined;
    const keys = await listSftpKeys(tx, tenant, id);
    const key = keys.find(({ publicKey }) => keyBytes.equals(Buffer.from(publicKey, 'base64')));
    return key && { directory, key };
  });
}

/** Whether who offers the key holds its private half. RSA signs with SHA-2 or not at all [IMP-01]. */
export function isProved(
  { signature, blob, hashAlgo, key }: PublicKeyAuthContext,
  { key: { algorithm, publicKey } }: Account,
): boolean {
  if (signature === undefined || blob === undefined || key.algo !== algorithm) return false;
  if (algorithm === 'ssh-rsa' && hashAlgo === undefined) return false;
  const parsed = ssh2.utils.parseKey(`${algorithm} ${publicKey}`);
  return !(parsed instanceof Error) && parsed.verify(blob, signature, hashAlgo) === true;
}

export async function noteUse({ db, now }: AccountDeps, { directory, key }: Account): Promise<void> {
  const { environmentId, organizationId } = directory;
  const tenant = { environmentId, organizationId };
  await withTenant(db, tenant, (tx) => touchSftpKey(tx, tenant, key.id, now()));
}
