import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveConnection, withSystem, type AttemptRow } from '../../db/index.ts';
import { faultNames, faults } from '../../sandbox/test-idp/faults.ts';
import type { TestResponseInput } from '../../sandbox/test-idp/response.ts';
import { aVendor } from '../support/builders.ts';
import * as answers from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
  chooseAtTestIdp,
  givePublicFace,
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

const attemptsOf = (of: Pick<SignInCustomer, 'connection'>, state?: AttemptRow['state']) =>
  answers.attemptsOf(world, of, state);
const newestOf = (of: SignInCustomer) => answers.newestOf(world, of);
const begin = (of: SignInCustomer, change: Partial<TestResponseInput> = {}) =>
  answers.begin(world, of, change);
const answerTo = (
  of: SignInCustomer,
  requestId: string | undefined,
  change: Partial<TestResponseInput> = {},
) => answers.answerTo(world, of, requestId, change);
const { codeOf, errorOf } = answers;

describe('every fault of the Test IdP is found over HTTP [TIDP-05]', () => {
  it.each(faultNames.filter((name) => name !== 'replayed' && name !== 'unknown_request'))(
    '%s',
    async (name) => {
      const fresh = await aSignInCustomer(world);
      await world.setFault(name);
      const end = await signInAt(world, { connection: fresh.connection.id });
      await world.setFault(null);
      const attempt = await newestOf(fresh);

      const { expected } = faults[name];
      if (expected === 'ok') {
        expect(codeOf(end)).toBeTruthy();
        expect(attempt.state).toBe('success');
      } else {
        expect({ error: errorOf(end), code: codeOf(end) }).toEqual({
          error: expected === 'unsolicited' ? 'idp_initiated_sso_disabled' : 'access_denied',
          code: null,
        });
        expect(attempt).toMatchObject({ state: 'failed', cause: expected });
        expect(end.leadsTo?.searchParams.get('error_description')).toContain(attempt.reference);
        expect(end.leadsTo?.searchParams.get('state')).toBe('the state');
        expect(attempt.checks.length).toBeGreaterThan(0);
      }
    },
  );

  it('unknown_request: an answer that belongs to no sign-in ends here, and leaves the one that waits alone', async () => {
    const fresh = await aSignInCustomer(world);
    await world.setFault('unknown_request');
    const end = await signInAt(world, { connection: fresh.connection.id });
    await world.setFault(null);
    const [refused, waiting] = await attemptsOf(fresh);

    expect([end.status, end.leadsTo]).toEqual([403, undefined]);
    expect(refused).toMatchObject({ origin: 'provider', cause: faults.unknown_request.expected });
    expect(waiting).toMatchObject({ origin: 'app', state: 'in_progress' });
  });

  it('replayed: the ids of an earlier answer are refused in a new one [SAML-18]', async () => {
    const fresh = await aSignInCustomer(world);
    await signInAt(world, { connection: fresh.connection.id });
    await world.setFault('replayed');
    const end = await signInAt(world, { connection: fresh.connection.id });
    await world.setFault(null);

    expect(errorOf(end)).toBe('access_denied');
    expect(await newestOf(fresh)).toMatchObject({ state: 'failed', cause: 'replayed' });
  });

  it('a certificate that is not trusted yet is kept for the button that trusts it', async () => {
    const fresh = await aSignInCustomer(world);
    await world.setFault('other_key');
    await signInAt(world, { connection: fresh.connection.id });
    await world.setFault(null);

    const { facts } = await newestOf(fresh);
    expect(facts.offeredCertificate).toContain('-----BEGIN CERTIFICATE-----');
  });
});

describe('an answer belongs to the browser that asked [SAML-16]', () => {
  it('another browser is refused, and the one that asked can still sign in', async () => {
    const { browser, acs, fields } = await begin(customer);
    const thief = aBrowser();
    await thief.get(authorizeUrl(world, { connection: customer.connection.id }));
    for (const other of [thief, aBrowser()]) {
      const refused = await other.follow(await other.post(acs, fields));
      expect(refused.status).toBe(403);
      expect(refused.text).toMatch(/Reference\s+<code\s*>[2-9A-Z]{4}-\d\d/);
    }

    const end = await browser.follow(await browser.post(acs, fields));

    expect(codeOf(end)).toBeTruthy();
    const causes = (await attemptsOf(customer, 'failed')).map(({ cause }) => cause);
    expect(causes.slice(0, 2)).toEqual(['browser_differs', 'browser_differs']);
  });

  it('two sign-ins in one browser do not disturb each other', async () => {
    const browser = aBrowser();
    const url = authorizeUrl(world, { connection: customer.connection.id });
    const first = await chooseAtTestIdp(browser, await browser.get(url), 'anna@people.test');
    const second = await chooseAtTestIdp(browser, await browser.get(url), 'zofia@people.test');

    const ends = [
      await browser.follow(await browser.post(second.action, second.fields)),
      await browser.follow(await browser.post(first.action, first.fields)),
    ];

    expect(ends.map(codeOf).every(Boolean)).toBe(true);
  });
});

