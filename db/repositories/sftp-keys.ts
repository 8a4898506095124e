import type { Insertable } from 'kysely';
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Db, type Tx } from '../database.ts';
import type { SftpHostKeyRow, SftpHostKeysTable } from '../tables/sftp-host-keys.ts';
import type { SftpKeyRow, SftpKeysTable } from '../tables/sftp-keys.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

type NewKey = Omit<Insertable<SftpKeysTable>, 'lastUsedAt' | 'removedAt' | 'createdAt'> & { createdAt: Date };

/** A key that opens the account of a directory; one that it has already is given back as it is. */
export async function insertSftpKey(tx: Tx, key: NewKey): Promise<{ key: SftpKeyRow; isNew: boolean }> {
  const inserted = await tx
    .insertInto('sftpKeys')
    .values(key)
    .onConflict((conflict) =>
      conflict.columns(['directoryId', 'fingerprint']).where('removedAt', 'is', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (inserted !== undefined) {
    notifyChange(tx, inserted, 'directory', inserted.directoryId);
    return { key: inserted, isNew: true };
  }
  const known = await keysOf(tx, key, key.directoryId)
    .where('fingerprint', '=', key.fingerprint)
    .executeTakeFirstOrThrow();
  return { key: known, isNew: false };
}

/** The keys that open the account of a directory, oldest first. */
export async function listSftpKeys(tx: Tx, tenant: Tenant, directoryId: string): Promise<SftpKeyRow[]> {
  return keysOf(tx, tenant, directoryId).orderBy('createdAt').orderBy('id').execute();
}

/** The key opens nothing from now on. Throws `not_found`. */
export async function removeSftpKey(
  tx: Tx,
  tenant: Tenant,
  { directoryId, keyId }: { directoryId: string; keyId: string },
  now: Date,
): Promise<SftpKeyRow> {
  const removed = await tx
    .updateTable('sftpKeys')
    .set({ removedAt: now })
    .where('id', '=', keyId)
    .where('directoryId', '=', directoryId)
    .where('removedAt', 'is', null)
    .where(ownedBy('sftpKeys', tenant))
    .returningAll()
    .executeTakeFirst();
  if (!removed) throw new OnboardingError('not_found', { kind: 'sftp_key' });
  notifyChange(tx, removed, 'directory', directoryId);
  return removed;
}

export async function touchSftpKey(tx: Tx, tenant: Tenant, keyId: string, now: Date): Promise<void> {
  await tx
    .updateTable('sftpKeys')
    .set({ lastUsedAt: now })
    .where('id', '=', keyId)
    .where(ownedBy('sftpKeys', tenant))
    .execute();
}

function keysOf(tx: Tx, tenant: Tenant, directoryId: string) {
  return tx
    .selectFrom('sftpKeys')
    .selectAll()
    .where('directoryId', '=', directoryId)
    .where('removedAt', 'is', null)
    .where(ownedBy('sftpKeys', tenant));
}

/** What our server proves itself by; undefined before it was made. It belongs to the installation, to no tenant. */
export async function findSftpHostKey(db: Db, algorithm: string): Promise<SftpHostKeyRow | undefined> {
  const { rows } = await sql<SftpHostKeyRow>`
    select * from sftp_host_keys where algorithm = ${algorithm}
  `.execute(db.untenanted);
  return rows[0];
}

/** Keeps a host key unless another program was first. */
export async function insertSftpHostKey(db: Db, key: Insertable<SftpHostKeysTable>): Promise<void> {
  await sql`
    insert into sftp_host_keys (id, algorithm, public_key, private_key_sealed)
    values (${key.id}, ${key.algorithm}, ${key.publicKey}, ${key.privateKeySealed})
    on conflict (algorithm) do nothing
  `.execute(db.untenanted);
}
