import { exportJWK, exportPKCS8, generateKeyPair, SignJWT, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Egress, EgressRequest } from '../egress.ts';
import { createRelyingParty } from './relying-party.ts';
import { oidcChecks } from '../../onboarding/sign-in-checks.ts';
import type { OidcAnswer, OidcTrust } from './verdict.ts';

const issuer = 'https://idp.test';
const now = new Date('2026-11-25T12:00:00Z');
const nowS = now.getTime() / 1000;

async function aKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' };
  return { privateKey, jwk };
}

const first = await aKey('first');
const second = await aKey('second');

const trust = (change: Partial<OidcTrust> = {}, server: Partial<OidcTrust['server']> = {}): OidcTrust => ({
  connectionId: 'conn_1',
  organizationId: 'org_1',
  sandboxLoopback: false,
  server: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    userinfoEndpoint: `${issuer}/userinfo`,
    endSessionEndpoint: null,
    tokenAuthMethods: ['client_secret_basic'],
    tokenAlgs: ['ES256'],
    namesItself: false,
    ...server,
  },
  clientId: 'the client',
  clientAuth: { method: 'client_secret_post', secret: 'a secret' },
  tokenAlg: 'ES256',
  redirectUri: 'https://vestibule.test/callback',
  fetchesUserInfo: false,
  ...change,
});

const answer = (
  parameters: Record<string, string> | [string, string][] = { code: 'the code', state: 'state' },
): OidcAnswer => ({
  parameters: new URLSearchParams(parameters),
  pending: { state: 'state', nonce: 'nonce', verifier: 'v'.repeat(43), challenge: 'challenge' },
  startedAt: now,
  forceAuthn: false,
  provesAuthn: false,
  now,
});

const claims = {
  iss: issuer,
  aud: 'the client',
  sub: 'anna',
  nonce: 'nonce',
  iat: nowS,
  exp: nowS + 300,
  email: 'anna@acme.test',
};

interface Provider {
  readonly claims?: Record<string, unknown>;
  readonly signsWith?: typeof first;
  readonly kid?: string | undefined;
  /** Published at the first, second … look. */
  readonly keys?: readonly JWK[][];
  readonly tokenStatus?: number;
  readonly tokenBody?: (body: Record<string, unknown>) => unknown;
  readonly userInfo?: unknown;
  readonly userInfoStatus?: number;
  readonly headers?: Record<string, string>;
  readonly fails?: { readonly path: string; readonly error: Error };
}

/** A provider as egress shows it: what it answers at each address, and what it was asked. */
function aProvider(provider: Provider = {}) {
  const asked: { path: string; request: EgressRequest }[] = [];
  let looks = 0;
  async function bodyAt(path: string): Promise<{ status: number; body: unknown }> {
    if (path === '/jwks') {
      const sets = provider.keys ?? [[first.jwk]];
      const keys = sets[Math.min(looks, sets.length - 1)];
      looks += 1;
      return { status: 200, body: { keys } };
    }
    if (path === '/userinfo') {
      return {
        status: provider.userInfoStatus ?? 200,
        body: provider.userInfo ?? { sub: 'anna', groups: ['a'] },
      };
    }
    const key = provider.signsWith ?? first;
    const idToken = await new SignJWT({ ...claims, ...provider.claims })
      .setProtectedHeader({ alg: 'ES256', kid: provider.kid ?? key.jwk.kid })
      .sign(key.privateKey);
    const body = { access_token: 'an access token', token_type: 'Bearer', id_token: idToken };
    return { status: provider.tokenStatus ?? 200, body: provider.tokenBody?.(body) ?? body };
  }
  const egress: Egress = {
    async fetch(address, request) {
      const path = new URL(address).pathname;
      asked.push({ path, request });
      if (provider.fails?.path === path) throw provider.fails.error;
      const { status, body } = await bodyAt(path);
      return {
        status,
        headers: { 'content-type': 'application/json', ...provider.headers },
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        url: address,
      };
    },
  };
  return { asked, party: createRelyingParty({ egress, now: () => now }) };
}

const verdictOn = (provider: Provider = {}, given = answer(), trusted = trust()) =>
  aProvider(provider).party.verify(trusted, given);

const passedUpTo = (failed: string) =>
  oidcChecks
    .slice(0, oidcChecks.indexOf(failed as 'user_info') + 1)
    .map((check) => ({ check, passed: check !== failed }));
