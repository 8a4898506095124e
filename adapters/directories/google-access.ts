import { importPKCS8, SignJWT } from 'jose';
import { googleScopes, type GoogleSettings } from '../../onboarding/directory-sources.ts';
import type { Egress, EgressAnswer } from '../egress.ts';
import { askSource, objectOf, textOf } from './ask-source.ts';
import { isBusyAtGoogle } from './google-answers.ts';
import type { GoogleClient, GoogleHosts } from './google-hosts.ts';
import { DirectoryRefused, type ReadingHands } from './reading.ts';

export interface GoogleAccess {
  readonly settings: GoogleSettings;
  /** The service account's private key, or the refresh token of the consent. */
  readonly secret: string;
  /** The vendor's own client at Google, by which admins consent; null where there is none. */
  readonly client: GoogleClient | null;
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * An access token for an hour's reading, by the key of a service account that speaks for an admin (RFC 7523), or by what an
 * admin consented to (RFC 6749 §6). Throws `DirectoryRefused` with what has to be mended.
 */
export async function fetchGoogleToken(
  egress: Egress,
  hosts: GoogleHosts,
  access: GoogleAccess,
  hands: ReadingHands,
): Promise<string> {
  const answer = await askToken(egress, hosts, await grantOf(access, hosts, hands.now()), hands);
  const token = textOf(objectOf(answer)?.['access_token']);
  if (answer.status === 200 && token !== null) return token;
  throw refusalOfToken(answer, access.settings.way);
}

/** Asks the token endpoint, whatever the grant. */
export function askToken(
  egress: Egress,
  { token }: GoogleHosts,
  grant: Readonly<Record<string, string>>,
  hands: ReadingHands,
): Promise<EgressAnswer> {
  const question = {
    url: token,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(grant).toString(),
  } as const;
  return askSource(egress, hands, question, isBusyAtGoogle);
}

async function grantOf(
  { settings, secret, client }: GoogleAccess,
  hosts: GoogleHosts,
  now: Date,
): Promise<Readonly<Record<string, string>>> {
  if (settings.way === 'service_account') {
    return { grant_type: jwtBearer, assertion: await signedAssertion(settings, secret, hosts, now) };
  }
  if (client === null) throw new DirectoryRefused('google_client_refused');
  return {
    grant_type: 'refresh_token',
    refresh_token: secret,
    client_id: client.id,
    client_secret: client.secret,
  };
}

async function signedAssertion(
  { clientEmail, adminEmail, keyId }: Extract<GoogleSettings, { way: 'service_account' }>,
  secret: string,
  { token }: GoogleHosts,
  now: Date,
): Promise<string> {
  const key = await importPKCS8(secret, 'RS256').catch((cause: unknown) => {
    throw new DirectoryRefused('google_key_refused', {}, { cause });
  });
  const issuedAt = Math.floor(now.getTime() / 1_000);
  return new SignJWT({ scope: googleScopes.join(' ') })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId === '' ? {} : { kid: keyId }) })
    .setIssuer(clientEmail)
    .setSubject(adminEmail)
    .setAudience(token)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 3_600)
    .sign(key);
}

/** What the token endpoint's error says has to be mended (RFC 6749 §5.2, with Google's own descriptions). */
export function refusalOfToken(answer: EgressAnswer, way: GoogleSettings['way']): DirectoryRefused {
  const said = objectOf(answer);
  const error = textOf(said?.['error']) ?? '';
  const description = (textOf(said?.['error_description']) ?? '').toLowerCase();
  if (answer.status >= 500) return new DirectoryRefused('source_away');
  switch (error) {
    case 'invalid_grant':
      return new DirectoryRefused(way === 'consent' ? 'google_consent_ended' : grantRefusal(description));
    case 'unauthorized_client':
      return new DirectoryRefused(way === 'consent' ? 'google_client_refused' : 'google_delegation_missing');
    case 'access_denied':
      return new DirectoryRefused(way === 'consent' ? 'google_consent_refused' : 'google_delegation_missing');
    case 'invalid_client':
      return new DirectoryRefused(way === 'consent' ? 'google_client_refused' : 'google_account_gone');
    case 'invalid_scope':
      return new DirectoryRefused('google_delegation_missing');
    case 'admin_policy_enforced':
    case 'org_internal':
      return new DirectoryRefused('google_app_blocked');
    default:
      return new DirectoryRefused('answer_unreadable', { status: answer.status });
  }
}

/** Of a service account: whose fault the assertion's refusal is. */
function grantRefusal(description: string) {
  if (description.includes('user id')) return 'google_admin_unknown';
  return description.includes('account not found') ? 'google_account_gone' : 'google_key_refused';
}
