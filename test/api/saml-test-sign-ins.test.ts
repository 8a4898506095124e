import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { testIdpState } from '../../api/contract/sandbox.ts';
import { effectiveConnection } from '../../api/sign-in/effective-connection.ts';
import { startTest, type StartedTest } from '../../api/sign-in/start-test.ts';
import {
  claimDueCommands,
  getAttempt,
  getConnection,
  insertOnboarding,
  updateConnectionSettings,
  withSystem,
  withTenant,
  type CommandRow,
  type ConnectionRow,
} from '../../db/index.ts';
import { getTestIdpState } from '../../sandbox/test-idp/state.ts';
import { ensureKeys } from '../../sandbox/test-idp/stored-keys.ts';
import { putSwitches } from '../../sandbox/test-idp/switches.ts';
import { aDraftTest } from '../support/draft-tests.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  chooseAtTestIdp,
  type Browser,
  type SignInCustomer,
  type SignInWorld,
} from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

const whoseOf = ({ environmentId, organizationId }: ConnectionRow) => ({ environmentId, organizationId });

/** A customer in the middle of setting up: an open onboarding, and a connection that is not live. */
async function aCustomerSettingUp(state: ConnectionRow['state'] = 'validating'): Promise<SignInCustomer> {
  const customer = await aSignInCustomer(world, { state });
  const whose = whoseOf(customer.connection);
  await withTenant(world.api.db, whose, (tx) =>
    insertOnboarding(tx, {
      id: newId('onb_'),
      ...whose,
      origin: 'invitation',
      view: {
        revision: 0,
        state: 'in_progress',
        paused: false,
        stalledSince: null,
        waitingFor: 'customer',
        waitingSince: null,
        next: null,
        features: [],
        stepsDone: 0,
        stepsTotal: 5,
        liveAt: null,
      },
      createdAt: world.api.deps.now(),
    }),
  );
  return customer;
}

function startFor({ connection }: SignInCustomer): Promise<StartedTest> {
  const now = world.api.deps.now();
  return withTenant(world.api.db, whoseOf(connection), async (tx) =>
    startTest(tx, world.api.deps, {
      connection: effectiveConnection(await getConnection(tx, whoseOf(connection), connection.id), undefined),
      now,
    }),
  );
}

async function signInWith(test: StartedTest, browser: Browser = aBrowser()) {
  const { action, fields } = await chooseAtTestIdp(browser, await browser.get(test.url));
  return browser.follow(await browser.post(action, fields));
}

const attemptOf = ({ connection }: SignInCustomer, { attemptId }: StartedTest) =>
  withTenant(world.api.db, whoseOf(connection), (tx) => getAttempt(tx, whoseOf(connection), attemptId));

const connectionOf = ({ connection }: SignInCustomer) =>
  withTenant(world.api.db, whoseOf(connection), (tx) =>
    getConnection(tx, whoseOf(connection), connection.id),
  );

/** What the outbox holds for the onboarding of the customer. */
async function factsFor({ organization }: SignInCustomer): Promise<CommandRow['body'][]> {
  const now = new Date(world.api.deps.now().getTime() + 60_000);
  const commands = await withSystem(world.api.systemDb, (tx) =>
    claimDueCommands(tx, { now, limit: 100, leaseMs: 1, hurried: true }),
  );
  return commands
    .filter(({ organizationId, message }) => organizationId === organization.id && message === 'reportFact')
    .map(({ body }) => body);
}

