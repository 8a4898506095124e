import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { onboarding as onboardingSchema } from '../../api/contract/developer-onboardings.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aStaff } from '../support/staff.ts';
import { anInvited, openLink } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let organization: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  organization = (await anOrganization(vendor)).id;
});

const start = (more: object = {}) =>
  vendor.call('POST', '/onboardings', { organization, contacts: ['it@acme.test'], ...more });
const choicesOf = (body: { features: { feature: string; requirement: string }[] }) =>
  body.features.map(({ feature, requirement }) => [feature, requirement]);
const rows = <Table extends 'connections' | 'links' | 'portalSessions'>(table: Table) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom(table as 'links')
      .selectAll()
      .where('organizationId', '=', organization)
      .execute(),
  );
const audits = (action: string) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['actorType', 'before', 'after'])
      .where('organizationId', '=', organization)
      .where('action', '=', action)
      .execute(),
  );
const timelineOf = async (id: string) => {
  const { body } = await vendor.call('GET', `/onboardings/${id}/timeline`);
  return body.data.map(({ kind }: { kind: string }) => kind);
};

describe('an onboarding begins', () => {
  test('with what its environment says, in that order and mode, unless it is said otherwise', async () => {
    const changed = await vendor.call('PATCH', '/environment', {
      onboarding: {
        mode: 'guided',
        features: [
          { feature: 'domain_verification', requirement: 'required' },
          { feature: 'sso', requirement: 'optional' },
        ],
      },
    });
    expect([changed.status, changed.body.onboarding.mode]).toEqual([200, 'guided']);

    const usual = await start();
    expect([usual.status, usual.body.mode]).toEqual([201, 'guided']);
    expect(choicesOf(usual.body)).toEqual([
      ['domain_verification', 'required'],
      ['sso', 'optional'],
    ]);
    organization = (await anOrganization(vendor)).id;
    const own = await start({ mode: 'staff_led', features: [{ feature: 'sso' }] });
    expect([own.body.mode, choicesOf(own.body)]).toEqual(['staff_led', [['sso', 'required']]]);
    expect(own.body.features[0].steps[0]).toMatchObject({ step: 'choose_provider', holder: 'staff' });
  });

  test('a part of the default is changed alone, and a feature that is not named is off', async () => {
    await vendor.call('PATCH', '/environment', {
      onboarding: { features: [{ feature: 'sso', requirement: 'required' }] },
    });
    const { body } = await vendor.call('PATCH', '/environment', { onboarding: { mode: 'staff_led' } });
    expect(body.onboarding).toEqual({
      mode: 'staff_led',
      features: [
        { feature: 'sso', requirement: 'required' },
        { feature: 'directory_sync', requirement: 'off' },
        { feature: 'domain_verification', requirement: 'off' },
        { feature: 'log_streams', requirement: 'off' },
      ],
    });
  });

  test('with its provider chosen, which the customer may change; one that was chosen already stays', async () => {
    const { body } = await start({ features: [{ feature: 'sso', provider: 'okta' }] });

    expect(body.features[0]).toMatchObject({ provider: { id: 'okta', chosen_by: 'vendor' } });
    expect(body.features[0].steps.slice(0, 2)).toMatchObject([
      { step: 'choose_provider', state: 'done' },
      { step: 'configure_provider', state: 'open' },
    ]);
    expect(await timelineOf(body.id)).toEqual(['started', 'provider_chosen', 'invited']);

    const visitor = await anInvited(api, vendor, organization, {
      features: [{ feature: 'sso', provider: 'onelogin' }],
    });
    const { body: state } = await visitor.ask('GET', '/sso');
    expect(state.connection).toMatchObject({ providerId: 'okta', state: 'draft' });
    const other = await visitor.ask('POST', '/sso/provider', { providerId: 'onelogin' });
    expect(other.body.view.features[0].provider).toEqual({ id: 'onelogin', chosenBy: 'customer' });
    expect(await rows('connections')).toHaveLength(1);
  });

  test.each([
    [{ features: [{ feature: 'sso', requirement: 'off' }] }, 422],
    [{ features: [{ feature: 'sso' }, { feature: 'sso' }] }, 422],
    [{ features: [{ feature: 'certificate_renewal' }] }, 422],
    [{ features: [{ feature: 'sso', provider: 'nobody' }] }, 422],
    [{ features: [{ feature: 'domain_verification', provider: 'okta' }] }, 422],
    [{ mode: 'remote' }, 422],
  ])('never with %j, of which nothing is made', async (more, status) => {
    const reply = await start(more);
    expect([reply.status, await rows('links'), await rows('connections')]).toEqual([status, [], []]);
  });
});

