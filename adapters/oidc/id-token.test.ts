import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { judgeIdToken, readIdToken } from './id-token.ts';
import { AnswerRefused, quoted, type OidcAnswer, type OidcTrust } from './verdict.ts';

const issuer = 'https://idp.test';
const now = new Date('2026-11-25T12:00:00.500Z');
const nowS = Math.floor(now.getTime() / 1000);
const at = (offsetS: number) => nowS + offsetS;
const iso = (offsetS: number) => new Date(at(offsetS) * 1000).toISOString();

const trust: OidcTrust = {
  connectionId: 'conn_1',
  organizationId: 'org_1',
  sandboxLoopback: false,
  server: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/jwks`,
    userinfoEndpoint: null,
    endSessionEndpoint: null,
    tokenAuthMethods: [],
    tokenAlgs: ['RS256'],
    namesItself: false,
  },
  clientId: 'the client',
  clientAuth: { method: 'client_secret_basic', secret: 'a secret' },
  tokenAlg: 'RS256',
  redirectUri: 'https://vestibule.test/callback',
  fetchesUserInfo: false,
};

const answer = (change: Partial<OidcAnswer> = {}): OidcAnswer => ({
  parameters: new URLSearchParams(),
  pending: { state: 'state', nonce: 'nonce', verifier: 'verifier', challenge: 'challenge' },
  startedAt: new Date(now.getTime() - 60_000),
  forceAuthn: false,
  provesAuthn: false,
  now,
  ...change,
});

const good = {
  iss: issuer,
  aud: 'the client',
  sub: 'anna',
  nonce: 'nonce',
  iat: nowS,
  exp: at(300),
};

function refusalIn(run: () => unknown) {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof AnswerRefused)) throw error;
    return { check: error.check, cause: error.reason, facts: error.facts };
  }
}

const judge = (
  claims: Record<string, unknown> = {},
  {
    header = { alg: 'RS256' },
    given = answer(),
  }: { header?: Record<string, unknown>; given?: OidcAnswer } = {},
) => refusalIn(() => judgeIdToken({ header, claims: { ...good, ...claims } }, trust, given));

it('a good ID token is taken', () => {
  expect(judge()).toBeUndefined();
});

describe('an ID token is read [OIDC-05]', () => {
  it('into its header and its claims, unverified', async () => {
    const token = await new SignJWT(good)
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(new Uint8Array(32));

    expect(readIdToken(token)).toEqual({ header: { alg: 'HS256', kid: 'first' }, claims: good });
    expect(readIdToken(new UnsecuredJWT(good).encode()).header).toEqual({ alg: 'none' });
  });

  it.each(['', 'x', 'a.b.c', 'e30.e30'])('and "%s" is none', (token) => {
    expect(refusalIn(() => readIdToken(token))).toEqual({
      check: 'token_algorithm',
      cause: 'token_refused',
      facts: { reason: 'unreadable' },
    });
  });

  it('and what was wrong with it stays the cause, for logs', () => {
    expect(() => readIdToken('x')).toThrow(
      expect.objectContaining({ name: 'AnswerRefused', cause: expect.any(Error) as Error }) as Error,
    );
  });
});

describe('an ID token is refused', () => {
  it.each(['none', 'HS256', 'ES256', undefined])(
    'with the algorithm %s, which is not the pinned one [OIDC-05]',
    (alg) => {
      expect(judge({}, { header: { alg } })).toEqual({
        check: 'token_algorithm',
        cause: 'token_algorithm_refused',
        facts: { expected: 'RS256', received: alg ?? '' },
      });
    },
  );

  it.each([`${issuer}/`, 'https://evil.test', undefined])('with the issuer %s [OIDC-05]', (iss) => {
    expect(judge({ iss })).toEqual({
      check: 'token_issuer',
      cause: 'token_issuer_differs',
      facts: { expected: issuer, received: iss ?? '' },
    });
  });

  it.each([
    ['of somebody else', 'other', ['other']],
    ['that is missing', undefined, ['']],
    ['that begins with ours', 'the client 2', ['the client 2']],
    ['of several others', ['a', 'b'], ['a', 'b']],
    ['of too many others to name', 'abcdefghijkl'.split(''), 'abcdefghij'.split('')],
    ['of none', [], []],
  ])('with an audience %s [OIDC-05]', (_name, aud, received) => {
    expect(judge({ aud })).toEqual({
      check: 'token_audience',
      cause: 'token_audience_differs',
      facts: { expected: 'the client', received },
    });
  });

  it.each([
    ['none, among several audiences', ['the client', 'other'], undefined, ['the client', 'other']],
    ['a foreign one, among several audiences', ['the client', 'other'], 'other', 'other'],
    ['a foreign one, although the audience is ours alone', 'the client', 'other', 'other'],
  ])('with a party it was made for that is %s [OIDC-05]', (_name, aud, azp, received) => {
    expect(judge({ aud, azp })).toEqual({
      check: 'token_audience',
      cause: 'token_audience_differs',
      facts: { expected: 'the client', received, field: 'azp' },
    });
  });

  it.each([undefined, '', 7, 'x'.repeat(256)])('with the subject %s [OIDC-05]', (sub) => {
    expect(judge({ sub })).toEqual({
      check: 'token_subject',
      cause: 'token_refused',
      facts: { claim: 'sub' },
    });
  });

  it.each([
    ['another', 'other', false],
    ['none', undefined, true],
  ])('with %s nonce [OIDC-05]', (_name, nonce, missing) => {
    expect(judge({ nonce })).toEqual({
      check: 'token_nonce',
      cause: 'token_nonce_differs',
      facts: { missing },
    });
  });

  it.each([
    ['exp', undefined],
    ['exp', '1764072300'],
    ['exp', Number.NaN],
    ['exp', Number.POSITIVE_INFINITY],
    ['iat', undefined],
    ['iat', null],
  ])('whose %s is %s [OIDC-05]', (field, value) => {
    expect(judge({ [field]: value })).toEqual({
      check: 'token_times',
      cause: 'token_refused',
      facts: { claim: field },
    });
  });
});

describe('an ID token is taken', () => {
  it.each([
    ['one audience in a list', { aud: ['the client'] }],
    ['us as the party it was made for', { azp: 'the client' }],
    ['several audiences and us as the party', { aud: ['other', 'the client'], azp: 'the client' }],
    ['a subject of 255 characters', { sub: 'x'.repeat(255) }],
    ['a beginning that is no number', { nbf: 'tomorrow' }],
    ['a beginning that is a text of digits', { nbf: '99999999999' }],
  ])('with %s [OIDC-05]', (_name, claims) => {
    expect(judge(claims)).toBeUndefined();
  });
});

describe('the times of an ID token [OIDC-05]', () => {
  const outOfTime = (cause: string, field: string, offsetS: number) => ({
    check: 'token_times',
    cause,
    facts: { field, expected: iso(0), received: iso(offsetS), differenceSeconds: Math.abs(offsetS) },
  });

  it.each([
    ['exp', -59, -60, 'expired'],
    ['iat', 60, 61, 'not_yet_valid'],
    ['iat', -600, -601, 'expired'],
    ['nbf', 60, 61, 'not_yet_valid'],
  ])('%s may be %d seconds away, and no %d', (field, fits, exceeds, cause) => {
    expect(judge({ [field]: at(fits) })).toBeUndefined();
    expect(judge({ [field]: at(exceeds) })).toEqual(outOfTime(cause, field, exceeds));
  });

  it('auth_time is after the start where a fresh log-in was asked for, give or take a minute', () => {
    const given = answer({ forceAuthn: true, startedAt: new Date(nowS * 1000) });

    expect(judge({ auth_time: at(-60) }, { given })).toBeUndefined();
    expect(judge({ auth_time: at(-61) }, { given })).toEqual(outOfTime('authn_too_old', 'auth_time', -61));
    expect(judge({ auth_time: at(-61) })).toBeUndefined();
    expect(judge({}, { given })).toBeUndefined();
    expect(judge({ auth_time: 'long ago' }, { given })).toBeUndefined();
    expect(judge({ auth_time: '100' }, { given })).toBeUndefined();
  });

  it('auth_time is there where a fresh log-in has to be proved', () => {
    const given = answer({ provesAuthn: true });
    const missing = { check: 'token_times', cause: 'authn_time_missing', facts: { field: 'auth_time' } };

    expect(judge({ auth_time: at(0) }, { given })).toBeUndefined();
    expect(judge({}, { given })).toEqual(missing);
    expect(judge({ auth_time: 'just now' }, { given })).toEqual(missing);
  });

  it('that no calendar holds are told as they came', () => {
    expect(judge({ nbf: 1e20 })).toMatchObject({
      cause: 'not_yet_valid',
      facts: { received: '100000000000000000000' },
    });
  });
});

describe('a stranger’s value', () => {
  it.each([
    ['text', 'text'],
    [undefined, ''],
    [null, 'null'],
    [7, '7'],
    [{ a: [1] }, '{"a":[1]}'],
    [() => 0, ''],
    ['a\u0000b\nc', 'a b c'],
    ['x'.repeat(501), 'x'.repeat(500)],
  ])('%j is told as %j', (value, told) => {
    expect(quoted(value)).toBe(told);
  });
});