const refused = (check: string, cause: string, facts: object = {}) => ({
  ok: false,
  cause,
  facts,
  checks: passedUpTo(check),
});

describe('a good answer', () => {
  it('gives the claims, the key and every check [OIDC-05]', async () => {
    const { party, asked } = aProvider();

    const verdict = await party.verify(trust(), answer());

    expect(verdict).toMatchObject({
      ok: true,
      claims,
      keyId: 'first',
      checks: oidcChecks.map((check) => ({ check, passed: true })),
    });
    expect(asked.map(({ path }) => path)).toEqual(['/token', '/jwks']);
  });

  it('is judged by the clock that was handed in, whatever the machine’s says', async () => {
    const later = new Date('2036-11-25T12:00:00Z');
    const laterS = later.getTime() / 1000;
    const ahead = aProvider({ claims: { iat: laterS, exp: laterS + 300 } });
    const aboutOver = aProvider({ claims: { exp: nowS - 58 } });

    expect(await ahead.party.verify(trust(), { ...answer(), now: later, startedAt: later })).toMatchObject({
      ok: true,
    });
    expect(await aboutOver.party.verify(trust(), answer())).toMatchObject({ ok: true });
    for (const { asked } of [ahead, aboutOver]) {
      expect(asked.map(({ path }) => path)).toEqual(['/token', '/jwks']);
    }
  });

  it('comes over plain http in a sandbox that may use this machine, and nowhere else', async () => {
    const plain = { tokenEndpoint: 'http://idp.test/token', jwksUri: 'http://idp.test/jwks' };

    expect(await verdictOn({}, answer(), trust({ sandboxLoopback: true }, plain))).toMatchObject({
      ok: true,
    });
    expect(await verdictOn({}, answer(), trust({ sandboxLoopback: false }, plain))).toMatchObject({
      ok: false,
    });
  });

  it('is exchanged with the PKCE verifier, as the connection proves itself [OIDC-01] [OIDC-08]', async () => {
    const { party, asked } = aProvider();

    await party.verify(trust(), answer());

    const { request } = asked[0] ?? {};
    expect(request).toMatchObject({
      feature: 'token',
      organizationId: 'org_1',
      sandboxLoopback: false,
      method: 'POST',
    });
    expect(request?.headers).not.toHaveProperty('user-agent');
    expect(Object.fromEntries(new URLSearchParams(String(request?.body)))).toEqual({
      grant_type: 'authorization_code',
      code: 'the code',
      redirect_uri: 'https://vestibule.test/callback',
      code_verifier: 'v'.repeat(43),
      client_id: 'the client',
      client_secret: 'a secret',
    });
  });

  it('is exchanged with a secret in its header, or with a key of ours [OIDC-08]', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const privateKeyPem = await exportPKCS8(privateKey);
    const basic = aProvider();
    const byKey = aProvider();
    const forEndpoint = aProvider();

    await basic.party.verify(
      trust({ clientAuth: { method: 'client_secret_basic', secret: 'a secret' } }),
      answer(),
    );
    await byKey.party.verify(
      trust({ clientAuth: { method: 'private_key_jwt', privateKeyPem, keyId: 'ours' } }),
      answer(),
    );

    await forEndpoint.party.verify(
      trust({
        clientAuth: { method: 'private_key_jwt', privateKeyPem, keyId: 'ours', audience: `${issuer}/token` },
      }),
      answer(),
    );
    const assertionOf = ({ asked }: typeof byKey) => {
      const form = new URLSearchParams(String(asked[0]?.request.body));
      return (form.get('client_assertion') ?? '')
        .split('.')
        .slice(0, 2)
        .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    };

    expect(basic.asked[0]?.request.headers?.['authorization']).toMatch(/^Basic /);
    expect(assertionOf(byKey)).toMatchObject([{ alg: 'RS256', kid: 'ours' }, { aud: issuer }]);
    expect(assertionOf(forEndpoint)).toMatchObject([
      { alg: 'RS256', kid: 'ours' },
      { aud: `${issuer}/token`, sub: 'the client' },
    ]);
  });

  it('leaves a trail without codes, tokens or secrets [OIDC-07]', async () => {
    const { trail } = await verdictOn({ claims: { long: 'x'.repeat(2001), at_hash: 'x' } });

    expect(trail).toEqual([
      {
        kind: 'authorization_response',
        at: now.toISOString(),
        parameters: { code: '(kept back)', state: '(kept back)' },
      },
      {
        kind: 'token_request',
        at: now.toISOString(),
        url: `${issuer}/token`,
        parameters: {
          grant_type: 'authorization_code',
          client_id: 'the client',
          redirect_uri: 'https://vestibule.test/callback',
          client_authentication: 'client_secret_post',
          code: '(kept back)',
          code_verifier: '(kept back)',
        },
      },
      {
        kind: 'token_response',
        at: now.toISOString(),
        status: 200,
        fields: ['access_token', 'token_type', 'id_token'],
      },
      {
        kind: 'id_token',
        at: now.toISOString(),
        header: { alg: 'ES256', kid: 'first' },
        claims: {
          iss: issuer,
          aud: 'the client',
          sub: 'anna',
          iat: nowS,
          exp: nowS + 300,
          email: 'anna@acme.test',
          long: `"${'x'.repeat(2001)}"`.slice(1, 501),
        },
      },
    ]);
  });
});

