import { audited, type Acting } from '../../acting.ts';
import { addressesOf } from '../../connections.ts';
import type { CreateConnectionBody } from '../../contract/developer-connections.ts';
import type { ApiDeps } from '../../deps.ts';
import { clientSecretPlace } from '../../sign-in/oidc-trust.ts';
import { makeSpKey } from '../../sp-keys.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  insertAudit,
  insertConnection,
  insertSpKey,
  updateConnectionSettings,
  type ConnectionRow,
  type OrganizationRow,
  type Tx,
} from '../../../db/index.ts';
import { detectFromDiscovery } from '../../../onboarding/provider-detection.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { mappingOf, switchOnVouched } from './create-connection.ts';
import type { OidcProviderSettings } from './oidc-options.ts';

/** Writes a connection of OpenID Connect that is live at once: the developer vouches for it. */
export async function insertVouchedOidc(
  tx: Tx,
  deps: ApiDeps,
  organization: OrganizationRow,
  body: CreateConnectionBody,
  provider: OidcProviderSettings,
  by: Acting,
): Promise<ConnectionRow> {
  const id = newId('conn_');
  const { now } = by.request;
  const whose = { environmentId: organization.environmentId, organizationId: organization.id };
  const guide = findGuide(detectFromDiscovery(provider.discoveryUrl)?.guideId ?? '');
  const known = guide?.protocol === 'oidc' ? guide : undefined;
  const made = await insertConnection(tx, {
    id,
    ...whose,
    name: body.name ?? organization.name,
    externalId: body.external_id ?? null,
    connectionType: body.connection_type ?? known?.connectionType ?? 'GenericOIDC',
    providerId: known?.id ?? 'custom-oidc',
    protocol: 'oidc',
    state: 'validating',
    ...addressesOf(deps.urls, id),
    createdAt: now,
  });
  const { server, clientSecret } = provider;
  const settings = {
    oidcIssuer: server.issuer,
    oidcDiscoveryUrl: provider.discoveryUrl,
    oidcClientId: provider.clientId,
    oidcClientSecretSealed:
      clientSecret === null ? null : deps.secrets.seal(clientSecret, clientSecretPlace(made)),
    oidcSecretSetAt: clientSecret === null ? null : now.toISOString(),
    oidcClientAuth: provider.clientAuth,
    oidcServer: server,
    oidcTokenAlg: provider.tokenAlg,
    oidcFetchUserInfo: provider.fetchesUserInfo,
    attributeMapping: mappingOf(body.attribute_maps ?? {}),
  };
  await updateConnectionSettings(tx, whose, id, settings, now);
  if (provider.clientAuth === 'private_key_jwt') {
    await insertSpKey(tx, await makeSpKey(deps.secrets, made, 'client_assertion', now));
  }
  const target = { type: 'connection', id };
  const after = { oidcIssuer: server.issuer, oidcClientId: provider.clientId };
  await insertAudit(tx, audited(by, whose, { action: 'connection.created', target, after }));
  return switchOnVouched(tx, organization, id, by);
}
