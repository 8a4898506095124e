/** The identity provider's signing certificates of a connection, and our own key pairs. */
import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { toJson } from '../tables/columns.ts';
import type { IdpCertificateRow, IdpCertificatesTable } from '../tables/idp-certificates.ts';
import type { SpKeyRow, SpKeysTable } from '../tables/sp-keys.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export type NewCertificate = Omit<
  Insertable<IdpCertificatesTable>,
  'absentSince' | 'firstUsedAt' | 'lastUsedAt' | 'retiredAt' | 'lastNotice' | 'createdAt'
> & { createdAt: Date };

/** Those answers are verified with, the longest lasting first. */
export async function listCertificates(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<IdpCertificateRow[]> {
  return certificatesOf(tx, tenant, connectionId)
    .where('retiredAt', 'is', null)
    .orderBy('notAfter', 'desc')
    .orderBy('id')
    .execute();
}

/** Other connections of the tenant that trust one of these keys too, by name, the oldest first. */
export async function listConnectionsTrusting(
  tx: Tx,
  tenant: Tenant,
  { spkiFingerprints, except }: { spkiFingerprints: readonly string[]; except: string | undefined },
): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('connections')
    .innerJoin('idpCertificates', 'idpCertificates.connectionId', 'connections.id')
    .select(['connections.id', 'connections.name'])
    .where(ownedBy('connections', tenant))
    .where('connections.deletedAt', 'is', null)
    .where('connections.id', 'is distinct from', except ?? null)
    .where('idpCertificates.retiredAt', 'is', null)
    .where(sql<boolean>`idp_certificates.spki_fingerprint = any(${spkiFingerprints}::text[])`)
    .groupBy(['connections.id', 'connections.name', 'connections.createdAt'])
    .orderBy('connections.createdAt')
    .orderBy('connections.id')
    .execute();
}

