import { describe, expect, it } from 'vitest';
import { OnboardingError } from '../../onboarding/errors.ts';
import {
  answer,
  aProvider,
  claims,
  first,
  issuer,
  now,
  nowS,
  passedUpTo,
  refused,
  second,
  trust,
  verdictOn,
} from '../../test/support/oidc-verdicts.ts';

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

  it('by a key that was published right after one that nobody knows is verified with it [OIDC-06]', async () => {
    const keys = [[first.jwk], [first.jwk], [first.jwk, second.jwk]];
    const provider = { signsWith: second, kid: 'nobodys', keys };
    const { party } = aProvider(provider);
    expect(await party.verify(trust(), answer())).toMatchObject({ ok: false, cause: 'token_unknown_key' });
    provider.kid = 'second';

    expect(await party.verify(trust(), answer())).toMatchObject({ ok: true, keyId: 'second' });
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
      'authorization_response',
      'token_request',
      'token_response',
      'id_token',
      'user_info',
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
