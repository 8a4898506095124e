import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { onboarding as onboardingSchema } from '../../api/contract/developer-onboardings.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aLiveCustomer, idpMetadata } from '../support/live-customer.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';
import { aStaff } from '../support/staff.ts';
import { anInvited, openLink } from '../support/visitor.ts';

/** What the vendor does about one step, and about the link, by the developer API and on the dashboard alike. */

let api: TestApi;
let vendor: Vendor;
let certificate: MadeCertificate;
beforeAll(async () => {
  api = await startTestApi();
  certificate = await aCertificate({ name: 'idp' });
});
afterAll(() => api.close());
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
});

const invited = async (more: object = {}) =>
  anInvited(api, vendor, (await anOrganization(vendor)).id, { mode: 'guided', ...more });
const act = (id: string, what: string, body?: object, headers?: Record<string, string>) =>
  vendor.call('POST', `/onboardings/${id}/${what}`, body, headers);
const stepsOf = (body: { features: { steps: { step: string; state: string; holder: string }[] }[] }) =>
  body.features.flatMap(({ steps }) => steps);
const holderOf = (body: Parameters<typeof stepsOf>[0], step: string) =>
  stepsOf(body).find((one) => one.step === step)?.holder;
const eventsNamed = async (...names: string[]) => {
  const { body } = await vendor.call(
    'GET',
    `/events?${names.map((name) => `events=onboarding.${name}`).join('&')}`,
  );
  return body.data.map((one: { event: string; data: { step?: string; actor: object } }) => [
    one.event,
    one.data.step,
    one.data.actor,
  ]);
};

describe('one step, by the API', () => {
  test('is handed over to staff and back with a note that the customer reads', async () => {
    const visitor = await invited();
    const id = visitor.onboardingId;
    const over = await act(id, 'steps/choose_provider/hand_over');
    expect([over.status, holderOf(over.body, 'choose_provider')]).toEqual([200, 'staff']);
    expect(onboardingSchema.parse(over.body)).toEqual(over.body);
    expect((await visitor.ask('POST', '/sso/provider', { providerId: 'okta' })).body.code).toBe('step_held');

    const note = 'It is Okta: take the first tile.';
    const back = await act(id, 'steps/choose_provider/hand_back', { note });
    expect([back.status, holderOf(back.body, 'choose_provider')]).toEqual([200, 'customer']);
    const home = await visitor.ask('GET', '/home');
    expect(home.body.stepNotes).toEqual([{ step: 'choose_provider', note }]);
    const actor = { type: 'developer', id: vendor.key.id };
    expect(await eventsNamed('handed_over', 'handed_back')).toEqual([
      ['onboarding.handed_over', 'choose_provider', actor],
      ['onboarding.handed_back', 'choose_provider', actor],
    ]);
  });

  test('is refused in the words of the closed list, and nothing of it is kept', async () => {
    const { onboardingId: id } = await invited();
    const refusals = await Promise.all([
      act(id, 'steps/go_live/hand_over'),
      act(id, 'steps/choose_provider/hand_back', { note: 'theirs already' }),
      act(id, 'steps/choose_provider/hand_back', { note: '  ' }),
      act(id, 'steps/nothing/hand_over'),
      act(id, 'steps/verify_domain/reset'),
      act(id, 'steps/go_live/reset'),
      act(id, 'steps/add_domain/reset'),
      act(id, 'steps/choose_directory/reset'),
    ]);
    expect(refusals.map(({ status, body }) => [status, body.code])).toEqual([
      [409, 'step_held'],
      [409, 'step_held'],
      [422, undefined],
      [404, undefined],
      [409, 'step_not_resettable'],
      [409, 'step_blocked'],
      [409, 'step_blocked'],
      [409, 'feature_off'],
    ]);
    expect(refusals[3]?.body.message).toMatch(/^Step not found: '\w+'\.$/);
    await act(id, 'cancel');
    for (const what of ['extend', 'steps/choose_provider/hand_over', 'steps/choose_provider/reset'])
      expect([what, (await act(id, what)).body.code]).toEqual([what, 'onboarding_ended']);
  });

  test('is done once under its key, and waits with 202 while the engine is away', async () => {
    const { onboardingId: id } = await invited();
    const key = { 'idempotency-key': 'over-1' };
    const first = await act(id, 'steps/choose_provider/hand_over', undefined, key);
    const again = await act(id, 'steps/choose_provider/hand_over', undefined, key);
    expect([again.status, again.text]).toEqual([200, first.text]);
    expect(await eventsNamed('handed_over')).toHaveLength(1);

    runJourneys(api).goAway();
    const waiting = await act(id, 'steps/enter_metadata/hand_over');
    expect([waiting.status, waiting.body.id]).toEqual([202, id]);
  });
});