/** Retired ones too, newest first. */
export async function listCertificateHistory(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
): Promise<IdpCertificateRow[]> {
  return certificatesOf(tx, tenant, connectionId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

const insertRows = fixedStatement<IdpCertificateRow>(`
  insert into idp_certificates (id, environment_id, organization_id, connection_id, pem, fingerprint, spki_fingerprint,
    subject, key_bits, not_before, not_after, source, created_at)
  select id, "environmentId", "organizationId", "connectionId", pem, fingerprint, "spkiFingerprint", subject, "keyBits",
    "notBefore", "notAfter", source, "createdAt"
  from jsonb_to_recordset(:certificates::jsonb) as given (id text, "environmentId" text, "organizationId" text,
    "connectionId" text, pem text, fingerprint text, "spkiFingerprint" text, subject text, "keyBits" integer,
    "notBefore" timestamptz, "notAfter" timestamptz, source text, "createdAt" timestamptz)
  on conflict (connection_id, spki_fingerprint) where retired_at is null do nothing
  returning id, environment_id as "environmentId", organization_id as "organizationId",
    connection_id as "connectionId", pem, fingerprint, spki_fingerprint as "spkiFingerprint", subject,
    key_bits as "keyBits", not_before as "notBefore", not_after as "notAfter", source,
    absent_since as "absentSince", first_used_at as "firstUsedAt", last_used_at as "lastUsedAt", created_at as "createdAt",
    retired_at as "retiredAt", last_notice as "lastNotice"
`);

/** Adds the keys that are not there yet, one certificate a key, and gives back those added. */
export async function insertCertificates(
  tx: Tx,
  certificates: readonly NewCertificate[],
): Promise<IdpCertificateRow[]> {
  return certificates.length === 0 ? [] : insertRows(tx, { certificates: toJson(certificates) });
}

/** From the commit on answers signed with these are refused. */
export async function retireCertificates(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  certificateIds: readonly string[],
  now: Date,
): Promise<void> {
  await certificateUpdate(tx, tenant, connectionId)
    .set({ retiredAt: now })
    .where(sql<boolean>`id = any(${certificateIds}::text[])`)
    .where('retiredAt', 'is', null)
    .execute();
}

/** Notes which of the connection's keys its metadata no longer names, and takes the note off those it names again. */
export async function markAbsentCertificates(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  { named, now }: { named: readonly string[]; now: Date },
): Promise<void> {
  await certificateUpdate(tx, tenant, connectionId)
    .set({
      absentSince: sql<Date | null>`case when spki_fingerprint = any(${named}::text[]) then null else coalesce(absent_since, ${now}) end`,
    })
    .where('retiredAt', 'is', null)
    .execute();
}

/**
 * Remembers that an answer was verified with it, at most once an hour. Answers whether a renewal was proven by it: its
 * certificate has signed for the first time.
 */
export async function touchCertificate(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  fingerprint: string,
  now: Date,
): Promise<boolean> {
  const touched = await certificateUpdate(tx, tenant, connectionId)
    .set({ firstUsedAt: sql<Date>`coalesce(first_used_at, ${now})`, lastUsedAt: now })
    .where('fingerprint', '=', fingerprint)
    .where('retiredAt', 'is', null)
    .where((eb) =>
      eb.or([eb('lastUsedAt', 'is', null), eb('lastUsedAt', '<=', new Date(now.getTime() - 3_600_000))]),
    )
    .returning(['source', 'firstUsedAt'])
    .executeTakeFirst();
  return touched?.source === 'renewal' && touched.firstUsedAt?.getTime() === now.getTime();
}

export type NewSpKey = Omit<Insertable<SpKeysTable>, 'retiredAt' | 'createdAt'> & { createdAt: Date };

export async function insertSpKey(tx: Tx, key: NewSpKey): Promise<SpKeyRow> {
  return tx.insertInto('spKeys').values(key).returningAll().executeTakeFirstOrThrow();
}

/** Our keys that are published or still open something: those in use first, then the next ones; newest first. */
export async function listSpKeys(tx: Tx, tenant: Tenant, connectionId: string): Promise<SpKeyRow[]> {
  return tx
    .selectFrom('spKeys')
    .selectAll()
    .where(ownedBy('spKeys', tenant))
    .where('connectionId', '=', connectionId)
    .where('retiredAt', 'is', null)
    .orderBy(sql`array_position(array['current', 'next', 'previous'], state)`)
    .orderBy('createdAt', 'desc')
    .execute();
}

/** Moves one of our keys on in its change. */
export async function moveSpKey(
  tx: Tx,
  tenant: Tenant,
  keyId: string,
  state: SpKeyRow['state'],
): Promise<void> {
  await tx
    .updateTable('spKeys')
    .set({ state })
    .where('id', '=', keyId)
    .where('retiredAt', 'is', null)
    .where(ownedBy('spKeys', tenant))
    .execute();
}

/** Takes one of our keys out of use. Undefined when there is none in use by this id. */
export async function retireSpKey(
  tx: Tx,
  tenant: Tenant,
  of: { connectionId: string; keyId: string; use: SpKeyRow['use']; now: Date },
): Promise<SpKeyRow | undefined> {
  return tx
    .updateTable('spKeys')
    .set({ retiredAt: of.now })
    .where('id', '=', of.keyId)
    .where('connectionId', '=', of.connectionId)
    .where('use', '=', of.use)
    .where('retiredAt', 'is', null)
    .where(ownedBy('spKeys', tenant))
    .returningAll()
    .executeTakeFirst();
}

function certificatesOf(tx: Tx, tenant: Tenant, connectionId: string) {
  return tx
    .selectFrom('idpCertificates')
    .selectAll()
    .where(ownedBy('idpCertificates', tenant))
    .where('connectionId', '=', connectionId);
}

function certificateUpdate(tx: Tx, tenant: Tenant, connectionId: string) {
  return tx
    .updateTable('idpCertificates')
    .where(ownedBy('idpCertificates', tenant))
    .where('connectionId', '=', connectionId);
}
