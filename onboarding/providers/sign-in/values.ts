import type { GuideValues } from './provider.ts';

/** Our side of a connection, and what the guide calls the vendor's product. */
export type OurSide = {
  spEntityId: string;
  acsUrl: string;
  spMetadataUrl: string;
  oidcRedirectUri: string;
  product: string;
  protocol: 'saml' | 'oidc';
  /** Origin of the Test IdP. */
  testIdp: string;
  /** Of the key that we prove ourselves with, as PEM; only guides of providers that take no secret name it. */
  clientCertificate?: string | undefined;
};

/** The values a guide is filled with. Sign-in starts beside our metadata: an entity id may have been brought along. */
export function guideValuesOf(ours: OurSide): GuideValues {
  return {
    ACS_URL: ours.acsUrl,
    SP_ENTITY_ID: ours.spEntityId,
    SP_METADATA_URL: ours.spMetadataUrl,
    LOGIN_URL:
      ours.protocol === 'saml'
        ? ours.spMetadataUrl.replace(/\/metadata$/, '/login')
        : ours.oidcRedirectUri.replace(/\/callback$/, '/login'),
    REDIRECT_URI: ours.oidcRedirectUri,
    PRODUCT: ours.product,
    TEST_IDP_METADATA_URL: `${ours.testIdp}/test-idp/saml/metadata`,
    TEST_IDP_DISCOVERY_URL: `${ours.testIdp}/test-idp/oidc/.well-known/openid-configuration`,
    TEST_IDP_CLIENTS_URL: `${ours.testIdp}/test-idp/clients`,
    ...(ours.clientCertificate === undefined ? {} : { CLIENT_CERTIFICATE: ours.clientCertificate }),
  };
}
