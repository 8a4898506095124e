import { sftpPorts, sftpPullSettingsOf, workdaySettingsOf, type SftpWay } from './directory-sources.ts';

/**
 * The first look at what an admin typed to have their directory read, in the page and again in the api: what stops here
 * is not called. A secret is looked at for its shape only, and appears in no fact.
 */
export type TypedSource =
  | {
      readonly road: 'google';
      /** The key file as it was downloaded; empty keeps the key that is there. */
      readonly key: string;
      readonly adminEmail: string;
    }
  | {
      readonly road: 'workday';
      readonly usersUrl: string;
      readonly groupsUrl: string;
      readonly userName: string;
      readonly password: string;
    }
  | { readonly road: 'bamboohr'; readonly company: string; readonly apiKey: string }
  | {
      readonly road: 'sftp_pull';
      readonly host: string;
      readonly port: string;
      readonly userName: string;
      readonly folder: string;
      readonly way: SftpWay;
      /** Empty keeps the one that is there. */
      readonly password: string;
      /** The fingerprint that was shown and confirmed; empty before. */
      readonly hostKey: string;
    };

export const sourceFields = [
  'key',
  'adminEmail',
  'usersUrl',
  'groupsUrl',
  'userName',
  'password',
  'company',
  'apiKey',
  'host',
  'port',
  'folder',
  'hostKey',
] as const;
export type SourceField = (typeof sourceFields)[number];

export const sourceFindingCodes = [
  'empty',
  'value_too_long',
  'not_an_address',
  'not_https',
  'address_has_credentials',
  'email_needed',
  'service_email_pasted',
  'key_not_json',
  'key_of_oauth_client',
  'key_incomplete',
  'key_is_old_form',
  'report_page_pasted',
  'not_a_report',
  'host_unusual',
  'same_report_twice',
  'tenant_missing',
  'company_is_address',
  'company_unlikely',
  'api_key_unlikely',
  'host_is_address',
  'host_unlikely',
  'host_is_number',
  'port_unusual',
  'folder_unlikely',
  'our_key_missing',
  'secret_of_another_host',
] as const;
export type SourceFindingCode = (typeof sourceFindingCodes)[number];

export interface SourceFinding {
  readonly severity: 'stop' | 'warn' | 'ok';
  readonly code: SourceFindingCode;
  readonly field: SourceField;
  readonly facts: Readonly<Record<string, string>>;
  /** What the field should hold instead, when it follows from what was typed. */
  readonly repair: string | null;
}

export interface SourcePreflightContext {
  /** Our own key for a server of the customer's was made. */
  readonly hasOurKey?: boolean;
  /** A secret is kept already, so its field may stay empty. */
  readonly hasSecret: boolean;
  /** One is kept, and is for another host than the typed one. */
  readonly isOfAnotherHost?: boolean;
  /** Sandboxes with loopback allowed take http for loopback names and `.test`. */
  readonly allowsLoopback: boolean;
}

export function preflightSource(
  typed: TypedSource,
  context: SourcePreflightContext,
): readonly SourceFinding[] {
  switch (typed.road) {
    case 'google':
      return [...lookAtKey(typed.key, context), ...lookAtAdmin(typed.adminEmail)];
    case 'workday':
      return [
        ...lookAtReport('usersUrl', typed.usersUrl, context),
        ...(typed.groupsUrl.trim() === '' ? [] : lookAtReport('groupsUrl', typed.groupsUrl, context)),
        ...lookForOneReport(typed),
        ...lookAtUser(typed),
        ...lookAtSecret('password', typed.password, context),
      ];
    case 'bamboohr':
      return [...lookAtCompany(typed.company), ...lookAtApiKey(typed.apiKey, context)];
    case 'sftp_pull':
      return [
        ...lookAtHost(typed.host, context),
        ...lookAtPort(typed.port, context),
        ...(typed.userName.trim() === '' ? [finding('stop', 'empty', 'userName')] : []),
        ...lookAtFolder(typed.folder),
        ...(typed.way === 'password'
          ? lookAtSecret('password', typed.password, context)
          : lookForOurKey(context)),
      ];
  }
}

/**
 * Whether a kept secret would go where it has gone before. Elsewhere it has to be typed again: who may change an address
 * could have it sent to themselves [STR-01].
 */
