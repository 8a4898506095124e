import {
  adminConsoleHosts,
  mailHostPatterns,
  providerPatterns,
  type ProviderPattern,
} from './providers/sign-in/patterns.ts';

/**
 * Which provider a document, a mail host or an address belongs to. Every answer carries the fact it rests on, and the
 * page shows that fact: a suggestion is never a lock.
 */
export interface Detection {
  readonly name: string;
  /** The guide to offer: the provider's own of the protocol in question, or the custom one. */
  readonly guideId: string;
  readonly reason: 'issuer' | 'host' | 'path' | 'mail_host';
  /**
   * `seen` is the issuer, host, path or MX name itself. `mailHost` says whose mail servers these are ("hosted by
   * {mailHost}"), `tenant` which Entra tenant is named.
   */
  readonly evidence: Readonly<Record<string, string>>;
}

/**
 * Something about a pasted address that will not work, or not well: a metadata address, or a discovery address of
 * OpenID Connect.
 *
 * - `admin_console_host`: Okta's admin host, which answers with a sign-in page (M12)
 * - `admin_console_page`: a page of the console itself
 * - `sso_url_as_metadata`: the address where people sign in
 * - `provider_without_metadata_url`: Google and LastPass offer a file only
 * - `sp_metadata_as_idp`: the provider described as somebody else's application, as CAS does beside its own metadata
 * - `discovery_as_metadata`: OpenID Connect discovery, another protocol
 * - `common_tenant`: `common`, `organizations` or `consumers` instead of the tenant (M22)
 * - `app_id_missing`: Entra's tenant-wide certificate, not the app's
 * - `metadata_as_discovery`: SAML metadata, another protocol
 * - `issuer_as_discovery`: the issuer alone; its discovery document is one level below
 * - `version_one`: Entra's older endpoint, which names another issuer and sends other claims
 */
export interface AddressMistake {
  readonly code:
    | 'admin_console_host'
    | 'admin_console_page'
    | 'sso_url_as_metadata'
    | 'provider_without_metadata_url'
    | 'sp_metadata_as_idp'
    | 'discovery_as_metadata'
    | 'common_tenant'
    | 'app_id_missing'
    | 'metadata_as_discovery'
    | 'issuer_as_discovery'
    | 'version_one';
  readonly severity: 'stop' | 'warn';
  readonly provider: string;
  /** The address that is most likely meant, when it follows from what was pasted. */
  readonly repair?: string;
}

/** Recognises identity provider metadata. The issuer speaks first, then hosts, then paths that any host can have. */
export function detectFromMetadata(found: { entityId: string; ssoUrl: string }): Detection | null {
  const entityUrl = parseUrl(found.entityId);
  const ssoUrl = parseUrl(found.ssoUrl);
  return (
    byIssuer(found.entityId) ??
    (ssoUrl && byHost(ssoUrl)) ??
    (entityUrl && byHost(entityUrl)) ??
    (ssoUrl && byPath(ssoUrl)) ??
    (entityUrl && byPath(entityUrl)) ??
    null
  );
}

/** Recognises an OpenID Connect provider by its issuer or by the address of its discovery document. */
export function detectFromDiscovery(issuer: string): Detection | null {
  const named = issuer.trim().replace(wellKnown, '');
  const url = parseUrl(named);
  const found = url && (byIssuer(named, 'oidc') ?? byHost(url, 'oidc') ?? byPath(url, 'oidc'));
  return found ?? null;
}

/** Recognises who hosts the mail. Give MX names in order of preference. A hint only: many have Microsoft mail and Okta. */
export function detectFromMxHosts(hosts: readonly string[]): Detection | null {
  for (const raw of hosts) {
    const host = raw.toLowerCase().replace(/\.$/, '');
    const pattern = mailHostPatterns.find(({ suffixes }) => suffixes.some((suffix) => isBelow(host, suffix)));
    const provider = providerPatterns.find(({ guideId }) => guideId === pattern?.guideId);
    if (pattern && provider) {
      return {
        name: provider.name,
        guideId: pattern.guideId,
        reason: 'mail_host',
        evidence: { seen: host, mailHost: pattern.mailHost },
      };
    }
  }
  return null;
}

