import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair, type KeyPair } from '../../adapters/saml/sp-keys.ts';
import { sealSpKey } from '../../api/sp-keys.ts';
import { insertSpKey, updateConnection, withTenant, type ConnectionRow } from '../../db/index.ts';
import { registrationOf } from '../../sandbox/test-idp/connections.ts';
import { readAuthnRequest } from '../../sandbox/test-idp/request.ts';
import { responseXml, signResponse } from '../../sandbox/test-idp/response.ts';
import { aDraftTest } from '../support/draft-tests.ts';
import { withEncryptedAssertion } from '../support/saml.ts';
import { answerTo, attemptsOf, begin, codeOf, errorOf, newestOf, planOf } from '../support/saml-answers.ts';
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
let pair: KeyPair;
beforeAll(async () => {
  world = await aSignInWorld();
  pair = await makeKeyPair({
    commonName: 'ours',
    validDays: 30,
    modulusLength: 2048,
    now: world.api.deps.now(),
  });
});
afterAll(() => world.close());

async function aCustomerWith(settings: Partial<ConnectionRow>, use?: 'signing' | 'encryption') {
  const customer = await aSignInCustomer(world, { settings });
  const { connection } = customer;
  const now = world.api.deps.now();
  if (use !== undefined) {
    const key = sealSpKey(world.api.deps.secrets, connection, use, { ...pair, notBefore: now }, now);
    await withTenant(world.api.db, connection, (tx) => insertSpKey(tx, key));
  }
  return customer;
}

/** An answer whose assertion is encrypted for our key, with the Response signed round it. */
function encryptedAnswer(of: SignInCustomer, requestId: string): Record<string, string> {
  const plan = planOf(world, of, requestId);
  const xml = withEncryptedAssertion(responseXml(plan), pair);
  const signed = signResponse(xml, { ...plan, sign: 'response' }, world.keys);
  return { SAMLResponse: Buffer.from(signed).toString('base64') };
}

describe('signed requests', () => {
  it.each(['redirect', 'post'] as const)(
    'are verified by the provider with our published certificate, by %s [SAML-22]',
    async (idpSsoBinding) => {
      const { connection } = await aCustomerWith({ signRequests: true, idpSsoBinding }, 'signing');
      const sent = await aBrowser().get(authorizeUrl(world, { connection: connection.id }));
      const sp = {
        entityId: connection.spEntityId,
        acsUrl: connection.acsUrl,
        signingCertificates: [pair.certificatePem],
      };
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(sent.text)?.[1] ?? '';
      const arrived =
        idpSsoBinding === 'redirect'
          ? { binding: 'redirect' as const, query: sent.leadsTo?.search ?? '' }
          : { binding: 'post' as const, samlRequest: field('SAMLRequest') };

      const read = await readAuthnRequest(arrived, () => Promise.resolve(sp));

      expect(read).toMatchObject({ spEntityId: connection.spEntityId, acsUrl: connection.acsUrl });
    },
  );
});

describe('the Test IdP', () => {
  it('wants signatures while the connection makes them, and no more once a draft leaves them out', async () => {
    const customer = await aCustomerWith({ signRequests: true }, 'signing');
    const wanted = async () =>
      (await registrationOf(world.api.db, customer.connection)).signingCertificates.length;

    expect(await wanted()).toBe(1);
    const draft = await aDraftTest(world, customer, { signRequests: false });
    expect(await wanted()).toBe(0);
    await draft.endDraft();
    expect(await wanted()).toBe(1);
  });
});

describe('encrypted answers [SAML-10]', () => {
  it('sign people in, and are noted as what came', async () => {
    const customer = await aCustomerWith({ encryptAssertions: true }, 'encryption');
    const { browser, acs, requestId } = await begin(world, customer);

    const end = await browser.follow(await browser.post(acs, encryptedAnswer(customer, requestId)));

    expect(codeOf(end)).toBeTruthy();
    expect(await newestOf(world, customer)).toMatchObject({ state: 'success', signed: 'response' });
  });

  it('a plain answer is less, once a test came encrypted', async () => {
    const customer = await aCustomerWith({ encryptAssertions: true, encryptedFloor: true }, 'encryption');
    await signInAt(world, { connection: customer.connection.id });
    expect(await newestOf(world, customer)).toMatchObject({ state: 'success', signed: 'both' });

    await world.setFault('unencrypted');
    const end = await signInAt(world, { connection: customer.connection.id });
    await world.setFault(null);

    expect(errorOf(end)).toBe('access_denied');
    expect(await newestOf(world, customer)).toMatchObject({
      cause: 'signed_less',
      facts: { expected: 'encrypted', received: 'plain' },
    });
  });
});

