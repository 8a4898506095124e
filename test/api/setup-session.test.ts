import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, pageHeaders, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { anInvited, aPortalVisitor, openLink } from '../support/visitor.ts';
import { findGuide } from '../../onboarding/providers/sign-in/index.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
});

describe('GET session', () => {
  test('says whose set-up it is, with the contact’s address masked, and until when', async () => {
    const visitor = await anInvited(api, vendor, organizationId);

    const { status, body } = await visitor.ask('GET', '/session');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      handle: visitor.handle,
      organization: { id: organizationId, name: 'Acme' },
      brand: { vendorName: 'Northwind', kind: 'sandbox' },
      contact: 'a•••@acme.com',
      features: ['sso', 'domain_verification'],
      readOnly: false,
    });
    expect(Date.parse(body.endsAt) - Date.parse(body.idleEndsAt)).toBeCloseTo(11 * 3_600_000, -4);
  });

  test('leads on to where the vendor said: success_url, else return_url', async () => {
    const visitor = await aPortalVisitor(api, vendor, organizationId, {
      return_url: 'https://app.example.com/settings',
    });

    const { body } = await visitor.ask('GET', '/session');

    expect(body).toMatchObject({
      returnUrl: 'https://app.example.com/settings',
      successUrl: 'https://app.example.com/settings',
    });
  });
});

describe('[LNK-08] a session', () => {
  test('ends after an hour without a request, and after twelve hours whatever happens', async () => {
    const visitor = await anInvited(api, vendor, organizationId);
    const set = (columns: object) =>
      asSystem(api, (tx) =>
        tx.updateTable('portalSessions').set(columns).where('handle', '=', visitor.handle).execute(),
      );
    const past = new Date(api.deps.now().getTime() - 1_000);

    await set({ idleExpiresAt: past });
    expect((await visitor.ask('GET', '/session')).body.code).toBe('session_ended');
    expect((await visitor.ask('POST', '/session/extend')).status).toBe(401);

    await set({ idleExpiresAt: new Date(api.deps.now().getTime() + 60_000), expiresAt: past });
    expect((await visitor.ask('GET', '/session')).status).toBe(401);
  });

  test('is extended with one click, never beyond its hard end', async () => {
    const visitor = await anInvited(api, vendor, organizationId);
    const soon = new Date(api.deps.now().getTime() + 120_000);
    await asSystem(api, (tx) =>
      tx
        .updateTable('portalSessions')
        .set({ idleExpiresAt: soon, expiresAt: new Date(soon.getTime() + 600_000) })
        .where('handle', '=', visitor.handle)
        .execute(),
    );

    const { body } = await visitor.ask('POST', '/session/extend');

    expect(body.idleEndsAt).toBe(new Date(soon.getTime() + 600_000).toISOString());
  });

  test('ends by finishing, which gives the way out and takes the cookie', async () => {
    const visitor = await aPortalVisitor(api, vendor, organizationId, {
      success_url: 'https://app.example.com/done',
    });

    const { body, headers } = await visitor.ask('POST', '/session/finish');

    expect(body).toEqual({ location: 'https://app.example.com/done' });
    expect(headers.get('set-cookie')).toMatch(/=;.*Expires=Thu, 01 Jan 1970/);
    expect((await visitor.ask('GET', '/session')).status).toBe(401);
  });

  test('ends with its link when that is revoked by a new one, and says that the link opens nothing more', async () => {
    const visitor = await anInvited(api, vendor, organizationId);

    await vendor.call('POST', `/onboardings/${visitor.onboardingId}/fresh_link`, { delivery: 'copy' });

    expect(await visitor.ask('GET', '/home')).toMatchObject({ status: 410, body: { code: 'link_ended' } });
  });

  test('of a link that opened once says that it does not open again', async () => {
    const visitor = await aPortalVisitor(api, vendor, organizationId);
    await asSystem(api, (tx) =>
      tx
        .updateTable('portalSessions')
        .set({ idleExpiresAt: new Date(api.deps.now().getTime() - 1_000) })
        .where('handle', '=', visitor.handle)
        .execute(),
    );

    const { body } = await visitor.ask('GET', '/home');

    expect(body).toMatchObject({ code: 'session_ended', facts: { opensOnce: true } });
  });

  test('its page says nothing and changes nothing once another set-up was opened in the browser', async () => {
    const other = await anOrganization(vendor, { name: 'Beta' });
    const first = await anInvited(api, vendor, organizationId);
    const second = await anInvited(api, vendor, other.id);
    const base = `/setup/${vendor.environment.handle}/api`;
    const drawnForFirst = caller(api, {
      ...pageHeaders(api),
      cookie: second.cookie,
      'x-vestibule-session': first.handle,
    });

    const looked = await drawnForFirst('GET', `${base}/home`);
    const acted = await drawnForFirst('POST', `${base}/sso/provider`, { providerId: 'okta' });

    expect([looked.status, acted.status]).toEqual([409, 409]);
    expect(looked.body.code).toBe('session_differs');
    const made = await asSystem(api, (tx) => tx.selectFrom('connections').selectAll().execute());
    expect(made.filter((row) => [organizationId, other.id].includes(row.organizationId))).toEqual([]);
  });

  test('a page goes on when its link was opened again, also after the session that it was drawn for has ended', async () => {
    const first = await anInvited(api, vendor, organizationId);
    await first.ask('POST', '/session/finish');
    const second = await openLink(api, vendor, first.link);
    const drawnForFirst = caller(api, {
      ...pageHeaders(api),
      cookie: second.cookie,
      'x-vestibule-session': first.handle,
    });
    const base = `/setup/${vendor.environment.handle}/api`;

    expect((await drawnForFirst('GET', `${base}/home`)).status).toBe(200);
    expect((await drawnForFirst('POST', `${base}/sso/provider`, { providerId: 'okta' })).status).toBe(202);
  });

  test('a page goes on when the vendor’s product has opened the same again, and not when it opened something else', async () => {
    const first = await aPortalVisitor(api, vendor, organizationId, { intent: 'sso' });
    const again = await aPortalVisitor(api, vendor, organizationId, { intent: 'sso' });
    const other = await aPortalVisitor(api, vendor, organizationId, { intent: 'log_streams' });
    const home = (cookie: string) =>
      caller(api, { ...pageHeaders(api), cookie, 'x-vestibule-session': first.handle })(
        'GET',
        `/setup/${vendor.environment.handle}/api/home`,
      );

    expect((await home(again.cookie)).status).toBe(200);
    expect((await home(other.cookie)).status).toBe(409);
  });

  test('does not open the door of another environment’s handle', async () => {
    const other = await aVendor(api);
    const visitor = await anInvited(api, vendor, organizationId);

    const reply = await caller(api, {
      ...pageHeaders(api),
      cookie: visitor.cookie,
      'x-vestibule-session': visitor.handle,
    })('GET', `/setup/${other.environment.handle}/api/session`);

    expect(reply.status).toBe(404);
  });
});

