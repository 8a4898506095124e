import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listCertificates, withTenant, type ConnectionRow } from '../../db/index.ts';
import { buildTestIdpMetadata } from '../../sandbox/test-idp/metadata.ts';
import { ensureKeys } from '../../sandbox/test-idp/stored-keys.ts';
import { putSwitches, type Rollover } from '../../sandbox/test-idp/switches.ts';
import { aMetadataServer } from '../support/activity-builders.ts';
import { asSystem, caller } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { aCertificate, replaced } from '../support/saml.ts';
import {
  aBrowser,
  aSignInCustomer,
  aSignInWorld,
  chooseAtTestIdp,
  signInAt,
  type SignInWorld,
} from '../support/sign-in.ts';
import { aStaff } from '../support/staff.ts';
import { aPortalVisitor, openLink, type Visitor } from '../support/visitor.ts';
import { watchOf } from '../support/watch-of.ts';

/** A signing certificate's whole way: announced, renewed with overlap, proven, and the old one gone. */

const dayMs = 86_400_000;

let world: SignInWorld;
let watch: ReturnType<typeof watchOf>;
beforeAll(async () => {
  world = await aSignInWorld();
  watch = watchOf(world.api);
});
afterAll(() => world.close());
let journeys: ReturnType<typeof runJourneys>;
beforeEach(() => {
  journeys = runJourneys(world.api);
});
afterEach(() => rollTo('one_key'));

const environment = () => ({ environmentId: world.vendor.environment.id });
const hands = () => ({ secrets: world.api.deps.secrets, now: world.api.deps.now() });
const keysNow = () => withTenant(world.api.db, environment(), (tx) => ensureKeys(tx, environment(), hands()));
const rollTo = (rollover: Rollover) =>
  withTenant(world.api.db, environment(), (tx) =>
    putSwitches(tx, environment(), { rollover }, world.api.deps.now()),
  );

const whoseOf = ({ environmentId, organizationId, id }: ConnectionRow) => ({
  environmentId,
  organizationId,
  connectionId: id,
});
const trusted = async (connection: ConnectionRow) => {
  const whose = whoseOf(connection);
  const rows = await withTenant(world.api.db, whose, (tx) => listCertificates(tx, whose, connection.id));
  return rows.map(({ pem, source }) => ({ pem: pem.trim(), source }));
};
const endsIn = (connection: ConnectionRow, days: number) =>
  asSystem(world.api, (tx) =>
    tx
      .updateTable('idpCertificates')
      .set({ notAfter: new Date(world.api.deps.now().getTime() + days * dayMs) })
      .where('connectionId', '=', connection.id)
      .execute(),
  );
/** Where a sign-in for the app ends: with a code there, or on the page of an error. */
async function signIn(connection: ConnectionRow): Promise<'signed in' | 'refused'> {
  const end = await signInAt(world, { connection: connection.id });
  return end.leadsTo?.searchParams.has('code') === true ? 'signed in' : 'refused';
}
const eventsOf = ({ organizationId }: ConnectionRow) =>
  asSystem(world.api, (tx) =>
    tx
      .selectFrom('events')
      .select(['name', 'data'])
      .where('organizationId', '=', organizationId)
      .where('name', 'like', 'connection.%')
      .orderBy('ordinal')
      .execute(),
  );

/** The run of the renewal as staff see it. */
async function renewalsOf({ organizationId }: ConnectionRow): Promise<string[]> {
  const { body } = await world.vendor.call('GET', `/onboardings?organization_id=${organizationId}`);
  const [run] = body.data;
  const renewal = run.features.find(({ feature }: { feature: string }) => feature === 'certificate_renewal');
  return [
    `onb ${run.origin}`,
    ...renewal.steps.map(({ step, state }: { step: string; state: string }) => `${step} ${state}`),
  ];
}
/** What the sign-ins have told the open onboarding. */
const factsOf = async ({ organizationId }: ConnectionRow) => {
  const facts = await asSystem(world.api, (tx) =>
    tx
      .selectFrom('commands')
      .select('body')
      .where('organizationId', '=', organizationId)
      .where('workflowId', 'like', 'onb/%')
      .where('delivery', '=', 'signal')
      .execute(),
  );
  return facts.map(({ body }) => Object(body).kind);
};

async function aLiveCustomer() {
  const { current } = await keysNow();
  const live = await aSignInCustomer({ ...world, keys: await keysNow() });
  return { ...live, old: current.certificatePem.trim() };
}

