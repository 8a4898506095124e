import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKeyPair, type KeyPair } from '../../adapters/saml/sp-keys.ts';
import { readLogout } from '../../adapters/saml/logout-messages.ts';
import { sealSpKey } from '../../api/sp-keys.ts';
import { insertSpKey, updateConnection, withSystem, withTenant } from '../../db/index.ts';
import { logoutRequestXml, signedPost, signedQuery } from '../support/logout.ts';
import { codeOf } from '../support/saml-answers.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  signInAt,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
let pair: KeyPair;
beforeAll(async () => {
  world = await aSignInWorld();
  const now = world.api.deps.now();
  pair = await makeKeyPair({ commonName: 'ours', validDays: 30, modulusLength: 2048, now });
});
afterAll(() => world.close());

const idpSloUrl = 'https://idp.customer.test/slo';

async function aCustomer(isOn = true): Promise<SignInCustomer> {
  const customer = await aSignInCustomer(world, { settings: { idpSloUrl, idpSloBinding: 'redirect' } });
  const { connection } = customer;
  const now = world.api.deps.now();
  await withTenant(world.api.db, connection, async (tx) => {
    await updateConnection(tx, connection, connection.id, { singleLogout: isOn }, now);
    await insertSpKey(
      tx,
      sealSpKey(world.api.deps.secrets, connection, 'signing', { ...pair, notBefore: now }, now),
    );
  });
  return customer;
}
const sloOf = ({ connection }: SignInCustomer) => `${world.api.url}/sso/saml/${connection.id}/slo`;

