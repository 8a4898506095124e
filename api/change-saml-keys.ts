import { audited, type Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { sealSpKey, type SamlKeyUse } from './sp-keys.ts';
import { newId } from '../adapters/ids.ts';
import type { CertificateReading } from '../adapters/saml/certificates.ts';
import type { GivenKeyPair } from '../adapters/saml/given-key-pair.ts';
import {
  insertAudit,
  insertCertificates,
  insertCommand,
  insertEvent,
  insertSpKey,
  listCertificates,
  listSpKeys,
  recordKeyRenewed,
  retireCertificates,
  retireSpKey,
  type ConnectionRow,
  type IdpCertificateRow,
  type SpKeyRow,
  type Tx,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { certificateRow } from '../onboarding/workflow-names.ts';

type Owner = Pick<ConnectionRow, 'id' | 'environmentId' | 'organizationId'>;

/** What the certificates and keys of a connection have in common, whichever way a developer changes them. */

/**
 * Trusts more of the provider's certificates; those whose key is trusted already are left out. The event and the watch
 * belong to it.
 */
export async function trustCertificates(
  tx: Tx,
  connection: ConnectionRow,
  certificates: readonly CertificateReading[],
  source: 'metadata' | 'api' | 'renewal',
  by: Acting,
): Promise<IdpCertificateRow[]> {
  const { id: connectionId, environmentId, organizationId } = connection;
  const whose = { environmentId, organizationId };
  const { now } = by.request;
  // One certificate a key: where a trusted key was certified anew, the old certificate makes room [MD-05].
  const superseded = (await listCertificates(tx, whose, connectionId)).filter(
    ({ spkiFingerprint, notAfter }) =>
      certificates.some((one) => one.spkiSha256 === spkiFingerprint && one.notAfter > notAfter),
  );
  const ids = superseded.map(({ id }) => id);
  await retireCertificates(tx, whose, connectionId, ids, now);
  const added = await insertCertificates(
    tx,
    certificates.map((certificate) => ({
      id: newId('saml_x509_cert_'),
      ...whose,
      connectionId,
      pem: certificate.pem,
      fingerprint: certificate.sha256,
      spkiFingerprint: certificate.spkiSha256,
      subject: certificate.subject,
      keyBits: certificate.keySizeBits,
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      source,
      createdAt: now,
    })),
  );
  for (const { fingerprint } of added) {
    await record(tx, connection, 'connection.certificate_added', { fingerprint }, by);
  }
  const [longest] = added.toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime());
  if (longest !== undefined && connection.state === 'active') {
    await insertEvent(tx, {
      id: newId('event_'),
      ...whose,
      name: 'connection.saml_certificate_renewed',
      createdAt: now,
      data: {
        connection: { id: connectionId, organization_id: organizationId },
        certificate: {
          certificate_type: 'ResponseSigning',
          expiry_date: longest.notAfter.toISOString(),
        },
        renewed_at: now.toISOString(),
      },
    });
  }
  return added;
}

/** The watch over the certificates looks again. */
export async function wakeWatch(tx: Tx, connection: ConnectionRow, now: Date): Promise<void> {
  if (connection.state !== 'active') return;
  const { id: connectionId, environmentId, organizationId } = connection;
  const watch = { key: newId('cmd_'), environmentId, organizationId, connectionId };
  await insertCommand(tx, certificateRow(watch, 'certificatesChanged', now));
}

/** Our keys of one use, in place of those that were there. */
export async function replaceKeys(
  tx: Tx,
  deps: Pick<ApiDeps, 'secrets'>,
  connection: ConnectionRow,
  use: SamlKeyUse,
  pairs: readonly GivenKeyPair[],
  by: Acting,
): Promise<void> {
  const { now } = by.request;
  const before = (await listSpKeys(tx, connection, connection.id)).filter((key) => key.use === use);
  for (const { id } of before) {
    await retireSpKey(tx, connection, { connectionId: connection.id, keyId: id, use, now });
    await record(tx, connection, 'connection.key_retired', { key: id, use }, by);
  }
  const brought = await bringKeys(tx, deps, connection, use, pairs, by);
  const [longest] = brought.toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime());
  if (before.length > 0 && longest !== undefined)
    await recordKeyRenewed(tx, connection, longest, { now, newId });
}

/** Our keys of one use, where there are none yet. */
export async function bringKeys(
  tx: Tx,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  connection: Owner,
  use: SamlKeyUse,
  pairs: readonly GivenKeyPair[],
  by: Acting,
): Promise<SpKeyRow[]> {
  const brought: SpKeyRow[] = [];
  for (const pair of pairs) {
    const key = await insertSpKey(tx, sealSpKey(secrets, connection, use, pair, by.request.now));
    await record(tx, connection, 'connection.key_brought', { key: key.id, use }, by);
    brought.push(key);
  }
  return brought;
}

export async function record(
  tx: Tx,
  { id, environmentId, organizationId }: Owner,
  action: AuditAction,
  after: object,
  by: Acting,
): Promise<void> {
  const target = { type: 'connection', id };
  await insertAudit(tx, audited(by, { environmentId, organizationId }, { action, target, after }));
}