/** Recognises an address: metadata, discovery, sign-in or console page. */
export function detectFromUrl(text: string): Detection | null {
  const url = parseUrl(text);
  if (!url) return null;
  if (wellKnown.test(url.pathname)) return detectFromDiscovery(text);
  const adminConsole = adminConsoleHosts.find(({ host }) => host.test(url.hostname));
  const owner = providerPatterns.find(({ name }) => name === adminConsole?.name);
  if (owner) return detection(owner, 'host', url.hostname, 'saml');
  return byIssuer(text) ?? byHost(url) ?? byFederationMetadata(url) ?? byPath(url);
}

/** What is wrong with an address given as a metadata URL, by the habits of the provider it belongs to. */
export function findAddressMistakes(text: string): readonly AddressMistake[] {
  const url = parseUrl(text);
  if (!url) return [];
  const adminConsole = adminConsoleHosts.find(({ host }) => host.test(url.hostname));
  if (adminConsole) return [{ code: 'admin_console_page', severity: 'stop', provider: adminConsole.name }];
  const provider = detectFromUrl(text)?.name ?? '';
  if (url.pathname.includes('/.well-known/openid-configuration')) {
    return [{ code: 'discovery_as_metadata', severity: 'stop', provider }];
  }
  const rule = mistakeRules[provider];
  const mistake = rule?.(url);
  return mistake ? [{ ...mistake, provider }] : [];
}

/** What is wrong with an address given as the discovery address, by the habits of the provider it belongs to. */
export function findDiscoveryMistakes(text: string): readonly AddressMistake[] {
  const url = parseUrl(text);
  if (!url) return [];
  const adminConsole = adminConsoleHosts.find(({ host }) => host.test(url.hostname));
  if (adminConsole) return [{ code: 'admin_console_page', severity: 'stop', provider: adminConsole.name }];
  const provider = (detectFromDiscovery(text) ?? detectFromUrl(text))?.name ?? '';
  const mistake = discoveryMistake(url, provider);
  return mistake ? [{ ...mistake, provider }] : [];
}

/** How paths of SAML metadata end at the providers we know. */
export function isMetadataPath(pathname: string): boolean {
  return /\/(metadata|descriptor)(\.php|\/[^/]+)?$|\/(federationmetadata|idp)\.xml$|\/idp\/shibboleth$|^\/\.well-known\/samlidp/i.test(
    pathname,
  );
}

/** What stands in the field of the client secret instead of one. */
export interface SecretMistake {
  readonly code: 'secret_id_as_secret' | 'client_id_as_secret';
}

/** What is wrong with a client secret, by its looks. Entra shows each secret's id beside it, and the id stays visible. */
export function findSecretMistakes(
  secret: string,
  { clientId, guideId }: { clientId: string; guideId: string },
): readonly SecretMistake[] {
  const typed = secret.trim();
  if (typed !== '' && typed === clientId.trim()) return [{ code: 'client_id_as_secret' }];
  const isEntra = guideId === 'microsoft-entra-id-oidc';
  return isEntra && guid.test(typed) ? [{ code: 'secret_id_as_secret' }] : [];
}

function discoveryMistake(url: URL, provider: string): Omit<AddressMistake, 'provider'> | undefined {
  const [tenant = '', version = ''] = url.pathname.split('/').filter(Boolean);
  const isEntra = provider === 'Microsoft Entra ID';
  if (isEntra && /^(common|organizations|consumers)$/i.test(tenant)) {
    return { code: 'common_tenant', severity: 'stop' };
  }
  if (/\/saml[2p]?(\/|$)/i.test(url.pathname) || isMetadataPath(url.pathname)) {
    return { code: 'metadata_as_discovery', severity: 'stop' };
  }
  const base = `${url.origin}${url.pathname.replace(wellKnown, '').replace(/\/+$/, '')}`;
  if (oktaAdminHost.test(url.hostname)) {
    const repair = `${base.replace('-admin.', '.')}${discoveryPath}`;
    return { code: 'admin_console_host', severity: 'stop', repair };
  }
  if (isEntra && version !== 'v2.0') {
    const origin = url.hostname === 'sts.windows.net' ? 'https://login.microsoftonline.com' : url.origin;
    return { code: 'version_one', severity: 'warn', repair: `${origin}/${tenant}/v2.0${discoveryPath}` };
  }
  return url.pathname.endsWith(discoveryPath)
    ? undefined
    : { code: 'issuer_as_discovery', severity: 'stop', repair: `${base}${discoveryPath}` };
}

