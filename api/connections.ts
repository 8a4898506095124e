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