describe('on the way', () => {
  test('requirements, order, mode and reminders are changed, with rows, events, audit, and the link that follows', async () => {
    const invited = await anInvited(api, vendor, organization);
    const { status, body } = await vendor.call('PATCH', `/onboardings/${invited.onboardingId}`, {
      features: [{ feature: 'domain_verification', requirement: 'required' }],
      mode: 'staff_led',
      reminders: false,
    });

    expect(status).toBe(200);
    onboardingSchema.parse(body);
    expect([body.mode, choicesOf(body)]).toEqual([
      'staff_led',
      [
        ['domain_verification', 'required'],
        ['sso', 'required'],
      ],
    ]);
    expect(await timelineOf(invited.onboardingId)).toEqual([
      'started',
      'link_copied',
      'opened',
      'requirement_changed',
      'mode_changed',
      'order_changed',
      'reminders_changed',
      'handed_over',
    ]);
    const events = await vendor.call(
      'GET',
      '/events?events=onboarding.tailored&events=onboarding.handed_over',
    );
    expect(events.body.data.map(({ event }: { event: string }) => event).toSorted()).toEqual([
      'onboarding.handed_over',
      ...Array<string>(4).fill('onboarding.tailored'),
    ]);
    expect(await audits('onboarding.tailor')).toMatchObject([
      {
        actorType: 'developer',
        before: { mode: 'self_service', plan: { domain_verification: 'optional' } },
        after: { mode: 'staff_led', reminders: false, plan: { domain_verification: 'required' } },
      },
    ]);
  });

  test('its provider is chosen where nobody has, shown as the vendor’s, and one that was chosen stays', async () => {
    const invited = await anInvited(api, vendor, organization);
    const path = `/onboardings/${invited.onboardingId}`;
    const choose = (provider: string, feature = 'sso') =>
      vendor.call('PATCH', path, { features: [{ feature, requirement: 'required', provider }] });

    expect((await choose('nobody')).status).toBe(422);
    expect((await choose('okta', 'domain_verification')).status).toBe(422);
    const chosen = await choose('okta');
    expect([chosen.status, chosen.body.features[0].provider]).toEqual([
      200,
      { id: 'okta', chosen_by: 'vendor' },
    ]);
    const late = await choose('onelogin');
    expect([late.status, late.body.features[0].provider.id]).toEqual([200, 'okta']);
    const { body: state } = await invited.ask('GET', '/sso');
    expect(state.connection).toMatchObject({ providerId: 'okta', state: 'draft' });
    expect(state.view.features[0].provider).toEqual({ id: 'okta', chosenBy: 'vendor' });
  });

  test('a feature that is turned off is closed to the sessions that are open, and comes back with what was done', async () => {
    const invited = await anInvited(api, vendor, organization);
    const change = (requirement: string) =>
      vendor.call('PATCH', `/onboardings/${invited.onboardingId}`, {
        features: [{ feature: 'domain_verification', requirement }],
      });
    await change('off');
    const refused = await invited.ask('POST', '/domains', { domain: 'acme.test' });
    expect([refused.status, (await rows('portalSessions'))[0]?.features]).toEqual([403, ['sso']]);

    await change('optional');
    expect((await invited.ask('POST', '/domains', { domain: 'acme.test' })).status).toBe(200);
  });

  test('all of it is not turned off, and what has ended is left alone', async () => {
    const { body } = await start({ features: [{ feature: 'sso' }] });
    const path = `/onboardings/${body.id}`;
    const off = [{ feature: 'sso', requirement: 'off' }];
    const empty = await vendor.call('PATCH', path, { features: off });
    expect([empty.status, empty.body.code]).toEqual([409, 'plan_empty']);
    expect((await rows('links')).map(({ features }) => features)).toEqual([['sso']]);

    await vendor.call('POST', `${path}/cancel`);
    const ended = await vendor.call('PATCH', path, { mode: 'guided' });
    expect([ended.status, ended.body.code]).toEqual([409, 'onboarding_ended']);
  });

  test('a change of the environment reaches no onboarding that runs, until somebody is invited to it anew', async () => {
    const { body } = await start();
    await vendor.call('PATCH', '/environment', {
      onboarding: { mode: 'staff_led' },
      reminders: { enabled: false },
      domain_policy: 'required',
    });
    const same = await vendor.call('GET', `/onboardings/${body.id}`);
    expect([same.body.mode, same.body.next]).toEqual([body.mode, body.next]);
    const commands = await asSystem(api, (tx) =>
      tx
        .selectFrom('commands')
        .select('body')
        .where('organizationId', '=', organization)
        .orderBy('seq')
        .execute(),
    );
    expect(commands.map(({ body: sent }) => Object(sent).kind)).toEqual(['start', 'invite']);

    await start();
    const again = await asSystem(api, (tx) =>
      tx
        .selectFrom('commands')
        .select('body')
        .where('organizationId', '=', organization)
        .orderBy('seq')
        .execute(),
    );
    expect(again[2]?.body).toMatchObject({ kind: 'join', reminders: false });
    expect(again[2]?.body).not.toHaveProperty('mode');
  });
});

