import { describe, expect, it } from 'vitest';
import {
  detectFromDiscovery,
  detectFromMetadata,
  detectFromMxHosts,
  detectFromUrl,
  findAddressMistakes,
  findDiscoveryMistakes,
  findSecretMistakes,
} from './provider-detection.ts';
import { findGuide } from './providers/sign-in/index.ts';
import { providerPatterns } from './providers/sign-in/patterns.ts';

const tenant = '4f1c7a10-1111-4222-8333-444455556666';
const entraMetadata = `https://login.microsoftonline.com/${tenant}/federationmetadata/2007-06/federationmetadata.xml`;

describe('detectFromMetadata', () => {
  it.each([
    [
      `https://sts.windows.net/${tenant}/`,
      `https://login.microsoftonline.com/${tenant}/saml2`,
      'Microsoft Entra ID',
    ],
    [`https://sts.chinacloudapi.cn/${tenant}/`, 'https://x.example/', 'Microsoft Entra ID'],
    ['http://www.okta.com/exk1', 'https://acme.okta.com/app/acme_x_1/exk1/sso/saml', 'Okta'],
    ['http://www.okta.com/exk1', 'https://login.acme.com/app/acme_x_1/exk1/sso/saml', 'Okta'],
    [
      'https://accounts.google.com/o/saml2?idpid=C01',
      'https://accounts.google.com/o/saml2/idp?idpid=C01',
      'Google Workspace',
    ],
    [
      'https://app.onelogin.com/saml/metadata/1',
      'https://acme.onelogin.com/trust/saml2/http-post/sso/1',
      'OneLogin',
    ],
    ['IdP Entity ID', 'https://sso.jumpcloud.com/saml2/acme', 'JumpCloud'],
    ['https://auth.pingone.eu/1', 'https://auth.pingone.eu/1/saml20/idp/sso', 'PingOne'],
    ['https://sso.acme.com/x', 'https://sso.acme.com/1/saml20/idp/sso', 'PingOne'],
    ['acme-idp', 'https://sso.acme.com:9031/idp/SSO.saml2', 'PingFederate'],
    ['http://fs.acme.com/adfs/services/trust', 'https://fs.acme.com/adfs/ls/', 'AD FS'],
    ['urn:acme.eu.auth0.com', 'https://login.acme.com/samlp/abc', 'Auth0'],
    [
      'https://acme.cloudflareaccess.com',
      'https://acme.cloudflareaccess.com/cdn-cgi/access/sso/saml/1',
      'Cloudflare Access',
    ],
    ['x', 'https://sso-abc1.sso.duosecurity.com/saml2/sp/D/sso', 'Duo Single Sign-On'],
    ['https://aaz0.my.centrify.com/1', 'https://aaz0.my.centrify.com/applogin', 'CyberArk Identity'],
    [
      'https://kc.acme.com/auth/realms/acme',
      'https://kc.acme.com/auth/realms/acme/protocol/saml',
      'Keycloak',
    ],
    ['https://login.xecurify.com/moas', 'https://login.xecurify.com/moas/idp/samlsso', 'miniOrange'],
    ['x', 'https://idcs-0a.identity.oraclecloud.com/fed/v1/idp/sso', 'Oracle Cloud'],
    [
      'https://acme.my.salesforce.com',
      'https://acme.my.salesforce.com/idp/endpoint/HttpRedirect',
      'Salesforce',
    ],
    [
      'https://sso.acme.edu/idp/shibboleth',
      'https://sso.acme.edu/idp/profile/SAML2/Redirect/SSO',
      'Shibboleth IdP',
    ],
    [
      'https://idp.opennet.test/opennet-idp',
      'https://idp.opennet.test/opennet-idp/profile/SAML2/Redirect/SSO',
      'Shibboleth IdP',
    ],
    ['https://cas.acme.edu/idp', 'https://cas.acme.edu/cas/idp/profile/SAML2/Redirect/SSO', 'Apereo CAS'],
    [
      'https://idp.acme.edu/saml2/idp/metadata.php',
      'https://idp.acme.edu/saml2/idp/SSOService.php',
      'SimpleSAMLphp',
    ],
    [
      'https://acme.vmwareidentity.eu/SAAS/API',
      'https://acme.vmwareidentity.eu/SAAS/auth/federation/sso',
      'Workspace ONE Access',
    ],
    ['https://idp.classlink.com/1', 'https://idp.classlink.com/sso/1', 'ClassLink'],
    ['https://am.acme.com/nidp/saml2/metadata', 'https://am.acme.com/nidp/saml2/sso', 'NetIQ Access Manager'],
    ['https://identity.lastpass.com/1', 'https://identity.lastpass.com/SAML/SSOService', 'LastPass'],
    ['https://app.rippling.com/1', 'https://app.rippling.com/api/platform/sso/1', 'Rippling'],
    ['x', 'https://portal.sso.eu-west-1.amazonaws.com/saml/assertion/x', 'AWS IAM Identity Center'],
    ['https://secure.login.gov', 'https://secure.login.gov/api/saml/auth', 'Login.gov'],
  ])('knows %s', (entityId, ssoUrl, name) => {
    expect(detectFromMetadata({ entityId, ssoUrl })?.name).toBe(name);
  });

  it('calls a provider as its guide does', () => {
    for (const { name, guideId, oidcGuideId } of providerPatterns) {
      if (guideId !== 'custom-saml') expect(findGuide(guideId)?.name).toBe(name);
      if (oidcGuideId !== undefined) expect(findGuide(oidcGuideId)?.name).toBe(name);
    }
  });

  it('says which fact it rests on', () => {
    expect(detectFromMetadata({ entityId: `https://sts.windows.net/${tenant}/`, ssoUrl: '' })).toEqual({
      name: 'Microsoft Entra ID',
      guideId: 'microsoft-entra-id',
      reason: 'issuer',
      evidence: { seen: `https://sts.windows.net/${tenant}/`, tenant },
    });
  });

  it.each([
    'https://idp.evilokta.com/sso',
    'https://okta.com.evil.test/sso',
    'https://login.microsoftonline.com.evil.test/',
  ])('is not fooled by the look-alike %s', (ssoUrl) => {
    expect(detectFromMetadata({ entityId: 'x', ssoUrl })).toBeNull();
  });

  it('leads to a guide that exists, whatever it recognises', () => {
    for (const { guideId, oidcGuideId } of providerPatterns) {
      expect(findGuide(guideId)?.protocol).toBe('saml');
      if (oidcGuideId !== undefined) expect(findGuide(oidcGuideId)?.protocol).toBe('oidc');
    }
  });
});