/** OpenID Connect Discovery §4. */
const discoveryPath = '/.well-known/openid-configuration';

const wellKnown = /\/\.well-known\/(openid-configuration|oauth-authorization-server)\/?$/;

const oktaAdminHost = /-admin\.(okta|oktapreview|okta-emea|okta-gov)\.com$|-admin\.okta\.mil$/;

type MistakeRule = (url: URL) => Omit<AddressMistake, 'provider'> | undefined;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const mistakeRules: Readonly<Partial<Record<string, MistakeRule>>> = {
  'Microsoft Entra ID': (url) => {
    const [tenant = '', next = ''] = url.pathname.split('/').filter(Boolean);
    if (/^(common|organizations|consumers)$/i.test(tenant))
      return { code: 'common_tenant', severity: 'stop' };
    if (next.toLowerCase() === 'saml2') return { code: 'sso_url_as_metadata', severity: 'stop' };
    const isMetadata = next.toLowerCase() === 'federationmetadata';
    const hasAppId = guid.test(url.searchParams.get('appid') ?? '');
    return isMetadata && !hasAppId ? { code: 'app_id_missing', severity: 'warn' } : undefined;
  },
  Okta: (url) => {
    const isAdminHost = oktaAdminHost.test(url.hostname);
    const host = isAdminHost ? url.hostname.replace('-admin.', '.') : url.hostname;
    const appId = /\/app\/(?:[^/]+\/)?(exk[A-Za-z0-9]+)\/sso\/saml(\/metadata)?\/?$/.exec(url.pathname);
    const metadata = appId ? `https://${host}/app/${appId[1]}/sso/saml/metadata` : undefined;
    if (isAdminHost && metadata) return { code: 'admin_console_host', severity: 'stop', repair: metadata };
    if (isAdminHost) return { code: 'admin_console_page', severity: 'stop' };
    return appId && appId[2] === undefined
      ? { code: 'sso_url_as_metadata', severity: 'stop', repair: metadata }
      : undefined;
  },
  'Google Workspace': () => ({ code: 'provider_without_metadata_url', severity: 'stop' }),
  OneLogin: (url) => {
    const appId = /^\/trust\/saml2\/http-(?:post|redirect)\/sso\/([0-9a-z-]+)$/i.exec(url.pathname)?.[1];
    return repaired(url, appId && `/saml/metadata/${appId}`);
  },
  'AD FS': insteadOf(/^\/adfs\/ls\/?$/i, '/FederationMetadata/2007-06/FederationMetadata.xml'),
  Auth0: insteadOf(/^\/samlp\/(?!metadata$)([A-Za-z0-9]+)$/, '/samlp/metadata/$1'),
  'Duo Single Sign-On': insteadOf(/^(\/saml2\/sp\/[^/]+)\/sso$/, '$1/metadata'),
  Keycloak: insteadOf(/^(.*\/realms\/[^/]+)(\/protocol\/saml)?\/?$/, '$1/protocol/saml/descriptor'),
  'Oracle Cloud': insteadOf(/^\/fed\/v1\/idp\/sso$/, '/fed/v1/metadata'),
  Salesforce: insteadOf(/^\/idp\/endpoint\/Http(Redirect|Post)$/, '/.well-known/samlidp.xml'),
  'Apereo CAS': (url) =>
    /^\/cas\/sp(\/|$)/.test(url.pathname)
      ? { code: 'sp_metadata_as_idp', severity: 'stop', repair: `${url.origin}/cas/idp/metadata` }
      : insteadOf(/^\/cas\/idp\/profile\/SAML2\/.*$/, '/cas/idp/metadata')(url),
  'Shibboleth IdP': insteadOf(/^\/idp\/profile\/SAML2\/.*$/, '/idp/shibboleth'),
  SimpleSAMLphp: (url) =>
    insteadOf(/\/saml2\/idp\/SSOService\.php$/, '/saml2/idp/metadata.php')(url) ??
    insteadOf(/\/module\.php\/saml\/idp\/singleSignOnService$/, '/module.php/saml/idp/metadata')(url),
  'Workspace ONE Access': insteadOf(/^\/SAAS\/auth\/.*$/, '/SAAS/API/1.0/GET/metadata/idp.xml'),
  'NetIQ Access Manager': insteadOf(/^\/nidp\/saml2\/sso$/, '/nidp/saml2/metadata'),
  'AWS IAM Identity Center': insteadOf(/^\/saml\/assertion\/(.+)$/, '/saml/metadata/$1'),
  LastPass: () => ({ code: 'provider_without_metadata_url', severity: 'stop' }),
  PingOne: (url) =>
    url.pathname.endsWith('/saml20/idp/sso') ? { code: 'sso_url_as_metadata', severity: 'stop' } : undefined,
};

