/**
 * How identity providers give themselves away. `issuers` are tried on the entity ID or issuer, `hosts` on the host of
 * the sign-in address and of the entity ID or issuer, `paths` last, because any host can have them: customers put
 * providers behind names of their own. Hosts are whole names or end in a dot-anchored suffix, so that a look-alike never matches.
 */
export interface ProviderPattern {
  readonly name: string;
  /** The guide that serves it with SAML; without one of its own, the custom one. */
  readonly guideId: string;
  /** The same for OpenID Connect; left out, the custom one serves it. */
  readonly oidcGuideId?: string;
  readonly issuers?: readonly RegExp[];
  readonly hosts?: readonly RegExp[];
  readonly paths?: readonly RegExp[];
}

const other = 'custom-saml';

export const providerPatterns: readonly ProviderPattern[] = [
  {
    name: 'Microsoft Entra ID',
    guideId: 'microsoft-entra-id',
    oidcGuideId: 'microsoft-entra-id-oidc',
    issuers: [/^https:\/\/sts\.(windows\.net|chinacloudapi\.cn)\/[0-9a-f-]{36}\/?$/i],
    hosts: [
      /^login\.microsoftonline\.(com|us)$/,
      /^login\.partner\.microsoftonline\.cn$/,
      /^login\.windows\.net$/,
    ],
  },
  {
    name: 'Okta',
    guideId: 'okta',
    oidcGuideId: 'okta-oidc',
    issuers: [/^https?:\/\/www\.okta\.com\/exk/],
    hosts: [/(^|\.)(okta|oktapreview|okta-emea|okta-gov)\.com$/, /(^|\.)okta\.mil$/],
    paths: [
      /^\/app\/[^/]+\/exk[^/]+\/sso\/saml/,
      /^\/app\/exk[^/]+\/sso\/saml\/metadata$/,
      /^\/oauth2\/default$/,
    ],
  },
  {
    name: 'Google Workspace',
    guideId: 'google-workspace',
    oidcGuideId: 'google-workspace-oidc',
    issuers: [/^https:\/\/accounts\.google\.com(\/o\/saml2\?idpid=C|$)/],
    hosts: [/^accounts\.google\.com$/],
  },
  {
    name: 'OneLogin',
    guideId: 'onelogin',
    oidcGuideId: 'onelogin-oidc',
    hosts: [/(^|\.)onelogin\.com$/],
    paths: [/^\/trust\/saml2\/http-(post|redirect)\/sso\//, /^\/oidc\/2$/],
  },
  {
    name: 'JumpCloud',
    guideId: 'jumpcloud',
    oidcGuideId: 'jumpcloud-oidc',
    hosts: [/^sso\.jumpcloud\.com$/, /^oauth\.id\.jumpcloud\.com$/],
  },
  {
    name: 'PingOne',
    guideId: 'pingone',
    oidcGuideId: 'pingone-oidc',
    hosts: [/^auth\.pingone\.(com|eu|ca|asia|com\.au|sg)$/],
    paths: [/\/saml20\/idp\/sso$/],
  },
  {
    name: 'PingFederate',
    guideId: 'pingfederate',
    paths: [/\/idp\/SSO\.saml2$/, /\/pf\/federation_metadata\.ping$/],
  },
  {
    name: 'AD FS',
    guideId: 'adfs',
    oidcGuideId: 'adfs-oidc',
    issuers: [/^https?:\/\/[^/]+\/adfs\/services\/trust$/],
    paths: [/^\/adfs\/ls\/?$/, /^\/adfs$/],
  },
  {
    name: 'Auth0',
    guideId: 'auth0',
    oidcGuideId: 'auth0-oidc',
    issuers: [/^urn:[a-z0-9.-]+\.auth0\.com$/],
    hosts: [/(^|\.)auth0\.com$/],
    paths: [/^\/samlp\//],
  },
  { name: 'Cloudflare Access', guideId: 'cloudflare-access', hosts: [/(^|\.)cloudflareaccess\.com$/] },
  { name: 'Duo Single Sign-On', guideId: 'duo', hosts: [/(^|\.)sso\.duosecurity\.com$/] },
  {
    name: 'CyberArk Identity',
    guideId: 'cyberark',
    hosts: [/(^|\.)id\.cyberark\.cloud$/, /(^|\.)my\.idaptive\.app$/, /(^|\.)my\.centrify\.com$/],
    paths: [/\/saasManage\/DownloadSAMLMetadata/],
  },
  {
    name: 'Keycloak',
    guideId: 'keycloak',
    oidcGuideId: 'keycloak-oidc',
    paths: [/^(\/[^/]+)?\/realms\/[^/]+(\/protocol\/saml(\/.*)?)?$/],
  },
  { name: 'miniOrange', guideId: 'miniorange', hosts: [/(^|\.)xecurify\.com$/], paths: [/^\/moas\//] },
  {
    name: 'Oracle Cloud',
    guideId: 'oracle-cloud',
    hosts: [/^idcs-[0-9a-f]+\.identity\.oraclecloud\.com$/],
    paths: [/^\/fed\/v1\//],
  },
  {
    name: 'Salesforce',
    guideId: 'salesforce',
    oidcGuideId: 'salesforce-oidc',
    hosts: [/(^|\.)my\.salesforce\.com$/],
    paths: [/^\/idp\/endpoint\/Http(Redirect|Post)$/, /^\/\.well-known\/samlidp/],
  },
  { name: 'Apereo CAS', guideId: 'apereo-cas', paths: [/^\/cas\/(idp|sp)(\/|$)/] },
  {
    name: 'Shibboleth IdP',
    guideId: 'shibboleth',
    paths: [
      /^\/idp\/shibboleth$/,
      /^\/idp\/profile\/SAML2\//,
      /\/profile\/(Shibboleth|SAML2\/(Redirect|POST))\/SSO$/,
    ],
  },
  {
    name: 'SimpleSAMLphp',
    guideId: 'simplesamlphp',
    paths: [/\/saml2\/idp\/(metadata|SSOService)\.php$/, /\/module\.php\/saml\/idp\//],
  },
  {
    name: 'Workspace ONE Access',
    guideId: 'workspace-one',
    hosts: [/(^|\.)vmwareidentity\.[a-z.]+$/, /(^|\.)workspaceoneaccess\.com$/],
    paths: [/^\/SAAS\/auth\//, /^\/SAAS\/API\/1\.0\/GET\/metadata\//],
  },
  { name: 'ClassLink', guideId: 'classlink', hosts: [/(^|\.)classlink\.com$/] },
  { name: 'Clever', guideId: other, oidcGuideId: 'clever', hosts: [/^clever\.com$/] },
  { name: 'NetIQ Access Manager', guideId: 'netiq', paths: [/^\/nidp\/saml2\//] },
  { name: 'LastPass', guideId: 'lastpass', hosts: [/^identity\.lastpass\.com$/] },
  { name: 'Rippling', guideId: 'rippling', hosts: [/(^|\.)rippling\.com$/] },
  {
    name: 'AWS IAM Identity Center',
    guideId: 'aws-iam-identity-center',
    hosts: [/^portal\.sso\.[a-z0-9-]+\.amazonaws\.com$/],
  },
  {
    name: 'Login.gov',
    guideId: other,
    oidcGuideId: 'login-gov',
    hosts: [/^secure\.login\.gov$/, /^idp\.int\.identitysandbox\.gov$/],
  },
];

/** Who hosts a domain's mail, by the end of its MX names. Gateways are not listed: they hide the mailboxes. */
export const mailHostPatterns: readonly {
  readonly mailHost: string;
  readonly guideId: string;
  readonly suffixes: readonly string[];
}[] = [
  {
    mailHost: 'Microsoft',
    guideId: 'microsoft-entra-id',
    suffixes: ['mail.protection.outlook.com', 'mx.microsoft'],
  },
  {
    mailHost: 'Google',
    guideId: 'google-workspace',
    suffixes: ['aspmx.l.google.com', 'googlemail.com', 'smtp.google.com'],
  },
];

/** Consoles whose pages people paste instead of the address the page shows. */
export const adminConsoleHosts: readonly { readonly name: string; readonly host: RegExp }[] = [
  {
    name: 'Microsoft Entra ID',
    host: /^(entra\.microsoft\.com|portal\.azure\.(com|us|cn)|aad\.portal\.azure\.com)$/,
  },
  { name: 'Google Workspace', host: /^admin\.google\.com$/ },
  { name: 'JumpCloud', host: /^console\.jumpcloud\.com$/ },
  { name: 'PingOne', host: /^console\.pingone\.(com|eu|ca|asia|com\.au|sg)$/ },
  { name: 'Auth0', host: /^manage\.auth0\.com$/ },
  { name: 'Clever', host: /^dev\.clever\.com$/ },
  { name: 'Duo Single Sign-On', host: /^admin(-[0-9a-f]+)?\.duosecurity\.com$/ },
  { name: 'Cloudflare Access', host: /^(one\.)?dash\.cloudflare\.com$/ },
];