const entraDiscovery = `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`;

describe('detectFromDiscovery', () => {
  it.each([
    [`https://login.microsoftonline.com/${tenant}/v2.0`, 'Microsoft Entra ID', 'microsoft-entra-id-oidc'],
    [`https://sts.windows.net/${tenant}/`, 'Microsoft Entra ID', 'microsoft-entra-id-oidc'],
    ['https://acme.okta.com', 'Okta', 'okta-oidc'],
    ['https://login.acme.com/oauth2/default', 'Okta', 'okta-oidc'],
    ['https://accounts.google.com', 'Google Workspace', 'google-workspace-oidc'],
    ['https://acme.onelogin.com/oidc/2', 'OneLogin', 'onelogin-oidc'],
    ['https://oauth.id.jumpcloud.com/', 'JumpCloud', 'jumpcloud-oidc'],
    ['https://auth.pingone.eu/1/as', 'PingOne', 'pingone-oidc'],
    ['https://fs.acme.com/adfs', 'AD FS', 'adfs-oidc'],
    ['https://kc.acme.com/realms/acme', 'Keycloak', 'keycloak-oidc'],
    ['https://kc.acme.com/auth/realms/acme', 'Keycloak', 'keycloak-oidc'],
    ['https://acme.eu.auth0.com/', 'Auth0', 'auth0-oidc'],
    ['https://acme.my.salesforce.com', 'Salesforce', 'salesforce-oidc'],
    ['https://clever.com', 'Clever', 'clever'],
    ['https://secure.login.gov/', 'Login.gov', 'login-gov'],
    ['https://idp.int.identitysandbox.gov/', 'Login.gov', 'login-gov'],
  ])('knows the issuer %s', (issuer, name, guideId) => {
    const found = detectFromDiscovery(issuer);

    expect(found?.name).toBe(name);
    if (guideId !== undefined) expect(found?.guideId).toBe(guideId);
    expect(findGuide(found?.guideId ?? '')?.protocol).toBe('oidc');
    expect(detectFromDiscovery(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)?.name).toBe(
      name,
    );
  });

  it('says which tenant is named', () => {
    expect(detectFromDiscovery(entraDiscovery)).toEqual({
      name: 'Microsoft Entra ID',
      guideId: 'microsoft-entra-id-oidc',
      reason: 'host',
      evidence: { seen: 'login.microsoftonline.com', tenant },
    });
  });

  it('offers the custom guide of OpenID Connect for a provider without one of its own', () => {
    expect(detectFromDiscovery('https://acme.cloudflareaccess.com')).toMatchObject({
      guideId: 'custom-oidc',
    });
  });

  it('is not fooled by a look-alike, and has no opinion about others', () => {
    expect(detectFromDiscovery('https://login.microsoftonline.com.evil.test/x/v2.0')).toBeNull();
    expect(detectFromDiscovery('https://idp.acme.com')).toBeNull();
    expect(detectFromDiscovery('okta')).toBeNull();
  });
});