describe('what a trail shows of claims [OIDC-07]', () => {
  const shownOf = async (more: Record<string, unknown>) => {
    const { trail } = await verdictOn({ claims: more });
    return trail.find(({ kind }) => kind === 'id_token')?.['claims'] as Record<string, unknown>;
  };

  it('is short: sixty of them, with names and values cut', async () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, at) => [`c${at}`, at]));
    const long = 'n'.repeat(150);

    expect(Object.keys(await shownOf(many))).toHaveLength(60);
    expect(Object.keys(await shownOf({ [long]: 1 }))).toContain('n'.repeat(100));
    expect((await shownOf({ whole: 'x'.repeat(1998) }))['whole']).toBe('x'.repeat(1998));
  });

  it('leaves out what an answer or a code would be recognised by', async () => {
    const shown = await shownOf({ c_hash: 'x', at_hash: 'y' });

    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining([expect.stringMatching(/_hash$|nonce/)]));
  });
});

describe('the provider names itself [OIDC-03]', () => {
  const named = (...issuers: string[]) =>
    answer([
      ['code', 'the code'],
      ['state', 'state'],
      ...issuers.map((iss): [string, string] => ['iss', iss]),
    ]);
  const differs = (received: string) =>
    refused('answer_issuer', 'answer_issuer_differs', { expected: issuer, received });

  it('rightly where it does, and it must where it says that it does', async () => {
    expect(await verdictOn({}, named(issuer))).toMatchObject({ ok: true });
    expect(await verdictOn({}, named(issuer), trust({}, { namesItself: true }))).toMatchObject({ ok: true });
    expect(await verdictOn({}, named(), trust({}, { namesItself: true }))).toMatchObject(differs(''));
  });

  it.each([
    ['another', ['https://evil.test'], 'https://evil.test'],
    ['two', [issuer, issuer], issuer],
    ['ours and another', [issuer, 'https://evil.test'], issuer],
  ])('and as nobody else: %s', async (_name, issuers, received) => {
    const { party, asked } = aProvider();

    expect(await party.verify(trust(), named(...issuers))).toMatchObject(differs(received));
    expect(asked).toEqual([]);
  });
});

describe('an answer is a code and nothing else [OIDC-01]', () => {
  it.each([
    ['no code', { state: 'state' }],
    ['an empty code', { code: '', state: 'state' }],
    ['an ID token', { code: 'c', state: 'state', id_token: 'x' }],
    ['a token', { code: 'c', state: 'state', token: 'x' }],
    ['an access token', { code: 'c', state: 'state', access_token: 'x' }],
    ['a response', { code: 'c', state: 'state', response: 'x' }],
    [
      'two codes',
      [
        ['code', 'a'],
        ['code', 'b'],
        ['state', 'state'],
      ] as [string, string][],
    ],
  ])('not %s', async (_name, parameters) => {
    const { party, asked } = aProvider();

    expect(await party.verify(trust(), answer(parameters))).toMatchObject(
      refused('answer_success', 'provider_error', { code: 'no_code', message: 'no code came' }),
    );
    expect(asked).toEqual([]);
  });

  it('or an error, with what the provider said', async () => {
    expect(
      await verdictOn({}, answer({ error: 'access_denied', error_description: 'not assigned' })),
    ).toMatchObject(
      refused('answer_success', 'provider_error', { code: 'access_denied', message: 'not assigned' }),
    );
    expect(await verdictOn({}, answer({ error: 'access_denied' }))).toMatchObject({
      facts: { message: 'access_denied' },
    });
  });

  it('whose card holds twenty fields at most, each short, and no token', async () => {
    const fields = Array.from({ length: 30 }, (_, at): [string, string] => [
      `f${at}`.padEnd(70, 'x'),
      'y'.repeat(600),
    ]);
    const { trail } = await verdictOn({}, answer([['id_token', 'x.y.z'], ['session_state', 's'], ...fields]));
    const others = await verdictOn({}, answer({ access_token: 'x', token: 'y', response: 'z' }));

    const parameters = Object.entries(trail[0]?.['parameters'] ?? {});
    expect(parameters).toHaveLength(20);
    expect(parameters.slice(0, 3)).toEqual([
      ['id_token', '(kept back)'],
      ['session_state', '(kept back)'],
      ['f0'.padEnd(60, 'x'), 'y'.repeat(500)],
    ]);
    expect(Object.values(others.trail[0]?.['parameters'] ?? {})).toEqual(Array(3).fill('(kept back)'));
  });
});

