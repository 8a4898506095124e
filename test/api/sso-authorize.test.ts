import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRegistered } from '../../api/sign-in/redirect-uris.ts';
import { newId } from '../../adapters/ids.ts';
import { insertConnection, updateConnection, withTenant } from '../../db/index.ts';
import { addressesOf } from '../../api/connections.ts';
import { aVendor } from '../support/builders.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  givePublicFace,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
let customer: SignInCustomer;
let holder: SignInCustomer | undefined;
beforeAll(async () => {
  world = await aSignInWorld();
  customer = await aSignInCustomer(world, { verifiedDomain: 'acme.test' });
});
afterAll(() => world.close());

async function start(query: Record<string, string>, without: string[] = []) {
  const url = new URL(authorizeUrl(world, query));
  for (const name of without) url.searchParams.delete(name);
  return aBrowser().get(url.href);
}

describe('what is never answered with a redirect', () => {
  it.each([
    ['an unknown client', { client_id: 'client_00000000000000000000000000' }, 'invalid_client'],
    ['an unregistered redirect URI', { redirect_uri: 'https://evil.test/callback' }, 'invalid_request'],
    [
      'a redirect URI with more behind it',
      { redirect_uri: 'https://app.northwind.test/callback/../x' },
      'invalid_request',
    ],
    [
      'a redirect URI in other capitals',
      { redirect_uri: 'https://app.northwind.test/Callback' },
      'invalid_request',
    ],
  ])('%s', async (_name, query, error) => {
    const url = authorizeUrl(world, { connection: customer.connection.id, ...query });

    const page = await aBrowser().get(url);
    expect(page.status).toBe(400);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.leadsTo).toBeUndefined();

    const json = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual' });
    expect(json.status).toBe(400);
    expect(await json.json()).toMatchObject({ error, error_description: expect.any(String) });
  });

  it('a redirect URI of another environment', async () => {
    const other = await aVendor(world.api);
    await givePublicFace(world.api, other, 'https://other.test/callback');

    expect((await start({ redirect_uri: 'https://other.test/callback' })).status).toBe(400);
  });

  it('nothing at all', async () => {
    expect((await aBrowser().get(`${world.api.url}/sso/authorize`)).status).toBe(400);
    expect((await start({}, ['redirect_uri'])).status).toBe(400);
  });
});

it('[DOM-09] whoever tries names of domains is stopped, whether somebody holds them or not', async () => {
  const strict = await aSignInWorld({ rateLimitFactor: 0.01 });
  await aSignInCustomer(strict, { verifiedDomain: 'acme.test' });
  const ask = async (domain: string) => (await aBrowser().get(authorizeUrl(strict, { domain }))).status;

  for (let tries = 0; tries < 6; tries += 1) expect(await ask(`nobody${tries}.test`)).toBe(302);

  expect([await ask('acme.test'), await ask('nobody.test')]).toEqual([429, 429]);
  await strict.close();
});