describe('a step that staff hold', () => {
  const staffLed = { mode: 'staff_led', features: [{ feature: 'sso' }] };

  test('is not the customer’s to do, and nothing of their try is kept; they may take it back', async () => {
    const invited = await anInvited(api, vendor, organization, staffLed);
    const refused = await invited.ask('POST', '/sso/provider', { providerId: 'okta' });
    expect([refused.status, refused.body.code, await rows('connections')]).toEqual([409, 'step_held', []]);
    expect((await invited.ask('GET', '/home')).body.nextStep).toBeNull();

    const back = await invited.ask('POST', '/steps/choose_provider/take-back');
    expect(back.body.view.features[0].steps[0].holder).toBe('customer');
    expect((await invited.ask('POST', '/sso/provider', { providerId: 'okta' })).status).toBe(200);
    expect((await invited.ask('POST', '/steps/choose_provider/take-back')).body.code).toBe('step_done');
    expect((await invited.ask('POST', '/steps/nothing/take-back')).status).toBe(404);
  });

  test('nobody is reminded of, not even when staff ask for it', async () => {
    const { onboardingId } = await anInvited(api, vendor, organization, staffLed);
    const reply = await vendor.call('POST', `/onboardings/${onboardingId}/remind`);
    expect([reply.status, reply.body.code]).toEqual([409, 'step_held']);
  });
});