describe('the main link', () => {
  const linkOf = (onboardingId: string) =>
    asSystem(api, (tx) =>
      tx
        .selectFrom('links')
        .selectAll()
        .where('onboardingId', '=', onboardingId)
        .where('kind', '=', 'main')
        .executeTakeFirstOrThrow(),
    );
  const daysLeft = async (onboardingId: string) => {
    const { expiresAt } = await linkOf(onboardingId);
    return Math.round((expiresAt.getTime() - api.deps.now().getTime()) / 86_400_000);
  };

  test('works longer, is the same link, and keeps an end that is later already', async () => {
    const visitor = await invited({ life_days: 2 });
    const id = visitor.onboardingId;
    expect(await daysLeft(id)).toBe(2);
    expect((await act(id, 'extend', { life_days: 10 })).status).toBe(200);
    expect(await daysLeft(id)).toBe(10);
    await act(id, 'extend', { life_days: 1 });
    expect(await daysLeft(id)).toBe(10);
    const staff = await aStaff(api, vendor, 'support');
    expect((await staff.ask('POST', `/onboardings/${id}/extend`)).status).toBe(200);
    expect(await daysLeft(id)).toBe(30);
    expect((await visitor.ask('GET', '/home')).status).toBe(200);
    expect((await openLink(api, vendor, visitor.link)).landedOn).toContain('/home');

    const { body } = await vendor.call('GET', `/onboardings/${id}/timeline`);
    expect(body.data.filter(({ kind }: { kind: string }) => kind === 'link_extended')).toHaveLength(3);
    const rows = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('action', '=', 'link.extended').orderBy('id').execute(),
    );
    const ours = rows.filter(({ environmentId }) => environmentId === vendor.environment.id);
    expect(ours.map(({ actorType, before, after }) => [actorType, before !== after])).toEqual([
      ['developer', true],
      ['developer', true],
      ['staff', true],
    ]);
  });

  test('that has ended is not brought back by it, and a viewer extends nothing', async () => {
    const { onboardingId: id } = await invited();
    const viewer = await aStaff(api, vendor, 'viewer');
    expect((await viewer.ask('POST', `/onboardings/${id}/extend`)).status).toBe(403);
    expect((await act(id, 'extend', { life_days: 31 })).status).toBe(422);
    const { id: linkId } = await linkOf(id);
    await asSystem(api, (tx) =>
      tx.updateTable('links').set({ expiresAt: api.deps.now() }).where('id', '=', linkId).execute(),
    );
    const late = await act(id, 'extend');
    expect([late.status, (await linkOf(id)).expiresAt <= api.deps.now()]).toEqual([410, true]);
  });
});

describe('a step that is reset', () => {
  const aLive = () =>
    aLiveCustomer(api, vendor, { metadata: idpMetadata([certificate.pem]), contacts: ['it@acme.com'] });
  const openOf = async (organizationId: string) => {
    const { body } = await vendor.call('GET', `/onboardings?organization_id=${organizationId}`);
    return String(body.data[0].id);
  };

  test('stops sign-in, keeps its settings for 30 days, and keeps our own addresses', async () => {
    const { organizationId, connection, visitor } = await aLive();
    const before = await connection();
    const reply = await act(await openOf(organizationId), 'steps/enter_metadata/reset');

    expect(reply.status).toBe(200);
    expect(stepsOf(reply.body).map(({ step, state }) => [step, state])).toEqual(
      expect.arrayContaining([
        ['choose_provider', 'done'],
        ['enter_metadata', 'open'],
        ['test_sign_in', 'blocked'],
      ]),
    );
    const after = await connection();
    expect(after).toMatchObject({ state: 'draft', idpEntityId: null, testedRevision: null });
    expect(after).toMatchObject({ acsUrl: before.acsUrl, providerId: before.providerId });
    const { body } = await visitor.ask('GET', '/sso');
    expect(body.formers).toMatchObject([{ reason: 'reset' }]);
    expect(after.notices).toMatchObject([{ kind: 'reset', isVendors: true }]);
    const back = await visitor.ask('POST', `/sso/formers/${body.formers[0].id}/bring-back`, {});
    expect([back.status, (await connection()).idpEntityId]).toEqual([200, before.idpEntityId]);
  });

  test('of the choice forgets the provider, too', async () => {
    const { organizationId, connection } = await aLive();
    const reply = await act(await openOf(organizationId), 'steps/choose_provider/reset');
    expect([reply.status, reply.body.features[0].provider]).toEqual([200, null]);
    expect(await connection()).toMatchObject({ state: 'draft', providerId: null, idpEntityId: null });
  });

  test('takes what was said of it and of those after it along', async () => {
    const visitor = await invited();
    const id = visitor.onboardingId;
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    await act(id, 'steps/enter_metadata/hand_over');
    await act(id, 'steps/enter_metadata/hand_back', { note: 'Paste the URL of your Okta.' });

    const reply = await act(id, 'steps/choose_provider/reset');

    expect(reply.status).toBe(200);
    expect((await visitor.ask('GET', '/home')).body.stepNotes).toEqual([]);
  });

  test('of the test or of going live leaves the settings where they are', async () => {
    const { organizationId, connection } = await aLive();
    const { idpEntityId, testedRevision } = await connection();
    const id = await openOf(organizationId);
    expect((await act(id, 'steps/go_live/reset')).status).toBe(200);
    const off = { state: 'validating', activatedAt: null, idpEntityId };
    expect(await connection()).toMatchObject({ ...off, testedRevision });
    expect((await connection()).notices).toMatchObject([{ kind: 'switched_off', isVendors: true }]);
    expect((await act(id, 'steps/test_sign_in/reset')).status).toBe(200);
    expect(await connection()).toMatchObject({ ...off, testedRevision: null });
  });

  test('is support’s to reset on the dashboard, and no viewer’s', async () => {
    const { organizationId, connection } = await aLive();
    const path = `/onboardings/${await openOf(organizationId)}/steps/enter_metadata/reset`;
    const viewer = await aStaff(api, vendor, 'viewer');
    expect((await viewer.ask('POST', path)).status).toBe(403);
    expect((await connection()).state).toBe('active');
    const support = await aStaff(api, vendor, 'support');
    expect((await support.ask('POST', path)).status).toBe(200);
    expect((await connection()).state).toBe('draft');
  });
});
