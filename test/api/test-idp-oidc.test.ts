import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import express from 'express';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withTenant } from '../../db/index.ts';
import { registerClient, type RegisteredClient } from '../../sandbox/test-idp/oidc/clients.ts';
import { createTestIdp } from '../../sandbox/test-idp/routes.ts';
import { freePort } from '../support/api.ts';
import { aTestIdpClient } from '../support/openid-customers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  type Browser,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
let customer: SignInCustomer;
let client: RegisteredClient;
beforeAll(async () => {
  world = await aSignInWorld();
  customer = await aSignInCustomer(world);
  client = await register(customer);
});
afterAll(() => world.close());

async function register({ connection }: SignInCustomer): Promise<RegisteredClient> {
  const { db, secrets, now } = world.api.deps;
  const tenant = { environmentId: connection.environmentId };
  const registered = await withTenant(db, tenant, (tx) =>
    registerClient(tx, tenant, connection.id, { secrets, now: now() }),
  );
  if (registered === undefined) throw new Error('the connection is gone');
  return registered;
}

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

function authorizeUrlOf(change: Readonly<Record<string, string>> = {}): string {
  const url = new URL(`${world.idp.issuer}/auth`);
  const query = {
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: 'st',
    nonce: 'no',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...change,
  };
  for (const [name, value] of Object.entries(query)) if (value !== '') url.searchParams.set(name, value);
  return url.href;
}

/** From the request to the redirect back, which the product would take. */
async function signIn(browser: Browser = aBrowser(), person = 'anna@people.test') {
  const page = await follow(browser, authorizeUrlOf());
  const { action, fields } = formOf(page.text, page.url);
  return followPost(browser, action, { ...fields, person });
}

async function follow(browser: Browser, start: string) {
  let visit = await browser.get(start);
  while (visit.leadsTo && visit.leadsTo.hostname === 'localhost')
    visit = await browser.get(visit.leadsTo.href);
  return visit;
}

async function followPost(browser: Browser, action: string, fields: Readonly<Record<string, string>>) {
  let visit = await browser.post(action, fields, false);
  while (visit.leadsTo && visit.leadsTo.hostname === 'localhost')
    visit = await browser.get(visit.leadsTo.href);
  return visit;
}

function formOf(text: string, url: string) {
  const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1];
  if (action === undefined) throw new Error(`no form on the page:\n${text}`);
  return { action: new URL(action, url).href, fields: {} };
}

