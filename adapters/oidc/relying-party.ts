import * as client from 'openid-client';
import { oidcChecks } from '../../onboarding/sign-in-checks.ts';
import type { Egress } from '../egress.ts';
import { fetchThrough, type TokenAnswer } from './fetch-through.ts';
import { judgeIdToken, readIdToken } from './id-token.ts';
import { createKeySets } from './key-sets.ts';
import { proofOf } from './prove-client.ts';
import { asRefusal } from './refusals.ts';
import { fitOf } from './token-signature.ts';
import {
  AnswerRefused,
  quoted,
  type Claims,
  type OidcAnswer,
  type OidcCheck,
  type OidcTrust,
  type OidcVerdict,
  type TrailCard,
} from './verdict.ts';

export type RelyingParty = ReturnType<typeof createRelyingParty>;

/**
 * Exchanges and verifies answers of OpenID Connect. The library does the protocol; what it leaves open is judged here
 * [OIDC-05] [OIDC-06]. Every request goes through `egress`. Tokens are gone when the verdict is there [OIDC-07].
 */
export function createRelyingParty({ egress, now }: { egress: Egress; now: () => Date }) {
  const keySets = createKeySets({ egress, now });

  /** One answer on its way to a verdict. */
  async function redeem(trust: OidcTrust, answer: OidcAnswer, trail: TrailCard[]): Promise<Redeemed> {
    judgeAnswer(trust, answer.parameters);
    const seen: TokenAnswer = {
      idToken: undefined,
      accessToken: undefined,
      wantsKeys: false,
      keys: undefined,
    };
    const config = await configure(trust, answer, fetchThrough({ egress, keySets, now }, trust, trail, seen));
    try {
      await exchange(config, trust, answer);
    } catch (error) {
      await judgeAgain(error, trust, answer, trail, seen);
    }
    if (seen.idToken === undefined) {
      throw new AnswerRefused('code_exchange', 'token_answer_refused', { reason: 'no_id_token' });
    }
    const { header, claims: read } = readIdToken(seen.idToken);
    judgeIdToken({ header, claims: read }, trust, answer);
    const claims = read as Claims;
    trail.push({ kind: 'id_token', at: now().toISOString(), header, claims: shown(claims) });
    const more = await userInfoOf(config, trust, claims, seen.accessToken, trail);
    return { claims: { ...more, ...claims }, keyId: keyIdOf(header) };
  }

  /**
   * After the library has refused: its code is spent, so the exchange cannot be done again. What came is read by
   * ourselves, for a reason that people understand; a token that nothing but its key stands against is verified once
   * more with the keys of this moment [OIDC-06]. What else the library holds against the answer stays held.
   */
  async function judgeAgain(
    error: unknown,
    trust: OidcTrust,
    answer: OidcAnswer,
    trail: TrailCard[],
    { idToken, wantsKeys, keys: seen }: TokenAnswer,
  ): Promise<void> {
    if (idToken === undefined) throw asRefusal('code_exchange', error);
    const token = readIdToken(idToken);
    judgeIdToken(token, trust, answer);
    if (!wantsKeys) throw asRefusal('code_exchange', error);
    const source = { ...trust, jwksUri: trust.server.jwksUri };
    try {
      const fresh = await keySets.lookAgain(source, { seen, keyId: keyIdOf(token.header) });
      const keys = fresh ?? (await keySets.get(source));
      if (fresh) trail.push(keysCard(fresh.keys.length, trust, now()));
      const fit = await fitOf(idToken, keys, trust, answer);
      if (fresh && fit === 'fits') return;
      const reason = fit === 'no_key' ? 'token_unknown_key' : 'token_signature_invalid';
      const facts = { keyId: keyIdOf(token.header) ?? '', keys: keys.keys.length };
      throw new AnswerRefused('token_signature', reason, facts, { cause: error });
    } catch (cause) {
      throw asRefusal('token_signature', cause);
    }
  }

  /** UserInfo where it is wanted, or where the ID token carries no e-mail; `sub` must be the same [OIDC-07]. */
  async function userInfoOf(
    config: client.Configuration,
    { fetchesUserInfo, server }: OidcTrust,
    claims: Claims,
    accessToken: string | undefined,
    trail: TrailCard[],
  ): Promise<Readonly<Record<string, unknown>>> {
    const isWanted = fetchesUserInfo || claims['email'] === undefined;
    if (!isWanted || server.userinfoEndpoint === null || accessToken === undefined) return {};
    try {
      const found = await client.fetchUserInfo(config, accessToken, claims.sub);
      trail.push({ kind: 'user_info', at: now().toISOString(), claims: shown(found) });
      return found;
    } catch (error) {
      throw asRefusal('user_info', error);
    }
  }

  return {
    /** Never throws for what a provider did; only `too_many_requests` and errors of our own pass through. */
    async verify(trust: OidcTrust, answer: OidcAnswer): Promise<OidcVerdict> {
      const trail = [answerCard(answer)];
      try {
        const redeemed = await redeem(trust, answer, trail);
        return { ok: true, ...redeemed, checks: passedUpTo(undefined), trail };
      } catch (error) {
        if (!(error instanceof AnswerRefused)) throw error;
        const { check, reason: cause, facts } = error;
        return { ok: false, cause, facts, checks: passedUpTo(check), trail };
      }
    },
  };
}

