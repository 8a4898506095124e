import { createHash, randomBytes } from 'node:crypto';
import { WorkOS } from '@workos-inc/node';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAttempts, listCertificates, withSystem } from '../../db/index.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  chooseAtTestIdp,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
let customer: SignInCustomer;
beforeAll(async () => {
  world = await aSignInWorld();
  customer = await aSignInCustomer(world);
});
afterAll(() => world.close());

function sdk(): WorkOS {
  const { hostname, port } = new URL(world.api.url);
  return new WorkOS(world.vendor.secret, {
    apiHostname: hostname,
    port: Number(port),
    https: false,
    clientId: world.vendor.environment.clientId,
  });
}

describe('a sign-in with the official SDK', () => {
  it('leads from the authorization URL to the profile', async () => {
    const workos = sdk();
    const clientId = world.vendor.environment.clientId;
    const url = workos.sso.getAuthorizationUrl({
      clientId,
      organization: customer.organization.id,
      redirectUri: world.redirectUri,
      state: 'a state & more',
    });
    const browser = aBrowser();
    const start = await browser.get(url);
    expect(start.status).toBe(302);
    const { action, fields } = await chooseAtTestIdp(browser, start);
    const end = await browser.follow(await browser.post(action, fields));

    expect(end.leadsTo?.href).toContain(world.redirectUri);
    expect(end.leadsTo?.searchParams.get('state')).toBe('a state & more');
    const code = end.leadsTo?.searchParams.get('code') ?? '';
    const { profile, accessToken } = await workos.sso.getProfileAndToken({ clientId, code });

    expect(profile).toMatchObject({
      email: 'anna@people.test',
      firstName: 'Anna',
      lastName: 'Berg',
      idpId: 'tp-anna-people.test',
      connectionId: customer.connection.id,
      connectionType: 'TestIdp',
      organizationId: customer.organization.id,
      groups: ['Everyone', 'Admins'],
    });
    expect(profile.rawAttributes).toMatchObject({
      email: 'anna@people.test',
      groups: ['Everyone', 'Admins'],
    });
    expect(await workos.sso.getProfile({ accessToken })).toEqual(profile);

    const jwks = createRemoteJWKSet(new URL(`/sso/jwks/${clientId}`, world.api.url));
    const { payload } = await jwtVerify(accessToken, jwks, { audience: clientId });
    expect(payload.sub).toBe(profile.id);
  });

  it('with PKCE works for a public client, without a secret', async () => {
    const clientId = world.vendor.environment.clientId;
    const verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const end = await signInAt(world, {
      connection: customer.connection.id,
      code_challenge,
      code_challenge_method: 'S256',
    });
    const code = end.leadsTo?.searchParams.get('code') ?? '';

    const { profile } = await new WorkOS({
      clientId,
      apiHostname: '127.0.0.1',
      port: Number(new URL(world.api.url).port),
      https: false,
    }).sso.getProfileAndToken({ clientId, code, codeVerifier: verifier });

    expect(profile.email).toBe('anna@people.test');
  });

  it('keeps the attempt with what was checked, and one profile a person [IDB-01]', async () => {
    const ends = [
      await signInAt(world, { connection: customer.connection.id }, { person: 'malik@people.test' }),
      await signInAt(world, { connection: customer.connection.id }, { person: 'malik@people.test' }),
    ];
    const codes = ends.map(({ leadsTo }) => leadsTo?.searchParams.get('code') ?? '');
    const clientId = world.vendor.environment.clientId;
    const profiles = await Promise.all(
      codes.map(async (code) => (await sdk().sso.getProfileAndToken({ clientId, code })).profile.id),
    );
    expect(new Set(profiles).size).toBe(1);

    const tenant = { environmentId: world.vendor.environment.id };
    const filter = { connectionId: customer.connection.id, state: 'success' as const };
    const { rows } = await withSystem(world.api.systemDb, (tx) =>
      listAttempts(tx, tenant, filter, { limit: 1, order: 'desc' }),
    );
    expect(rows[0]).toMatchObject({
      email: 'malik@people.test',
      signed: 'both',
      cause: null,
      profile: { sources: { email: 'email', id: 'id' } },
    });
    expect(rows[0]?.reference).toMatch(/^[2-9A-Z]{4}-\d\d$/);
    expect(rows[0]?.requestXml).toContain('<samlp:AuthnRequest');
    expect(rows[0]?.responseXml).toContain('<samlp:Response');
    const [certificate] = await withSystem(world.api.systemDb, (tx) =>
      listCertificates(tx, tenant, customer.connection.id),
    );
    expect(certificate?.lastUsedAt).toBeInstanceOf(Date);
    expect(rows[0]?.signedBy).toBe(certificate?.fingerprint);
    expect(rows[0]?.checks.every(({ passed }) => passed)).toBe(true);
    expect(rows[0]?.checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['signature', 'browser', 'replay', 'profile', 'domains']),
    );
  });
});

it('the request carries what the app asked for', async () => {
  const browser = aBrowser();
  const start = await browser.get(
    authorizeUrl(world, {
      connection_id: customer.connection.id,
      prompt: 'login',
      login_hint: 'anna@people.test',
    }),
  );

  expect(start.leadsTo?.searchParams.get('login_hint')).toBe('anna@people.test');
  expect(start.leadsTo?.searchParams.get('RelayState')).toMatch(/^vb_state_/);
  const [cookie = ''] = start.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  const tenant = { environmentId: world.vendor.environment.id };
  const { rows } = await withSystem(world.api.systemDb, (tx) =>
    listAttempts(
      tx,
      tenant,
      { connectionId: customer.connection.id, state: 'in_progress' },
      { limit: 1, order: 'desc' },
    ),
  );
  expect(rows[0]?.requestXml).toContain('ForceAuthn="true"');
});