async function exchange(
  code: string | null,
  change: Readonly<Record<string, string>> = {},
  secret = client.clientSecret,
) {
  const basic = Buffer.from(`${client.clientId}:${secret}`).toString('base64');
  const answer = await fetch(`${world.idp.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: client.redirectUri,
      code_verifier: verifier,
      ...change,
    }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

async function keySet() {
  const answer = await fetch(`${world.idp.issuer}/jwks`);
  return (await answer.json()) as { keys: { kid: string }[] };
}

describe('the Test IdP by OpenID Connect', () => {
  it('signs somebody in with a code, and says who they are in the ID token and by UserInfo', async () => {
    const back = await signIn();
    const { searchParams } = back.leadsTo ?? new URL('http://nowhere.test');
    const { status, body } = await exchange(searchParams.get('code'));
    const verified = await jwtVerify(body['id_token'] ?? '', createLocalJWKSet(await keySet()), {
      issuer: world.idp.issuer,
      audience: client.clientId,
    });
    const userInfo = await fetch(`${world.idp.issuer}/me`, {
      headers: { authorization: `Bearer ${body['access_token']}` },
    });

    expect(back.leadsTo?.href.startsWith(`${client.redirectUri}?`)).toBe(true);
    expect(Object.fromEntries(searchParams)).toMatchObject({ state: 'st', iss: world.idp.issuer });
    expect(status).toBe(200);
    const anna = {
      sub: 'tp-anna-people.test',
      email: 'anna@people.test',
      email_verified: true,
      given_name: 'Anna',
      family_name: 'Berg',
      name: 'Anna Berg',
      groups: ['Everyone', 'Admins'],
      department: 'Operations',
    };
    expect(verified.payload).toMatchObject({ ...anna, nonce: 'no' });
    expect(await userInfo.json()).toMatchObject(anna);
  });

  it('starts a sign-in at a live connection of its list, which the product makes its own', async () => {
    const [live, other] = [await aTestIdpClient(world), await aTestIdpClient(world, { state: 'validating' })];
    const browser = aBrowser();
    const list = await browser.get(world.idp.startUrl);
    expect(list.text).toContain(`value="${live.connection.id}"`);
    expect(list.text).not.toContain(other.connection.id);
    expect(list.headers.get('content-security-policy')).toContain(
      new URL(live.connection.oidcRedirectUri).origin,
    );
    const start = (id: string) => browser.post(world.idp.startUrl, { connection: id }, false);

    const people = await browser.follow(await start(live.connection.id));
    const { action } = formOf(people.text, people.url);
    const end = await browser.follow(await browser.post(action, { person: 'anna@people.test' }, false));

    expect(end.leadsTo?.href.startsWith(`${world.redirectUri}?code=`)).toBe(true);
    expect((await start(other.connection.id)).status).toBe(400);
  });

  it('asks each time who signs in, in the same browser too', async () => {
    const browser = aBrowser();
    await signIn(browser);

    const page = await follow(browser, authorizeUrlOf());

    expect(page.status).toBe(200);
    expect(page.text).toContain('Sign in as');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'none'/);
  });

  it('signs somebody without an address in, and sends none', async () => {
    const back = await signIn(aBrowser(), 'tp-noor-people.test');
    const { body } = await exchange(back.leadsTo?.searchParams.get('code') ?? null);

    const claims = decodeJwt(body['id_token'] ?? '');
    expect(claims).toMatchObject({ sub: 'tp-noor-people.test', name: 'Noor Haddad' });
    expect(claims).not.toHaveProperty('email');
  });

  it.each([
    ['without a challenge', { code_challenge: '', code_challenge_method: '' }],
    ['with a plain challenge', { code_challenge_method: 'plain' }],
    ['for a token at once', { response_type: 'id_token token' }],
  ])('sends a request %s back with an error', async (_name, change) => {
    const back = await follow(aBrowser(), authorizeUrlOf(change));

    const sent = back.leadsTo?.searchParams ?? new URLSearchParams(back.leadsTo?.hash.slice(1));
    expect(sent.get('code')).toBeNull();
    expect(back.leadsTo?.href).toMatch(
      /error=(invalid_request|unsupported_response_type|unauthorized_client)/,
    );
  });

  it.each([
    ['another redirect URI', { redirect_uri: 'https://evil.test/callback' }, 'invalid_redirect_uri'],
    ['an unknown client', { client_id: 'somebody' }, 'invalid_client'],
    [
      'a client that was never registered',
      { client_id: 'test-idp-conn_00000000000000000000000000' },
      'invalid_client',
    ],
  ])('shows a page for %s, and sends nobody anywhere [TIDP-03]', async (_name, change, reason) => {
    const page = await follow(aBrowser(), authorizeUrlOf(change));

    expect([page.status, page.leadsTo]).toEqual([400, undefined]);
    expect(page.text).toContain(reason);
  });

  it('takes a code once, from its own client, with the verifier', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const codeOf = (visit: typeof first) => visit.leadsTo?.searchParams.get('code') ?? null;

    expect((await exchange(codeOf(first))).status).toBe(200);
    expect((await exchange(codeOf(first))).body).toMatchObject({ error: 'invalid_grant' });
    expect((await exchange(codeOf(second), { code_verifier: 'x'.repeat(43) })).body).toMatchObject({
      error: 'invalid_grant',
    });
    const wrong = await exchange(codeOf(second), {}, 'another');
    expect([wrong.status, wrong.body]).toMatchObject([401, { error: 'invalid_client' }]);
  });

  it('begins nothing for those who ask for a head', async () => {
    const answer = await fetch(authorizeUrlOf(), { method: 'HEAD', redirect: 'manual' });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('keeps its clients and keys, so that a restart changes nothing [TIDP-02]', async () => {
    const before = await keySet();
    const { db, secrets, now } = world.api.deps;
    const { origin } = new URL(world.idp.issuer);
    const port = await freePort();
    const again = createTestIdp({
      db,
      secrets,
      now,
      url: `http://localhost:${port}`,
      environmentId: world.vendor.environment.id,
    });
    const server = createServer(express().use(again)).listen(port, 'localhost');
    await once(server, 'listening');
    const after = await fetch(`http://localhost:${port}/test-idp/oidc/jwks`);
    server.close();

    expect(await after.json()).toEqual(before);
    expect(origin).not.toContain(String(port));
    expect(await register(customer)).toEqual(client);
  });
});

describe('registering a client', () => {
  const post = (redirectUri: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(world.idp.clientsUrl, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ redirect_uri: redirectUri }),
    });

  it('takes the redirect URI of a connection and shows what to give back, the same ones each time', async () => {
    const page = await post(` ${customer.connection.oidcRedirectUri} `);
    const text = await page.text();

    expect(page.status).toBe(200);
    expect(text).toContain(client.clientId);
    expect(text).toContain(client.clientSecret);
    expect(text).toContain(world.idp.discoveryUrl);
  });

  it.each(['https://evil.test/callback', '', '/sso/oidc/conn_00000000000000000000000000/callback'])(
    'refuses %j, which is nobody’s [TIDP-03]',
    async (redirectUri) => {
      const page = await post(redirectUri);

      expect(page.status).toBe(400);
      expect(await page.text()).toContain('unknown_redirect_uri');
    },
  );

  it('shows no secret to the form of another page', async () => {
    const page = await post(customer.connection.oidcRedirectUri, { origin: 'https://evil.test' });

    expect(page.status).toBe(400);
    expect(await page.text()).not.toContain(client.clientSecret);
  });
});