/** Signs a person in, and exchanges the code: their profile, token and the row that is kept. */
async function signIn(customer: SignInCustomer, person?: string) {
  const end = await signInAt(
    world,
    { connection: customer.connection.id },
    person === undefined ? {} : { person },
  );
  const response = await fetch(`${world.api.url}/sso/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: world.vendor.environment.clientId,
      client_secret: world.vendor.secret,
      grant_type: 'authorization_code',
      code: codeOf(end) ?? '',
    }),
  });
  const { access_token: token, profile } = await response.json();
  const rows = await withSystem(world.api.systemDb, (tx) =>
    tx
      .selectFrom('signIns')
      .selectAll()
      .where('profileId', '=', profile.id)
      .orderBy('createdAt', 'desc')
      .execute(),
  );
  const [row] = rows;
  if (row?.nameId == null || row.sessionIndex === null) throw new Error('the sign-in was not kept');
  return { token, profile, nameId: row.nameId.value ?? '', sessionIndex: row.sessionIndex };
}
async function isRunning({ token }: { token: string }): Promise<boolean> {
  const response = await fetch(`${world.api.url}/sso/profile`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return response.status === 200;
}

let requests = 0;
function requestFor(customer: SignInCustomer, change: Partial<Parameters<typeof logoutRequestXml>[0]> = {}) {
  const now = world.api.deps.now();
  return logoutRequestXml({
    id: `_logout${++requests}`,
    issuer: world.idp.entityId,
    destination: sloOf(customer),
    issueInstant: now.toISOString(),
    notOnOrAfter: new Date(now.getTime() + 300_000).toISOString(),
    nameId: '',
    sessionIndexes: [],
    ...change,
  });
}
const send = (customer: SignInCustomer, xml: string, relayState?: string) =>
  aBrowser().get(
    `${sloOf(customer)}?${signedQuery(xml, world.keys.current, relayState === undefined ? {} : { relayState })}`,
  );
const statusOf = (search: string) =>
  readLogout(
    { binding: 'redirect', query: search },
    { sloUrl: idpSloUrl, signingCertificates: [pair.certificatePem], now: world.api.deps.now(), ...ours },
  );
let ours = { idpEntityId: '' };

describe('a logout request of the provider', () => {
  it('ends the session that it names, and is answered at the address of the metadata [SLO-03]', async () => {
    const customer = await aCustomer();
    ours = { idpEntityId: customer.connection.spEntityId };
    const signedIn = await signIn(customer);
    const { nameId, sessionIndex } = signedIn;
    expect(await isRunning(signedIn)).toBe(true);

    const end = await send(
      customer,
      requestFor(customer, { nameId, sessionIndexes: [sessionIndex] }),
      'back',
    );

    expect(await isRunning(signedIn)).toBe(false);
    expect(end.status).toBe(303);
    expect(end.leadsTo?.href.startsWith(`${idpSloUrl}?SAMLResponse=`)).toBe(true);
    expect(statusOf(end.leadsTo?.search ?? '')).toEqual({ kind: 'response', isSuccess: true });
    expect(end.leadsTo?.searchParams.get('RelayState')).toBe('back');
  });

  it('by post does the same', async () => {
    const customer = await aCustomer();
    const signedIn = await signIn(customer);
    const { nameId, sessionIndex } = signedIn;
    const xml = requestFor(customer, { id: '_posted', nameId, sessionIndexes: [sessionIndex] });

    await aBrowser().post(sloOf(customer), { SAMLRequest: signedPost(xml, '_posted', world.keys.current) });

    expect(await isRunning(signedIn)).toBe(false);
  });

  it('ends nobody else’s: subject and session index must both be theirs, on this connection [SLO-03]', async () => {
    const [customer, other] = [await aCustomer(), await aCustomer()];
    ours = { idpEntityId: customer.connection.spEntityId };
    const anna = await signIn(customer);
    const zofia = await signIn(customer, 'zofia@people.test');
    const elsewhere = await signIn(other);

    const ends = [
      await send(
        customer,
        requestFor(customer, { nameId: anna.nameId, sessionIndexes: [zofia.sessionIndex] }),
      ),
      await send(customer, requestFor(customer, { nameId: anna.nameId, sessionIndexes: [] })),
      await send(
        customer,
        requestFor(customer, { nameId: elsewhere.nameId, sessionIndexes: [elsewhere.sessionIndex] }),
      ),
    ];

    expect(await Promise.all([anna, zofia, elsewhere].map(isRunning))).toEqual([true, true, true]);
    for (const end of ends) {
      expect(statusOf(end.leadsTo?.search ?? '')).toEqual({ kind: 'response', isSuccess: false });
    }
  });

  it('is taken once [SLO-02]', async () => {
    const customer = await aCustomer();
    const { nameId, sessionIndex } = await signIn(customer);
    const xml = requestFor(customer, { nameId, sessionIndexes: [sessionIndex] });

    expect((await send(customer, xml)).status).toBe(303);
    expect((await send(customer, xml)).status).toBe(403);
  });

  it('that is unsigned or forged ends nothing', async () => {
    const customer = await aCustomer();
    const signedIn = await signIn(customer);
    const { nameId, sessionIndex } = signedIn;
    const query = signedQuery(
      requestFor(customer, { nameId, sessionIndexes: [sessionIndex] }),
      world.keys.current,
    );
    const browser = aBrowser();

    const statuses = [
      (await browser.get(`${sloOf(customer)}?${query.replace(/&SigAlg=.*/, '')}`)).status,
      (await browser.get(`${sloOf(customer)}?${query}&SAMLRequest=x`)).status,
      (await browser.get(`${sloOf(customer)}?SAML%52equest=x&${query}`)).status,
      (await browser.get(sloOf(customer))).status,
    ];

    expect(statuses).toEqual([403, 403, 403, 403]);
    expect(await isRunning(signedIn)).toBe(true);
  });
});

describe('single logout that is off [SLO-01]', () => {
  it('is not listed, and not there', async () => {
    const [off, on] = [await aCustomer(false), await aCustomer()];
    const metadata = async ({ connection }: SignInCustomer) =>
      (await fetch(`${world.api.url}/sso/saml/${connection.id}/metadata`)).text();

    expect(await metadata(off)).not.toContain('SingleLogoutService');
    expect(await metadata(on)).toContain(`Location="${sloOf(on)}"`);
    expect((await send(off, requestFor(off, { nameId: 'x' }))).status).toBe(404);
    expect((await aBrowser().post(sloOf(off), { SAMLRequest: 'AAAA' })).status).toBe(404);
  });
});

describe('a connection that takes no sign-ins [SAML-01]', () => {
  it('takes no logout messages either', async () => {
    const customer = await aCustomer();
    const signedIn = await signIn(customer);
    const { nameId, sessionIndex } = signedIn;
    await withSystem(world.api.systemDb, (tx) =>
      tx
        .updateTable('connections')
        .set({ state: 'inactive' })
        .where('id', '=', customer.connection.id)
        .execute(),
    );
    const xml = requestFor(customer, { id: '_closed', nameId, sessionIndexes: [sessionIndex] });

    expect((await send(customer, xml)).status).toBe(404);
    const form = { SAMLRequest: signedPost(xml, '_closed', world.keys.current) };
    expect((await aBrowser().post(sloOf(customer), form)).status).toBe(404);
    const ended = await withSystem(world.api.systemDb, (tx) =>
      tx
        .selectFrom('signIns')
        .select('endedAt')
        .where('profileId', '=', signedIn.profile.id)
        .executeTakeFirstOrThrow(),
    );
    expect(ended.endedAt).toBeNull();
  });
});

describe('signing out from the app', () => {
  const authorize = (profileId: string) =>
    world.vendor.call('POST', '/sso/logout/authorize', { profile_id: profileId });

  it('ends the sign-in here, and leads to the provider with a signed request', async () => {
    const customer = await aCustomer();
    const signedIn = await signIn(customer);

    const { status, body } = await authorize(signedIn.profile.id);
    const end = await aBrowser().get(body.logout_url);

    expect(status).toBe(200);
    expect(body.logout_url).toBe(`${world.api.url}/sso/logout?token=${body.logout_token}`);
    expect(await isRunning(signedIn)).toBe(false);
    const sent = readLogout(
      { binding: 'redirect', query: end.leadsTo?.search ?? '' },
      {
        idpEntityId: customer.connection.spEntityId,
        sloUrl: idpSloUrl,
        signingCertificates: [pair.certificatePem],
        now: world.api.deps.now(),
      },
    );
    expect(sent).toMatchObject({ nameId: signedIn.nameId, sessionIndexes: [signedIn.sessionIndex] });
  });

  it('the address works once, for five minutes', async () => {
    const customer = await aCustomer(false);
    const { profile } = await signIn(customer);
    const first = await authorize(profile.id);
    expect((await aBrowser().get(first.body.logout_url)).status).toBe(200);
    expect((await aBrowser().get(first.body.logout_url)).status).toBe(404);

    await signIn(customer);
    const second = await authorize(profile.id);
    world.api.pass(6 * 60_000);
    expect((await aBrowser().get(second.body.logout_url)).status).toBe(404);
  });

  it('without single logout ends it here, and says so', async () => {
    const customer = await aCustomer(false);
    const signedIn = await signIn(customer);

    const end = await aBrowser().get((await authorize(signedIn.profile.id)).body.logout_url);

    expect([end.status, end.leadsTo]).toEqual([200, undefined]);
    expect(end.text).toContain('You are signed out');
    expect(await isRunning(signedIn)).toBe(false);
  });

  it('a profile that is unknown, another environment’s, or signed in nowhere, gets no address', async () => {
    const customer = await aCustomer(false);
    const { profile } = await signIn(customer);
    await aBrowser().get((await authorize(profile.id)).body.logout_url);

    const nowhere = await authorize(profile.id);
    const unknown = await authorize('prof_unknown');

    expect([nowhere.status, nowhere.body.error]).toEqual([400, 'connection_invalid']);
    expect([unknown.status, (await authorize('')).status]).toEqual([404, 404]);
    expect((await aBrowser().get(`${world.api.url}/sso/logout?token=nonsense`)).status).toBe(404);
  });
});
