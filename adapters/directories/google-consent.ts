/** The consent of a Workspace admin to the vendor's own client at Google: the way there, and what comes back. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { googleScopes } from '../../onboarding/directory-sources.ts';
import type { Egress } from '../egress.ts';
import type { Secrets } from '../secrets.ts';
import { mintToken } from '../tokens.ts';
import { objectOf, textOf } from './ask-source.ts';
import { askToken, refusalOfToken } from './google-access.ts';
import type { GoogleClient, GoogleHosts } from './google-hosts.ts';
import { DirectoryRefused, type ReadingHands } from './reading.ts';

/** Whose consent is asked for: the answer counts for this session and this directory only. */
export interface ConsentFor {
  readonly sessionId: string;
  readonly directoryId: string;
}

const stateLifeMs = 15 * 60_000;

/**
 * The address of Google's consent page. The state is a token and its code under a key of ours over session, directory and
 * end, so that nothing has to be stored; the PKCE verifier is derived from it (RFC 7636).
 */
export function consentUrl(
  { secrets, hosts, client }: { secrets: Secrets; hosts: GoogleHosts; client: Pick<GoogleClient, 'id'> },
  consent: ConsentFor & { redirectUri: string; now: Date },
): string {
  const endsAt = Math.floor((consent.now.getTime() + stateLifeMs) / 1_000).toString(36);
  const keyId = secrets.writingKeyId;
  const named = [mintToken('vb_state_'), keyId, endsAt].join('.');
  const state = `${named}.${codeOf(secrets, keyId, ['state', named, consent.sessionId, consent.directoryId])}`;
  const url = new URL(hosts.authorize);
  url.search = new URLSearchParams({
    client_id: client.id,
    redirect_uri: consent.redirectUri,
    response_type: 'code',
    scope: googleScopes.join(' '),
    access_type: 'offline',
    prompt: 'consent',
    state: `${state}.${consent.directoryId}`,
    code_challenge: createHash('sha256')
      .update(verifierOf(secrets, keyId, named))
      .digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return url.href;
}

/**
 * The directory and the verifier of a state that this session was given and that has not ended; undefined for any other,
 * another session's among them.
 */
export function readConsentState(
  secrets: Secrets,
  state: string,
  { sessionId, now }: { sessionId: string; now: Date },
): { directoryId: string; verifier: string } | undefined {
  const [token = '', keyId = '', endsAt = '', code = '', directoryId = ''] = state.split('.');
  if (!secrets.keyIds.includes(keyId) || !/^[0-9a-z]{1,10}$/.test(endsAt)) return undefined;
  const named = [token, keyId, endsAt].join('.');
  const expected = codeOf(secrets, keyId, ['state', named, sessionId, directoryId]);
  if (!isSame(code, expected) || parseInt(endsAt, 36) * 1_000 <= now.getTime()) return undefined;
  return { directoryId, verifier: verifierOf(secrets, keyId, named) };
}

/** Exchanges the code for the token that lasts. Throws `DirectoryRefused`. */
export async function exchangeConsent(
  egress: Egress,
  hosts: GoogleHosts,
  client: GoogleClient,
  answer: { code: string; verifier: string; redirectUri: string },
  hands: ReadingHands,
): Promise<string> {
  const grant = {
    grant_type: 'authorization_code',
    code: answer.code,
    code_verifier: answer.verifier,
    redirect_uri: answer.redirectUri,
    client_id: client.id,
    client_secret: client.secret,
  };
  const exchanged = await askToken(egress, hosts, grant, hands);
  if (exchanged.status !== 200) throw refusalOfToken(exchanged, 'consent');
  const read = objectOf(exchanged);
  const refreshToken = textOf(read?.['refresh_token']);
  const granted = (textOf(read?.['scope']) ?? '').split(' ');
  // Each scope has a box of its own on Google's page, and it can be left empty.
  if (refreshToken === null || !googleScopes.every((scope) => granted.includes(scope))) {
    throw new DirectoryRefused('google_consent_incomplete');
  }
  return refreshToken;
}

/** What an error that came back instead of a code says (RFC 6749 §4.1.2.1, with Google's own). */
export function refusalOfConsent(error: string): DirectoryRefused {
  if (error === 'admin_policy_enforced' || error === 'org_internal') {
    return new DirectoryRefused('google_app_blocked');
  }
  return new DirectoryRefused('google_consent_refused');
}

const verifierOf = (secrets: Secrets, keyId: string, named: string): string =>
  codeOf(secrets, keyId, ['verifier', named]);

function codeOf(secrets: Secrets, keyId: string, parts: readonly string[]): string {
  const key = secrets.derive('directory-consent', keyId);
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
