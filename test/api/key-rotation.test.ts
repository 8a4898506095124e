import { X509Certificate } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RotationRefused, rotateSpKey, type Rotation, type RotationStep } from '../../api/rotate-sp-keys.ts';
import { openSpKey } from '../../api/sp-keys.ts';
import { makeSpKey } from '../../api/sp-keys.ts';
import { insertSpKey, listSpKeys, withSystem, withTenant, type SpKeyRow } from '../../db/index.ts';
import { readAuthnRequest } from '../../sandbox/test-idp/request.ts';
import { responseXml, signResponse } from '../../sandbox/test-idp/response.ts';
import { aCrookedProvider } from '../support/crooked-provider.ts';
import { anOidcCustomer, serverAt } from '../support/openid-customers.ts';
import { withEncryptedAssertion } from '../support/saml.ts';
import { begin, codeOf, planOf } from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  chooseAtTestIdp,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

/** Our own keys change without cutting anybody off: publish the next, switch, retire the one before [KEYS-01] [MD-10]. */

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

const day = 86_400_000;

async function aCustomerWith(use: 'signing' | 'encryption'): Promise<SignInCustomer> {
  const settings = use === 'signing' ? { signRequests: true } : { encryptAssertions: true };
  const customer = await aSignInCustomer(world, { settings });
  await addKey(customer, use);
  return customer;
}

async function addKey({ connection }: SignInCustomer, use: SpKeyRow['use']): Promise<void> {
  const key = await makeSpKey(world.api.deps.secrets, connection, use, world.api.deps.now());
  await withTenant(world.api.db, connection, (tx) => insertSpKey(tx, key));
}

const keysOf = ({ connection }: SignInCustomer): Promise<SpKeyRow[]> =>
  withTenant(world.api.db, connection, (tx) => listSpKeys(tx, connection, connection.id));

const rotate = (
  { connection }: SignInCustomer,
  use: SpKeyRow['use'],
  step: RotationStep,
  more: Partial<Rotation> = {},
): Promise<SpKeyRow[]> =>
  withSystem(world.api.systemDb, (tx) =>
    rotateSpKey(tx, world.api.deps.secrets, connection.environmentId, {
      connectionId: connection.id,
      use,
      step,
      isUrgent: false,
      now: world.api.deps.now(),
      ...more,
    }),
  );

/** Certificates that our metadata lists for a use, in base64. */
async function published({ connection }: SignInCustomer, use: 'signing' | 'encryption'): Promise<string[]> {
  const xml = await (await fetch(`${world.api.url}/sso/saml/${connection.id}/metadata`)).text();
  const listed = xml.matchAll(
    new RegExp(`use="${use}".*?<ds:X509Certificate>([^<]+)</ds:X509Certificate>`, 'g'),
  );
  return [...listed].map(([, certificate = '']) => certificate);
}
const bodyOf = ({ certificatePem }: SpKeyRow) => new X509Certificate(certificatePem).raw.toString('base64');

/** Whether a request that is sent now is signed with the key of this certificate. */
async function isSignedWith({ connection }: SignInCustomer, { certificatePem }: SpKeyRow): Promise<boolean> {
  const sent = await aBrowser().get(authorizeUrl(world, { connection: connection.id }));
  const sp = {
    entityId: connection.spEntityId,
    acsUrl: connection.acsUrl,
    signingCertificates: [certificatePem],
  };
  const arrived = { binding: 'redirect' as const, query: sent.leadsTo?.search ?? '' };
  return readAuthnRequest(arrived, () => Promise.resolve(sp)).then(
    () => true,
    () => false,
  );
}