describe('what is reported to the app', () => {
  const errorOf = (visit: Awaited<ReturnType<typeof start>>) => {
    expect(visit.status).toBe(302);
    expect(visit.leadsTo?.href.startsWith(world.redirectUri)).toBe(true);
    expect(visit.leadsTo?.searchParams.get('state')).toBe('the state');
    return visit.leadsTo?.searchParams.get('error');
  };

  it('no selector, or two', async () => {
    expect(errorOf(await start({}))).toBe('invalid_connection_selector');
    const { connection, organization } = customer;
    const both = { connection: connection.id, organization: organization.id };
    expect(errorOf(await start(both))).toBe('invalid_connection_selector');
    const odd = { connection: connection.id, domain: 'acme.test' };
    expect(errorOf(await start(odd))).toBe('domain_connection_selector_not_allowed');
  });

  it('a connection, organization or domain that there is not, and social providers', async () => {
    expect(errorOf(await start({ connection: 'conn_1' }))).toBe('connection_invalid');
    expect(errorOf(await start({ organization: 'org_1' }))).toBe('organization_invalid');
    expect(errorOf(await start({ domain: 'nobody.test' }))).toBe('connection_domain_invalid');
    expect(errorOf(await start({ provider: 'GoogleOAuth' }))).toBe('connection_invalid');
  });

  it('a connection of another environment is like none [IDB-03]', async () => {
    const other = await aVendor(world.api);
    const { connection } = await aSignInCustomer(world, { of: other });

    expect(errorOf(await start({ connection: connection.id }))).toBe('connection_invalid');
  });

  it('a connection that is not live', async () => {
    const { connection, organization } = await aSignInCustomer(world, { state: 'inactive' });

    expect(errorOf(await start({ connection: connection.id }))).toBe('connection_unlinked');
    expect(errorOf(await start({ organization: organization.id }))).toBe('connection_unlinked');
  });

  it('several live connections, when the organization alone is named', async () => {
    const { connection, organization } = await aSignInCustomer(world, { verifiedDomain: 'several.test' });
    const whose = { environmentId: organization.environmentId, organizationId: organization.id };
    const id = newId('conn_');
    await withTenant(world.api.db, whose, (tx) =>
      insertConnection(tx, {
        id,
        ...whose,
        name: 'Second',
        externalId: null,
        connectionType: 'OktaSAML',
        providerId: 'okta',
        ...addressesOf(world.api.deps.urls, id),
        state: 'active',
        createdAt: world.api.deps.now(),
      }),
    );

    expect(errorOf(await start({ organization: organization.id }))).toBe('ambiguous_connection_selector');
    const byDomain = await start({ domain: 'several.test' });
    expect(errorOf(byDomain)).toBe('ambiguous_connection_selector');
    expect(byDomain.leadsTo?.searchParams.get('error_description')).toContain(
      'Several connections take this domain: name the connection',
    );
    expect((await start({ connection: connection.id })).leadsTo?.href).toContain(world.idp.ssoUrl);

    // Whom the app expects tells them apart once the domain is chosen for one of them.
    const expecting = (loginHint: string) => start({ organization: organization.id, login_hint: loginHint });
    expect(errorOf(await expecting('ann@several.test'))).toBe('ambiguous_connection_selector');
    await withTenant(world.api.db, whose, (tx) =>
      updateConnection(tx, whose, connection.id, { allowedDomains: ['several.test'] }, world.api.deps.now()),
    );
    expect((await expecting('Ann@Several.TEST')).leadsTo?.href).toContain(world.idp.ssoUrl);
    expect((await start({ organization: organization.id, login_hint: 'ann' })).leadsTo?.href).toContain(
      'ambiguous_connection_selector',
    );
    const elsewhere = await expecting('bob@partner.test');
    expect(elsewhere.leadsTo?.href).not.toContain(world.idp.ssoUrl);
    expect(elsewhere.leadsTo?.href).not.toContain('ambiguous_connection_selector');
  });

  it('another response type, and a challenge that is not S256', async () => {
    const { id: connection } = customer.connection;
    expect(errorOf(await start({ connection, response_type: 'token' }))).toBe('unsupported_response_type');
    const plain = { connection, code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' };
    expect(errorOf(await start(plain))).toBe('invalid_request');
    expect(errorOf(await start({ connection, code_challenge: 'a'.repeat(43) }))).toBe('invalid_request');
  });
});

describe('ways to name the connection', () => {
  it.each(['organization', 'organization_id', 'connection', 'connection_id', 'domain'])(
    '%s',
    async (name) => {
      const { connection, organization } = customer;
      const value = name.startsWith('org')
        ? organization.id
        : name === 'domain'
          ? 'ACME.test'
          : connection.id;

      expect((await start({ [name]: value })).leadsTo?.href).toContain(world.idp.ssoUrl);
    },
  );
});

it('a provider that takes requests by POST gets a page that posts itself, under a policy', async () => {
  const { connection } = await aSignInCustomer(world, { settings: { idpSsoBinding: 'post' } });

  const page = await start({ connection: connection.id });

  expect(page.status).toBe(200);
  expect(page.text).toContain('name="SAMLRequest"');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain(`form-action 'self' ${new URL(world.idp.ssoUrl).origin};`);
  expect(policy).toMatch(/script-src 'self' 'nonce-/);
});

describe('a domain as a selector', () => {
  it.each(['müller.test', 'MÜLLER.test', 'xn--mller-kva.test', ' müller.test. '])(
    'finds its holder in whatever spelling an app takes it from an address: %s',
    async (domain) => {
      holder ??= await aSignInCustomer(world, { verifiedDomain: 'xn--mller-kva.test' });

      expect((await start({ domain })).leadsTo?.href).toContain(world.idp.ssoUrl);
    },
  );

  it('says of a whole address which part is asked for, and of a missing selector which there are', async () => {
    const told = async (query: Record<string, string>) =>
      (await start(query)).leadsTo?.searchParams.get('error_description');

    expect(await told({ domain: 'anna@acme.test' })).toBe('Send the domain alone: what stands behind the @.');
    expect(await told({})).toBe('Send exactly one of connection, organization and domain.');
  });
});

describe('a registered redirect URI', () => {
  it.each([
    ['https://app.test/cb', 'https://app.test/cb', true],
    ['https://app.test/cb', 'https://app.test/cb?x=1', false],
    ['https://app.test/cb', 'https://appxtest/cb', false],
    ['https://*.app.test/cb', 'https://acme.app.test/cb', true],
    ['https://*.app.test/cb', 'https://a.b.app.test/cb', false],
    ['https://*.app.test/cb', 'https://evil.test/.app.test/cb', false],
    ['https://*.app.test/cb', 'https://evil.test#.app.test/cb', false],
    ['https://*.app.test/cb', 'https://.app.test/cb', false],
    ['http://localhost:*/cb', 'http://localhost:3000/cb', true],
    ['http://localhost:*/cb', 'http://localhost:3000@evil.test/cb', false],
    ['http://localhost:*/cb', 'http://localhost/cb', false],
  ])('%s: %s %s', (registered, asked, expected) => {
    expect(isRegistered([{ uri: registered }], asked)).toBe(expected);
  });
});