/** A test sign-in of the visitor's, to its end. */
async function testSignIn(visitor: Visitor): Promise<string> {
  const { body } = await visitor.ask('POST', '/sso/tests');
  const browser = aBrowser();
  const { action, fields } = await chooseAtTestIdp(browser, await browser.get(body.url));
  await browser.follow(await browser.post(action, fields));
  return String(body.attemptId);
}

describe('without a metadata URL', () => {
  it('[MD-05] notice, link, paste, test, change over: no sign-in fails at any moment, and the old key is refused in the end', async () => {
    const { connection, organization, old } = await aLiveCustomer();
    const staff = await aStaff(world.api, world.vendor);
    const contact = `it-${connection.id.slice(-6).toLowerCase()}@acme.test`;

    // Staff send the link; whoever gets it hears of the end from then on.
    const made = await staff.ask('POST', `/connections/${connection.id}/renewal-links`, {
      delivery: 'mail',
      email: contact,
    });
    expect(made.status).toBe(201);
    expect(made.body.link).toBeNull();
    expect(await watch.mailRenewalLinks()).toBeGreaterThan(0);
    await endsIn(connection, 14);
    const { fingerprint } = await watch.lookAtCertificates(whoseOf(connection));
    await watch.announceCertificate({ ...whoseOf(connection), fingerprint: fingerprint ?? '' });
    const [notice, invitation] = world.api.mailbox.list({ to: contact });
    expect([invitation?.subject, notice?.subject]).toEqual([
      expect.stringContaining('Renew the certificate of'),
      expect.stringContaining('ends in 14 days'),
    ]);
    const mail = await world.api.mailbox.get(invitation?.id ?? '');
    const link = /http\S+\/setup\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
    // What is live is renewed, not connected: nobody is told that nothing changes.
    const door = await fetch(link).then((answer) => answer.text());
    expect(door).toContain(`Renew what ends for ${organization.name}`);
    expect(door).not.toContain('until you switch it on');
    const visitor = await openLink(world.api, world.vendor, link);

    // The new certificate is taken beside the old one, with the code of the contact.
    await rollTo('two_keys');
    const { next } = await keysNow();
    const earlier = world.api.mailbox.list({ to: contact }).length;
    const wanted = await visitor.ask('POST', '/sso/renewal', { text: next.certificatePem });
    expect([wanted.status, wanted.body.code]).toEqual([403, 'code_needed']);
    await visitor.ask('POST', '/codes', { act: 'renew_certificate', subject: connection.id });
    const code = await codeMailedTo(world.api, contact, earlier);
    const taken = await visitor.ask('POST', '/sso/renewal', { text: next.certificatePem, code });
    expect([taken.status, taken.body.code ?? null]).toEqual([200, null]);
    expect(await trusted(connection)).toEqual(
      expect.arrayContaining([
        { pem: old, source: 'metadata' },
        { pem: next.certificatePem.trim(), source: 'renewal' },
      ]),
    );
    expect(await signIn(connection)).toBe('signed in');
    expect(await renewalsOf(connection)).toEqual([
      'onb portal',
      'give_certificate done',
      'prove_certificate open',
    ]);
    expect(await factsOf(connection)).toEqual([]);

    // The provider changes over: the test names the certificate that signed.
    await rollTo('next_signs');
    const attemptId = await testSignIn(visitor);
    const { body: state } = await visitor.ask('GET', '/sso/renewal');
    const renewal = state.certificates.find(({ source }: { source: string }) => source === 'renewal');
    expect(state.lastTest).toMatchObject({ attemptId, signedBy: renewal.fingerprint });
    expect(renewal.firstUsedAt).not.toBeNull();
    expect(await signIn(connection)).toBe('signed in');
    expect(await factsOf(connection)).toEqual(['test_passed', 'certificate_proven']);
    await journeys.relay();
    expect(await renewalsOf(connection)).toEqual([
      'onb portal',
      'give_certificate done',
      'prove_certificate done',
    ]);

    // A week later nobody has signed with the old one: it goes, and is refused.
    world.api.pass(6 * dayMs);
    await watch.retireUnusedCertificates(whoseOf(connection));
    expect(await trusted(connection)).toHaveLength(2);
    expect(await signIn(connection)).toBe('signed in');
    world.api.pass(dayMs + 60_000);
    expect((await watch.lookAtCertificates(whoseOf(connection))).retirementAt).not.toBeNull();
    await watch.retireUnusedCertificates(whoseOf(connection));
    expect(await trusted(connection)).toEqual([{ pem: next.certificatePem.trim(), source: 'renewal' }]);
    expect((await watch.lookAtCertificates(whoseOf(connection))).retirementAt).toBeNull();
    expect(await signIn(connection)).toBe('signed in');
    await rollTo('one_key');
    expect(await signIn(connection)).toBe('refused');

    expect((await eventsOf(connection)).map(({ name }) => name)).toEqual([
      'connection.saml_certificate_renewal_required',
      'connection.saml_certificate_renewed',
    ]);
    const audits = await asSystem(world.api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('organizationId', '=', organization.id)
        .where('action', 'like', 'connection.certificate%')
        .orderBy('ordinal')
        .execute(),
    );
    expect(audits.map(({ action }) => action)).toEqual([
      'connection.certificate_added',
      'connection.certificate_retired',
    ]);
    await watch.mailConnectionNotices();
    expect(world.api.mailbox.list({ to: contact })[0]?.subject).toContain('is trusted');
  });

  it.each([
    ['text that is none', () => 'hello', 'not_readable'],
    [
      'the one that is trusted already',
      async () => (await keysNow()).current.certificatePem,
      'certificate_known',
    ],
    [
      'metadata of another entity',
      async () =>
        buildTestIdpMetadata({
          entityId: 'https://evil.test/saml',
          ssoUrl: 'https://evil.test/sso',
          keys: await keysNow(),
          publishes: 'current',
        }),
      'metadata_entity_differs',
    ],
    ['a private key', async () => (await keysNow()).next.privateKeyPem, 'certificate_is_private_key'],
  ])('%s is refused, and the check says so before', async (_what, make, code) => {
    const { connection } = await aLiveCustomer();
    const visitor = await aPortalVisitor(world.api, world.vendor, connection.organizationId, {
      intent: 'certificate_renewal',
    });
    const text = await make();

    const checked = await visitor.ask('POST', '/sso/renewal/check', { text });
    const saved = await visitor.ask('POST', '/sso/renewal', { text });

    expect(checked.body.canSave).toBe(false);
    expect(saved.status).toBeGreaterThanOrEqual(400);
    expect(saved.status).toBeLessThan(500);
    expect(JSON.stringify([checked.body.findings, saved.body])).toContain(code);
    expect(await trusted(connection)).toHaveLength(1);
  });

  it('[MD-06] five certificates are the most that a connection trusts', async () => {
    const { connection } = await aLiveCustomer();
    const visitor = await aPortalVisitor(world.api, world.vendor, connection.organizationId, {
      intent: 'certificate_renewal',
    });
    const answers = [];
    for (const name of ['b', 'c', 'd', 'e', 'f']) {
      const { pem } = await aCertificate({ name });
      answers.push((await visitor.ask('POST', '/sso/renewal', { text: pem, accepted: true })).status);
    }

    expect(answers).toEqual([200, 200, 200, 200, 422]);
    expect(await trusted(connection)).toHaveLength(5);
  });

  it('[LNK-03] a link for a renewal does that and its test, and nothing else of single sign-on', async () => {
    const { connection } = await aLiveCustomer();
    const visitor = await aPortalVisitor(world.api, world.vendor, connection.organizationId, {
      intent: 'certificate_renewal',
    });

    expect((await visitor.ask('GET', '/session')).body.features).toEqual(['certificate_renewal']);
    expect((await visitor.ask('GET', '/home')).body.nextStep).toEqual({
      feature: 'certificate_renewal',
      step: 'give_certificate',
    });
    expect((await visitor.ask('GET', '/sso')).body.connection.id).toBe(connection.id);
    expect((await visitor.ask('POST', '/sso/tests')).status).toBe(200);
    for (const act of ['/sso/draft', '/sso/switch-off', '/sso/switch-on', '/sso/configuration-done']) {
      expect([act, (await visitor.ask('POST', act)).body.code]).toEqual([act, 'outside_link']);
    }
  });

  it('a link for another feature renews nothing, and one without a live connection says why', async () => {
    const { connection } = await aLiveCustomer();
    const other = await aPortalVisitor(world.api, world.vendor, connection.organizationId, {
      intent: 'domain_verification',
    });
    const { next } = await keysNow();
    expect((await other.ask('GET', '/sso/renewal')).status).toBe(403);
    expect((await other.ask('POST', '/sso/renewal', { text: next.certificatePem })).status).toBe(403);

    const draft = await aSignInCustomer(world, { state: 'validating' });
    const visitor = await aPortalVisitor(world.api, world.vendor, draft.organization.id, {});
    const refused = await visitor.ask('POST', '/sso/renewal', { text: next.certificatePem });
    expect(refused.body.code).toBe('connection_state_refused');
    const renewing = await aPortalVisitor(world.api, world.vendor, draft.organization.id, {
      intent: 'certificate_renewal',
    });
    expect((await renewing.ask('GET', '/home')).body).toMatchObject({ nextStep: null, allDone: false });
  });
});