describe('findDiscoveryMistakes', () => {
  it.each([
    [
      'https://acme.okta.com',
      'issuer_as_discovery',
      'https://acme.okta.com/.well-known/openid-configuration',
    ],
    [
      'https://acme.okta.com/.well-known/oauth-authorization-server',
      'issuer_as_discovery',
      'https://acme.okta.com/.well-known/openid-configuration',
    ],
    [
      'https://acme-admin.okta.com/.well-known/openid-configuration',
      'admin_console_host',
      'https://acme.okta.com/.well-known/openid-configuration',
    ],
    [`https://login.microsoftonline.com/${tenant}/v2.0`, 'issuer_as_discovery', entraDiscovery],
    [
      `https://login.microsoftonline.com/${tenant}/.well-known/openid-configuration`,
      'version_one',
      entraDiscovery,
    ],
    [`https://sts.windows.net/${tenant}/`, 'version_one', entraDiscovery],
  ])('offers the address that is meant by %s', (url, code, repair) => {
    expect(findDiscoveryMistakes(url)).toMatchObject([{ code, repair }]);
    expect(findDiscoveryMistakes(repair)).toEqual([]);
  });

  it.each([
    [entraDiscovery.replace(tenant, 'common'), 'common_tenant'],
    [entraMetadata, 'metadata_as_discovery'],
    ['https://acme.okta.com/app/exk1/sso/saml/metadata', 'metadata_as_discovery'],
    ['https://acme.auth0.com/samlp/metadata/Ab1', 'metadata_as_discovery'],
    ['https://acme.my.salesforce.com/.well-known/samlidp.xml', 'metadata_as_discovery'],
    ['https://kc.acme.com/realms/acme/protocol/saml/descriptor', 'metadata_as_discovery'],
    ['https://dev.clever.com/apps/1', 'admin_console_page'],
    ['https://entra.microsoft.com/#blade', 'admin_console_page'],
  ])('stops %s', (url, code) => {
    expect(findDiscoveryMistakes(url)).toMatchObject([{ code, severity: 'stop' }]);
  });

  it('has nothing to say about an address that is right, nor about text', () => {
    expect(findDiscoveryMistakes(entraDiscovery)).toEqual([]);
    expect(findDiscoveryMistakes('https://idp.acme.com/.well-known/openid-configuration')).toEqual([]);
    expect(findDiscoveryMistakes('acme')).toEqual([]);
  });
});

