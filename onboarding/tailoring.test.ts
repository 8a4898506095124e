import { describe, expect, it } from 'vitest';
import type { Act, Command, Fact } from './commands.ts';
import { eventOfEntry, onboardingObject } from './journey-events.ts';
import { modes } from './modes.ts';
import { refuse } from './refusals.ts';
import type { StepName } from './steps.ts';
import { fresh, type State } from './state.ts';
import { apply, report, settle, tick } from './transitions.ts';
import { customersNextStep, isOnlyForStaff, view, waitingOn } from './view.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const at = (days: number) => start + days * dayMs;
const iso = (ms: number) => new Date(ms).toISOString();

const customer = { type: 'customer', id: 'link_1' } as const;
const staff = { type: 'staff', id: 'member_1' } as const;
const developer = { type: 'developer', id: 'key_1' } as const;
let keys = 0;
const by = (actor: Command['actor'], act: Act): Command => ({ key: `cmd_${++keys}`, actor, ...act });

const both = { sso: 'required', domain_verification: 'optional' } as const;
type Start = Extract<Act, { kind: 'start' }>;

/** Started and invited by mail at `start`, every effect done. */
function anOnboarding(more: Partial<Start> = {}): State {
  const blank = { onboardingId: 'onb_1', environmentId: 'env_1', organizationId: 'org_1', number: 1 };
  const act: Start = {
    kind: 'start',
    origin: 'invitation',
    plan: both,
    domainPolicy: 'optional',
    reminders: true,
    domainVerified: false,
    connectionLive: false,
    mode: 'self_service',
    ...more,
  };
  const link = {
    linkId: 'link_1',
    delivery: 'mail',
    contactId: 'contact_1',
    expiresAt: iso(at(30)),
  } as const;
  const started = apply(fresh({ ...blank, at: iso(start) }), by(developer, act), start);
  return perform(apply(started, by(developer, { kind: 'invite', ...link }), start), start);
}

function perform(s: State, ms: number): State {
  let next = s;
  for (let round = 0; round < 50 && next.effects.length > 0; round++) {
    for (const { id } of next.effects) next = settle(next, id, { status: 'done', at: iso(ms) });
  }
  return next;
}
const does = (s: State, actor: Command['actor'], act: Act, days = 1) => apply(s, by(actor, act), at(days));
const tells = (s: State, fact: Fact, days = 1) =>
  report(s, { key: `fact_${++keys}`, actor: { type: 'provider', id: 'conn_1' }, ...fact }, at(days));