export function staysAtItsHost(typed: TypedSource, kept: Readonly<Record<string, unknown>>): boolean {
  switch (typed.road) {
    case 'workday': {
      const before = workdaySettingsOf(kept);
      const known = [before?.usersUrl, before?.groupsUrl].map(originOf);
      return [typed.usersUrl, typed.groupsUrl.trim() || undefined].every(
        (url) => url === undefined || known.includes(originOf(url)),
      );
    }
    case 'sftp_pull': {
      const before = sftpPullSettingsOf(kept);
      return typed.host.trim().toLowerCase() === before?.host && Number(typed.port) === before.port;
    }
    // At Google and BambooHR there is one host for all.
    case 'google':
    case 'bamboohr':
      return true;
  }
}

function originOf(url: string | null | undefined): string | undefined {
  const typed = url?.trim() ?? '';
  return URL.canParse(typed) ? new URL(typed).origin : undefined;
}

const longestValue = 2_000;
const longestKeyFile = 20_000;

/** What a key file of a service account says; undefined where it is none. */
export interface ServiceAccountKey {
  readonly clientEmail: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly privateKey: string;
}

export function serviceAccountKeyOf(text: string): ServiceAccountKey | undefined {
  const file = jsonOf(text);
  const said = (name: string): string | undefined => {
    const value = file?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const clientEmail = said('client_email');
  const privateKey = said('private_key');
  if (said('type') !== 'service_account' || !clientEmail || !privateKey) return undefined;
  return { clientEmail, privateKey, clientId: said('client_id') ?? '', keyId: said('private_key_id') ?? '' };
}

function lookAtKey(text: string, { hasSecret }: SourcePreflightContext): SourceFinding[] {
  if (text.trim() === '') return hasSecret ? [] : [finding('stop', 'empty', 'key')];
  if (text.length > longestKeyFile) return [finding('stop', 'value_too_long', 'key')];
  const file = jsonOf(text);
  if (file === undefined) return [finding('stop', 'key_not_json', 'key')];
  if ('web' in file || 'installed' in file) return [finding('stop', 'key_of_oauth_client', 'key')];
  const key = serviceAccountKeyOf(text);
  if (key === undefined || !key.privateKey.includes('-----BEGIN')) {
    return [finding('stop', 'key_incomplete', 'key')];
  }
  return key.privateKey.includes('BEGIN RSA PRIVATE KEY') ? [finding('stop', 'key_is_old_form', 'key')] : [];
}

function lookAtAdmin(text: string): SourceFinding[] {
  const typed = text.trim();
  if (typed === '') return [finding('stop', 'empty', 'adminEmail')];
  if (typed.endsWith('.gserviceaccount.com')) return [finding('stop', 'service_email_pasted', 'adminEmail')];
  return isLikeEmail(typed) ? [] : [finding('stop', 'email_needed', 'adminEmail')];
}

const isLikeEmail = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(text);

const reportPath = '/ccx/service/';
const workdayHosts = [
  'workday.com',
  'myworkday.com',
  'myworkdaysuv.com',
  'myworkdaygov.com',
  'workdaygov.com',
];

function lookAtReport(
  field: 'usersUrl' | 'groupsUrl',
  text: string,
  { allowsLoopback }: SourcePreflightContext,
): SourceFinding[] {
  const typed = text.trim();
  if (typed === '') return [finding('stop', 'empty', field)];
  if (typed.length > longestValue) return [finding('stop', 'value_too_long', field)];
  if (!URL.canParse(typed)) return [finding('stop', 'not_an_address', field)];
  const url = new URL(typed);
  const mayLoop = allowsLoopback && isLoopbackName(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayLoop)) {
    const repair = url.protocol === 'http:' ? typed.replace(/^http:/i, 'https:') : null;
    return [finding('stop', 'not_https', field, {}, repair)];
  }
  if (url.username !== '' || url.password !== '') return [finding('stop', 'address_has_credentials', field)];
  if (!url.pathname.includes(reportPath)) {
    const isPage = url.pathname.endsWith('.htmld') || url.pathname.includes('/d/');
    return [finding('stop', isPage ? 'report_page_pasted' : 'not_a_report', field)];
  }
  const isKnown = workdayHosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  return isKnown || mayLoop ? [] : [finding('warn', 'host_unusual', field, { host: url.hostname })];
}

const isLoopbackName = (host: string): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].includes(host) || host.endsWith('.test');

function lookForOneReport({ usersUrl, groupsUrl }: { usersUrl: string; groupsUrl: string }): SourceFinding[] {
  const isOne = groupsUrl.trim() !== '' && pathOf(usersUrl) === pathOf(groupsUrl);
  return isOne ? [finding('stop', 'same_report_twice', 'groupsUrl')] : [];
}

