import {
  insertAudit,
  moveConnection,
  type ConnectionRow,
  type ConnectionSettings,
} from '../../../db/index.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { audited } from '../../acting.ts';
import type { ApiDeps } from '../../deps.ts';
import type { EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { clientSecretPlace } from '../../sign-in/oidc-trust.ts';
import { ensureClientKey } from '../../sp-keys.ts';
import { keepEdited, replaceEditedCertificates, saveEdited } from './edited.ts';
import type { OidcSide } from './read-oidc.ts';
import type { Changing } from './scope.ts';

/**
 * Puts a provider of OpenID Connect in place of what was there. The secret is sealed before it is written and never
 * comes back; a test of earlier settings says nothing about these.
 */
export async function saveOidcSide(
  { tx, tenant, by }: Changing,
  deps: ApiDeps,
  connection: EffectiveConnection,
  side: OidcSide,
): Promise<EffectiveConnection> {
  const { now } = by.request;
  await replaceEditedCertificates(tx, tenant, connection, { named: [], source: 'metadata', now });
  const saved = await saveEdited(tx, tenant, connection, oidcSettingsOf(deps, connection, side, now), now);
  await keepEdited(
    tx,
    tenant,
    connection,
    {
      drafts: {
        ...connection.drafts,
        discoveryUrl: side.discoveryUrl,
        clientId: side.clientId,
        secretEndsOn: side.secretEndsOn ?? '',
        typist: null,
      },
      metadataFetchedAt: now,
      metadataTriedAt: now,
      metadataEtag: null,
      metadataFailingSince: null,
    },
    now,
  );
  if (side.clientAuth === 'private_key_jwt') await ensureClientKey(tx, deps.secrets, connection, now);
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
      before: shownSide(connection, null),
      after: shownSide(saved, side.clientSecret),
    }),
  );
  return saved;
}

/** The settings of a provider, whichever way it was given. */
function oidcSettingsOf(
  { secrets }: Pick<ApiDeps, 'secrets'>,
  connection: ConnectionRow & { revisionId?: string | null },
  side: OidcSide,
  now: Date,
): ConnectionSettings {
  const usesKey = side.clientAuth === 'private_key_jwt';
  const guide = findGuide(connection.providerId ?? '');
  return {
    protocol: 'oidc',
    ...(guide?.protocol === 'oidc' ? {} : { providerId: 'custom-oidc', connectionType: 'GenericOIDC' }),
    idpEntityId: null,
    idpSsoUrl: null,
    idpSsoBinding: null,
    idpMetadataUrl: null,
    oidcIssuer: side.server.issuer,
    oidcDiscoveryUrl: side.discoveryUrl,
    oidcClientId: side.clientId,
    oidcClientAuth: side.clientAuth,
    oidcServer: side.server,
    oidcTokenAlg: side.tokenAlg,
    oidcSecretEndsOn: side.secretEndsOn,
    ...(usesKey ? { oidcClientSecretSealed: null, oidcSecretSetAt: null } : {}),
    ...(side.clientSecret === null
      ? {}
      : {
          oidcClientSecretSealed: secrets.seal(side.clientSecret, clientSecretPlace(connection)),
          oidcSecretSetAt: now.toISOString(),
        }),
    signedFloor: 'one',
    encryptedFloor: false,
  };
}

/** That a secret was changed is told; the secret is not [SEC-04]. */
function shownSide(connection: ConnectionRow, newSecret: string | null): object {
  const { oidcIssuer, oidcDiscoveryUrl, oidcClientId, oidcClientAuth, oidcTokenAlg } = connection;
  return {
    oidc_issuer: oidcIssuer,
    oidc_discovery_url: oidcDiscoveryUrl,
    oidc_client_id: oidcClientId,
    oidc_client_auth: oidcClientAuth,
    oidc_token_alg: oidcTokenAlg,
    oidc_secret_ends_on: connection.oidcSecretEndsOn,
    oidc_secret_changed: newSecret !== null,
    settings_revision: connection.settingsRevision,
  };
}