describe('[LNK-09] a change', () => {
  const headersOf = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

  test.each([
    ['of another site', headersOf],
    ['with Origin null', { origin: 'null' }],
    ['without our header', { 'x-vestibule-request': '0' }],
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['as plain text', { 'content-type': 'text/plain' }],
  ])('%s is refused', async (_name, headers) => {
    const visitor = await anInvited(api, vendor, organizationId);

    const reply = await visitor.ask('POST', '/session/extend', {}, headers);

    expect(reply.status).toBe(403);
  });
});

describe('GET home', () => {
  test('shows what is next, the people masked, and that nothing has happened yet; looking starts nothing', async () => {
    const visitor = await aPortalVisitor(api, vendor, organizationId);

    const { body } = await visitor.ask('GET', '/home');

    expect(body).toMatchObject({
      view: null,
      allDone: false,
      nextStep: { feature: 'sso', step: 'choose_provider' },
      timeline: [],
      connection: null,
      domains: [],
      temporalAway: false,
    });
    const onboardings = await asSystem(api, (tx) =>
      tx.selectFrom('onboardings').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(onboardings).toEqual([]);
  });

  test('tells the course with masked names, and what others did since the last visit', async () => {
    const journeys = runJourneys(api);
    const visitor = await anInvited(api, vendor, organizationId);
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    await journeys.relay();
    api.pass(60_000);
    await vendor.call('POST', `/onboardings/${visitor.onboardingId}/remind`, {});
    await journeys.relay();
    api.pass(60_000);

    const again = await openLink(api, vendor, visitor.link);
    const { body } = await again.ask('GET', '/home');

    expect(body.view).toMatchObject({ state: 'in_progress' });
    expect(body.timeline.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(['started', 'opened', 'provider_chosen']),
    );
    const chosen = body.timeline.find(({ kind }: { kind: string }) => kind === 'provider_chosen');
    expect(chosen.actor.name).toBe('a•••@acme.com');
    expect(chosen.facts.provider_name).toBe(findGuide(chosen.facts.provider)?.name);
    const news = body.sinceYouWereHere.map(({ kind }: { kind: string }) => kind);
    expect(news).not.toContain('provider_chosen');
    expect(news).toContain('reminder_due');
    expect(body.nextStep).toEqual({ feature: 'sso', step: 'configure_provider' });
    expect(body.people).toMatchObject([{ name: 'a•••@acme.com', role: 'you' }]);
    expect(body.connection).toMatchObject({ providerId: 'okta', providerName: 'Okta', chip: 'draft' });
  });

  test('says so when commands wait and the engine does not answer', async () => {
    api.temporal.deliver = () => Promise.resolve({ status: 'unknown', reason: 'away' });
    const visitor = await anInvited(api, vendor, organizationId);

    expect((await visitor.ask('GET', '/home')).body.temporalAway).toBe(true);
  });

  test('tells the course of the parts that the link is for, and of a set-up for them as a whole', async () => {
    const journeys = runJourneys(api);
    const visitor = await anInvited(api, vendor, organizationId);
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    await visitor.ask('POST', '/domains', { domain: 'acme.com' });
    await journeys.relay();
    const kindsFor = async (intent: string) => {
      const other = await aPortalVisitor(api, vendor, organizationId, { intent });
      const { body } = await other.ask('GET', '/home');
      return body.timeline.map(({ kind }: { kind: string }) => kind);
    };

    // Going live rests on domains, so whoever sets sign-in up follows them.
    expect(await kindsFor('sso')).toEqual(
      expect.arrayContaining(['opened', 'provider_chosen', 'domain_added']),
    );
    const ofDomains = await kindsFor('domain_verification');
    expect(ofDomains).toContain('opened');
    expect(ofDomains).not.toContain('provider_chosen');
    // Whoever sets something else up is told nothing of this one, not even that it began.
    expect(await kindsFor('log_streams')).toEqual([]);
  });

  test('shows nothing of features that the link does not cover', async () => {
    const visitor = await aPortalVisitor(api, vendor, organizationId, { intent: 'domain_verification' });
    const all = await aPortalVisitor(api, vendor, organizationId);
    await all.ask('POST', '/sso/provider', { providerId: 'okta' });

    const { body } = await visitor.ask('GET', '/home');

    expect(body.connection).toBeNull();
    expect(body.view).toBeNull();
    expect(body.nextStep).toEqual({ feature: 'domain_verification', step: 'add_domain' });
    expect((await visitor.ask('GET', '/sso')).body.connection).toBeNull();
    expect((await visitor.ask('POST', '/sso/provider', { providerId: 'okta' })).body.code).toBe(
      'outside_link',
    );
  });
});

describe('a link to something new, after a set-up has ended', () => {
  test('begins with that, and counts nothing of what was done before', async () => {
    const journeys = runJourneys(api);
    const { onboardingId } = await anInvited(api, vendor, organizationId);
    await journeys.relay();
    await vendor.call('POST', `/onboardings/${onboardingId}/cancel`, {});
    await journeys.relay();

    const visitor = await aPortalVisitor(api, vendor, organizationId, { intent: 'dsync' });
    const { body } = await visitor.ask('GET', '/home');

    expect(body).toMatchObject({ view: null, allDone: false });
    expect(body.nextStep).toEqual({ feature: 'directory_sync', step: 'choose_directory' });
  });
});

describe('an optional part', () => {
  test('is skipped and taken back; a required one is not', async () => {
    runJourneys(api);
    const visitor = await anInvited(api, vendor, organizationId);
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });

    const skipped = await visitor.ask('POST', '/features/domain_verification/skip');
    const back = await visitor.ask('POST', '/features/domain_verification/take-back');
    const refused = await visitor.ask('POST', '/features/sso/skip');
    const unknown = await visitor.ask('POST', '/features/nonsense/skip');

    const stateOf = (reply: typeof skipped) =>
      reply.body.view.features.find(({ feature }: { feature: string }) => feature === 'domain_verification')
        .state;
    expect([skipped.body.status, stateOf(skipped)]).toEqual(['applied', 'skipped']);
    expect(stateOf(back)).toBe('not_started');
    expect(refused.body.code).toBe('feature_required');
    expect(unknown.status).toBe(404);
  });
});

describe('a link whose work is done', () => {
  test('shows everything and changes nothing', async () => {
    const visitor = await anInvited(api, vendor, organizationId);
    await asSystem(api, (tx) =>
      tx
        .updateTable('links')
        .set({ state: 'completed', endedAt: new Date(api.deps.now().getTime() - 1_000) })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
    const late = await openLink(api, vendor, visitor.link);

    expect((await late.ask('GET', '/session')).body.readOnly).toBe(true);
    expect((await late.ask('GET', '/home')).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', '/sso/provider', { providerId: 'okta' }],
      ['POST', '/domains', { domain: 'acme.com' }],
      ['PUT', '/sso/drafts', {}],
      ['POST', '/features/domain_verification/skip', {}],
    ] as const) {
      expect([path, (await late.ask(method, path, body)).status]).toEqual([path, 403]);
    }
  });
});