interface Redeemed {
  readonly claims: Claims;
  readonly keyId: string | null;
}

/** The provider must name itself where it says that it does, and in any case rightly [OIDC-03] (RFC 9207 §2.4). */
function judgeAnswer({ server }: OidcTrust, parameters: URLSearchParams): void {
  const issuers = parameters.getAll('iss');
  const isRight = issuers.length === 0 ? !server.namesItself : issuers.every((iss) => iss === server.issuer);
  if (!isRight || issuers.length > 1) {
    const facts = { expected: server.issuer, received: quoted(issuers[0]) };
    throw new AnswerRefused('answer_issuer', 'answer_issuer_differs', facts);
  }
  const error = parameters.get('error');
  if (error !== null) {
    const message = quoted(parameters.get('error_description') ?? error);
    throw new AnswerRefused('answer_success', 'provider_error', { code: quoted(error), message });
  }
  const names = ['code', 'id_token', 'token', 'access_token', 'response'];
  const isCode = names.every((name) => parameters.getAll(name).length === (name === 'code' ? 1 : 0));
  if (!isCode || parameters.get('code') === '') {
    // Implicit and hybrid answers are refused whole [OIDC-01].
    throw new AnswerRefused('answer_success', 'provider_error', { code: 'no_code', message: 'no code came' });
  }
}

async function configure(
  trust: OidcTrust,
  { now }: OidcAnswer,
  throughEgress: client.CustomFetch,
): Promise<client.Configuration> {
  const { server, clientId, tokenAlg } = trust;
  const config = new client.Configuration(
    {
      issuer: server.issuer,
      authorization_endpoint: server.authorizationEndpoint,
      token_endpoint: server.tokenEndpoint,
      jwks_uri: server.jwksUri,
      authorization_response_iss_parameter_supported: server.namesItself,
      ...(server.userinfoEndpoint === null ? {} : { userinfo_endpoint: server.userinfoEndpoint }),
    },
    clientId,
    {
      id_token_signed_response_alg: tokenAlg,
      // The library reads the machine's clock; ours is the one that was handed in.
      [client.clockSkew]: Math.round((now.getTime() - performance.timeOrigin - performance.now()) / 1000),
      [client.clockTolerance]: 60,
    },
    await proofOf(trust.clientAuth),
  );
  config[client.customFetch] = throughEgress;
  client.enableNonRepudiationChecks(config);
  // `egress` lets plain http through to this machine only, and only where the operator's switch allows it.
  if (trust.sandboxLoopback) client.allowInsecureRequests(config);
  return config;
}

function exchange(
  config: client.Configuration,
  { redirectUri }: OidcTrust,
  { parameters, pending }: OidcAnswer,
) {
  const current = new URL(redirectUri);
  for (const [name, value] of parameters) current.searchParams.append(name, value);
  return client.authorizationCodeGrant(config, current, {
    pkceCodeVerifier: pending.verifier,
    expectedState: pending.state,
    expectedNonce: pending.nonce,
    idTokenExpected: true,
  });
}

function keyIdOf({ kid }: Readonly<Record<string, unknown>>): string | null {
  return typeof kid === 'string' ? quoted(kid.slice(0, 200)) : null;
}

function passedUpTo(failed: OidcCheck | undefined) {
  const end = failed === undefined ? oidcChecks.length : oidcChecks.indexOf(failed) + 1;
  return oidcChecks.slice(0, end).map((check) => ({ check, passed: check !== failed }));
}

const hidden = ['code', 'state', 'id_token', 'access_token', 'token', 'response', 'session_state'];

function answerCard({ parameters, now }: OidcAnswer): TrailCard {
  const fields = [...parameters].slice(0, 20);
  return {
    kind: 'authorization_response',
    at: now.toISOString(),
    parameters: Object.fromEntries(
      fields.map(([name, value]) => [
        name.slice(0, 60),
        hidden.includes(name) ? '(kept back)' : quoted(value),
      ]),
    ),
  };
}

function keysCard(count: number, { server }: OidcTrust, at: Date): TrailCard {
  return { kind: 'keys_fetched_again', at: at.toISOString(), url: server.jwksUri, keys: count };
}

/** Without what an answer would be recognised by, and not at any length. */
function shown(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(claims).filter(([name]) => !['nonce', 'at_hash', 'c_hash'].includes(name));
  return Object.fromEntries(kept.slice(0, 60).map(([name, value]) => [name.slice(0, 100), short(value)]));
}

const short = (value: unknown) => (JSON.stringify(value)?.length > 2000 ? quoted(value) : value);