describe('a test sign-in', () => {
  it('that works proves the settings, tells the onboarding, and gives nobody a code', async () => {
    const customer = await aCustomerSettingUp();
    const test = await startFor(customer);

    const end = await signInWith(test);

    expect(end.status).toBe(200);
    expect(end.text).toContain('Test received. Go back to the set-up tab.');
    expect(await attemptOf(customer, test)).toMatchObject({
      state: 'success',
      origin: 'test',
      email: 'anna@people.test',
      reference: test.reference,
    });
    expect(await connectionOf(customer)).toMatchObject({
      state: 'validating',
      testedRevision: customer.connection.settingsRevision,
      testedEmail: 'anna@people.test',
      signedFloor: 'both',
    });
    expect(await factsFor(customer)).toMatchObject([
      { kind: 'test_passed', connectionId: customer.connection.id, attemptId: test.attemptId },
    ]);
  });

  it('that fails says why to the onboarding, and looks the same in its tab', async () => {
    const customer = await aCustomerSettingUp('draft');
    const test = await startFor(customer);
    await world.setFault('wrong_audience');
    const end = await signInWith(test);
    await world.setFault(null);

    expect(end.status).toBe(200);
    expect(end.text).toContain('Test received. Go back to the set-up tab.');
    expect(await attemptOf(customer, test)).toMatchObject({
      state: 'failed',
      cause: 'audience_differs',
      facts: { expected: customer.connection.spEntityId, received: [`${customer.connection.spEntityId}/`] },
    });
    expect((await connectionOf(customer)).testedAt).toBeNull();
    expect(await factsFor(customer)).toMatchObject([{ kind: 'test_failed', cause: 'audience_differs' }]);
  });

  it('of a draft that is over leads back before it begins, and tells the page that waits', async () => {
    const customer = await aSignInCustomer(world);
    const test = await aDraftTest(world, customer);
    await test.endDraft();

    const opened = await aBrowser().get(test.url);

    expect(opened.status).toBe(410);
    expect(opened.text).toContain('The draft of this test is over');
    expect(opened.text).toContain(`/setup/${world.vendor.environment.handle}/sso"`);
    expect(await test.attempt()).toMatchObject({ state: 'failed', cause: 'settings_switched' });
  });

  it('of a draft that ends while the person is at the provider proves nothing, and says why', async () => {
    const customer = await aSignInCustomer(world);
    const test = await aDraftTest(world, customer);
    const browser = aBrowser();
    const { action, fields } = await chooseAtTestIdp(browser, await browser.get(test.url));
    await test.endDraft();

    const end = await browser.follow(await browser.post(action, fields));

    expect(end.status).toBe(200);
    expect(end.text).toContain('Test received. Go back to the set-up tab.');
    expect(await test.attempt()).toMatchObject({
      state: 'failed',
      cause: 'settings_switched',
      facts: { found: 'draft_over' },
    });
  });

  it('of a draft that ends between its answer and the end of the bounce proves nothing either', async () => {
    const customer = await aSignInCustomer(world);
    const test = await aDraftTest(world, customer);
    const browser = aBrowser();
    const { action, fields } = await chooseAtTestIdp(browser, await browser.get(test.url));
    const posted = await browser.post(action, fields);
    await test.endDraft();

    const end = await browser.follow(posted);

    expect(end.status).toBe(200);
    expect(await test.attempt()).toMatchObject({ state: 'failed', cause: 'settings_switched' });
  });

  it('proves nothing about settings that changed under it', async () => {
    const customer = await aCustomerSettingUp();
    const test = await startFor(customer);
    const browser = aBrowser();
    const { action, fields } = await chooseAtTestIdp(browser, await browser.get(test.url));
    await withTenant(world.api.db, whoseOf(customer.connection), (tx) =>
      updateConnectionSettings(
        tx,
        whoseOf(customer.connection),
        customer.connection.id,
        { attributeMapping: {} },
        world.api.deps.now(),
      ),
    );

    await browser.follow(await browser.post(action, fields));

    expect((await attemptOf(customer, test)).state).toBe('success');
    expect((await connectionOf(customer)).testedAt).toBeNull();
    expect(await factsFor(customer)).toEqual([]);
  });

  it('lets a new provider be tested from nothing, whatever the old one had signed', async () => {
    const customer = await aCustomerSettingUp();
    await signInWith(await startFor(customer));
    const { connection } = customer;
    await withTenant(world.api.db, whoseOf(connection), (tx) =>
      updateConnectionSettings(
        tx,
        whoseOf(connection),
        connection.id,
        { idpSsoUrl: world.idp.ssoUrl },
        world.api.deps.now(),
      ),
    );
    await world.setFault('signed_assertion_only');
    await signInWith(await startFor(customer));
    expect(await connectionOf(customer)).toMatchObject({ signedFloor: 'assertion' });

    // The settings are tested now: from here on less than that is refused [SAML-09].
    await world.setFault('signed_response_only');
    await signInWith(await startFor(customer));
    await world.setFault('signed_assertion_only');
    const less = await startFor(customer);
    await signInWith(less);
    await world.setFault(null);

    const attempt = await attemptOf(customer, less);
    // All else was looked at and right, so that a person can judge the weaker form whole.
    expect(attempt).toMatchObject({
      state: 'failed',
      cause: 'signed_less',
      email: 'anna@people.test',
      signed: 'assertion',
      facts: { expected: 'response', received: 'assertion', signed: 'assertion', encrypted: false },
    });
    expect(attempt.checks.at(-1)).toEqual({ check: 'floor', passed: false });
    expect(attempt.checks.slice(0, -1).every(({ passed }) => passed)).toBe(true);
  });

  it('can be begun once, within 15 minutes', async () => {
    const customer = await aCustomerSettingUp();
    const [used, old, unknown] = [
      await startFor(customer),
      await startFor(customer),
      await startFor(customer),
    ];
    const browser = aBrowser();
    expect((await browser.get(used.url)).status).toBe(302);

    expect((await aBrowser().get(used.url)).status).toBe(410);
    expect((await aBrowser().get(`${unknown.url.slice(0, -1)}x`)).status).toBe(410);
    world.api.pass(15 * 60_000);
    expect((await aBrowser().get(old.url)).status).toBe(410);
  });

  it('needs a provider to go to', async () => {
    const customer = await aSignInCustomer(world, { state: 'draft', settings: { idpSsoUrl: null } });

    await expect(startFor(customer)).rejects.toMatchObject({ code: 'connection_incomplete' });
  });
});