const pathOf = (text: string): string => {
  const typed = text.trim();
  return URL.canParse(typed) ? new URL(typed).pathname : typed;
};

function lookAtUser({ userName, usersUrl }: { userName: string; usersUrl: string }): SourceFinding[] {
  const typed = userName.trim();
  if (typed === '') return [finding('stop', 'empty', 'userName')];
  if (typed.length > longestValue) return [finding('stop', 'value_too_long', 'userName')];
  const tenant = tenantOf(usersUrl);
  if (typed.includes('@') || tenant === undefined) return [];
  return [finding('warn', 'tenant_missing', 'userName', { tenant }, `${typed}@${tenant}`)];
}

/** `/ccx/service/customreport2/<tenant>/<owner>/<report>` */
function tenantOf(text: string): string | undefined {
  return /\/ccx\/service\/[^/]+\/([^/]+)\//.exec(pathOf(text))?.[1];
}

function lookAtCompany(text: string): SourceFinding[] {
  const typed = text.trim();
  if (typed === '') return [finding('stop', 'empty', 'company')];
  const host = URL.canParse(typed) ? new URL(typed).hostname : (typed.split('/')[0] ?? '');
  const named = /^([a-z0-9-]+)\.bamboohr\.com$/i.exec(host)?.[1];
  if (named !== undefined) return [finding('stop', 'company_is_address', 'company', {}, named.toLowerCase())];
  return /^[a-z0-9][a-z0-9-]{0,62}$/i.test(typed) ? [] : [finding('stop', 'company_unlikely', 'company')];
}

function lookAtApiKey(text: string, context: SourcePreflightContext): SourceFinding[] {
  const plain = lookAtSecret('apiKey', text, context);
  if (plain.length > 0 || text.trim() === '') return plain;
  return /^[0-9a-f]{40}$/i.test(text.trim()) ? [] : [finding('warn', 'api_key_unlikely', 'apiKey')];
}

function lookAtSecret(
  field: 'password' | 'apiKey',
  text: string,
  { hasSecret, isOfAnotherHost = false }: SourcePreflightContext,
): SourceFinding[] {
  if (text.trim() === '')
    return hasSecret ? [] : [finding('stop', isOfAnotherHost ? 'secret_of_another_host' : 'empty', field)];
  return text.length > longestValue ? [finding('stop', 'value_too_long', field)] : [];
}

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

function lookAtHost(text: string, { allowsLoopback }: SourcePreflightContext): SourceFinding[] {
  const typed = text.trim();
  if (typed === '') return [finding('stop', 'empty', 'host')];
  const inside = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?([^/:@]+)(?::\d*)?(?:\/.*)?$/i.exec(typed)?.[1];
  if (inside !== undefined && inside !== typed && hostName.test(inside)) {
    return [finding('stop', 'host_is_address', 'host', {}, inside.toLowerCase())];
  }
  if (!hostName.test(typed)) return [finding('stop', 'host_unlikely', 'host')];
  const mayLoop = allowsLoopback && isLoopbackName(typed);
  return /^[\d.]+$/.test(typed) && !mayLoop ? [finding('warn', 'host_is_number', 'host')] : [];
}

function lookAtPort(text: string, { allowsLoopback }: SourcePreflightContext): SourceFinding[] {
  const typed = text.trim();
  if (typed === '') return [finding('stop', 'empty', 'port')];
  const port = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  const isKnown = sftpPorts.includes(port) || (allowsLoopback && port > 0 && port < 65_536);
  return isKnown ? [] : [finding('stop', 'port_unusual', 'port', { ports: sftpPorts.join(', ') })];
}

/** A path as servers have them: no way up, nothing that no name holds. */
function lookAtFolder(text: string): SourceFinding[] {
  const typed = text.trim();
  const isUnlikely = typed.length > 500 || /[\0-\x1f\\]/.test(typed) || typed.split('/').includes('..');
  return isUnlikely ? [finding('stop', 'folder_unlikely', 'folder')] : [];
}

const lookForOurKey = ({ hasOurKey }: SourcePreflightContext): SourceFinding[] =>
  hasOurKey === true ? [] : [finding('stop', 'our_key_missing', 'key')];

function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? { ...read } : undefined;
  } catch {
    return undefined;
  }
}

function finding(
  severity: SourceFinding['severity'],
  code: SourceFindingCode,
  field: SourceField,
  facts: Readonly<Record<string, string>> = {},
  repair: string | null = null,
): SourceFinding {
  return { severity, code, field, facts, repair };
}