describe('with a metadata URL', () => {
  let server: Awaited<ReturnType<typeof aMetadataServer>>;
  beforeEach(async () => {
    server = await aMetadataServer();
  });
  afterEach(() => server.close());

  async function publish(publishes: 'current' | 'current_and_next'): Promise<string> {
    const { entityId, ssoUrl } = world.idp;
    const document = buildTestIdpMetadata({ entityId, ssoUrl, keys: await keysNow(), publishes });
    server.serve(document);
    return document;
  }

  async function aWatchedCustomer() {
    await publish('current');
    const customer = await aSignInCustomer(
      { ...world, keys: await keysNow() },
      { settings: { idpMetadataUrl: server.url } },
    );
    return customer.connection;
  }

  it('[MD-08] a second key published is taken without a person: old and new both sign in, the retired one is refused', async () => {
    const connection = await aWatchedCustomer();

    await publish('current_and_next');
    await watch.refreshMetadata(whoseOf(connection));
    expect((await eventsOf(connection)).map(({ name }) => name)).toEqual([
      'connection.saml_certificate_renewed',
    ]);
    expect(await signIn(connection)).toBe('signed in');
    await rollTo('next_signs');
    expect(await signIn(connection)).toBe('signed in');

    // The provider forgets the old key; it goes after two fetches a day apart.
    const { entityId, ssoUrl } = world.idp;
    const { next, ...others } = await keysNow();
    const only = { ...others, current: next, next };
    const document = buildTestIdpMetadata({ entityId, ssoUrl, keys: only, publishes: 'current' });
    world.api.pass(dayMs);
    server.serve(document);
    await watch.refreshMetadata(whoseOf(connection));
    expect(await trusted(connection)).toHaveLength(2);
    world.api.pass(dayMs + 60_000);
    await watch.refreshMetadata(whoseOf(connection));
    expect(await trusted(connection)).toHaveLength(1);
    expect(await signIn(connection)).toBe('signed in');
    await rollTo('one_key');
    expect(await signIn(connection)).toBe('refused');
  });

  it('[MD-08] an address that answers with another entity is refused: nothing is taken, sign-in goes on', async () => {
    const connection = await aWatchedCustomer();
    const document = await publish('current_and_next');
    server.serve(replaced(document, world.idp.entityId, 'https://evil.test/saml'));

    await watch.refreshMetadata(whoseOf(connection));

    expect(await trusted(connection)).toHaveLength(1);
    expect(await signIn(connection)).toBe('signed in');
    const { metadataFailingSince } = await asSystem(world.api, (tx) =>
      tx.selectFrom('connections').selectAll().where('id', '=', connection.id).executeTakeFirstOrThrow(),
    );
    expect(metadataFailingSince).not.toBeNull();
  });

  it('the page says where the certificates come from and when that was looked at', async () => {
    const connection = await aWatchedCustomer();
    await watch.refreshMetadata(whoseOf(connection));
    const visitor = await aPortalVisitor(world.api, world.vendor, connection.organizationId, {
      intent: 'certificate_renewal',
    });

    const { body } = await visitor.ask('GET', '/sso/renewal');

    expect(body.metadata).toMatchObject({ url: server.url, failingSince: null });
    expect(body.metadata.fetchedAt).not.toBeNull();
    expect(Date.parse(body.graceEndsAt) - Date.parse(body.certificates[0].notAfter)).toBe(30 * dayMs);
  });

  it('a link for a renewal asks for no certificate while one comes by itself, and does once it has ended', async () => {
    const connection = await aWatchedCustomer();
    await watch.refreshMetadata(whoseOf(connection));
    const visitor = await aPortalVisitor(world.api, world.vendor, connection.organizationId, {
      intent: 'certificate_renewal',
    });

    expect((await visitor.ask('GET', '/home')).body).toMatchObject({ nextStep: null, allDone: true });

    await endsIn(connection, -1);
    expect((await visitor.ask('GET', '/home')).body).toMatchObject({
      nextStep: { feature: 'certificate_renewal', step: 'give_certificate' },
      allDone: false,
    });
  });
});