describe('our metadata', () => {
  it('is there from the first draft on, and gone with the connection', async () => {
    const { connection } = await aSignInCustomer(world, { state: 'draft' });

    const metadata = await aBrowser().get(connection.spMetadataUrl);

    expect(metadata.status).toBe(200);
    expect(metadata.headers.get('content-type')).toContain('application/samlmetadata+xml');
    expect(metadata.text).toContain(`entityID="${connection.spEntityId}"`);
    expect(metadata.text).toContain(`Location="${connection.acsUrl}"`);
    const unknown = `${world.api.url}/sso/saml/conn_00000000000000000000000000/metadata`;
    expect((await aBrowser().get(unknown)).status).toBe(404);
  });
});

describe('a tile at the provider', () => {
  it('starts a sign-in of our own making that ends in the app', async () => {
    const { connection } = await aSignInCustomer(world);
    const browser = aBrowser();
    const start = await browser.get(`${connection.spEntityId}/login`);
    const { action, fields } = await chooseAtTestIdp(browser, start);

    const end = await browser.follow(await browser.post(action, fields));

    expect(end.leadsTo?.href.startsWith(world.redirectUri)).toBe(true);
    expect(end.leadsTo?.searchParams.get('code')).toMatch(/^vb_code_/);
    expect(end.leadsTo?.searchParams.has('state')).toBe(false);
  });
});