describe('the exchange', () => {
  it.each([
    ['invalid_client', 'client_refused'],
    ['unauthorized_client', 'client_refused'],
    ['invalid_grant', 'code_refused'],
    ['invalid_request', 'token_answer_refused'],
  ])('refused with %s is %s, with what the provider said', async (error, cause) => {
    const tokenBody = () => ({ error, error_description: 'because' });

    expect(await verdictOn({ tokenStatus: 400, tokenBody })).toMatchObject(
      refused('code_exchange', cause, { code: error, message: 'because', status: 400 }),
    );
  });

  it('refused leaves what was said in the trail, and twenty names of fields at most [OIDC-07]', async () => {
    const more = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, at]));
    const tokenBody = () => ({ error: 'invalid_grant', error_description: 'because', ...more });
    const { trail } = await verdictOn({ tokenStatus: 400, tokenBody });
    const card = trail.find(({ kind }) => kind === 'token_response');

    expect(card).toMatchObject({ status: 400, error: 'invalid_grant', error_description: 'because' });
    expect(card?.['fields']).toHaveLength(20);
  });

  it('refused signs nobody in by the ID token that came with the refusal [OIDC-05]', async () => {
    for (const token of [{}, { id_token: 'no token' }]) {
      const tokenBody = (body: Record<string, unknown>) => ({ ...body, ...token, error: 'invalid_grant' });

      expect(await verdictOn({ tokenStatus: 400, tokenBody })).toMatchObject({
        ok: false,
        cause: 'code_refused',
        checks: passedUpTo('code_exchange'),
      });
    }
  });

  it('refused without a description is told by its name', async () => {
    const tokenBody = () => ({ error: 'invalid_grant' });

    expect(await verdictOn({ tokenStatus: 400, tokenBody })).toMatchObject({
      facts: { message: 'invalid_grant' },
    });
  });

  it('refused by a challenge is a refusal of the client', async () => {
    const challenged = (header: string) =>
      verdictOn({ tokenStatus: 401, tokenBody: () => 'no', headers: { 'www-authenticate': header } });

    expect(await challenged('Basic error="invalid_client", error_description="wrong"')).toMatchObject(
      refused('code_exchange', 'client_refused', { code: 'invalid_client', message: 'wrong', status: 401 }),
    );
    expect(await challenged('Basic realm="x"')).toMatchObject({
      cause: 'client_refused',
      facts: { code: 'unauthorized', message: 'unauthorized' },
    });
  });

  it('without an ID token is refused', async () => {
    const tokenBody = ({ id_token: _idToken, ...body }: Record<string, unknown>) => body;

    expect(await verdictOn({ tokenBody })).toMatchObject({ ok: false, cause: 'token_answer_refused' });
  });

  it.each([
    ['no JSON', 'OAUTH_PARSE_ERROR'],
    ['[]', 'OAUTH_INVALID_RESPONSE'],
    ['"text"', 'OAUTH_INVALID_RESPONSE'],
    ['null', 'OAUTH_INVALID_RESPONSE'],
    ['{"access_token":"a","token_type":"Bearer","id_token":7}', 'OAUTH_INVALID_RESPONSE'],
  ])('that answers %s is refused, by what the library calls it', async (body, reason) => {
    const verdict = await verdictOn({ tokenBody: () => body });

    expect(verdict).toMatchObject(refused('code_exchange', 'token_answer_refused', { reason }));
    const fields = body.startsWith('{') ? ['access_token', 'token_type', 'id_token'] : [];
    expect(verdict.trail.find(({ kind }) => kind === 'token_response')).toMatchObject({ fields });
  });

  it.each([204, 304])('that answers %d, which has no body, is refused', async (tokenStatus) => {
    expect(await verdictOn({ tokenStatus, tokenBody: () => 'x' })).toMatchObject(
      refused('code_exchange', 'token_answer_refused', { reason: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }),
    );
  });

  it.each([
    ['A_NAME', 'A_NAME'],
    [7, 'unreadable'],
  ])('that ends with an error whose code is %j is told as %s', async (code, reason) => {
    const error = Object.assign(new Error('broken'), { code });

    expect(await verdictOn({ fails: { path: '/token', error } })).toMatchObject(
      refused('code_exchange', 'token_answer_refused', { reason }),
    );
  });

  it.each(['egress_refused', 'too_many_requests'] as const)(
    'that our %s ends is no fault of the answer',
    async (code) => {
      const error = new OnboardingError(code, { host: 'idp.test' });

      expect(await verdictOn({ fails: { path: '/token', error } })).toMatchObject(
        refused('code_exchange', 'provider_unreachable', { host: 'idp.test' }),
      );
    },
  );

  it.each([
    ['a token of a kind that we do not speak', { token_type: 'mac' }],
    ['no access token', { access_token: undefined }],
    ['a life that is no number', { expires_in: 'soon' }],
  ])('with %s stays refused beside a good ID token, at every try [OIDC-05]', async (_name, changed) => {
    const tokenBody = (body: Record<string, unknown>) => ({ ...body, ...changed });
    const { party, asked } = aProvider({ tokenBody });

    for (const verdict of [await party.verify(trust(), answer()), await party.verify(trust(), answer())]) {
      expect(verdict).toMatchObject({
        ok: false,
        cause: 'token_answer_refused',
        checks: passedUpTo('code_exchange'),
      });
    }
    expect(asked.map(({ path }) => path)).toEqual(['/token', '/token']);
  });

  it('is made at addresses as the provider writes them, with capitals and a port that nobody needs', async () => {
    const written = { tokenEndpoint: 'https://IDP.test:443/token', jwksUri: 'https://IDP.test/jwks' };
    const { party, asked } = aProvider();

    expect(await party.verify(trust({}, written), answer())).toMatchObject({ ok: true, keyId: 'first' });
    expect(asked.map(({ path, request }) => [path, request.feature])).toEqual([
      ['/token', 'token'],
      ['/jwks', 'jwks'],
    ]);
  });

  it('that an error of ours ends is told to nobody as the provider’s', async () => {
    const error = new OnboardingError('body_too_large');

    await expect(verdictOn({ fails: { path: '/token', error } })).rejects.toBe(error);
  });
});