describe('a request is answered once [SAML-17] [SAML-18]', () => {
  it('of 20 posts at the same moment one signs in', async () => {
    const { browser, acs, fields } = await begin(customer);

    const ends = await Promise.all(
      Array.from({ length: 20 }, async () => browser.follow(await browser.post(acs, fields))),
    );

    expect(ends.filter((end) => codeOf(end))).toHaveLength(1);
    expect(ends.filter(({ status }) => status >= 500)).toEqual([]);
  });

  it('the same answer later is a replay, kept and told to nobody but the staff', async () => {
    const { browser, acs, fields } = await begin(customer);
    expect(codeOf(await browser.follow(await browser.post(acs, fields)))).toBeTruthy();

    const again = await browser.follow(await browser.post(acs, fields));

    expect(again.status).toBe(403);
    expect(again.text).not.toContain('replay');
    expect(await newestOf(customer)).toMatchObject({ state: 'failed', cause: 'replayed' });
    expect(world.api.logged()).toContain('a sign-in was replayed');
  });

  it('going back to the bounce shows that the sign-in is over', async () => {
    const { browser, acs, fields } = await begin(customer);
    const bounce = await browser.post(acs, fields);
    await browser.follow(bounce);

    const again = await browser.get(bounce.leadsTo?.href ?? '');

    expect(again.status).toBe(410);
    expect(again.text).toContain('This sign-in is over');
  });

  it('junk that names the request does not burn it, nor pushes a good answer aside', async () => {
    const { browser, acs, fields, requestId } = await begin(customer);
    const junk = answerTo(customer, requestId, { fault: 'altered' });
    const stranger = aBrowser();
    expect((await stranger.follow(await stranger.post(acs, junk))).status).toBe(403);
    const bounce = await browser.post(acs, fields);
    await stranger.post(acs, junk);
    await stranger.post(acs, { SAMLResponse: 'AAAA', RelayState: fields.RelayState ?? '' });

    expect(codeOf(await browser.follow(bounce))).toBeTruthy();
  });

  it('an answer after ten minutes is too late, and says so', async () => {
    const { browser, acs, requestId } = await begin(customer);
    world.api.pass(11 * 60_000);

    const end = await browser.follow(await browser.post(acs, answerTo(customer, requestId)));

    expect(end.status).toBe(403);
    expect((await attemptsOf(customer, 'failed'))[0]).toMatchObject({ cause: 'request_expired' });
  });

  it('an answer for another connection is refused there', async () => {
    const other = await aSignInCustomer(world);
    const { browser, fields } = await begin(customer);

    const end = await browser.follow(await browser.post(other.connection.acsUrl, fields));

    expect(end.status).toBe(403);
    expect(await newestOf(other)).toMatchObject({ state: 'failed', cause: 'destination_differs' });
  });
});

describe('a sign-in that nobody asked for [SAML-19]', () => {
  it('is led to the app, without signing anybody in', async () => {
    const fresh = await aSignInCustomer(world);
    const fields = answerTo(fresh, undefined, { relayState: 'https://evil.test' });
    const browser = aBrowser();

    const end = await browser.post(fresh.connection.acsUrl, fields);

    expect(end.leadsTo?.href.startsWith(world.redirectUri)).toBe(true);
    expect(errorOf(end)).toBe('idp_initiated_sso_disabled');
    expect(end.leadsTo?.href).not.toContain('evil');
    const [kept] = await attemptsOf(fresh, 'failed');
    expect(kept).toMatchObject({ origin: 'provider', cause: 'unsolicited' });
  });

  it('whose RelayState is ours belongs to the attempt that sent it, which keeps a digest only [SEC-03]', async () => {
    const fresh = await aSignInCustomer(world);
    const { browser, acs, relayState } = await begin(fresh);
    expect(JSON.stringify(await newestOf(fresh))).not.toContain(relayState);

    await browser.follow(await browser.post(acs, answerTo(fresh, undefined, { relayState })));

    expect(await attemptsOf(fresh)).toHaveLength(1);
    expect(await newestOf(fresh)).toMatchObject({ origin: 'app', state: 'failed' });
  });

  it.each([
    '//evil.test',
    'https:evil.test',
    String.raw`/\evil.test`,
    'javascript:alert(1)',
    'x'.repeat(10_240),
    'a\r\nb',
  ])('RelayState %j leads nowhere [SAML-20]', async (RelayState) => {
    const { browser, acs, fields } = await begin(customer);

    const end = await browser.follow(await browser.post(acs, { ...fields, RelayState }));

    expect(codeOf(end)).toBeTruthy();
    expect(end.leadsTo?.origin).toBe(new URL(world.redirectUri).origin);
  });
});

