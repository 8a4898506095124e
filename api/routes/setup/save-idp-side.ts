import {
  insertAudit,
  insertSpKey,
  listSpKeys,
  moveConnection,
  type ConnectionRow,
  type Tx,
} from '../../../db/index.ts';
import { audited } from '../../acting.ts';
import { fingerprintOf } from '../../metadata-key.ts';
import type { SsoState } from '../../contract/setup-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import type { EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { makeSpKey } from '../../sp-keys.ts';
import { keepEdited, listEditedCertificates, replaceEditedCertificates, saveEdited } from './edited.ts';
import type { IdpSide } from './read-metadata.ts';
import type { Changing } from './scope.ts';

/**
 * Puts the provider's side in place of what was there: settings, keys, the marks of the fetch, and the entry in the log
 * of acts. A test of earlier settings says nothing about these, so what it had signed is no floor any more; only a live
 * connection keeps its floor, because people sign in with it at once.
 */
export async function saveIdpSide(
  { tx, tenant, by }: Changing,
  deps: ApiDeps,
  connection: EffectiveConnection,
  side: IdpSide,
  source: 'metadata' | 'pasted',
  drafts: Partial<SsoState['drafts']>,
): Promise<EffectiveConnection> {
  const { now } = by.request;
  const before = await listEditedCertificates(tx, tenant, connection);
  await replaceEditedCertificates(tx, tenant, connection, { named: side.certificates, source, now });
  if (side.wantsSignedRequests) await ensureSigningKey(tx, deps, connection, now);
  const saved = await saveEdited(
    tx,
    tenant,
    connection,
    {
      protocol: 'saml',
      idpEntityId: side.entityId,
      idpSsoUrl: side.ssoUrl,
      idpSsoBinding: side.ssoBinding,
      idpMetadataUrl: side.metadataUrl,
      ...(side.metadataKey === undefined ? {} : { idpMetadataKey: side.metadataKey }),
      idpSloUrl: side.sloUrl,
      idpSloBinding: side.sloUrl === null ? null : 'redirect',
      signRequests: side.wantsSignedRequests || connection.signRequests,
      ...(connection.state === 'active' ? {} : { signedFloor: 'one' as const, encryptedFloor: false }),
    },
    now,
  );
  const isFetched = side.metadataUrl !== null;
  await keepEdited(
    tx,
    tenant,
    connection,
    {
      drafts: { ...connection.drafts, ...drafts, typist: null },
      metadataFetchedAt: isFetched ? now : null,
      metadataTriedAt: isFetched ? now : null,
      metadataEtag: side.etag,
      metadataFailingSince: null,
      metadataCacheSeconds: null,
    },
    now,
  );
  await moveConnection(tx, tenant, connection.id, {
    from: ['requires_type', 'draft'],
    to: 'validating',
    now,
  });
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'connection.settings_changed',
      target: { type: 'connection', id: connection.id },
      before: shownSide(
        connection,
        before.map(({ fingerprint }) => fingerprint),
      ),
      after: shownSide(
        saved,
        side.certificates.map(({ sha256 }) => sha256),
      ),
    }),
  );
  return saved;
}

function shownSide(connection: ConnectionRow, certificates: readonly string[]): object {
  const { idpEntityId, idpSsoUrl, idpMetadataUrl, idpMetadataKey, settingsRevision } = connection;
  return {
    idp_entity_id: idpEntityId,
    idp_sso_url: idpSsoUrl,
    idp_metadata_url: idpMetadataUrl,
    idp_metadata_key: idpMetadataKey === null ? null : fingerprintOf(idpMetadataKey),
    certificates,
    settings_revision: settingsRevision,
  };
}

/** Our key to sign requests with is made when a provider first asks for it [KEYS-01]. */
async function ensureSigningKey(
  tx: Tx,
  { secrets }: ApiDeps,
  connection: ConnectionRow,
  now: Date,
): Promise<void> {
  const keys = await listSpKeys(tx, connection, connection.id);
  if (keys.some(({ use }) => use === 'signing')) return;
  await insertSpKey(tx, await makeSpKey(secrets, connection, 'signing', now));
}