describe('one step', () => {
  const path = (id: string, step: string, act: string) => `/onboardings/${id}/steps/${step}/${act}`;

  test('is taken over and handed back by staff, with the note that the customer reads, events and audit', async () => {
    const invited = await anInvited(api, vendor, organization, { mode: 'guided' });
    const { onboardingId: id } = invited;
    const staff = await aStaff(api, vendor, 'support');

    const taken = await staff.ask('POST', path(id, 'choose_provider', 'take-over'));
    expect([taken.status, taken.body.view.features[0].steps[0].holder]).toEqual([200, 'staff']);
    const refused = await invited.ask('POST', '/sso/provider', { providerId: 'okta' });
    expect([refused.status, refused.body.code, await rows('connections')]).toEqual([409, 'step_held', []]);

    const note = 'It is Okta: take the first tile.';
    const back = await staff.ask('POST', path(id, 'choose_provider', 'hand-back'), { note });
    expect([back.status, back.body.view.features[0].steps[0].holder]).toEqual([200, 'customer']);
    const home = await invited.ask('GET', '/home');
    expect(home.body.stepNotes).toEqual([{ step: 'choose_provider', note }]);
    const shown = () => staff.ask('GET', `/onboardings/${id}`);
    expect((await shown()).body.stepNotes).toEqual([{ step: 'choose_provider', note }]);
    expect((await invited.ask('POST', '/sso/provider', { providerId: 'okta' })).status).toBe(200);
    expect((await invited.ask('GET', '/home')).body.stepNotes).toEqual([]);

    expect((await timelineOf(id)).slice(-3)).toEqual(['handed_over', 'handed_back', 'provider_chosen']);
    const events = '/events?events=onboarding.handed_over&events=onboarding.handed_back';
    const { data } = (await vendor.call('GET', events)).body;
    expect(data.map((one: { event: string; data: object }) => [one.event, one.data])).toMatchObject([
      ['onboarding.handed_over', { step: 'choose_provider', actor: { type: 'staff', id: staff.member.id } }],
      ['onboarding.handed_back', { step: 'choose_provider', actor: { type: 'staff', id: staff.member.id } }],
    ]);
    for (const act of ['take_over_step', 'hand_back_step'])
      expect(await audits(`onboarding.${act}`)).toMatchObject([
        { actorType: 'staff', after: { step: 'choose_provider' } },
      ]);
  });

  test('that is taken over again has no note any more, and what takes the customer is never taken over', async () => {
    const { onboardingId: id, ask } = await anInvited(api, vendor, organization, { mode: 'staff_led' });
    const staff = await aStaff(api, vendor, 'support');
    await staff.ask('POST', path(id, 'choose_provider', 'hand-back'), { note: 'yours' });
    expect((await staff.ask('POST', path(id, 'choose_provider', 'take-over'))).status).toBe(200);
    await ask('POST', '/steps/choose_provider/take-back');
    expect((await ask('GET', '/home')).body.stepNotes).toEqual([]);

    const refusals = await Promise.all([
      staff.ask('POST', path(id, 'go_live', 'take-over')),
      staff.ask('POST', path(id, 'choose_provider', 'hand-back'), { note: 'not ours' }),
      staff.ask('POST', path(id, 'enter_metadata', 'hand-back'), { note: '  ' }),
      staff.ask('POST', path(id, 'nothing', 'take-over')),
      (await aStaff(api, vendor, 'viewer')).ask('POST', path(id, 'enter_metadata', 'take-over')),
      (await aStaff(api, await aVendor(api))).ask('POST', path(id, 'enter_metadata', 'take-over')),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual([409, 409, 422, 404, 403, 404]);
    expect((await ask('GET', '/home')).body.stepNotes).toEqual([]);
  });
});

describe('[AUD-02] staff on the customer’s pages', () => {
  const lookAlong = async (role: 'support' | 'viewer', onboardingId: string) => {
    const staff = await aStaff(api, vendor, role);
    return { staff, reply: await staff.ask('POST', `/onboardings/${onboardingId}/look-along`) };
  };

  test('do as themselves the steps that staff hold, and no others', async () => {
    const features = [{ feature: 'sso' }];
    const invited = await anInvited(api, vendor, organization, { mode: 'staff_led', features });
    const { staff, reply } = await lookAlong('support', invited.onboardingId);
    const along = await openLink(api, vendor, reply.body.link);

    expect((await along.ask('GET', '/session')).body).toMatchObject({ isStaff: true, readOnly: false });
    expect((await along.ask('GET', '/home')).body.nextStep).toEqual({
      feature: 'sso',
      step: 'choose_provider',
    });
    const chosen = await along.ask('POST', '/sso/provider', { providerId: 'okta' });
    expect([chosen.status, chosen.body.view.features[0].provider]).toEqual([
      200,
      { id: 'okta', chosenBy: 'vendor' },
    ]);
    const configured = await along.ask('POST', '/sso/configuration-done');
    expect([configured.status, configured.body.code]).toEqual([409, 'step_held']);
    expect((await along.ask('POST', '/steps/enter_metadata/take-back')).status).toBe(403);

    const acts = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('actorType', '=', 'staff')
        .where('actorId', '=', staff.member.id)
        .orderBy('ordinal')
        .execute(),
    );
    expect(acts.map(({ action }) => action)).toEqual([
      'portal_link.created',
      'link.opened',
      'connection.created',
      'onboarding.choose_provider',
      'access.refused',
    ]);
    const home = await invited.ask('GET', '/home');
    expect(home.body.timeline.at(-2)).toMatchObject({
      kind: 'provider_chosen',
      actor: { type: 'staff', name: vendor.environment.vendorName },
    });
    expect(home.body.staffBesideSince).not.toBeNull();
  });

  test('only look where the customer holds the steps, and the customer sees that they do', async () => {
    const invited = await anInvited(api, vendor, organization, { mode: 'guided' });
    expect((await invited.ask('GET', '/home')).body.staffBesideSince).toBeNull();
    const { reply } = await lookAlong('support', invited.onboardingId);
    const along = await openLink(api, vendor, reply.body.link);

    expect((await along.ask('GET', '/session')).body).toMatchObject({ isStaff: true, readOnly: true });
    const refused = await along.ask('POST', '/sso/provider', { providerId: 'okta' });
    expect([refused.status, refused.body.code, await rows('connections')]).toEqual([409, 'step_held', []]);
    expect((await along.ask('POST', '/features/domain_verification/skip')).status).toBe(409);
    expect((await invited.ask('GET', '/home')).body.staffBesideSince).not.toBeNull();
    await along.ask('POST', '/session/finish');
    expect((await invited.ask('GET', '/home')).body.staffBesideSince).toBeNull();
  });

  test('open no link for the customer: it still counts as not opened', async () => {
    const { body } = await start({ mode: 'guided' });
    const { reply } = await lookAlong('support', body.id);
    await openLink(api, vendor, reply.body.link);
    expect((await vendor.call('GET', `/onboardings/${body.id}`)).body.state).toBe('invited');
  });

  test('[LNK-10] never prove a dangerous act', async () => {
    const invited = await anInvited(api, vendor, organization, {
      mode: 'staff_led',
      features: [{ feature: 'sso' }],
    });
    const { reply } = await lookAlong('support', invited.onboardingId);
    const along = await openLink(api, vendor, reply.body.link);
    expect((await along.ask('POST', '/codes', { act: 'reset', subject: 'conn_1' })).status).toBe(403);
  });

  test('[LNK-08] are out at once when they lose their right, and a viewer gets no link', async () => {
    const invited = await anInvited(api, vendor, organization, { mode: 'staff_led' });
    const { staff, reply } = await lookAlong('support', invited.onboardingId);
    const along = await openLink(api, vendor, reply.body.link);
    await asSystem(api, (tx) =>
      tx.updateTable('members').set({ role: 'viewer' }).where('id', '=', staff.member.id).execute(),
    );
    expect((await along.ask('GET', '/session')).status).toBe(401);
    expect((await lookAlong('viewer', invited.onboardingId)).reply.status).toBe(403);
    const again = await caller(api)('POST', new URL(reply.body.link).pathname, new URLSearchParams());
    expect(again.status).not.toBe(303);
  });
});

describe('the dashboard', () => {
  test('invites with requirements, order, mode and provider, and changes them on the way', async () => {
    const staff = await aStaff(api, vendor);
    const choices = [
      { feature: 'domain_verification', requirement: 'optional' },
      { feature: 'sso', requirement: 'required' },
    ];
    const invited = await staff.ask('POST', `/organizations/${organization}/invitations`, {
      features: choices,
      mode: 'guided',
      providerId: 'okta',
      delivery: 'copy',
      email: null,
      lifeDays: 30,
      note: '',
    });
    expect(invited.body.view).toMatchObject({
      mode: 'guided',
      features: [{ feature: 'domain_verification' }, { provider: { id: 'okta', chosenBy: 'vendor' } }],
    });

    const path = `/onboardings/${invited.body.onboardingId}/tailor`;
    const changed = await staff.ask('POST', path, { mode: 'staff_led', features: choices.toReversed() });
    expect(changed.body.view).toMatchObject({ mode: 'staff_led', features: [{ feature: 'sso' }, {}] });
    const off = choices.map(({ feature }) => ({ feature, requirement: 'off' }));
    expect((await staff.ask('POST', path, { features: off })).body.code).toBe('plan_empty');
    const viewer = await aStaff(api, vendor, 'viewer');
    expect((await viewer.ask('POST', path, { mode: 'guided' })).status).toBe(403);
    const known = await viewer.ask('GET', '/providers');
    expect(known.body.providers).toContainEqual({ id: 'okta', name: 'Okta' });
  });

  test('keeps the default of onboardings with the other settings, and tells it to every page', async () => {
    const admin = await aStaff(api, vendor, 'admin');
    const { body } = await admin.ask('GET', '/environment');
    const before = body.settings.onboardingTemplate;
    const after = { ...before, mode: 'staff_led' };
    const saved = await admin.ask('PATCH', '/environment', {
      before: { onboardingTemplate: before },
      after: { onboardingTemplate: after },
    });
    expect(saved.body.settings.onboardingTemplate).toEqual(after);
    expect((await admin.ask('GET', '/session')).body.environment.onboardingTemplate).toEqual(after);
    const late = await admin.ask('PATCH', '/environment', {
      before: { onboardingTemplate: before },
      after: { onboardingTemplate: { ...before, mode: 'guided' } },
    });
    expect(late.body.code).toBe('settings_changed');
  });
});