describe('who may answer, and how [SAML-01] [SAML-02]', () => {
  it.each(['draft', 'validating', 'inactive', 'deleting', 'requires_type'] as const)(
    'a connection that is %s is answered for like one that does not exist',
    async (state) => {
      const { connection } = await aSignInCustomer(world, { state });
      const browser = aBrowser();
      const post = (id: string) =>
        browser.post(`${world.api.url}/sso/saml/${id}/acs`, { SAMLResponse: 'AAAA' });
      const unknown = await post('conn_00000000000000000000000000');

      const closed = await post(connection.id);

      expect(closed.status).toBe(404);
      const withoutIds = (text: string) => text.replace(/req_[0-9A-Z]+/g, '');
      expect(withoutIds(closed.text)).toBe(withoutIds(unknown.text));
      const login = await browser.get(`${world.api.url}/sso/saml/${connection.id}/login`);
      expect(login.status).toBe(404);
    },
  );

  it('an answer that comes after the connection was switched off signs nobody in', async () => {
    const fresh = await aSignInCustomer(world);
    const { browser, acs, fields } = await begin(fresh);
    const bounce = await browser.post(acs, fields);
    await switchOff(fresh);

    const end = await browser.follow(bounce);

    expect(errorOf(end)).toBe('connection_unlinked');
    expect(await newestOf(fresh)).toMatchObject({ state: 'failed', cause: 'connection_not_usable' });
  });

  it('two answers in one post, another type, and too much are refused', async () => {
    const { acs, fields } = await begin(customer);
    const send = async (body: BodyInit, type: string) =>
      (await fetch(acs, { method: 'POST', body, headers: { 'content-type': type }, redirect: 'manual' }))
        .status;
    const form = 'application/x-www-form-urlencoded';
    const one = new URLSearchParams(fields).toString();

    expect(await send(`${one}&SAMLResponse=AAAA`, form)).toBe(400);
    expect(await send(`${one}&RelayState=b`, form)).toBe(400);
    expect(await send('SAMLResponse[x]=AAAA', form)).toBe(400);
    expect(await send('RelayState=a', form)).toBe(400);
    expect(await send(JSON.stringify(fields), 'application/json')).toBe(415);
    expect(await send(`SAMLResponse=${'A'.repeat(256 * 1024)}`, form)).toBe(413);
  });

  it('a production environment refuses the Test IdP [TIDP-04]', async () => {
    const production = await aVendor(world.api, { kind: 'production' });
    await givePublicFace(world.api, production, world.redirectUri);
    const { connection } = await aSignInCustomer(world, { of: production });
    const browser = aBrowser();
    const url = new URL(authorizeUrl(world, { connection: connection.id }));
    url.searchParams.set('client_id', production.environment.clientId);

    expect(errorOf(await browser.get(url.href))).toBe('connection_unlinked');
  });
});

describe('junk is cheap [SAML-03] [SAML-04]', () => {
  const bombs: Record<string, string> = {
    entities: `<!DOCTYPE a [<!ENTITY b "${'c'.repeat(1000)}">]><a>${'&b;'.repeat(1000)}</a>`,
    siblings: `<a>${'<b/>'.repeat(40_000)}</a>`,
    depth: '<a>'.repeat(40_000),
    attributes: `<a ${Array.from({ length: 9000 }, (_, n) => `b${n}="1"`).join(' ')}/>`,
    namespaces: `<a ${Array.from({ length: 5000 }, (_, n) => `xmlns:n${n}="urn:${n}"`).join(' ')}/>`,
  };

  it.each(Object.keys(bombs))('a bomb of %s is refused, while others sign in', async (name) => {
    const fresh = await aSignInCustomer(world);
    await signInAt(world, { connection: fresh.connection.id });
    const SAMLResponse = Buffer.from(bombs[name] ?? '').toString('base64');
    const stranger = aBrowser();

    const [refused, good] = await Promise.all([
      Promise.all([1, 2, 3, 4].map(() => stranger.post(fresh.connection.acsUrl, { SAMLResponse }))),
      signInAt(world, { connection: customer.connection.id }),
    ]);

    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(codeOf(good)).toBeTruthy();
    expect((await attemptsOf(fresh)).map(({ cause }) => cause)).toContain('xml_refused');
  });
});

async function switchOff({ connection }: SignInCustomer): Promise<void> {
  const whose = { environmentId: connection.environmentId, organizationId: connection.organizationId };
  await withSystem(world.api.systemDb, (tx) =>
    moveConnection(tx, whose, connection.id, {
      from: ['active'],
      to: 'inactive',
      now: world.api.deps.now(),
    }),
  );
}