describe('"Send me a fresh link" on a link for a renewal', () => {
  async function aMailedLink() {
    const { connection } = await aLiveCustomer();
    const staff = await aStaff(world.api, world.vendor);
    const email = `fresh-${connection.id.slice(-6).toLowerCase()}@acme.test`;
    const body = { delivery: 'mail', email };
    expect((await staff.ask('POST', `/connections/${connection.id}/renewal-links`, body)).status).toBe(201);
    await watch.mailRenewalLinks();
    return { connection, email, link: await lastLinkTo(email) };
  }
  const mailsTo = (email: string) => world.api.mailbox.list({ to: email });
  async function lastLinkTo(email: string): Promise<string> {
    const mail = await world.api.mailbox.get(mailsTo(email)[0]?.id ?? '');
    return /http\S+\/setup\/\S+/.exec(mail?.text ?? '')?.[0] ?? '';
  }
  const press = (link: string) =>
    caller(world.api)(
      'POST',
      `/setup/${world.vendor.environment.handle}/fresh-link`,
      new URLSearchParams({ token: link.split('/').at(-1) ?? '' }),
    );
  const outcomes = async ({ organizationId }: ConnectionRow) => {
    const rows = await asSystem(world.api, (tx) =>
      tx
        .selectFrom('freshLinkRequests')
        .select('outcome')
        .where('organizationId', '=', organizationId)
        .orderBy('createdAt')
        .execute(),
    );
    return rows.map(({ outcome }) => outcome);
  };
  const end = ({ organizationId }: ConnectionRow, state: 'expired' | 'revoked') =>
    asSystem(world.api, (tx) =>
      tx
        .updateTable('links')
        .set({ state, endedAt: world.api.deps.now(), tokenSealed: null })
        .where('organizationId', '=', organizationId)
        .where('endedAt', 'is', null)
        .execute(),
    );

  it('that has expired mails a new one to the address it was for, once in ten minutes', async () => {
    const { connection, email, link } = await aMailedLink();
    await end(connection, 'expired');

    await Promise.all([press(link), press(link)]);
    await watch.mailRenewalLinks();

    expect((await outcomes(connection)).sort()).toEqual(['replaced', 'too_soon']);
    expect(mailsTo(email)).toHaveLength(2);
    const fresh = await lastLinkTo(email);
    expect(fresh).not.toBe(link);
    const visitor = await openLink(world.api, world.vendor, fresh);
    expect(visitor.landedOn).toMatch(/\/renewal$/);
    expect((await visitor.ask('GET', '/sso/renewal')).status).toBe(200);
  });

  it('that still opens is mailed again as it is, once for each time it may be asked for', async () => {
    const { connection, email, link } = await aMailedLink();

    await press(link);
    await press(link);
    await watch.mailRenewalLinks();
    await watch.mailRenewalLinks();
    expect(mailsTo(email)).toHaveLength(2);
    world.api.pass(11 * 60_000);
    await press(link);
    await watch.mailRenewalLinks();

    expect(mailsTo(email)).toHaveLength(3);
    expect(await lastLinkTo(email)).toBe(link);
    expect(await outcomes(connection)).toEqual(['sent_again', 'too_soon', 'sent_again']);
  });

  it('[LNK-06] mails nothing where a person has ended it or nothing is live, and reads the same', async () => {
    const { connection, email, link } = await aMailedLink();
    const sent = await press(`${link.slice(0, -4)}none`);
    await end(connection, 'revoked');
    const revoked = await press(link);
    await end(connection, 'expired');
    await asSystem(world.api, (tx) =>
      tx.updateTable('connections').set({ state: 'inactive' }).where('id', '=', connection.id).execute(),
    );
    const off = await press(link);
    await watch.mailRenewalLinks();

    expect(mailsTo(email)).toHaveLength(1);
    expect(await outcomes(connection)).toEqual(['withheld', 'withheld']);
    expect(new Set([sent.text, revoked.text, off.text]).size).toBe(1);
  });
});
