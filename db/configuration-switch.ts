import type { Actor } from '../onboarding/commands.ts';
import {
  configurationOf,
  type ConfigurationCertificate,
  type ConnectionConfiguration,
} from '../onboarding/connection-configuration.ts';
import { certificateRow } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertCommand } from './repositories/commands.ts';
import { insertCertificates, listCertificates, retireCertificates } from './repositories/connection-keys.ts';
import { replaceConfiguration } from './repositories/connections.ts';
import { insertFormer } from './repositories/former-configurations.ts';
import { recordSecretRenewed } from './secret-renewal.ts';
import type { ConnectionRow } from './tables/connections.ts';
import type { FormerConfigurationRow } from './tables/former-configurations.ts';
import type { Tenant } from './tenant.ts';

/** How long what a connection used before can be brought back. */
const keptMs = 30 * 86_400_000;

/** A configuration with all that goes with it; `clientSecretSealed` is sealed for the connection. */
interface PlacedConfiguration {
  configuration: ConnectionConfiguration;
  certificates: readonly ConfigurationCertificate[];
  clientSecretSealed: string | null;
  signedFloor: ConnectionRow['signedFloor'];
  encryptedFloor: boolean;
  /** The test that these very settings have passed; null for an empty configuration. */
  tested: { at: Date; email: string | null } | null;
}

/** Why, and what is kept of the present one: `secretSealed` is the present secret, sealed for the row kept. */
interface Placing {
  formerId: string;
  secretSealed: string | null;
  reason: FormerConfigurationRow['reason'];
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
}

/**
 * Puts a configuration in place of the one a connection has, in one act: the present one is put aside for 30 days, keys
 * and settings are replaced, the revision is counted up, and the certificate watch looks at the new keys. Our own
 * addresses, the name and the state stay. The connection must be locked.
 */
export async function placeConfiguration(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  connection: ConnectionRow,
  next: PlacedConfiguration,
  { formerId, secretSealed, reason, actor, now, newId }: Placing,
): Promise<ConnectionRow> {
  const { id: connectionId } = connection;
  const { environmentId, organizationId } = tenant;
  const present = await listCertificates(tx, tenant, connectionId);
  if (connection.idpEntityId !== null || connection.oidcIssuer !== null) {
    await insertFormer(tx, {
      id: formerId,
      environmentId,
      organizationId,
      connectionId,
      configuration: configurationOf(connection),
      certificates: present.map(
        ({ pem, fingerprint, spkiFingerprint, subject, keyBits, notBefore, notAfter, source }) => ({
          pem,
          fingerprint,
          spkiFingerprint,
          subject,
          keyBits,
          source,
          notBefore: notBefore.toISOString(),
          notAfter: notAfter.toISOString(),
        }),
      ),
      clientSecretSealed: secretSealed,
      signedFloor: connection.signedFloor,
      encryptedFloor: connection.encryptedFloor,
      wasLive: connection.state === 'active',
      reason,
      createdAt: now,
      keptUntil: new Date(now.getTime() + keptMs),
    });
  }
  // One that both hold goes on as it is: since when it is trusted and used stays true.
  const wanted = new Set(next.certificates.map(({ fingerprint }) => fingerprint));
  const there = new Set(present.map(({ fingerprint }) => fingerprint));
  const replaced = present.filter(({ fingerprint }) => !wanted.has(fingerprint));
  const added = next.certificates.filter(({ fingerprint }) => !there.has(fingerprint));
  await retireCertificates(
    tx,
    tenant,
    connectionId,
    replaced.map(({ id }) => id),
    now,
  );
  await insertCertificates(
    tx,
    added.map((certificate) => ({
      id: newId('saml_x509_cert_'),
      environmentId,
      organizationId,
      connectionId,
      ...certificate,
      notBefore: new Date(certificate.notBefore),
      notAfter: new Date(certificate.notAfter),
      createdAt: now,
    })),
  );
  const placed = await replaceConfiguration(tx, tenant, connectionId, next, now);
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor,
    at: now,
    action: `connection.configuration_${reason}`,
    target: { type: 'connection', id: connectionId },
    before: shown(connection, present),
    after: { ...shown(placed, next.certificates), former_configuration_id: formerId },
  });
  await recordSecretRenewed(tx, connection, placed, { now, newId });
  if (placed.state === 'active') {
    const watch = { key: newId('cmd_'), environmentId, organizationId, connectionId };
    await insertCommand(tx, certificateRow(watch, 'certificatesChanged', now));
  }
  return placed;
}

function shown(
  { providerId, protocol, idpEntityId, idpSsoUrl, oidcIssuer, oidcClientId, settingsRevision }: ConnectionRow,
  certificates: readonly { fingerprint: string }[],
): object {
  return {
    provider_id: providerId,
    protocol,
    idp_entity_id: idpEntityId,
    idp_sso_url: idpSsoUrl,
    oidc_issuer: oidcIssuer,
    oidc_client_id: oidcClientId,
    certificates: certificates.map(({ fingerprint }) => fingerprint),
    settings_revision: settingsRevision,
  };
}