describe('a fresh sign-in', () => {
  it('is asked for, and an older one refused [SAML-15]', async () => {
    const customer = await aCustomerWith({ forceAuthn: true });
    const { browser, acs, requestId } = await begin(world, customer);
    const plan = planOf(world, customer, requestId);
    const old = { ...plan, authnInstant: new Date(plan.authnInstant.getTime() - 10 * 60_000) };
    const SAMLResponse = Buffer.from(signResponse(responseXml(old), old, world.keys)).toString('base64');

    expect((await newestOf(world, customer)).requestXml).toContain('ForceAuthn="true"');
    expect(errorOf(await browser.follow(await browser.post(acs, { SAMLResponse })))).toBe('access_denied');
    expect(await newestOf(world, customer)).toMatchObject({ cause: 'authn_too_old' });
  });
});

describe('starting at the provider, where a connection allows it [SAML-19]', () => {
  it('signs nobody in by itself: the provider is asked, and its answer signs in', async () => {
    const customer = await aCustomerWith({});
    await allow(customer);
    const browser = aBrowser();
    const unasked = answerTo(world, customer, undefined, { relayState: 'https://evil.test' });

    const again = await browser.post(customer.connection.acsUrl, unasked);
    const atProvider = await browser.get(again.leadsTo?.href ?? '');
    const { action, fields } = await chooseAtTestIdp(browser, atProvider);
    const end = await browser.follow(await browser.post(action, fields));

    expect(again.status).toBe(303);
    expect(again.leadsTo?.href).not.toContain('evil');
    expect(end.leadsTo?.href.startsWith(world.redirectUri)).toBe(true);
    expect(codeOf(end)).toBeTruthy();
    // The tile is no failure of the connection.
    expect(await attemptsOf(world, customer)).toMatchObject([{ state: 'success', origin: 'provider' }]);
  });

  it('the unasked answer itself is good for nothing, in no browser', async () => {
    const customer = await aCustomerWith({});
    await allow(customer);
    const unasked = answerTo(world, customer, undefined);
    const { browser, acs } = await begin(world, customer);

    const ends = [await browser.post(acs, unasked), await aBrowser().post(acs, unasked)];

    expect(ends.map(codeOf)).toEqual([undefined, undefined].map(() => null));
    expect((await attemptsOf(world, customer)).filter(({ state }) => state === 'success')).toEqual([]);
  });

  it('a forged one is refused and starts nothing', async () => {
    const customer = await aCustomerWith({});
    await allow(customer);
    const forged = answerTo(world, customer, undefined, { fault: 'altered' });

    const end = await aBrowser().post(customer.connection.acsUrl, forged);

    expect(end.status).toBe(403);
    expect(await newestOf(world, customer)).toMatchObject({ state: 'failed', origin: 'provider' });
  });

  it('a provider that forgets what it was asked does not send people round for ever', async () => {
    const customer = await aCustomerWith({});
    await allow(customer);
    const browser = aBrowser();
    let at = await browser.post(customer.connection.acsUrl, answerTo(world, customer, undefined));
    let rounds = 0;
    while (at.leadsTo && rounds < 10) {
      rounds += 1;
      at = await browser.get(at.leadsTo.href);
      if (at.status !== 302) break;
      at = await browser.post(customer.connection.acsUrl, answerTo(world, customer, undefined));
    }

    expect(rounds).toBe(4);
    expect(at.status).toBe(403);
    expect(await newestOf(world, customer)).toMatchObject({ cause: 'unsolicited', origin: 'provider' });
  });

  async function allow({ connection }: SignInCustomer): Promise<void> {
    await withTenant(world.api.db, connection, (tx) =>
      updateConnection(tx, connection, connection.id, { allowIdpInitiated: true }, world.api.deps.now()),
    );
  }
});