describe('the ID token', () => {
  it.each([
    ['another issuer', { iss: 'https://evil.test' }, 'token_issuer', 'token_issuer_differs'],
    ['another audience', { aud: 'other' }, 'token_audience', 'token_audience_differs'],
    ['another nonce', { nonce: 'other' }, 'token_nonce', 'token_nonce_differs'],
    ['an end that is past', { exp: nowS - 90 }, 'token_times', 'expired'],
    ['an issue of a year ago', { iat: nowS - 31_536_000 }, 'token_times', 'expired'],
    ['an issue in the next hour', { iat: nowS + 3600 }, 'token_times', 'not_yet_valid'],
    ['a foreign party', { azp: 'other' }, 'token_audience', 'token_audience_differs'],
  ])('with %s is refused [OIDC-05]', async (_name, changed, check, cause) => {
    expect(await verdictOn({ claims: changed })).toMatchObject({
      ok: false,
      cause,
      checks: passedUpTo(check),
    });
  });

  it('by a key that nobody publishes is refused after one look again [OIDC-06]', async () => {
    const { party, asked } = aProvider({ signsWith: second });

    const verdicts = [await party.verify(trust(), answer()), await party.verify(trust(), answer())];

    for (const verdict of verdicts) {
      expect(verdict).toMatchObject(
        refused('token_signature', 'token_unknown_key', { keyId: 'second', keys: 1 }),
      );
    }
    expect(asked.filter(({ path }) => path === '/jwks')).toHaveLength(2);
    expect(verdicts.map(({ trail }) => trail.some(({ kind }) => kind === 'keys_fetched_again'))).toEqual([
      true,
      false,
    ]);
  });

  it('by a key with a long name, or with none, is told all the same', async () => {
    const facts = async (kid: string | undefined) => {
      const verdict = await verdictOn({ signsWith: second, kid });
      return verdict.ok ? undefined : verdict.facts;
    };

    expect(await facts('k'.repeat(300))).toEqual({ keyId: 'k'.repeat(200), keys: 1 });
    expect(await facts('')).toMatchObject({ keyId: '' });
    expect(await facts(7 as never)).toMatchObject({ keyId: '' });
  });

  it('by another key of the published name is no fit [OIDC-06]', async () => {
    expect(await verdictOn({ signsWith: second, kid: 'first' })).toMatchObject(
      refused('token_signature', 'token_signature_invalid', { keyId: 'first', keys: 1 }),
    );
  });

  it('by a key that was published meanwhile is verified with it, without a second exchange [OIDC-06]', async () => {
    const { party, asked } = aProvider({ signsWith: second, keys: [[first.jwk], [first.jwk, second.jwk]] });

    const verdict = await party.verify(trust(), answer());

    expect(verdict).toMatchObject({ ok: true, keyId: 'second' });
    expect(asked.map(({ path }) => path)).toEqual(['/token', '/jwks', '/jwks']);
    expect(verdict.trail).toContainEqual({
      kind: 'keys_fetched_again',
      at: now.toISOString(),
      url: `${issuer}/jwks`,
      keys: 2,
    });
  });

  it('whose keys cannot be fetched is not verified', async () => {
    const error = new OnboardingError('egress_refused', { host: 'idp.test' });

    expect(await verdictOn({ fails: { path: '/jwks', error } })).toMatchObject({
      ok: false,
      cause: 'provider_unreachable',
      checks: passedUpTo('token_signature'),
    });
  });
});

