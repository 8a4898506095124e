import { createHash } from 'node:crypto';
import { newId } from '../../../adapters/ids.ts';
import { findSftpHostKey, insertSftpHostKey } from '../../../db/index.ts';
import { sshFingerprint } from '../../../onboarding/ssh-public-key.ts';
import type { ApiDeps } from '../../deps.ts';

const algorithm = 'ssh-ed25519';

type HostKeyDeps = Pick<ApiDeps, 'db' | 'secrets'>;

/**
 * The key that our SFTP server proves itself by: one for all programs and for good, or every customer's client would
 * cry wolf [IMP-01]. The first program that needs it makes it.
 */
export async function openHostKey({
  db,
  secrets,
}: HostKeyDeps): Promise<{ privateKey: string; fingerprint: string }> {
  const known = await findSftpHostKey(db, algorithm);
  if (known === undefined) {
    // Loaded for it alone: pages ask for the fingerprint only.
    const { makeSshKeyPair } = await import('../../../adapters/sftp/key-pairs.ts');
    const made = makeSshKeyPair();
    const id = newId('sftp_host_key_');
    await insertSftpHostKey(db, {
      id,
      algorithm,
      publicKey: made.public.split(' ')[1] ?? '',
      privateKeySealed: secrets.seal(made.private, placeOf(id)),
    });
    // Another program may have been first, and then its key is the one.
    return openHostKey({ db, secrets });
  }
  return {
    privateKey: secrets.open(known.privateKeySealed, placeOf(known.id)),
    fingerprint: fingerprintOf(known.publicKey),
  };
}

/** For the page: undefined before a server ran. */
export async function hostKeyFingerprint({ db }: Pick<ApiDeps, 'db'>): Promise<string | undefined> {
  const key = await findSftpHostKey(db, algorithm);
  return key && fingerprintOf(key.publicKey);
}

const fingerprintOf = (base64: string): string =>
  sshFingerprint(createHash('sha256').update(base64, 'base64').digest());

const placeOf = (rowId: string) => ({
  table: 'sftp_host_keys',
  column: 'private_key_sealed',
  organizationId: null,
  rowId,
});
