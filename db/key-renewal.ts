import type { Tx } from './database.ts';
import { insertEvent } from './repositories/events.ts';
import type { ConnectionRow } from './tables/connections.ts';
import type { SpKeyRow } from './tables/sp-keys.ts';

/** As the contract names what a certificate of ours is for; keys that are told of nobody when they end have no name. */
const certificateTypes: Readonly<Partial<Record<SpKeyRow['use'], string>>> = {
  signing: 'RequestSigning',
  encryption: 'ResponseEncryption',
};

/** Tells the vendor that a live connection uses a new key of ours in place of one that was there, and when it ends. */
export async function recordKeyRenewed(
  tx: Tx,
  { id, environmentId, organizationId, state }: ConnectionRow,
  { use, notAfter }: Pick<SpKeyRow, 'use' | 'notAfter'>,
  { now, newId }: { now: Date; newId: (prefix: `${string}_`) => string },
): Promise<void> {
  const type = certificateTypes[use];
  if (type === undefined || state !== 'active') return;
  await insertEvent(tx, {
    id: newId('event_'),
    environmentId,
    organizationId,
    createdAt: now,
    name: 'connection.saml_certificate_renewed',
    data: {
      connection: { id, organization_id: organizationId },
      certificate: { certificate_type: type, expiry_date: notAfter.toISOString() },
      renewed_at: now.toISOString(),
    },
  });
}