describe('the Test IdP over HTTP', () => {
  it('publishes one key, or two during a rollover, and the same ones after a restart [TIDP-02]', async () => {
    const { db, secrets, now } = world.api.deps;
    const tenant = { environmentId: world.vendor.environment.id };
    const publish = async (rollover: 'one_key' | 'two_keys') => {
      await withTenant(db, tenant, (tx) => putSwitches(tx, tenant, { rollover }, now()));
      return (await aBrowser().get(world.idp.metadataUrl)).text;
    };

    expect((await publish('two_keys')).match(/<md:KeyDescriptor/g)).toHaveLength(2);
    const one = await publish('one_key');
    expect(one.match(/<md:KeyDescriptor/g)).toHaveLength(1);
    expect(one).toContain(`entityID="${world.idp.entityId}"`);
    const again = await withTenant(db, tenant, (tx) => ensureKeys(tx, tenant, { secrets, now: now() }));
    expect(again).toEqual(world.keys);
  });

  it('shows its switches to the dashboard, and takes no fault that there is not', async () => {
    const { db, now } = world.api.deps;
    const tenant = { environmentId: world.vendor.environment.id };
    const url = new URL(world.idp.entityId).origin;

    const state = await withTenant(db, tenant, (tx) => getTestIdpState(tx, tenant, url));

    expect(testIdpState.parse(state)).toMatchObject({ fault: null, entityId: world.idp.entityId });
    expect(state.faults).toContainEqual({
      id: 'expired',
      protocol: 'saml',
      group: 'time',
      expected: 'expired',
    });
    const wrong = withTenant(db, tenant, (tx) => putSwitches(tx, tenant, { fault: 'toString' }, now()));
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('answers connections of our own only, at their registered address [TIDP-03]', async () => {
    const elsewhere = await aSignInCustomer(world, { settings: { idpEntityId: 'https://other.test' } });
    const browser = aBrowser();
    const start = await browser.get(`${elsewhere.connection.spEntityId}/login`);

    const page = await browser.follow(start);

    expect(page.status).toBe(400);
    expect(page.text).toContain('unknown_service_provider');
  });

  it('starts a sign-in that nobody has asked for, at a connection of the list', async () => {
    const { connection } = await aSignInCustomer(world);
    const browser = aBrowser();
    const origin = new URL(world.idp.entityId).origin;
    const list = await browser.get(world.idp.startUrl);
    expect(list.text).toContain(`value="${connection.id}"`);

    const people = await browser.post(`${origin}/test-idp/start`, { connection: connection.id }, false);
    expect(people.text).toContain('Greta Lind');
    const { action, fields } = await chooseAtTestIdp(browser, people, 'greta@guests.test');
    expect(action).toBe(connection.acsUrl);
    expect(Buffer.from(fields.SAMLResponse ?? '', 'base64').toString()).not.toContain('InResponseTo');

    const elsewhere = await aSignInCustomer(world, { settings: { idpEntityId: 'https://other.test' } });
    const refused = await browser.post(
      `${origin}/test-idp/start`,
      { connection: elsewhere.connection.id },
      false,
    );
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('unknown_service_provider'),
    ]);
  });

  it('signs with the next key once it is rolled over, which whoever trusts only the first refuses', async () => {
    const { db, now } = world.api.deps;
    const tenant = { environmentId: world.vendor.environment.id };
    const roll = (rollover: 'one_key' | 'next_signs') =>
      withTenant(db, tenant, (tx) => putSwitches(tx, tenant, { rollover }, now()));
    const customer = await aCustomerSettingUp();
    const [before, after] = [await startFor(customer), await startFor(customer)];

    await signInWith(before);
    await roll('next_signs');
    await signInWith(after);
    await roll('one_key');

    expect((await attemptOf(customer, before)).state).toBe('success');
    expect(await attemptOf(customer, after)).toMatchObject({ cause: 'signature_unknown_key' });
  });

  it('begins nothing for those who ask for the head of an address, nor does the address of a test', async () => {
    const customer = await aCustomerSettingUp();
    const test = await startFor(customer);

    const heads = await Promise.all(
      [test.url, world.idp.startUrl].map((url) => fetch(url, { method: 'HEAD', redirect: 'manual' })),
    );

    expect(heads.map(({ status }) => status)).toEqual([200, 200]);
    await signInWith(test);
    expect((await attemptOf(customer, test)).state).toBe('success');
  });

  it('lets its forms post to the product and the app only', async () => {
    const { connection } = await aSignInCustomer(world);
    const browser = aBrowser();
    const page = await browser.follow(await browser.get(`${connection.spEntityId}/login`));

    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*form-action 'self';/);
    expect(page.text).not.toMatch(/style=/);
    expect(page.text).toContain('Zofia');
  });
});