describe('user info [OIDC-07]', () => {
  it('is fetched where the connection wants it, and completes the ID token without changing it', async () => {
    const userInfo = { sub: 'anna', groups: ['a'], email: 'boss@acme.test' };
    const { party, asked } = aProvider({ userInfo });

    const verdict = await party.verify(trust({ fetchesUserInfo: true }), answer());

    expect(verdict).toMatchObject({ ok: true, claims: { ...claims, groups: ['a'] } });
    expect(asked.at(-1)).toMatchObject({
      path: '/userinfo',
      request: { method: 'GET', headers: { authorization: 'Bearer an access token' } },
    });
    expect(verdict.trail.at(-1)).toEqual({ kind: 'user_info', at: now.toISOString(), claims: userInfo });
    expect(verdict.trail.map(({ kind }) => kind)).toEqual([
      ...['authorization_response', 'token_request', 'token_response', 'id_token', 'user_info'],
    ]);
  });

  it('is fetched where the ID token has no e-mail', async () => {
    const { party, asked } = aProvider({ claims: { email: undefined } });

    expect(await party.verify(trust(), answer())).toMatchObject({ ok: true, claims: { groups: ['a'] } });
    expect(asked.map(({ path }) => path)).toContain('/userinfo');
  });

  it('is not asked for where the provider has none', async () => {
    const given = trust({ fetchesUserInfo: true }, { userinfoEndpoint: null });

    expect(await verdictOn({}, answer(), given)).toMatchObject({ ok: true, claims });
  });

  it('of somebody else is refused', async () => {
    const given = trust({ fetchesUserInfo: true });

    expect(await verdictOn({ userInfo: { sub: 'boss' } }, answer(), given)).toMatchObject({
      ok: false,
      cause: 'user_info_refused',
      checks: passedUpTo('user_info'),
    });
  });

  it('that is refused is told as such', async () => {
    const given = trust({ fetchesUserInfo: true });
    const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };

    expect(await verdictOn({ userInfoStatus: 401, userInfo: 'no', headers }, answer(), given)).toMatchObject({
      cause: 'user_info_refused',
    });
    expect(await verdictOn({ userInfoStatus: 500, userInfo: 'no' }, answer(), given)).toMatchObject({
      cause: 'user_info_refused',
    });
  });
});