describe('findSecretMistakes', () => {
  const entra = { clientId: tenant, guideId: 'microsoft-entra-id-oidc' };

  it('sees Entra’s secret ID and the client ID where the secret belongs', () => {
    const secretId = '7c1e8f5a-1111-4222-8333-444455556666';

    expect(findSecretMistakes(` ${secretId} `, entra)).toEqual([{ code: 'secret_id_as_secret' }]);
    expect(findSecretMistakes(tenant, entra)).toEqual([{ code: 'client_id_as_secret' }]);
    expect(findSecretMistakes('0oa1', { clientId: '0oa1', guideId: 'okta-oidc' })).toHaveLength(1);
  });

  it('takes any other value for a secret', () => {
    expect(findSecretMistakes('Ab1~x.y', entra)).toEqual([]);
    expect(findSecretMistakes(tenant, { clientId: 'other', guideId: 'custom-oidc' })).toEqual([]);
    expect(findSecretMistakes('', { clientId: '', guideId: 'custom-oidc' })).toEqual([]);
  });
});

describe('detectFromMxHosts', () => {
  it.each([
    ['acme-com.mail.protection.outlook.com', 'microsoft-entra-id', 'Microsoft'],
    ['acme-com.o-v1.mx.microsoft', 'microsoft-entra-id', 'Microsoft'],
    ['ALT1.ASPMX.L.GOOGLE.COM.', 'google-workspace', 'Google'],
    ['aspmx2.googlemail.com', 'google-workspace', 'Google'],
    ['smtp.google.com', 'google-workspace', 'Google'],
  ])('knows whose %s is', (host, guideId, mailHost) => {
    expect(detectFromMxHosts([host])).toMatchObject({ guideId, reason: 'mail_host', evidence: { mailHost } });
  });

  it('concludes nothing from a gateway, nor from a look-alike', () => {
    expect(detectFromMxHosts(['mx1.pphosted.com', 'eu-smtp-inbound-1.mimecast.com'])).toBeNull();
    expect(detectFromMxHosts(['evilsmtp.google.com.evil.test', 'xmx.microsoft.test'])).toBeNull();
  });
});

describe('detectFromUrl', () => {
  it.each([
    [`${entraMetadata}?appid=${tenant}`, 'Microsoft Entra ID'],
    ['https://fs.acme.com/FederationMetadata/2007-06/FederationMetadata.xml', 'AD FS'],
    ['https://kc.acme.com/realms/acme/protocol/saml/descriptor', 'Keycloak'],
    ['https://entra.microsoft.com/#view/Microsoft_AAD_IAM', 'Microsoft Entra ID'],
    ['https://acme.okta.com/app/exk1/sso/saml/metadata', 'Okta'],
    [entraDiscovery, 'Microsoft Entra ID'],
  ])('knows %s', (url, name) => {
    expect(detectFromUrl(url)?.name).toBe(name);
  });

  it('has no opinion about other addresses and about text', () => {
    expect(detectFromUrl('https://idp.acme.com/metadata')).toBeNull();
    expect(detectFromUrl('okta')).toBeNull();
  });
});

