import { decodeJwt, decodeProtectedHeader } from 'jose';
import { AnswerRefused, quoted, type OidcAnswer, type OidcTrust } from './verdict.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface ReadToken {
  readonly header: Fields;
  readonly claims: Fields;
}

/** The parts of an ID token, unverified. Throws `token_refused` for what is none. */
export function readIdToken(token: string): ReadToken {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch (cause) {
    throw new AnswerRefused('token_algorithm', 'token_refused', { reason: 'unreadable' }, { cause });
  }
}

const toleranceS = 60;
const oldestTokenS = 10 * 60;

/**
 * What an ID token must say (Core §3.1.3.7), in the order in which it is reported. Our own reading beside the library's,
 * because the library takes an `iat` of last year and of the next hour, and a foreign `azp` [OIDC-05] [OIDC-06]. Its
 * signature is verified elsewhere: nothing here makes a token good.
 */
export function judgeIdToken({ header, claims }: ReadToken, trust: OidcTrust, answer: OidcAnswer): void {
  const { server, clientId, tokenAlg } = trust;
  if (header['alg'] !== tokenAlg) {
    const facts = { expected: tokenAlg, received: quoted(header['alg']) };
    throw new AnswerRefused('token_algorithm', 'token_algorithm_refused', facts);
  }
  if (claims['iss'] !== server.issuer) {
    const facts = { expected: server.issuer, received: quoted(claims['iss']) };
    throw new AnswerRefused('token_issuer', 'token_issuer_differs', facts);
  }
  judgeAudience(claims, clientId);
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) {
    throw new AnswerRefused('token_subject', 'token_refused', { claim: 'sub' });
  }
  if (claims['nonce'] !== answer.pending.nonce) {
    throw new AnswerRefused('token_nonce', 'token_nonce_differs', { missing: claims['nonce'] === undefined });
  }
  judgeTimes(claims, answer);
}

function judgeAudience({ aud, azp }: Fields, clientId: string): void {
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const facts = { expected: clientId, received: audiences.slice(0, 10).map(quoted) };
  if (!audiences.includes(clientId)) {
    throw new AnswerRefused('token_audience', 'token_audience_differs', facts);
  }
  // With several audiences the token must say for whom it was made; where it says so, it must be us.
  const needsParty = audiences.length > 1;
  if ((azp === undefined && needsParty) || (azp !== undefined && azp !== clientId)) {
    const party = { ...facts, ...(azp !== undefined && { received: quoted(azp) }), field: 'azp' };
    throw new AnswerRefused('token_audience', 'token_audience_differs', party);
  }
}

function judgeTimes(claims: Fields, { now, startedAt, forceAuthn, provesAuthn }: OidcAnswer): void {
  const nowS = Math.floor(now.getTime() / 1000);
  const { iat, exp, nbf, auth_time: authTime } = claims;
  const instants: Record<string, unknown> = { exp, iat };
  for (const [field, value] of Object.entries(instants)) {
    if (!Number.isFinite(value)) {
      throw new AnswerRefused('token_times', 'token_refused', { claim: field });
    }
  }
  if (Number(exp) <= nowS - toleranceS) throw outOfTime('expired', 'exp', Number(exp), nowS);
  if (Number(iat) > nowS + toleranceS) throw outOfTime('not_yet_valid', 'iat', Number(iat), nowS);
  if (Number(iat) < nowS - oldestTokenS) throw outOfTime('expired', 'iat', Number(iat), nowS);
  if (typeof nbf === 'number' && nbf > nowS + toleranceS) throw outOfTime('not_yet_valid', 'nbf', nbf, nowS);
  if (provesAuthn && typeof authTime !== 'number') {
    throw new AnswerRefused('token_times', 'authn_time_missing', { field: 'auth_time' });
  }
  const isOld = typeof authTime === 'number' && authTime + toleranceS < startedAt.getTime() / 1000;
  if (forceAuthn && isOld) throw outOfTime('authn_too_old', 'auth_time', authTime, nowS);
}

function outOfTime(
  cause: 'expired' | 'not_yet_valid' | 'authn_too_old',
  field: string,
  received: number,
  nowS: number,
): AnswerRefused {
  return new AnswerRefused('token_times', cause, {
    field,
    expected: new Date(nowS * 1000).toISOString(),
    received: instantOf(received),
    differenceSeconds: Math.abs(Math.round(received - nowS)),
  });
}

function instantOf(seconds: number): string {
  const instant = new Date(seconds * 1000);
  return Number.isNaN(instant.getTime()) ? quoted(String(seconds)) : instant.toISOString();
}