describe('the key that requests are signed with', () => {
  it('changes while people sign in: at every stage, and with a request that was signed just before [KEYS-01] [REL-18]', async () => {
    const customer = await aCustomerWith('signing');
    const { connection } = customer;
    const enter = async (browser = aBrowser(), started?: Visit) => {
      const start = started ?? (await browser.get(authorizeUrl(world, { connection: connection.id })));
      // The Test IdP takes no request that none of the keys in our metadata has signed.
      const { action, fields } = await chooseAtTestIdp(browser, start);
      return codeOf(await browser.follow(await browser.post(action, fields)));
    };
    const exchanged = async (code: string | null | undefined) => {
      const { environment, secret } = world.vendor;
      const asked = { client_id: environment.clientId, client_secret: secret, code: code ?? '' };
      const { body } = await world.vendor.call('POST', '/sso/token', {
        ...asked,
        grant_type: 'authorization_code',
      });
      return body.profile?.id as string | undefined;
    };

    const who = await exchanged(await enter());
    expect(who).toMatch(/^prof_/);
    await rotate(customer, 'signing', 'publish');
    expect(await exchanged(await enter())).toBe(who);
    const early = aBrowser();
    const signedBefore = await early.get(authorizeUrl(world, { connection: connection.id }));
    await rotate(customer, 'signing', 'switch', { isUrgent: true });
    expect(await exchanged(await enter(early, signedBefore))).toBe(who);
    expect(await exchanged(await enter())).toBe(who);
    await rotate(customer, 'signing', 'retire');
    expect(await exchanged(await enter())).toBe(who);
  });

  it('is published beside the current one, takes over after a day, and outlives the one before [KEYS-01] [MD-10]', async () => {
    const customer = await aCustomerWith('signing');
    const [old] = await keysOf(customer);
    if (old === undefined) throw new Error('there is no key');

    const [, next] = await rotate(customer, 'signing', 'publish');
    if (next === undefined) throw new Error('nothing was published');
    expect(await published(customer, 'signing')).toEqual([bodyOf(old), bodyOf(next)]);
    expect([await isSignedWith(customer, old), await isSignedWith(customer, next)]).toEqual([true, false]);

    world.api.pass(day);
    await rotate(customer, 'signing', 'switch');
    expect(await published(customer, 'signing')).toEqual([bodyOf(next), bodyOf(old)]);
    expect([await isSignedWith(customer, old), await isSignedWith(customer, next)]).toEqual([false, true]);

    await rotate(customer, 'signing', 'retire');
    expect(await published(customer, 'signing')).toEqual([bodyOf(next)]);
    expect(await isSignedWith(customer, next)).toBe(true);
  });

  it('keeps its private part to itself, in every state [KEYS-01] [SEC-04]', async () => {
    const customer = await aCustomerWith('signing');
    await rotate(customer, 'signing', 'publish');
    const keys = await keysOf(customer);
    const audits = await withSystem(world.api.systemDb, (tx) =>
      tx.selectFrom('auditEvents').selectAll().execute(),
    );

    expect(keys.map(({ state }) => state)).toEqual(['current', 'next']);
    for (const key of keys) {
      const secret = openSpKey(world.api.deps.secrets, key).slice(40, 100);
      expect(JSON.stringify([keys, audits])).not.toContain(secret);
    }
  });

  it('is told to the vendor as renewed when it takes over, with what it is for and its end', async () => {
    const events = async ({ connection }: SignInCustomer) => {
      const rows = await withSystem(world.api.systemDb, (tx) =>
        tx
          .selectFrom('events')
          .select('data')
          .where('organizationId', '=', connection.organizationId)
          .where('name', '=', 'connection.saml_certificate_renewed')
          .execute(),
      );
      return rows.map(({ data }) => Object(data).certificate);
    };
    for (const [use, type] of [
      ['signing', 'RequestSigning'],
      ['encryption', 'ResponseEncryption'],
    ] as const) {
      const customer = await aCustomerWith(use);
      const [, next] = await rotate(customer, use, 'publish');
      expect(await events(customer)).toEqual([]);
      await rotate(customer, use, 'switch', { isUrgent: true });
      await rotate(customer, use, 'retire');

      expect(await events(customer)).toEqual([
        { certificate_type: type, expiry_date: next?.notAfter.toISOString() },
      ]);
    }
  });

  it('is audited step by step', async () => {
    const customer = await aCustomerWith('signing');
    for (const step of ['publish', 'switch', 'retire'] as const) {
      await rotate(customer, 'signing', step, { isUrgent: true });
    }
    const audits = await withSystem(world.api.systemDb, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('organizationId', '=', customer.connection.organizationId)
        .where('action', 'like', 'connection.key_%')
        .orderBy('at')
        .orderBy('ordinal')
        .execute(),
    );

    expect(audits.map(({ action }) => action)).toEqual([
      'connection.key_published',
      'connection.key_switched',
      'connection.key_retired',
    ]);
  });

  it('cannot be changed out of turn', async () => {
    const customer = await aCustomerWith('signing');
    const refused = (step: RotationStep) =>
      expect(rotate(customer, 'signing', step)).rejects.toThrow(RotationRefused);

    await refused('switch');
    await refused('retire');
    await rotate(customer, 'signing', 'publish');
    await refused('publish');
    await refused('switch');
    world.api.pass(day);
    await rotate(customer, 'signing', 'switch');
    expect((await keysOf(customer)).map(({ state }) => state)).toEqual(['current', 'previous']);
  });

  it('of a connection without one, or of another environment, is not made', async () => {
    const customer = await aSignInCustomer(world);

    await expect(rotate(customer, 'signing', 'publish')).rejects.toThrow(RotationRefused);
    const elsewhere = { ...customer.connection, environmentId: 'env_00000000000000000000000000' };
    await expect(rotate({ ...customer, connection: elsewhere }, 'signing', 'publish')).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the key that assertions are encrypted for', () => {
  it('opens what was encrypted for it until it is retired [KEYS-01] [SAML-10]', async () => {
    const customer = await aCustomerWith('encryption');
    const [old] = await keysOf(customer);
    if (old === undefined) throw new Error('there is no key');
    const signsIn = async ({ certificatePem }: SpKeyRow): Promise<boolean> => {
      const { browser, acs, requestId } = await begin(world, customer);
      const plan = planOf(world, customer, requestId);
      const pair = { certificatePem, privateKeyPem: '', notAfter: old.notAfter };
      const xml = withEncryptedAssertion(responseXml(plan), pair);
      const signed = signResponse(xml, { ...plan, sign: 'response' }, world.keys);
      const SAMLResponse = Buffer.from(signed).toString('base64');
      return Boolean(codeOf(await browser.follow(await browser.post(acs, { SAMLResponse }))));
    };

    const [, next] = await rotate(customer, 'encryption', 'publish');
    if (next === undefined) throw new Error('nothing was published');
    expect(await published(customer, 'encryption')).toEqual([bodyOf(old), bodyOf(next)]);
    expect([await signsIn(old), await signsIn(next)]).toEqual([true, true]);

    await rotate(customer, 'encryption', 'switch', { isUrgent: true });
    // Nobody shall encrypt for the old one again; what is under way still opens.
    expect(await published(customer, 'encryption')).toEqual([bodyOf(next)]);
    expect([await signsIn(old), await signsIn(next)]).toEqual([true, true]);

    await rotate(customer, 'encryption', 'retire');
    expect([await signsIn(old), await signsIn(next)]).toEqual([false, true]);
  });
});

describe('the key that proves us to a provider of OpenID Connect', () => {
  it('is published beside the current one before it signs [KEYS-01] [OIDC-08]', async () => {
    const provider = await aCrookedProvider(world.api.deps.now);
    const customer = await anOidcCustomer(
      world,
      { ...provider, clientSecret: null, server: serverAt(provider.issuer) },
      { settings: { oidcClientAuth: 'private_key_jwt' } },
    );
    await addKey(customer, 'client_assertion');
    const kids = async (): Promise<string[]> => {
      const answer = await fetch(`${world.api.url}/sso/oidc/${customer.connection.id}/jwks`);
      return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    const proofOf = async () => {
      const browser = aBrowser();
      await browser.follow(await browser.get(authorizeUrl(world, { connection: customer.connection.id })));
      return decodeProtectedHeader(provider.redeemed.at(-1)?.get('client_assertion') ?? '').kid;
    };
    const [old] = await keysOf(customer);

    const [, next] = await rotate(customer, 'client_assertion', 'publish');
    expect(await kids()).toEqual([old?.id, next?.id]);
    expect(await proofOf()).toBe(old?.id);
    await rotate(customer, 'client_assertion', 'switch', { isUrgent: true });
    expect(await proofOf()).toBe(next?.id);
    await rotate(customer, 'client_assertion', 'retire');
    expect(await kids()).toEqual([next?.id]);
    provider.close();
  });
});
