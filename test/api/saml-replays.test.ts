import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystem } from '../../db/index.ts';
import { responseXml, signResponse } from '../../sandbox/test-idp/response.ts';
import { replaced } from '../support/saml.ts';
import { answerTo, begin, codeOf, newestOf, planOf } from '../support/saml-answers.ts';
import {
  aSignInCustomer,
  aSignInWorld,
  authorizeUrl,
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

/** A browser whose requests a load balancer gives to this process or that: one name, one cookie. */
async function beginBehindBalancer() {
  const { host } = new URL(world.api.url);
  const start = await fetch(authorizeUrl(world, { connection: customer.connection.id }), {
    redirect: 'manual',
  });
  const cookie = start.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { requestId } = await newestOf(world, customer);
  if (requestId === null) throw new Error('the sign-in has not begun');
  const fields = answerTo(world, customer, requestId);
  const path = new URL(customer.connection.acsUrl).pathname;
  /** Whether it ended with a code for the app. */
  return async (node: string): Promise<boolean> => {
    const body = new URLSearchParams(fields).toString();
    const bounce = await locationOf(node, path, { host }, body);
    if (bounce === undefined) return false;
    const end = await locationOf(node, new URL(bounce).pathname, { host, cookie });
    return new URL(end ?? 'http://none.test').searchParams.has('code');
  };
}

/** Where an answer leads. Not by fetch, which always names the host it connects to. */
function locationOf(
  node: string,
  path: string,
  headers: Record<string, string>,
  form?: string,
): Promise<string | undefined> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const options = form === undefined ? { headers } : { method: 'POST', headers: { ...headers, ...type } };
    const sent = request(`${node}${path}`, options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.headers.location));
    });
    sent.on('error', reject).end(form);
  });
}

describe('an answer signs in once [SAML-17] [SAML-18]', () => {
  it('of 20 posts to two processes at the same moment one signs in', async () => {
    const other = await world.api.another();
    const post = await beginBehindBalancer();

    const ends = await Promise.all(
      Array.from({ length: 20 }, (_, n) => post(n % 2 === 0 ? world.api.url : other.url)),
    );

    expect(ends.filter(Boolean)).toHaveLength(1);
    await other.close();
  });

  it('one process knows what another took, also one that started afterwards', async () => {
    const first = await world.api.another();
    const post = await beginBehindBalancer();
    expect(await post(first.url)).toBe(true);
    await first.close();
    const restarted = await world.api.another();

    expect(await post(restarted.url)).toBe(false);
    expect(await post(world.api.url)).toBe(false);
    await restarted.close();
  });

  it('a clock that was set back five minutes does not make it new [REL-24]', async () => {
    const { browser, acs, fields } = await begin(world, customer);
    expect(codeOf(await browser.follow(await browser.post(acs, fields)))).toBeTruthy();
    world.api.pass(-5 * 60_000);

    const again = await browser.follow(await browser.post(acs, fields));
    world.api.pass(5 * 60_000);

    expect(codeOf(again)).toBeFalsy();
    expect(again.status).toBe(403);
  });

  it('one that says OneTimeUse signs in, and is no exception (CVE-2026-18967)', async () => {
    const { browser, acs, requestId } = await begin(world, customer);
    const plan = planOf(world, customer, requestId);
    const xml = replaced(responseXml(plan), '</saml:Conditions>', '<saml:OneTimeUse/></saml:Conditions>');
    const SAMLResponse = Buffer.from(signResponse(xml, plan, world.keys)).toString('base64');

    expect(codeOf(await browser.follow(await browser.post(acs, { SAMLResponse })))).toBeTruthy();
    expect((await browser.follow(await browser.post(acs, { SAMLResponse }))).status).toBe(403);
    expect(await newestOf(world, customer)).toMatchObject({ cause: 'replayed' });
  });
});

describe('what a success leaves [SAML-21]', () => {
  it('a sign-in of its own each time, marked with connection, session index and end', async () => {
    const fresh = await aSignInCustomer(world);
    await signInAt(world, { connection: fresh.connection.id });
    await signInAt(world, { connection: fresh.connection.id });

    const rows = await withSystem(world.api.systemDb, (tx) =>
      tx.selectFrom('signIns').selectAll().where('connectionId', '=', fresh.connection.id).execute(),
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
    expect(new Set(rows.map(({ codeDigest }) => codeDigest)).size).toBe(2);
    for (const row of rows) {
      expect(row.sessionIndex).toMatch(/^_/);
      expect(row.expiresAt?.getTime()).toBeGreaterThan(world.api.deps.now().getTime());
    }
  });

  it('an access token that ends with the session that the provider named [SAML-15]', async () => {
    const { browser, acs, requestId } = await begin(world, customer);
    const plan = planOf(world, customer, requestId);
    const inSeconds = (seconds: number) => new Date(world.api.deps.now().getTime() + seconds * 1000);
    const short = { ...plan, sessionNotOnOrAfter: inSeconds(120) };
    const SAMLResponse = Buffer.from(signResponse(responseXml(short), short, world.keys)).toString('base64');
    const code = codeOf(await browser.follow(await browser.post(acs, { SAMLResponse }))) ?? '';
    const exchanged = await fetch(`${world.api.url}/sso/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: world.vendor.environment.clientId,
        client_secret: world.vendor.secret,
        grant_type: 'authorization_code',
        code,
      }),
    });
    const { access_token: token } = (await exchanged.json()) as { access_token: string };
    const profile = async () =>
      (await fetch(`${world.api.url}/sso/profile`, { headers: { authorization: `Bearer ${token}` } })).status;

    expect(await profile()).toBe(200);
    world.api.pass(121_000);
    expect(await profile()).toBe(401);
  });

  it('the ids of answer and assertion, for an hour longer than they could be used [SAML-18]', async () => {
    const { browser, acs, requestId } = await begin(world, customer);
    const plan = planOf(world, customer, requestId);
    const SAMLResponse = Buffer.from(signResponse(responseXml(plan), plan, world.keys)).toString('base64');
    await browser.follow(await browser.post(acs, { SAMLResponse }));

    const rows = await withSystem(world.api.systemDb, (tx) =>
      tx
        .selectFrom('samlReplays')
        .selectAll()
        .where('messageId', 'in', [plan.responseId, plan.assertionId])
        .execute(),
    );
    expect(rows.map(({ kind }) => kind).sort()).toEqual(['assertion', 'response']);
    const usableUntil = plan.notOnOrAfter.getTime() + 60_000;
    for (const { expiresAt } of rows) {
      expect(expiresAt.getTime()).toBeGreaterThanOrEqual(usableUntil + 3_600_000);
    }
  });
});