describe('findAddressMistakes', () => {
  it.each([
    [
      'https://acme-admin.okta.com/app/exk1/sso/saml/metadata',
      'https://acme.okta.com/app/exk1/sso/saml/metadata',
      'admin_console_host',
    ],
    [
      'https://acme.okta.com/app/acme_x_1/exk1/sso/saml',
      'https://acme.okta.com/app/exk1/sso/saml/metadata',
      'sso_url_as_metadata',
    ],
    [
      'https://acme.onelogin.com/trust/saml2/http-post/sso/77',
      'https://acme.onelogin.com/saml/metadata/77',
      'sso_url_as_metadata',
    ],
    [
      'https://fs.acme.com/adfs/ls/',
      'https://fs.acme.com/FederationMetadata/2007-06/FederationMetadata.xml',
      'sso_url_as_metadata',
    ],
    ['https://acme.auth0.com/samlp/Ab1', 'https://acme.auth0.com/samlp/metadata/Ab1', 'sso_url_as_metadata'],
    [
      'https://kc.acme.com/realms/a/protocol/saml',
      'https://kc.acme.com/realms/a/protocol/saml/descriptor',
      'sso_url_as_metadata',
    ],
    [
      'https://kc.acme.com/auth/realms/a',
      'https://kc.acme.com/auth/realms/a/protocol/saml/descriptor',
      'sso_url_as_metadata',
    ],
    [
      'https://sso-1a2b.sso.duosecurity.com/saml2/sp/DI1/sso',
      'https://sso-1a2b.sso.duosecurity.com/saml2/sp/DI1/metadata',
      'sso_url_as_metadata',
    ],
    [
      'https://idcs-0a.identity.oraclecloud.com/fed/v1/idp/sso',
      'https://idcs-0a.identity.oraclecloud.com/fed/v1/metadata',
      'sso_url_as_metadata',
    ],
    [
      'https://acme.my.salesforce.com/idp/endpoint/HttpRedirect?SAMLRequest=x',
      'https://acme.my.salesforce.com/.well-known/samlidp.xml',
      'sso_url_as_metadata',
    ],
    [
      'https://cas.acme.edu/cas/idp/profile/SAML2/Redirect/SSO',
      'https://cas.acme.edu/cas/idp/metadata',
      'sso_url_as_metadata',
    ],
    ['https://cas.acme.edu/cas/sp/metadata', 'https://cas.acme.edu/cas/idp/metadata', 'sp_metadata_as_idp'],
    [
      'https://sso.acme.edu/idp/profile/SAML2/POST/SSO',
      'https://sso.acme.edu/idp/shibboleth',
      'sso_url_as_metadata',
    ],
    [
      'https://idp.acme.edu/simplesaml/saml2/idp/SSOService.php',
      'https://idp.acme.edu/simplesaml/saml2/idp/metadata.php',
      'sso_url_as_metadata',
    ],
    [
      'https://idp.acme.edu/simplesaml/module.php/saml/idp/singleSignOnService',
      'https://idp.acme.edu/simplesaml/module.php/saml/idp/metadata',
      'sso_url_as_metadata',
    ],
    [
      'https://acme.vmwareidentity.eu/SAAS/auth/federation/sso',
      'https://acme.vmwareidentity.eu/SAAS/API/1.0/GET/metadata/idp.xml',
      'sso_url_as_metadata',
    ],
    ['https://am.acme.com/nidp/saml2/sso', 'https://am.acme.com/nidp/saml2/metadata', 'sso_url_as_metadata'],
    [
      'https://portal.sso.eu-west-1.amazonaws.com/saml/assertion/MTIz',
      'https://portal.sso.eu-west-1.amazonaws.com/saml/metadata/MTIz',
      'sso_url_as_metadata',
    ],
  ])('offers the address that is meant by %s', (url, repair, code) => {
    expect(findAddressMistakes(url)).toMatchObject([{ code, severity: 'stop', repair }]);
    expect(findAddressMistakes(repair)).toEqual([]);
  });

  it.each([
    ['https://acme-admin.okta.com/admin/app/x', 'admin_console_page', 'stop'],
    ['https://entra.microsoft.com/#blade', 'admin_console_page', 'stop'],
    [entraMetadata, 'app_id_missing', 'warn'],
    [`${entraMetadata}?appid=oops`, 'app_id_missing', 'warn'],
    [entraMetadata.replace(tenant, 'common'), 'common_tenant', 'stop'],
    [`https://login.microsoftonline.com/${tenant}/saml2`, 'sso_url_as_metadata', 'stop'],
    [
      `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`,
      'discovery_as_metadata',
      'stop',
    ],
    ['https://accounts.google.com/o/saml2/idp?idpid=C01', 'provider_without_metadata_url', 'stop'],
    ['https://identity.lastpass.com/SAML/SSOService', 'provider_without_metadata_url', 'stop'],
    ['https://manage.auth0.com/dashboard/eu/acme/applications', 'admin_console_page', 'stop'],
    ['https://one.dash.cloudflare.com/1/access/apps', 'admin_console_page', 'stop'],
    ['https://admin-1a2b.duosecurity.com/applications', 'admin_console_page', 'stop'],
    ['https://auth.pingone.eu/1/saml20/idp/sso', 'sso_url_as_metadata', 'stop'],
  ])('sees what is wrong with %s', (url, code, severity) => {
    expect(findAddressMistakes(url)).toMatchObject([{ code, severity }]);
  });

  it('has nothing to say about an address that is right', () => {
    expect(findAddressMistakes(`${entraMetadata}?appid=${tenant}`)).toEqual([]);
    expect(findAddressMistakes('https://idp.acme.com/metadata')).toEqual([]);
  });
});
