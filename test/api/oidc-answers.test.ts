import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JWK } from 'jose';
import { listAttempts, updateConnection, withSystem, withTenant, type AttemptRow } from '../../db/index.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import {
  aCrookedProvider,
  aSigningKey,
  signedWithSecret,
  unsigned,
  type CrookedProvider,
  type Crookedness,
} from '../support/crooked-provider.ts';
import { aDraftTest } from '../support/draft-tests.ts';
import { anOidcCustomer, serverAt } from '../support/openid-customers.ts';
import {
  aBrowser,
  aSignInWorld,
  authorizeUrl,
  type Browser,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

let world: SignInWorld;
let provider: CrookedProvider;
let customer: SignInCustomer;
beforeAll(async () => {
  world = await aSignInWorld();
  provider = await aCrookedProvider(world.api.deps.now);
});
afterAll(async () => {
  provider.close();
  await world.close();
});
// A customer each: keys are remembered by connection.
beforeEach(async () => {
  provider.crookedness = {};
  provider.key = await aSigningKey('first');
  provider.asked.clear();
  provider.redeemed.length = 0;
  customer = await aCustomer();
});

const aCustomer = (more: Parameters<typeof anOidcCustomer>[2] = {}, server = {}) =>
  anOidcCustomer(world, { ...provider, server: serverAt(provider.issuer, server) }, more);

async function attemptsOf({ connection }: SignInCustomer): Promise<AttemptRow[]> {
  const tenant = { environmentId: connection.environmentId };
  const { rows } = await withSystem(world.api.systemDb, (tx) =>
    listAttempts(tx, tenant, { connectionId: connection.id }, { limit: 100, order: 'desc' }),
  );
  return rows;
}

async function newestOf(of: SignInCustomer): Promise<AttemptRow> {
  const [newest] = await attemptsOf(of);
  if (!newest) throw new Error('there is no attempt');
  return newest;
}

async function signIn(crookedness: Crookedness = {}, of = customer, browser = aBrowser()): Promise<Visit> {
  provider.crookedness = crookedness;
  return browser.follow(await browser.get(authorizeUrl(world, { connection: of.connection.id })));
}

/** A sign-in up to the address that the provider leads back to, which nobody has visited yet. */
async function begin(browser: Browser, of = customer): Promise<URL> {
  const start = await browser.get(authorizeUrl(world, { connection: of.connection.id }));
  const { leadsTo } = await browser.get(start.leadsTo?.href ?? '');
  if (!leadsTo) throw new Error('the provider leads nowhere');
  return leadsTo;
}

const codeOf = ({ leadsTo }: Visit) => leadsTo?.searchParams.get('code');
const errorOf = ({ leadsTo }: Visit) => leadsTo?.searchParams.get('error');

async function expectRefused(visit: Visit, cause: SignInCause, of = customer): Promise<AttemptRow> {
  const attempt = await newestOf(of);
  expect({ code: codeOf(visit) ?? null, cause: attempt.cause, state: attempt.state }).toEqual({
    code: null,
    cause,
    state: 'failed',
  });
  return attempt;
}

describe('a connection that asks for a fresh sign-in', () => {
  const seconds = () => Math.floor(world.api.deps.now().getTime() / 1000);
  const signedInAt = (authTime: unknown): Crookedness => ({
    claims: (claims) => ({ ...claims, auth_time: authTime }),
  });
  beforeEach(async () => {
    customer = await aCustomer({ settings: { forceAuthn: true } });
  });

  it('asks the provider for it and for its time, and takes one that was made for this request [OIDC-05]', async () => {
    const start = await aBrowser().get(authorizeUrl(world, { connection: customer.connection.id }));

    expect(start.leadsTo?.searchParams.get('prompt')).toBe('login');
    expect(start.leadsTo?.searchParams.get('max_age')).toBe('0');
    expect(codeOf(await signIn(signedInAt(seconds() + 1)))).toMatch(/^vb_code_/);
  });

  it('asks for it in place of the prompt that the provider demands, and for that one otherwise', async () => {
    const asked = async (more: Parameters<typeof aCustomer>[0]) => {
      const { connection } = await aCustomer({ guideId: 'login-gov', ...more });
      const start = await aBrowser().get(authorizeUrl(world, { connection: connection.id }));
      return ['prompt', 'acr_values', 'scope'].map((name) => start.leadsTo?.searchParams.get(name));
    };
    const level = 'urn:acr.login.gov:auth-only';

    expect(await asked({})).toEqual(['select_account', level, 'openid email']);
    expect(await asked({ settings: { forceAuthn: true } })).toEqual(['login', level, 'openid email']);
  });

  it('refuses one that is older than the request, and one without its time [OIDC-05]', async () => {
    await expectRefused(await signIn(signedInAt(seconds() - 3600)), 'authn_too_old');
    await expectRefused(await signIn(), 'authn_time_missing');
    await expectRefused(await signIn(signedInAt('now')), 'authn_time_missing');
  });
});

describe('the test of a draft', () => {
  it('proves nothing when the draft ends while the person is at the provider, and says why', async () => {
    const test = await aDraftTest(world, customer);
    const browser = aBrowser();
    const asked = await browser.get(test.url);
    await test.endDraft();

    const end = await browser.follow(asked);

    expect(end.status).toBe(200);
    expect(end.text).toContain('Test received. Go back to the set-up tab.');
    expect(await test.attempt()).toMatchObject({ state: 'failed', cause: 'settings_switched' });
    expect(provider.redeemed).toEqual([]);
  });
});

describe('a good answer', () => {
  it('signs a person in by code flow with PKCE, state and nonce [OIDC-01]', async () => {
    const browser = aBrowser();
    const start = await browser.get(authorizeUrl(world, { connection: customer.connection.id }));
    const asked = start.leadsTo?.searchParams;

    const visit = await browser.follow(start);

    expect(codeOf(visit)).toMatch(/^vb_code_/);
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      response_type: 'code',
      client_id: 'the client',
      redirect_uri: customer.connection.oidcRedirectUri,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^vb_state_.{43,}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
    expect(provider.redeemed[0]?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(await newestOf(customer)).toMatchObject({
      state: 'success',
      protocol: 'oidc',
      email: 'anna@acme.test',
      idpId: 'anna',
      signedBy: 'first',
      profile: { firstName: 'Anna', lastName: 'Schmidt', sources: { id: 'sub', email: 'email' } },
    });
  });

  it('keeps what went over the wire, without codes, tokens, secrets or what they are derived from', async () => {
    const visit = await signIn();
    const attempt = await newestOf(customer);

    expect(codeOf(visit)).toBeTruthy();
    expect(attempt.trail.map(({ kind }) => kind)).toEqual([
      'authorization_request',
      'authorization_response',
      'token_request',
      'token_response',
      'id_token',
    ]);
    const kept = JSON.stringify(attempt);
    const [redeemed] = provider.redeemed;
    for (const secret of ['code', 'code_verifier'].map((name) => redeemed?.get(name))) {
      expect(secret).toBeTruthy();
      expect(kept).not.toContain(secret);
    }
    expect(kept).not.toContain('an access token');
    expect(kept).not.toContain(provider.clientSecret);
    expect(kept).not.toContain('vb_state_');
  });

  it('knows a person by sub, whatever the e-mail says now [IDB-01]', async () => {
    await signIn();
    const first = (await newestOf(customer)).idpId;
    await signIn({ claims: (claims) => ({ ...claims, email: 'boss@acme.test', id: 'somebody else' }) });
    const second = await newestOf(customer);

    expect([first, second.idpId, second.email]).toEqual(['anna', 'anna', 'boss@acme.test']);
  });
});

describe('an ID token is refused', () => {
  const without = (name: string) => (claims: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
  const withClaims = (more: Record<string, unknown>) => (claims: Record<string, unknown>) => ({
    ...claims,
    ...more,
  });
  const inSeconds = (offset: number) => Math.floor(world.api.deps.now().getTime() / 1000) + offset;

  it.each<[string, SignInCause, (claims: Record<string, unknown>) => Record<string, unknown>]>([
    ['another issuer', 'token_issuer_differs', withClaims({ iss: 'https://evil.test' })],
    ['the issuer with a slash', 'token_issuer_differs', (c) => ({ ...c, iss: `${String(c['iss'])}/` })],
    ['no issuer', 'token_issuer_differs', without('iss')],
    ['another audience', 'token_audience_differs', withClaims({ aud: 'another client' })],
    ['no audience', 'token_audience_differs', without('aud')],
    ['two audiences, no azp', 'token_audience_differs', withClaims({ aud: ['the client', 'other'] })],
    ['a foreign azp', 'token_audience_differs', withClaims({ azp: 'another client' })],
    ['no sub', 'token_refused', without('sub')],
    ['no iat', 'token_refused', without('iat')],
    ['no exp', 'token_refused', without('exp')],
    ['another nonce', 'token_nonce_differs', withClaims({ nonce: 'another' })],
    ['no nonce', 'token_nonce_differs', without('nonce')],
    ['an end that is past', 'expired', (c) => ({ ...c, exp: inSeconds(-90) })],
    ['an iat of a year ago', 'expired', (c) => ({ ...c, iat: inSeconds(-31_536_000) })],
    ['an iat of the next hour', 'not_yet_valid', (c) => ({ ...c, iat: inSeconds(3600) })],
    ['a beginning in the next hour', 'not_yet_valid', (c) => ({ ...c, nbf: inSeconds(3600) })],
  ])('with %s: %s [OIDC-05]', async (_what, cause, claims) => {
    const visit = await signIn({ claims });

    await expectRefused(visit, cause);
    expect(errorOf(visit)).toBe('access_denied');
  });

  it('without a signature [OIDC-05]', async () => {
    await expectRefused(
      await signIn({ token: (claims) => Promise.resolve(unsigned(claims)) }),
      'token_algorithm_refused',
    );
  });

  it('signed with the client secret [OIDC-05]', async () => {
    const token = (claims: Record<string, unknown>) => signedWithSecret(claims, provider.clientSecret);

    await expectRefused(await signIn({ token }), 'token_algorithm_refused');
  });

  it('signed rightly with an algorithm that is not the pinned one [OIDC-05]', async () => {
    provider.key = await aSigningKey('first', 'ES256');

    await expectRefused(await signIn(), 'token_algorithm_refused');
  });

  it.each(['RS256', 'ES256'] as const)('whose %s signature does not fit [OIDC-05]', async (alg) => {
    provider.key = await aSigningKey('first', alg);
    const of = await aCustomer({ settings: { oidcTokenAlg: alg } });
    const key = await aSigningKey('first', alg);

    await expectRefused(await signIn({ key }, of), 'token_signature_invalid', of);
  });

  it('signed with a key that nobody publishes, after one look again [OIDC-06]', async () => {
    await signIn({ key: await aSigningKey('unknown') });
    await expectRefused(await signIn({ key: await aSigningKey('unknown') }), 'token_unknown_key');

    expect(provider.asked.get('/jwks')).toBe(2);
  });

  it('without a kid where several keys could be meant [OIDC-06]', async () => {
    const other = await aSigningKey('second');
    const crookedness: Crookedness = {
      header: ({ alg }) => ({ alg }),
      keys: (keys) => [...keys, other.publicJwk],
    };

    await expectRefused(await signIn(crookedness), 'token_unknown_key');
  });

  it('whose own jku leads to its key [OIDC-06]', async () => {
    const key = await aSigningKey('theirs');
    const header = (good: { alg: string }) => ({ ...good, kid: 'theirs', jku: `${provider.issuer}/other` });

    await expectRefused(await signIn({ key, header }), 'token_unknown_key');
    expect(provider.asked.has('/other')).toBe(false);
  });
});

describe('keys', () => {
  it('without a kid are found where one fits [OIDC-06]', async () => {
    expect(codeOf(await signIn({ header: ({ alg }) => ({ alg }) }))).toBeTruthy();
  });

  it('that stand in the set twice are one key [OIDC-06]', async () => {
    const twice = (keys: JWK[]) => [...keys, ...keys.map(({ alg: _alg, ...key }) => key)];

    expect(codeOf(await signIn({ keys: twice }))).toBeTruthy();
  });

  it('of the same name that differ are two, of which none is meant [OIDC-06]', async () => {
    const other = await aSigningKey('first');

    await expectRefused(await signIn({ keys: (keys) => [...keys, other.publicJwk] }), 'token_unknown_key');
  });

  it('that cannot be read, are too short or are secret spoil nothing [OIDC-06]', async () => {
    const junk = [
      { kty: 'RSA', kid: 'first-broken', n: '!', e: 'AQAB' },
      { kty: 'oct', k: 'c2VjcmV0', kid: 'first' },
      { kty: 'EC', crv: 'P-256', kid: 'ec' },
      null,
      'a text',
    ];

    expect(codeOf(await signIn({ keys: (keys) => [...junk, ...keys] }))).toBeTruthy();
  });

  it('that were changed before the sign-in are found [OIDC-06]', async () => {
    await signIn();
    provider.key = await aSigningKey('second');

    expect(codeOf(await signIn())).toBeTruthy();
    expect(provider.asked.get('/jwks')).toBe(2);
  });

  it('that were changed between the request and the answer are found, without a second exchange [OIDC-06]', async () => {
    await signIn();
    const browser = aBrowser();
    const back = await begin(browser);
    provider.key = await aSigningKey('second');
    const visit = await browser.follow(await browser.get(back.href));

    expect(codeOf(visit)).toBeTruthy();
    expect(provider.redeemed).toHaveLength(2);
    expect(provider.asked.get('/jwks')).toBe(2);
    expect((await newestOf(customer)).trail.map(({ kind }) => kind)).toContain('keys_fetched_again');
  });

  it('that were changed under the same name are found', async () => {
    await signIn();
    provider.key = await aSigningKey('first');

    expect(codeOf(await signIn())).toBeTruthy();
  });

  it('are looked up again once a minute at most, however many tokens fit none [OIDC-06]', async () => {
    await signIn();
    const key = await aSigningKey('unknown');
    for (let turn = 0; turn < 4; turn += 1) await signIn({ key });

    expect(provider.asked.get('/jwks')).toBe(2);
  });

  it('of a set that is none, or too large, verify nothing [OIDC-06]', async () => {
    await expectRefused(await signIn({ keys: () => 'none' }), 'token_unknown_key');
    const other = await aCustomer();
    const padding = { kty: 'oct', k: 'x'.repeat(65 * 1024) };
    await expectRefused(
      await signIn({ keys: (keys) => [...keys, padding] }, other),
      'provider_unreachable',
      other,
    );
  });

  it('are used up to fifty [OIDC-06]', async () => {
    const many = Array.from({ length: 50 }, (_, at) => ({ ...provider.key.publicJwk, kid: `k${at}` }));

    await expectRefused(await signIn({ keys: (keys) => [...many, ...keys] }), 'token_unknown_key');
  });
});

describe('the authorization response', () => {
  it('with another issuer is refused, before its code is sent anywhere [OIDC-03]', async () => {
    const visit = await signIn({ answer: (good) => ({ ...good, iss: 'https://evil.test' }) });

    await expectRefused(visit, 'answer_issuer_differs');
    expect(provider.redeemed).toHaveLength(0);
  });

  it('without an issuer is refused where the provider says that it names itself [OIDC-03]', async () => {
    const of = await aCustomer({}, { namesItself: true });

    await expectRefused(await signIn({}, of), 'answer_issuer_differs', of);
    const good = await signIn({ answer: (answer) => ({ ...answer, iss: provider.issuer }) }, of);
    expect(codeOf(good)).toBeTruthy();
  });

  it('with an error of the provider ends the attempt with what it said', async () => {
    const answer = ({ state = '' }: Record<string, string>) => ({
      state,
      error: 'access_denied',
      error_description: 'AADSTS50105: not assigned',
    });
    const attempt = await expectRefused(await signIn({ answer }), 'provider_error');

    expect(attempt.facts).toMatchObject({ code: 'access_denied', message: 'AADSTS50105: not assigned' });
  });

  it.each(['id_token', 'access_token', 'token', 'response'])(
    'with a %s of implicit or hybrid flow is refused [OIDC-01]',
    async (name) => {
      const visit = await signIn({ answer: (good) => ({ ...good, [name]: 'x.y.z' }) });

      await expectRefused(visit, 'provider_error');
      expect(provider.redeemed).toHaveLength(0);
    },
  );

  it('by POST is refused: no request of ours asks for it [OIDC-01]', async () => {
    const browser = aBrowser();
    const back = await begin(browser);
    const address = `${back.origin}${back.pathname}`;
    const posted = await browser.post(address, Object.fromEntries(back.searchParams));

    expect(posted.status).toBeGreaterThanOrEqual(400);
    expect((await newestOf(customer)).state).toBe('in_progress');
  });
});

describe('state', () => {
  it.each([
    ['missing', (back: URL) => back.searchParams.delete('state')],
    ['made up', (back: URL) => back.searchParams.set('state', 'x'.repeat(60))],
  ])('that is %s is refused, and the request stays good [OIDC-02]', async (_what, change) => {
    const browser = aBrowser();
    const back = await begin(browser);
    const crooked = new URL(back);
    change(crooked);
    const visit = await browser.get(crooked.href);

    expect(visit.status).toBe(403);
    await expectRefused(visit, 'state_unknown');
    expect(provider.redeemed).toHaveLength(0);
    expect(codeOf(await browser.get(back.href))).toBeTruthy();
  });

  it('counts once: the same answer again is a replay, and its code is not exchanged [OIDC-02]', async () => {
    const browser = aBrowser();
    const back = await begin(browser);
    await browser.get(back.href);
    const again = await browser.get(back.href);

    expect(again.status).toBe(403);
    await expectRefused(again, 'replayed');
    expect(provider.redeemed).toHaveLength(1);
  });

  it('of 20 answers at the same moment one is exchanged [OIDC-02]', async () => {
    const browser = aBrowser();
    const back = await begin(browser);
    const visits = await Promise.all(Array.from({ length: 20 }, () => browser.get(back.href)));

    expect(visits.filter((visit) => codeOf(visit))).toHaveLength(1);
    expect(provider.redeemed).toHaveLength(1);
  });

  it('in another browser is refused, and stays good in the one that asked [OIDC-02]', async () => {
    const browser = aBrowser();
    const back = await begin(browser);
    const stranger = aBrowser();
    await begin(stranger);
    const visit = await stranger.get(back.href);

    expect(visit.status).toBe(403);
    expect((await attemptsOf(customer)).map(({ cause }) => cause)).toContain('browser_differs');
    expect(provider.redeemed).toHaveLength(0);
    expect(codeOf(await browser.get(back.href))).toBeTruthy();
  });

  it('at another connection is refused there [OIDC-02] [OIDC-03]', async () => {
    const other = await aCustomer();
    const browser = aBrowser();
    const back = await begin(browser);
    const elsewhere = new URL(other.connection.oidcRedirectUri);
    elsewhere.search = back.search;
    const visit = await browser.get(elsewhere.href);

    expect(visit.status).toBe(403);
    await expectRefused(visit, 'state_unknown', other);
    expect(provider.redeemed).toHaveLength(0);
  });

  it('ends after ten minutes [OIDC-02]', async () => {
    const browser = aBrowser();
    const back = await begin(browser);
    world.api.pass(10 * 60_000 + 1000);
    const visit = await browser.get(back.href);

    expect(visit.status).toBe(403);
    expect((await attemptsOf(customer)).map(({ cause }) => cause)).toContain('request_expired');
    expect(provider.redeemed).toHaveLength(0);
  });

  it('stands nowhere in the database, nor does what is derived from it [OIDC-02]', async () => {
    const browser = aBrowser();
    const back = await begin(browser);
    const state = back.searchParams.get('state') ?? '';
    const pending = JSON.stringify(await newestOf(customer));
    await browser.get(back.href);

    expect(state).not.toBe('');
    expect(pending).not.toContain(state);
    expect(pending).not.toContain(provider.redeemed[0]?.get('code_verifier') ?? 'nothing');
  });
});

describe('the token endpoint', () => {
  it.each<[string, number, SignInCause]>([
    ['invalid_client', 401, 'client_refused'],
    ['unauthorized_client', 400, 'client_refused'],
    ['invalid_grant', 400, 'code_refused'],
    ['invalid_request', 400, 'token_answer_refused'],
  ])('that says %s ends the attempt with its words', async (error, tokenStatus, cause) => {
    const tokenBody = () => ({ error, error_description: 'AADSTS7000215: wrong secret' });
    const attempt = await expectRefused(await signIn({ tokenStatus, tokenBody }), cause);

    expect(attempt.facts).toMatchObject({ code: error, message: 'AADSTS7000215: wrong secret' });
  });

  it('that gives no ID token is refused', async () => {
    const tokenBody = ({ access_token, token_type }: Record<string, unknown>) => ({
      access_token,
      token_type,
    });

    await expectRefused(await signIn({ tokenBody }), 'token_answer_refused');
  });

  it('that leads elsewhere is not followed [NET-06]', async () => {
    await expectRefused(await signIn({ tokenStatus: 302 }), 'token_answer_refused');
  });

  it('that does not answer is named by its host', async () => {
    const of = await aCustomer({}, { tokenEndpoint: 'http://localhost:9/token' });
    const attempt = await expectRefused(await signIn({}, of), 'provider_unreachable', of);

    expect(attempt.facts).toMatchObject({ host: 'localhost' });
  });
});

describe('UserInfo', () => {
  const withUserInfo = () =>
    aCustomer({ settings: { oidcFetchUserInfo: true } }, { userinfoEndpoint: `${provider.issuer}/userinfo` });

  it('completes the ID token', async () => {
    const of = await withUserInfo();

    expect(codeOf(await signIn({}, of))).toBeTruthy();
    expect((await newestOf(of)).profile).toMatchObject({ groups: ['from user info'] });
  });

  it('is asked for the e-mail that the ID token lacks', async () => {
    const of = await aCustomer({}, { userinfoEndpoint: `${provider.issuer}/userinfo` });
    const claims = (good: Record<string, unknown>) => ({ ...good, email: undefined });

    expect(codeOf(await signIn({ claims }, of))).toBeTruthy();
    expect((await newestOf(of)).email).toBe('anna@acme.test');
  });

  it('about another person is refused [OIDC-07]', async () => {
    const of = await withUserInfo();
    const userInfo = (good: Record<string, unknown>) => ({ ...good, sub: 'berta' });

    await expectRefused(await signIn({ userInfo }, of), 'user_info_refused', of);
  });
});

describe('the e-mail', () => {
  const unverified = (claims: Record<string, unknown>) => ({ ...claims, email_verified: false });

  it('that the provider calls unverified is refused outside the verified domains [IDB-01] [IDB-02]', async () => {
    await expectRefused(await signIn({ claims: unverified }), 'email_unverified');
    const owner = (claims: Record<string, unknown>) => ({ ...claims, xms_edov: 0 });
    await expectRefused(await signIn({ claims: owner }), 'email_unverified');
  });

  it('that the provider calls unverified is taken inside a verified domain', async () => {
    const of = await aCustomer({ verifiedDomain: 'own.test' });
    const claims = (good: Record<string, unknown>) => unverified({ ...good, email: 'anna@own.test' });

    expect(codeOf(await signIn({ claims }, of))).toBeTruthy();
  });

  it('in a domain that the connection is not for is refused [IDB-02]', async () => {
    const of = await aCustomer({ verifiedDomain: 'not-chosen.test' });
    const { id, environmentId, organizationId } = of.connection;
    const tenant = { environmentId, organizationId };
    await withTenant(world.api.db, tenant, (tx) =>
      updateConnection(tx, tenant, id, { allowedDomains: ['chosen.test'] }, world.api.deps.now()),
    );
    const claims = (good: Record<string, unknown>) => ({ ...good, email: 'anna@not-chosen.test' });

    await expectRefused(await signIn({ claims }, of), 'email_domain_not_chosen', of);
  });

  it('in a domain of another organization is refused [IDB-02]', async () => {
    await aCustomer({ verifiedDomain: 'held.test' });
    const claims = (good: Record<string, unknown>) => ({ ...good, email: 'anna@held.test' });

    await expectRefused(await signIn({ claims }), 'email_domain_held_elsewhere');
  });
});

describe('the door', () => {
  it('is shut for a connection that is not live', async () => {
    const of = await aCustomer({ state: 'inactive' });

    expect(errorOf(await signIn({}, of))).toBe('connection_unlinked');
  });

  it('starts a sign-in from the provider’s tile, and leads nowhere else than to the app', async () => {
    const browser = aBrowser();
    const { id } = customer.connection;
    const address = `${world.api.url}/sso/oidc/${id}/login?target_link_uri=https%3A%2F%2Fevil.test`;
    const visit = await browser.follow(await browser.get(address));

    expect(visit.leadsTo?.href).toContain(world.redirectUri);
    expect(codeOf(visit)).toBeTruthy();
  });

  it('publishes no key for a connection that proves itself by secret [OIDC-08]', async () => {
    const { text } = await aBrowser().get(`${world.api.url}/sso/oidc/${customer.connection.id}/jwks`);

    expect(JSON.parse(text)).toEqual({ keys: [] });
  });
});
