import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { discoverProvider } from '../../adapters/oidc/discovery.ts';
import {
  oidcFaultNames,
  oidcFaults,
  type OidcFault,
  type OidcFaultName,
} from '../../sandbox/test-idp/oidc/faults.ts';
import { aTestIdpClient } from '../support/openid-customers.ts';
import { codeOf, newestOf } from '../support/saml-answers.ts';
import {
  aBrowser,
  type Browser,
  aSignInWorld,
  authorizeUrl,
  type SignInCustomer,
  type SignInWorld,
  type Visit,
} from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

const aCustomer = (more: Parameters<typeof aTestIdpClient>[1] = {}) => aTestIdpClient(world, more);

/** A whole sign-in in one browser: where it ends. */
async function signIn(
  { connection }: SignInCustomer,
  person = 'tp-anna-people.test',
  browser = aBrowser(),
): Promise<Visit> {
  const page = await browser.follow(await browser.get(authorizeUrl(world, { connection: connection.id })));
  const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1];
  if (action === undefined) throw new Error(`no form on the page:\n${page.text}`);
  return browser.follow(await browser.post(new URL(action, page.url).href, { person }, false));
}

async function meet(fault: OidcFaultName, customer: SignInCustomer, person?: string) {
  await world.setFault(fault);
  try {
    const end = await signIn(customer, person);
    return { end, attempt: await newestOf(world, customer) };
  } finally {
    await world.setFault(null);
  }
}

describe('every fault of the Test IdP by OpenID Connect is found over HTTP [TIDP-05]', () => {
  it('without a fault somebody signs in, and their groups come along', async () => {
    const customer = await aCustomer();

    expect(codeOf(await signIn(customer))).toBeTruthy();
    expect(await newestOf(world, customer)).toMatchObject({
      state: 'success',
      protocol: 'oidc',
      email: 'anna@people.test',
      idpId: 'tp-anna-people.test',
      profile: { firstName: 'Anna', groups: ['Everyone', 'Admins'] },
    });
  });

  const ofSignIns = oidcFaultNames.filter((name) => oidcFaults[name].group !== 'discovery');
  it.each(ofSignIns)('%s', async (name) => {
    const customer = await aCustomer();
    const { expected }: OidcFault = oidcFaults[name];

    const { end, attempt } = await meet(name, customer);

    if (expected === 'ok') {
      expect([attempt.state, attempt.cause]).toEqual(['success', null]);
      expect(codeOf(end)).toBeTruthy();
    } else {
      expect([attempt.state, attempt.cause]).toEqual(['failed', expected]);
      expect(codeOf(end) ?? null).toBeNull();
    }
  });

  it('oidc_key_rotated works for whoever has fetched the keys before [OIDC-06]', async () => {
    const customer = await aCustomer();
    await signIn(customer);

    expect((await meet('oidc_key_rotated', customer)).attempt.state).toBe('success');
  });

  it.each(['oidc_old_sign_in', 'oidc_no_sign_in_time'] as const)(
    '%s is refused where a fresh one is asked for',
    async (name) => {
      const customer = await aCustomer({ settings: { forceAuthn: true } });

      const { attempt } = await meet(name, customer);

      expect(attempt.cause).toBe(oidcFaults[name].also.expected);
    },
  );

  it('oidc_email_unverified does no harm in a domain of the organization’s own', async () => {
    const customer = await aCustomer({ verifiedDomain: 'acme-own.test' });

    const { attempt } = await meet('oidc_email_unverified', customer, 'anna@acme-own.test');

    expect(attempt).toMatchObject({ state: 'success', email: 'anna@acme-own.test' });
  });

  it('link checkers that ask for the head of the answer’s address spend nothing', async () => {
    const customer = await aCustomer();
    const browser = aBrowser();
    const heads: number[] = [];
    const checked: Browser = {
      ...browser,
      async follow(visit) {
        let at = visit;
        while (at.leadsTo && at.leadsTo.href.startsWith('http://')) {
          const head = await fetch(at.leadsTo.href, { method: 'HEAD', redirect: 'manual' });
          heads.push(head.status);
          at = await browser.get(at.leadsTo.href);
        }
        return at;
      },
    };

    expect(codeOf(await signIn(customer, undefined, checked))).toBeTruthy();
    expect(new Set(heads)).toEqual(new Set([200]));
  });

  it.each(['client_secret_post'] as const)(
    'a client that proves itself by %s signs in [OIDC-08]',
    async (method) => {
      const customer = await aCustomer({ settings: { oidcClientAuth: method } });

      expect(codeOf(await signIn(customer))).toBeTruthy();
    },
  );
});

describe('a discovery document of the Test IdP [OIDC-04]', () => {
  const read = () =>
    discoverProvider(world.api.deps.egress, {
      url: world.idp.discoveryUrl,
      organizationId: newId('org_'),
      sandboxLoopback: true,
    });

  it('is read without a remark that stops', async () => {
    const { remarks, server } = await read();

    expect(remarks.filter(({ severity }) => severity === 'stop')).toEqual([]);
    expect(server).toMatchObject({ issuer: world.idp.issuer, namesItself: true, tokenAlgs: ['RS256'] });
  });

  const ofDiscovery = oidcFaultNames.filter((name) => oidcFaults[name].group === 'discovery');
  it.each(ofDiscovery)('%s', async (name) => {
    await world.setFault(name);
    const { remarks } = await read();
    await world.setFault(null);

    const codes = remarks.map(({ code }) => code);
    expect(codes).toContain(oidcFaults[name].expected.replace('discovery_issuer_differs', 'issuer_differs'));
  });
});