const kindsOf = (s: State) => s.entries.map(({ kind }) => kind);
const choose: Act = { kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' };
const paste: Act = { kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 };
const passed: Fact = { kind: 'test_passed', connectionId: 'conn_1', attemptId: 'a', settingsRevision: 1 };
const reminders = (s: State, days: number) =>
  tick(s, at(days)).effects.flatMap((e) => (e.kind === 'send_reminder' ? [e.reminder] : []));

describe('the order', () => {
  it('says in which order features show and which step is next, and locks nothing', () => {
    const s = anOnboarding({ plan: both, order: ['domain_verification', 'sso'] });
    expect(view(s).features.map(({ feature }) => feature)).toEqual(['domain_verification', 'sso']);
    expect(waitingOn(s)).toMatchObject({ who: 'customer', step: 'add_domain' });
    expect(refuse(s, choose, customer)).toBeUndefined();
  });

  it('is changed on the way with one row of the timeline, and not when it is the same', () => {
    const s = does(anOnboarding(), staff, { kind: 'tailor', order: ['domain_verification', 'sso'] });
    expect(s.entries).toMatchObject([{ kind: 'order_changed', facts: { order: 'domain_verification,sso' } }]);
    const again = does(perform(s, at(1)), staff, { kind: 'tailor', order: ['domain_verification', 'sso'] });
    expect(kindsOf(again)).toEqual([]);
  });
});

describe('requirements on the way', () => {
  it('turn a feature off: its steps are withdrawn, nobody is asked for it, and it cannot be gone on with', () => {
    const s = does(anOnboarding(), staff, { kind: 'tailor', plan: { domain_verification: 'off' } });
    expect(view(s).features.map(({ feature }) => feature)).toEqual(['sso']);
    expect(s.effects).toContainEqual(
      expect.objectContaining({ kind: 'close_step', step: 'add_domain', outcome: 'withdrawn' }),
    );
    expect(refuse(s, { kind: 'add_domain', domainId: 'dom_1' }, customer)).toBe('feature_off');
    expect(refuse(s, { kind: 'skip_feature', feature: 'domain_verification' })).toBe('feature_off');
  });

  it('take a feature in again where it was left: what is done stays done, the rest opens anew', () => {
    let s = does(anOnboarding(), customer, { kind: 'add_domain', domainId: 'dom_1' });
    s = perform(does(s, staff, { kind: 'tailor', plan: { domain_verification: 'off' } }), at(1));
    s = does(s, staff, { kind: 'tailor', plan: { domain_verification: 'required' } }, 2);
    const steps = view(s).features[1]?.steps.map(({ step, state }) => [step, state]);
    expect(steps).toEqual([
      ['add_domain', 'done'],
      ['verify_domain', 'waiting'],
    ]);
    expect(s.effects.filter(({ kind }) => kind === 'open_step')).toMatchObject([
      { step: 'verify_domain', round: 2 },
    ]);
  });

  it('take back a skip when the feature becomes required', () => {
    let s = does(anOnboarding(), customer, { kind: 'skip_feature', feature: 'domain_verification' });
    s = does(s, staff, { kind: 'tailor', plan: { domain_verification: 'required' } });
    expect(view(s).features[1]).toMatchObject({ requirement: 'required', state: 'not_started' });
  });

  it('make it live when all that is still required is done, and open again when more is required', () => {
    const plan = { sso: 'required', domain_verification: 'required' } as const;
    let s = tells(anOnboarding({ plan }), { kind: 'connection_live', connectionId: 'conn_1' });
    expect(s.phase).toBe('open');
    s = does(s, staff, { kind: 'tailor', plan: { domain_verification: 'optional' } });
    expect([s.phase, kindsOf(s).includes('live')]).toEqual(['live', true]);
    s = does(s, staff, { kind: 'tailor', plan: { domain_verification: 'required' } });
    expect(s.phase).toBe('open');
  });

  it('leave at least one feature', () => {
    const all = { sso: 'off', domain_verification: 'off' } as const;
    expect(refuse(anOnboarding(), { kind: 'tailor', plan: all })).toBe('plan_empty');
    expect(refuse(anOnboarding(), { kind: 'tailor', plan: { sso: 'off' } })).toBeUndefined();
  });

  it('never hold going live for a domain that is no part of the plan, or was verified before it began', () => {
    const policy = { domainPolicy: 'required' } as const;
    const upToTest = (s: State) => tells(does(does(s, customer, choose), customer, paste), passed);
    const goLive: Act = { kind: 'go_live', connectionId: 'conn_1' };
    expect(refuse(upToTest(anOnboarding(policy)), goLive)).toBe('domain_required');
    expect(refuse(upToTest(anOnboarding({ ...policy, plan: { sso: 'required' } })), goLive)).toBeUndefined();
    expect(refuse(upToTest(anOnboarding({ ...policy, domainVerified: true })), goLive)).toBeUndefined();
  });
});

describe('the provider', () => {
  it.each([
    [developer, 'vendor'],
    [staff, 'vendor'],
    [customer, 'customer'],
  ] as const)(
    'chosen by %o counts as chosen by the %s, and the customer may choose another',
    (actor, chosenBy) => {
      const s = does(anOnboarding(), actor, choose, 0);
      expect(view(s).features[0]).toMatchObject({ provider: { id: 'okta', chosenBy } });
      expect(waitingOn(s)?.step).toBe('configure_provider');
      const other = { ...choose, providerId: 'onelogin' } as const;
      expect(refuse(s, other, customer)).toBeUndefined();
      expect(view(does(s, customer, other)).features[0]?.provider).toEqual({
        id: 'onelogin',
        chosenBy: 'customer',
      });
    },
  );
});

describe('modes', () => {
  it('self-service and guided leave every step with the customer', () => {
    for (const mode of ['self_service', 'guided'] as const) {
      const holders = view(anOnboarding({ mode })).features.flatMap((f) => f.steps.map((s) => s.holder));
      expect([mode, new Set(holders)]).toEqual([mode, new Set(['customer'])]);
    }
  });

  it('staff-led leaves the customer only what nobody else can do', () => {
    const steps = view(anOnboarding({ mode: 'staff_led' })).features.flatMap((f) => f.steps);
    expect(steps.filter(({ holder }) => holder === 'customer').map(({ step }) => step)).toEqual([
      'configure_provider',
      'test_sign_in',
      'go_live',
      'verify_domain',
    ]);
  });

  it('refuse an act on a step that somebody else holds, in both directions, but never a program', () => {
    const s = anOnboarding({ mode: 'staff_led' });
    expect(refuse(s, choose, customer)).toBe('step_held');
    expect(refuse(s, choose, staff)).toBeUndefined();
    expect(refuse(s, choose, developer)).toBeUndefined();
    expect(refuse(s, { kind: 'finish_configuration', connectionId: 'c' }, staff)).toBe('step_held');
    expect(refuse(anOnboarding(), choose, staff)).toBe('step_held');
  });

  it('pass the turn to and fro, with rows, events and one mail to the customer', () => {
    let s = anOnboarding({ mode: 'staff_led', plan: { sso: 'required' } });
    expect(waitingOn(s)).toMatchObject({ who: 'staff', step: 'choose_provider' });
    s = does(s, staff, choose);
    expect(waitingOn(s)).toMatchObject({ who: 'customer', step: 'configure_provider' });
    expect(s.entries.at(-1)).toMatchObject({ kind: 'handed_back', step: 'configure_provider', actor: staff });
    expect(s.effects).toContainEqual(
      expect.objectContaining({ kind: 'send_notice', notice: 'your_turn', subjectId: 'configure_provider' }),
    );
    s = does(perform(s, at(1)), customer, { kind: 'finish_configuration', connectionId: 'conn_1' }, 2);
    expect(s.entries.at(-1)).toMatchObject({ kind: 'handed_over', step: 'enter_metadata' });
    const events = s.entries.map((entry) => eventOfEntry(entry, 'invitation'));
    expect(events).toEqual(['onboarding.step_completed', 'onboarding.handed_over']);
  });

  it('let the customer take a step back, without a mail about their own doing', () => {
    const s = does(anOnboarding({ mode: 'staff_led' }), customer, {
      kind: 'take_back_step',
      step: 'choose_provider',
    });
    expect(view(s).features[0]?.steps[0]?.holder).toBe('customer');
    expect([refuse(s, choose, customer), refuse(s, choose, staff)]).toEqual([undefined, 'step_held']);
    expect(kindsOf(s)).toEqual(['step_taken_back']);
    expect(s.effects.filter(({ kind }) => kind === 'send_notice')).toEqual([]);
    const anew = does(perform(s, at(1)), staff, { kind: 'tailor', mode: 'guided' });
    expect(kindsOf(does(anew, staff, { kind: 'tailor', mode: 'staff_led' }))).toContain('handed_over');
  });

  it('never remind a customer of a step that staff hold, and count the days anew when it is theirs again', () => {
    const s = anOnboarding({ mode: 'staff_led', plan: { sso: 'required' } });
    expect(isOnlyForStaff(s)).toBe(true);
    expect([3, 7, 12, 26].flatMap((days) => reminders(s, days))).toEqual([]);
    expect(refuse(s, { kind: 'remind' })).toBe('step_held');
    expect(tick(s, at(8)).stalledSince).toBeUndefined();

    const back = perform(does(s, staff, choose, 10), at(10));
    expect(reminders(back, 12)).toEqual([]);
    expect(reminders(back, 13.1)).toEqual(['not_opened_3']);
    expect(tick(back, at(16)).stalledSince).toBeUndefined();
    expect(tick(back, at(17.1)).stalledSince).toBeDefined();
  });

  it('remind of what the customer can do beside a step that staff hold', () => {
    let s = anOnboarding({ mode: 'staff_led', order: ['domain_verification', 'sso'] });
    s = perform(does(s, staff, choose), at(1));
    s = perform(does(s, customer, { kind: 'open_link', linkId: 'link_1' }), at(1));
    expect([waitingOn(s)?.who, customersNextStep(s)]).toEqual(['staff', 'configure_provider']);
    expect(reminders(s, 3.1)).toEqual(['half_done_2']);
  });

  it('are changed on the way with a row and an event, and hold for every step at once', () => {
    for (const mode of modes) {
      const s = does(anOnboarding(), staff, { kind: 'tailor', mode });
      const rows = s.entries.filter(({ kind }) => kind === 'mode_changed');
      expect([mode, rows.length]).toEqual([mode, mode === 'self_service' ? 0 : 1]);
      expect(view(s).mode).toBe(mode);
      const names = rows.map((row) => eventOfEntry(row, 'invitation'));
      expect(names).toEqual(rows.map(() => 'onboarding.tailored'));
    }
  });

  it('stand in the object that the API and the events show, self-service where nothing is known', () => {
    const dates = { createdAt: new Date(start), updatedAt: new Date(start) };
    const of = { id: 'onb_1', organizationId: 'org_1', number: 1, origin: 'invitation' as const, ...dates };
    const { mode: _mode, ...old } = view(anOnboarding());
    expect(onboardingObject(of, old).mode).toBe('self_service');
    const chosen = view(does(anOnboarding({ mode: 'guided' }), developer, choose));
    expect(onboardingObject(of, chosen)).toMatchObject({
      mode: 'guided',
      features: [{ provider: { id: 'okta', chosen_by: 'vendor' } }, { provider: null }],
    });
  });
});

describe('one step in other hands', () => {
  const takeOver: Act = { kind: 'take_over_step', step: 'choose_provider' };
  const handBack: Act = { kind: 'hand_back_step', step: 'choose_provider' };
  const holderIn = (s: State) => view(s).features[0]?.steps[0]?.holder;
  const mailed = (s: State) => s.effects.flatMap((e) => (e.kind === 'send_notice' ? [e.subjectId] : []));

  it('is taken over by staff in any mode: theirs to do, with a row and an event, and no mail', () => {
    for (const mode of modes) {
      const before = does(anOnboarding({ mode }), customer, {
        kind: 'take_back_step',
        step: 'choose_provider',
      });
      const s = does(perform(before, at(1)), staff, takeOver, 2);
      expect([mode, holderIn(s), kindsOf(s), mailed(s)]).toEqual([mode, 'staff', ['handed_over'], []]);
      expect(s.entries.map((entry) => eventOfEntry(entry, 'invitation'))).toEqual(['onboarding.handed_over']);
      expect(waitingOn(s)).toEqual({ who: 'staff', since: iso(at(2)), step: 'choose_provider' });
      expect([refuse(s, choose, customer), refuse(s, choose, staff)]).toEqual(['step_held', undefined]);
    }
  });

  it('is handed back with a row, an event and one mail, also where the mode gave it to staff', () => {
    for (const mode of modes) {
      const theirs = perform(does(anOnboarding({ mode }), staff, takeOver), at(1));
      const s = does(theirs, staff, handBack, 1.1);
      expect([mode, holderIn(s), kindsOf(s), mailed(s)]).toEqual([
        mode,
        'customer',
        ['handed_back'],
        ['choose_provider'],
      ]);
      expect(s.entries.map((entry) => eventOfEntry(entry, 'invitation'))).toEqual(['onboarding.handed_back']);
      expect(reminders(perform(s, at(1.1)), 4)).toEqual([]);
      expect(reminders(perform(s, at(1.1)), 4.2)).toEqual(['not_opened_3']);
    }
  });

  it('is nobody’s news of a turn where something else is the customer’s to do, and no mail before they can begin', () => {
    const order = { order: ['domain_verification', 'sso'], plan: both } as const;
    let s = perform(does(anOnboarding(order), staff, takeOver), at(1));
    expect(waitingOn(s)).toMatchObject({ who: 'customer', step: 'add_domain' });
    s = perform(does(s, staff, { kind: 'take_over_step', step: 'enter_metadata' }), at(1));
    s = does(s, staff, { kind: 'hand_back_step', step: 'enter_metadata' });
    expect([kindsOf(s), mailed(s)]).toEqual([['handed_back'], []]);
  });

  it('returns by itself after four hours without an act of staff, and says when', () => {
    const hour = 1 / 24;
    let s = perform(does(anOnboarding(), staff, takeOver, 1), at(1));
    s = perform(does(s, staff, { kind: 'tailor', reminders: false }, 1 + 3 * hour), at(1 + 3 * hour));
    expect(tick(s, at(1 + 5 * hour)).nextDueAt).toBe(iso(at(1 + 7 * hour)));
    expect(holderIn(tick(s, at(1 + 6.9 * hour)))).toBe('staff');
    const returned = tick(s, at(1 + 7 * hour));
    expect([holderIn(returned), mailed(returned)]).toEqual(['customer', ['choose_provider']]);
    expect(returned.entries).toMatchObject([{ kind: 'handed_back', actor: { type: 'system' } }]);
    const ledByStaff = perform(does(anOnboarding({ mode: 'staff_led' }), staff, takeOver, 1), at(1));
    expect(holderIn(tick(ledByStaff, at(3)))).toBe('staff');
  });

  it('is taken back by the customer at any time, and is over when it is done', () => {
    const s = perform(does(anOnboarding(), staff, takeOver), at(1));
    const back = does(s, customer, { kind: 'take_back_step', step: 'choose_provider' });
    expect([holderIn(back), kindsOf(back), mailed(back)]).toEqual(['customer', ['step_taken_back'], []]);
    const done = does(s, staff, choose);
    expect(kindsOf(done)).toEqual(['provider_chosen', 'handed_back']);
    expect(does(done, customer, { kind: 'reset_connection', connectionId: 'conn_1' }).takenOver).toEqual({});
  });

  it('is refused where it takes the customer, where nobody of staff holds it, and where it is done or off', () => {
    const s = anOnboarding();
    const refused = (step: StepName, kind: 'take_over_step' | 'hand_back_step') =>
      refuse(s, { kind, step }, staff);
    expect([refused('go_live', 'take_over_step'), refused('test_sign_in', 'take_over_step')]).toEqual([
      'step_held',
      'step_held',
    ]);
    expect(refused('choose_provider', 'hand_back_step')).toBe('step_held');
    expect(refused('choose_directory', 'take_over_step')).toBe('feature_off');
    expect(refuse(does(s, customer, choose), takeOver, staff)).toBe('step_done');
  });

  it('counts for nothing any more when the mode is changed', () => {
    const s = perform(does(anOnboarding(), staff, takeOver), at(1));
    expect(holderIn(does(s, staff, { kind: 'tailor', mode: 'guided' }))).toBe('customer');
  });
});

describe('a step that is reset', () => {
  const live = () => {
    const s = does(anOnboarding({ plan: both }), customer, choose);
    const tested = tells(does(perform(s, at(1)), customer, paste), passed);
    return perform(tells(perform(tested, at(1)), { kind: 'connection_live', connectionId: 'conn_1' }), at(1));
  };

  it.each<[StepName, ...string[]]>([
    ['choose_provider', 'open', 'blocked', 'blocked', 'blocked', 'blocked'],
    ['configure_provider', 'done', 'open', 'open', 'blocked', 'blocked'],
    ['enter_metadata', 'done', 'done', 'open', 'blocked', 'blocked'],
    ['test_sign_in', 'done', 'done', 'done', 'open', 'blocked'],
    ['go_live', 'done', 'done', 'done', 'done', 'open'],
  ])('is to be done anew with those after it: %s', (step, ...states) => {
    const before = live();
    expect(view(before).state).toBe('live');
    const act: Act = { kind: 'reset_step', step, connectionId: 'conn_1' };
    expect(refuse(before, act, developer)).toBeUndefined();
    const after = does(before, developer, act, 2);
    expect(view(after).features[0]?.steps.map(({ state }) => state)).toEqual(states);
    expect([after.phase, waitingOn(after)?.step]).toEqual(['open', step]);
    expect(after.entries[0]).toMatchObject({ kind: 'step_reset', step, actor: developer });
    expect(after.provider?.id).toBe(step === 'choose_provider' ? undefined : 'okta');
  });

  it('is one of single sign-on, while that is part of the onboarding', () => {
    const s = anOnboarding({ plan: { domain_verification: 'required' } });
    const refused = (step: StepName) =>
      refuse(s, { kind: 'reset_step', step, connectionId: 'conn_1' }, developer);
    expect([refused('add_domain'), refused('repair_sign_in'), refused('go_live')]).toEqual([
      'step_not_resettable',
      'step_not_resettable',
      'feature_off',
    ]);
  });
});

describe('a link that is extended', () => {
  const extend: Act = { kind: 'extend_link', linkId: 'link_1', expiresAt: iso(at(55)) };

  it('ends later, with its last notice before that, also when one was sent for the end that was', () => {
    const first = perform(tick(anOnboarding(), at(25.1)), at(25.1));
    expect(first.reminders.link_ends_soon).toBeDefined();
    const s = perform(does(first, staff, extend, 26), at(26));
    expect([s.link?.ended, tick(s, at(31)).link?.ended]).toEqual([false, false]);
    expect(kindsOf(tick(s, at(31)))).not.toContain('link_ended');
    expect(reminders(s, 50.1)).toContain('link_ends_soon');
    expect(tick(perform(s, at(26)), at(55)).link?.ended).toBe(true);
  });

  it('is the one that still opens', () => {
    expect(refuse(anOnboarding(), extend, developer)).toBeUndefined();
    expect(refuse(anOnboarding(), { ...extend, linkId: 'link_0' }, developer)).toBe('link_ended');
    expect(refuse(tick(anOnboarding(), at(30)), extend, developer)).toBe('link_ended');
  });
});

describe('reminders of one onboarding', () => {
  it('are what its environment said when it began, and are switched off and on by staff', () => {
    const s = anOnboarding();
    const quiet = does(s, staff, { kind: 'tailor', reminders: false });
    expect(quiet.entries).toMatchObject([{ kind: 'reminders_changed', facts: { on: false } }]);
    expect(reminders(perform(quiet, at(1)), 3.1)).toEqual([]);
    const loud = does(perform(quiet, at(1)), staff, { kind: 'tailor', reminders: true });
    expect(reminders(perform(loud, at(1)), 3.1)).toEqual(['not_opened_3']);
  });
});

it('a run from before modes shows as self-service and waits as it did', () => {
  const { mode: _mode, ...s } = anOnboarding({ domainPolicy: 'required', plan: { sso: 'required' } });
  expect(view(s).mode).toBe('self_service');
  const tested = tells(does(does(s, customer, choose), customer, paste), passed);
  expect(refuse(tested, { kind: 'go_live', connectionId: 'conn_1' })).toBe('domain_required');
});