/** The address of the metadata follows from the one where people sign in. */
function insteadOf(signIn: RegExp, metadata: string): MistakeRule {
  return (url) => repaired(url, signIn.test(url.pathname) && url.pathname.replace(signIn, metadata));
}

function repaired(url: URL, path: string | false | undefined): ReturnType<MistakeRule> {
  return path ? { code: 'sso_url_as_metadata', severity: 'stop', repair: `${url.origin}${path}` } : undefined;
}

type Protocol = 'saml' | 'oidc';

function byIssuer(issuer: string, protocol: Protocol = 'saml'): Detection | null {
  const pattern = providerPatterns.find(({ issuers }) => issuers?.some((known) => known.test(issuer)));
  return pattern ? detection(pattern, 'issuer', issuer, protocol) : null;
}

function byHost(url: URL, protocol: Protocol = 'saml'): Detection | null {
  const pattern = providerPatterns.find(({ hosts }) => hosts?.some((host) => host.test(url.hostname)));
  return pattern ? detection(pattern, 'host', url.hostname, protocol, url) : null;
}

function byPath(url: URL, protocol: Protocol = 'saml'): Detection | null {
  const pattern = providerPatterns.find(({ paths }) => paths?.some((path) => path.test(url.pathname)));
  return pattern ? detection(pattern, 'path', url.pathname, protocol) : null;
}

/** AD FS serves its metadata under a path that only Entra shares, and Entra is known by its hosts. */
function byFederationMetadata(url: URL): Detection | null {
  const adfs = providerPatterns.find(({ name }) => name === 'AD FS');
  const isMetadata = /^\/FederationMetadata\/2007-06\/FederationMetadata\.xml$/i.test(url.pathname);
  return adfs && isMetadata ? detection(adfs, 'path', url.pathname, 'saml') : null;
}

function detection(
  pattern: ProviderPattern,
  reason: Detection['reason'],
  seen: string,
  protocol: Protocol,
  url: URL | null = parseUrl(seen),
): Detection {
  const tenant = pattern.name === 'Microsoft Entra ID' ? (url?.pathname.split('/')[1] ?? '') : '';
  return {
    name: pattern.name,
    guideId: protocol === 'saml' ? pattern.guideId : (pattern.oidcGuideId ?? 'custom-oidc'),
    reason,
    evidence: guid.test(tenant) ? { seen, tenant } : { seen },
  };
}

function isBelow(host: string, suffix: string): boolean {
  return host === suffix || host.endsWith(`.${suffix}`);
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text.trim());
  } catch {
    return null;
  }
}
