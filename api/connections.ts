import { listConnectionsOf, type ConnectionRow, type Tx } from '../db/index.ts';
import type { ApiUrls } from './deps.ts';

/** The addresses by which an identity provider knows a connection. They are stored with it and never change. */
export function addressesOf(urls: Pick<ApiUrls, 'api'>, connectionId: string) {
  const spEntityId = `${urls.api}/sso/saml/${connectionId}`;
  return {
    spEntityId,
    acsUrl: `${spEntityId}/acs`,
    spMetadataUrl: `${spEntityId}/metadata`,
    oidcRedirectUri: `${urls.api}/sso/oidc/${connectionId}/callback`,
  };
}

/** Where a sign-in through the connection begins: for tiles and bookmarks. Beside our metadata, which is always ours. */
export function loginUrlOf({
  protocol,
  spMetadataUrl,
  oidcRedirectUri,
}: Pick<ConnectionRow, 'protocol' | 'spMetadataUrl' | 'oidcRedirectUri'>): string {
  if (protocol === 'oidc') return oidcRedirectUri.replace(/\/callback$/, '/login');
  return spMetadataUrl.replace(/\/metadata$/, '/login');
}

/** Our side as it was made, whatever was brought along in its place since. */
export function ownSideOf({ spMetadataUrl }: Pick<ConnectionRow, 'spMetadataUrl'>) {
  const spEntityId = spMetadataUrl.replace(/\/metadata$/, '');
  return { spEntityId, acsUrl: `${spEntityId}/acs` };
}

/** Where our public keys for the provider lie, for one that takes no secret [OIDC-08]. */
export function clientKeysUrlOf({ oidcRedirectUri }: Pick<ConnectionRow, 'oidcRedirectUri'>): string {
  return oidcRedirectUri.replace(/\/callback$/, '/jwks');
}

/** Where logout messages of the provider are taken; ours, whatever was brought along. */
export const sloUrlOf = ({ spMetadataUrl }: Pick<ConnectionRow, 'spMetadataUrl'>): string =>
  spMetadataUrl.replace(/\/metadata$/, '/slo');

/** Which of several counts: the one that serves people, then the one that is furthest, then the newest. */
const precedence: readonly ConnectionRow['state'][] = [
  'active',
  'validating',
  'draft',
  'requires_type',
  'inactive',
];

/** Of several the one that stands at the beginning of the list above; those beside the journey come last. */
export async function findJourneysConnection(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
): Promise<ConnectionRow | undefined> {
  const all = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  for (const beside of [false, true]) {
    for (const state of precedence) {
      const found = all.findLast((one) => one.state === state && one.isAdditional === beside);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
