import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act, Command, Fact, FeaturePlan } from './commands.ts';
import { eventOfEntry } from './journey-events.ts';
import { refuse } from './refusals.ts';
import { fresh, type Effect, type EffectOutcome, type State } from './state.ts';
import { apply, report, settle, tick } from './transitions.ts';
import { isOver, upcomingDeadline } from './transitions/deadlines.ts';
import { view, waitingOn } from './view.ts';

const dayMs = 86_400_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const at = (days: number) => start + days * dayMs;
const iso = (ms: number) => new Date(ms).toISOString();

const customer = { type: 'customer', id: 'session_1' } as const;
const staff = { type: 'staff', id: 'member_1' } as const;
const provider = { type: 'provider', id: 'conn_1' } as const;
let keys = 0;
const key = () => `cmd_${++keys}`;
const does = (act: Act, actor: Command['actor'] = customer): Command => ({ key: key(), actor, ...act });
const tells = (fact: Fact) => ({ key: key(), actor: provider, ...fact });
const done = (ms: number): EffectOutcome => ({ status: 'done', at: iso(ms) });

const startAct = (plan: FeaturePlan, more: Partial<Extract<Act, { kind: 'start' }>> = {}): Act => ({
  kind: 'start',
  origin: 'invitation',
  plan,
  domainPolicy: 'optional',
  reminders: true,
  domainVerified: false,
  connectionLive: false,
  ...more,
});

/** An onboarding that was started and invited by mail at `start`. */
function anOnboarding(
  plan: FeaturePlan = { sso: 'required' },
  more: Partial<Extract<Act, { kind: 'start' }>> = {},
): State {
  const s = fresh({
    onboardingId: 'onb_1',
    environmentId: 'env_1',
    organizationId: 'org_1',
    number: 1,
    at: iso(start),
  });
  const started = apply(s, does(startAct(plan, more), staff), start);
  return apply(
    started,
    does(
      { kind: 'invite', linkId: 'link_1', delivery: 'mail', contactId: 'contact_1', expiresAt: iso(at(30)) },
      staff,
    ),
    start,
  );
}

/** Performs every effect at once, as a worker that never fails would; mails included. */
function perform(s: State, ms: number, answer: (e: Effect) => EffectOutcome = () => done(ms)): State {
  let next = s;
  for (let round = 0; round < 100 && next.effects.length > 0; round++) {
    for (const effect of next.effects) next = settle(next, effect.id, answer(effect));
  }
  return next;
}

const kinds = (s: State) => s.effects.map((e) => e.kind);
const mailsDue = (s: State) => s.effects.filter((e) => e.kind === 'send_reminder').map((e) => e.reminder);

function ssoUpTo(step: 'provider' | 'metadata' | 'test'): State {
  let s = perform(anOnboarding(), start);
  s = apply(s, does({ kind: 'open_link', linkId: 'link_1' }), at(1));
  s = apply(s, does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' }), at(1));
  if (step !== 'provider')
    s = apply(s, does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 }), at(1));
  if (step === 'test') {
    s = report(
      s,
      tells({ kind: 'test_passed', connectionId: 'conn_1', attemptId: 'att_1', settingsRevision: 1 }),
      at(1),
    );
  }
  return perform(s, at(1));
}

describe('the road of one feature', () => {
  it('leads from the invitation to live, step by step', () => {
    let s = ssoUpTo('test');
    expect(view(s).state).toBe('in_progress');
    s = apply(s, does({ kind: 'go_live', connectionId: 'conn_1' }), at(2));
    expect(view(s).features[0]?.steps.at(-1)).toMatchObject({ step: 'go_live', state: 'waiting' });
    s = perform(s, at(2));

    expect(view(s)).toMatchObject({ state: 'live', stepsDone: 5, stepsTotal: 5, waitingFor: null });
    expect(isOver(s, at(2))).toBe(true);
  });

  it('refuses a step out of order and says which rule was broken', () => {
    const s = anOnboarding();
    expect(refuse(s, { kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 })).toBe(
      'step_blocked',
    );
    expect(refuse(s, { kind: 'go_live', connectionId: 'conn_1' })).toBe('connection_not_tested');
    expect(refuse(s, { kind: 'add_domain', domainId: 'dom_1' })).toBe('feature_off');
  });

  it('asks for a verified domain before going live where the policy requires one', () => {
    let s = anOnboarding({ sso: 'required', domain_verification: 'optional' }, { domainPolicy: 'required' });
    s = apply(s, does({ kind: 'choose_provider', connectionId: 'c', providerId: 'okta' }), start);
    s = apply(s, does({ kind: 'save_metadata', connectionId: 'c', settingsRevision: 1 }), start);
    s = report(
      s,
      tells({ kind: 'test_passed', connectionId: 'c', attemptId: 'a', settingsRevision: 1 }),
      start,
    );
    expect(refuse(s, { kind: 'go_live', connectionId: 'c' })).toBe('domain_required');

    s = apply(s, does({ kind: 'add_domain', domainId: 'dom_1' }), start);
    s = report(s, tells({ kind: 'domain_verified', domainId: 'dom_1' }), start);
    expect(refuse(s, { kind: 'go_live', connectionId: 'c' })).toBeUndefined();
  });

  it('takes the test back when the settings change after it', () => {
    const s = apply(
      ssoUpTo('test'),
      does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 2 }),
      at(2),
    );
    expect(s.steps.test_sign_in?.state).toBe('open');
    expect(refuse(s, { kind: 'go_live', connectionId: 'conn_1' })).toBe('connection_not_tested');
  });

  it('goes back to the metadata when the connection does not hold', () => {
    const s = perform(
      apply(
        ssoUpTo('provider'),
        does({ kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 }),
        at(1),
      ),
      at(1),
      (e) =>
        e.kind === 'validate_connection'
          ? { status: 'refused', at: iso(at(1)), code: 'certificate_ended' }
          : done(at(1)),
    );
    expect(s.steps.enter_metadata).toMatchObject({ state: 'failed', cause: 'certificate_ended' });
  });

  it('counts failed tests and offers help after the second, once', () => {
    let s = ssoUpTo('metadata');
    for (const attemptId of ['a1', 'a2', 'a3']) {
      s = report(
        s,
        tells({ kind: 'test_failed', connectionId: 'conn_1', attemptId, cause: 'audience_differs' }),
        at(2),
      );
      s = perform(tick(s, at(2)), at(2));
    }
    expect(s.steps.test_sign_in).toMatchObject({ state: 'failed', failures: 3, cause: 'audience_differs' });
    expect(s.lastEntry).toBeGreaterThan(0);
    expect(s.reminders.test_failed_twice?.sent).toBe(true);
  });
});

describe('commands and facts', () => {
  it('are applied once, however often they arrive', () => {
    const choose = does({ kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' });
    const once = apply(anOnboarding(), choose, at(1));
    expect(apply(once, choose, at(2))).toBe(once);
  });

  it('that no longer fit change nothing that a reader sees', () => {
    const s = ssoUpTo('metadata');
    const told = report(
      s,
      tells({ kind: 'test_passed', connectionId: 'conn_other', attemptId: 'a', settingsRevision: 1 }),
      at(2),
    );
    expect(told.revision).toBe(s.revision);
  });

  it('joining an onboarding can make a feature required, never take one away', () => {
    const s = apply(
      anOnboarding({ sso: 'required' }),
      does(
        { kind: 'join', plan: { sso: 'optional', domain_verification: 'required' }, reminders: true },
        staff,
      ),
      at(1),
    );
    expect(s.plan).toEqual({ sso: 'required', domain_verification: 'required' });
  });
});

describe('skipping', () => {
  it('is for optional features only, and can be taken back', () => {
    const s = anOnboarding({ sso: 'required', domain_verification: 'optional' });
    expect(refuse(s, { kind: 'skip_feature', feature: 'sso' })).toBe('feature_required');
    const skipped = apply(s, does({ kind: 'skip_feature', feature: 'domain_verification' }), at(1));
    expect(view(skipped).features[1]?.state).toBe('skipped');
    const back = apply(skipped, does({ kind: 'take_back_skip', feature: 'domain_verification' }), at(1));
    expect(view(back).features[1]?.state).toBe('not_started');
  });
});

describe('reminders', () => {
  it('come after 3 and 7 days to somebody who has not opened the link', () => {
    let s = perform(anOnboarding(), start);
    const sent: [number, string][] = [];
    for (let day = 0; day <= 9; day++) {
      s = tick(s, at(day));
      for (const kind of mailsDue(s)) sent.push([day, kind]);
      s = perform(s, at(day));
    }
    expect(sent).toEqual([
      [3, 'not_opened_3'],
      [7, 'not_opened_7'],
    ]);
  });

  it('come on the days of the environment, and on the usual ones where a run began before those were a setting', () => {
    const reminderDays = { notOpened: [1, 2], halfDone: [4, 6], domainUnseen: 1, linkEnds: 10 } as const;
    let s = perform(anOnboarding({ sso: 'required' }, { reminderDays }), start);
    const sent: [number, string][] = [];
    for (let day = 0; day <= 25; day++) {
      s = tick(s, at(day));
      for (const kind of mailsDue(s)) sent.push([day, kind]);
      s = perform(s, at(day));
    }
    expect(sent).toEqual([
      [1, 'not_opened_3'],
      [2, 'not_opened_7'],
      [20, 'link_ends_soon'],
    ]);
    expect(anOnboarding().reminderDays).toBeUndefined();
  });

  it('collapse into one after an outage', () => {
    const s = tick(perform(anOnboarding(), start), at(20));
    expect(mailsDue(s)).toEqual(['not_opened_7']);
    expect(mailsDue(tick(perform(s, at(20)), at(20)))).toEqual([]);
  });

  it('stop at once when the admin acts, and begin anew when the admin stops again', () => {
    let s = perform(anOnboarding(), start);
    s = apply(s, does({ kind: 'open_link', linkId: 'link_1' }), at(2.5));
    s = perform(tick(s, at(3.5)), at(3.5));
    expect(s.reminders.not_opened_3).toBeUndefined();
    s = tick(s, at(4.6));
    expect(mailsDue(s)).toEqual(['half_done_2']);
    s = perform(s, at(4.6));
    s = apply(s, does({ kind: 'choose_provider', connectionId: 'c', providerId: 'okta' }), at(5));
    expect(mailsDue(tick(perform(s, at(5)), at(7.1)))).toEqual(['half_done_2']);
  });

  it('wait for the morning when an activity says that it is night there', () => {
    let s = tick(perform(anOnboarding(), start), at(3));
    const morning = iso(at(3.5));
    s = perform(s, at(3), (e) =>
      e.kind === 'send_reminder' ? { status: 'not_now', at: iso(at(3)), notBefore: morning } : done(at(3)),
    );
    expect(mailsDue(tick(s, at(3.2)))).toEqual([]);
    expect(tick(s, at(3.2)).nextDueAt).toBe(morning);
    expect(mailsDue(tick(s, at(3.5)))).toEqual(['not_opened_3']);
  });

  it('are sent once although the clock of the machine that sends them lags', () => {
    let s = tick(perform(anOnboarding(), start), at(3));
    s = perform(s, at(3), (e) => done(e.kind === 'send_reminder' ? at(2.9) : at(3)));
    expect(mailsDue(tick(s, at(3.1)))).toEqual([]);
  });

  it('are not sent in a run that nobody was invited to', () => {
    const s = fresh({
      onboardingId: 'onb_1',
      environmentId: 'env_1',
      organizationId: 'org_1',
      number: 1,
      at: iso(start),
    });
    const run = apply(s, does(startAct({ sso: 'required' }, { origin: 'portal', reminders: false })), start);
    expect(mailsDue(tick(run, at(10)))).toEqual([]);
  });
});

describe('time', () => {
  it('marks an onboarding stalled after a week without an act, until somebody acts', () => {
    let s = perform(anOnboarding(), start);
    s = perform(tick(s, at(7)), at(7));
    expect(view(s).stalledSince).toBe(iso(at(7)));
    s = apply(s, does({ kind: 'open_link', linkId: 'link_1' }), at(8));
    expect(view(s).stalledSince).toBeNull();
  });

  it('closes a run that began in a portal session 14 days after the last act', () => {
    const s = fresh({
      onboardingId: 'onb_1',
      environmentId: 'env_1',
      organizationId: 'org_1',
      number: 1,
      at: iso(start),
    });
    const run = perform(
      apply(s, does(startAct({ sso: 'required' }, { origin: 'portal', reminders: false })), start),
      start,
    );
    expect(tick(run, at(13.9)).phase).toBe('open');
    const closed = perform(tick(run, at(14)), at(14));
    expect(closed.phase).toBe('closed');
    expect(isOver(closed, at(14))).toBe(true);
  });

  it('keeps a cancelled run for seven days, so that it can be undone', () => {
    const cancelled = perform(apply(anOnboarding(), does({ kind: 'cancel' }, staff), at(1)), at(1));
    expect(isOver(cancelled, at(7.9))).toBe(false);
    expect(isOver(cancelled, at(8))).toBe(true);
    expect(refuse(cancelled, { kind: 'remind' })).toBe('onboarding_ended');
    expect(apply(cancelled, does({ kind: 'undo_cancel' }, staff), at(5)).phase).toBe('open');
  });

  it('waits for DNS only while nothing is left for the customer', () => {
    let s = anOnboarding({ domain_verification: 'required' });
    s = apply(s, does({ kind: 'add_domain', domainId: 'dom_1' }), at(1));
    expect(waitingOn(s)).toMatchObject({ who: 'dns', since: iso(at(1)) });
    expect(view(s).features[0]?.state).toBe('waiting');
  });
});

describe('a reset', () => {
  const plan = { sso: 'required', domain_verification: 'optional' } as const;
  const wentLive = () => {
    const s = anOnboarding(plan);
    return perform(report(s, tells({ kind: 'connection_live', connectionId: 'conn_1' }), at(1)), at(1));
  };
  const stepsOf = (s: State) => view(s).features[0]?.steps.map(({ state }) => state);

  it('opens every step again, and bringing back closes them; the run was live once all the same', () => {
    const live = wentLive();
    const anew = apply(live, does({ kind: 'reset_connection', connectionId: 'conn_1' }), at(2));
    expect([live.phase, anew.phase, stepsOf(anew)?.[0]]).toEqual(['live', 'open', 'open']);
    expect(anew.entries.map(({ kind }) => kind)).toContain('connection_reset');

    const back = apply(anew, does({ kind: 'bring_back_connection', connectionId: 'conn_1' }), at(3));

    expect(new Set(stepsOf(back))).toEqual(new Set(['done']));
    expect([back.phase, back.liveAt, back.connectionId]).toEqual(['live', live.liveAt, 'conn_1']);
    expect(back.entries.filter(({ kind }) => kind === 'live')).toEqual([]);
    expect(back.effects.filter((e) => e.kind === 'send_notice' && e.notice === 'live')).toEqual([]);
  });

  it('is refused where single sign-on is no part of it, and when it is over', () => {
    const act = { kind: 'reset_connection', connectionId: 'conn_1' } as const;
    expect(refuse(anOnboarding({ domain_verification: 'required' }), act)).toBe('feature_off');
    expect(refuse(wentLive(), act)).toBeUndefined();
    const cancelled = apply(anOnboarding(), does({ kind: 'cancel' }, staff), at(1));
    expect(refuse(cancelled, { ...act, kind: 'bring_back_connection' })).toBe('onboarding_ended');
  });
});

describe('a log stream that is removed', () => {
  const acts: readonly Act[] = [
    { kind: 'choose_destination', streamId: 'als_1', destinationId: 'splunk' },
    { kind: 'save_stream', streamId: 'als_1' },
    { kind: 'prove_stream', streamId: 'als_1' },
    { kind: 'start_stream', streamId: 'als_1' },
  ];
  const streaming = () =>
    acts.reduce(
      (s, act, index) => apply(s, does(act), at(1 + index)),
      anOnboarding({ log_streams: 'required' }),
    );
  const stepsOf = (s: State) => new Set(view(s).features[0]?.steps.map(({ state }) => state));

  it('opens every step again, and coming back closes them', () => {
    const removed = apply(streaming(), does({ kind: 'remove_stream', streamId: 'als_1' }), at(9));
    expect([removed.phase, stepsOf(removed).has('done'), removed.stream]).toEqual(['open', false, undefined]);

    const back = apply(removed, does({ kind: 'bring_back_stream', streamId: 'als_1' }), at(10));

    expect([back.phase, [...stepsOf(back)], back.stream?.id]).toEqual(['live', ['done'], 'als_1']);
    expect(back.entries.map(({ kind }) => kind)).toContain('stream_brought_back');
  });

  it('leaves its place in the journey to one that sends meanwhile', () => {
    const act = { kind: 'remove_stream', streamId: 'als_1', nextId: 'als_2' } as const;
    const back = apply(
      apply(streaming(), does(act), at(9)),
      does({ kind: 'bring_back_stream', streamId: 'als_1' }),
      at(10),
    );

    expect([[...stepsOf(back)], back.stream?.id]).toEqual([['done'], 'als_2']);
  });
});

describe('properties', () => {
  const acts: Act[] = [
    startAct({ sso: 'required', domain_verification: 'optional' }),
    startAct({ sso: 'required', directory_sync: 'required' }),
    startAct({ certificate_renewal: 'required' }),
    { kind: 'join', plan: { directory_sync: 'optional' }, reminders: true },
    { kind: 'tailor', plan: { directory_sync: 'off' } },
    { kind: 'invite', linkId: 'link_1', delivery: 'mail', contactId: 'c', expiresAt: iso(at(30)) },
    { kind: 'fresh_link', linkId: 'link_2', delivery: 'mail', contactId: 'c', expiresAt: iso(at(60)) },
    { kind: 'open_link', linkId: 'link_1' },
    { kind: 'choose_provider', connectionId: 'conn_1', providerId: 'okta' },
    { kind: 'finish_configuration', connectionId: 'conn_1' },
    { kind: 'save_metadata', connectionId: 'conn_1', settingsRevision: 1 },
    { kind: 'go_live', connectionId: 'conn_1' },
    { kind: 'reset_connection', connectionId: 'conn_1' },
    { kind: 'bring_back_connection', connectionId: 'conn_1' },
    { kind: 'choose_directory', directoryId: 'directory_1', providerId: 'okta' },
    { kind: 'finish_directory_connection', directoryId: 'directory_1' },
    { kind: 'assign_roles', directoryId: 'directory_1' },
    { kind: 'reset_directory', directoryId: 'directory_1' },
    { kind: 'reset_directory', directoryId: 'directory_1', keepsSource: true },
    { kind: 'bring_back_directory', directoryId: 'directory_1' },
    { kind: 'remove_stream', streamId: 'als_1' },
    { kind: 'bring_back_stream', streamId: 'als_1' },
    { kind: 'give_certificate', connectionId: 'conn_1' },
    { kind: 'add_domain', domainId: 'dom_1' },
    { kind: 'remove_domain', domainId: 'dom_1' },
    { kind: 'remove_domain', domainId: 'dom_1', isReset: true },
    { kind: 'skip_feature', feature: 'domain_verification' },
    { kind: 'take_back_skip', feature: 'domain_verification' },
    { kind: 'remind' },
    { kind: 'cancel' },
    { kind: 'undo_cancel' },
  ];
  const facts: Fact[] = [
    { kind: 'test_passed', connectionId: 'conn_1', attemptId: 'a', settingsRevision: 1 },
    { kind: 'test_failed', connectionId: 'conn_1', attemptId: 'a', cause: 'expired' },
    { kind: 'connection_live', connectionId: 'conn_1' },
    { kind: 'connection_gone', connectionId: 'conn_1' },
    { kind: 'certificate_proven', connectionId: 'conn_1' },
    { kind: 'directory_linked', directoryId: 'directory_1', hasRoles: true },
    { kind: 'directory_linked', directoryId: 'directory_1', hasRoles: false },
    { kind: 'directory_gone', directoryId: 'directory_1' },
    { kind: 'domain_verified', domainId: 'dom_1' },
    { kind: 'domain_failed', domainId: 'dom_1', reason: 'expired' },
    { kind: 'link_ended', linkId: 'link_1' },
    { kind: 'mail_bounced', mail: 'invitation' },
  ];
  const move = fc.oneof(
    fc.constantFrom(...acts).map((act) => ({ act })),
    fc.constantFrom(...facts).map((fact) => ({ fact })),
    fc.constantFrom('work', 'give up').map((work) => ({ work })),
    fc.nat(10 * 24).map((hours) => ({ hours })),
  );

  it('hold in any order of events, with clocks that jump: the alarm lies ahead, entries are numbered without gaps, live means done', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
        let now = start;
        let s = fresh({
          onboardingId: 'onb_1',
          environmentId: 'env_1',
          organizationId: 'org_1',
          number: 1,
          at: iso(start),
        });
        for (const m of moves) {
          if ('act' in m && refuse(s, m.act) === undefined) s = apply(s, does(m.act), now);
          if ('fact' in m) s = report(s, tells(m.fact), now);
          if ('hours' in m) now += m.hours * 3_600_000;
          if ('work' in m)
            s = perform(s, now, () => (m.work === 'work' ? done(now) : { status: 'gave_up', at: iso(now) }));
          s = tick(s, now);

          expect(s.nextDueAt === undefined || Date.parse(s.nextDueAt) > now).toBe(true);
          const numbers = s.entries.map((e) => e.number);
          expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 1) + i));
          expect(s.effects.filter((e) => e.kind === 'record_progress').length).toBeLessThanOrEqual(1);
          expect(new Set(s.effects.map((e) => e.id)).size).toBe(s.effects.length);
          const required = view(s).features.filter((f) => f.requirement === 'required');
          if (s.phase === 'live' && s.connectionId !== undefined)
            expect(required.every((f) => f.state !== 'not_started')).toBe(true);
          const people = s.steps.receive_people?.state;
          if (people === 'waiting' || people === 'done')
            expect(s.steps.connect_directory?.state).toBe('done');
          if (s.steps.assign_roles?.state === 'done') expect(people).toBe('done');
          if (s.projected > s.revision) throw new Error('the read model is ahead of the state');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reach rest: a worker that never fails empties the effects', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        let s = fresh({
          onboardingId: 'onb_1',
          environmentId: 'env_1',
          organizationId: 'org_1',
          number: 1,
          at: iso(start),
        });
        for (const m of moves) {
          if ('act' in m && refuse(s, m.act) === undefined) s = apply(s, does(m.act), start);
          if ('fact' in m) s = report(s, tells(m.fact), start);
        }
        s = perform(s, start);
        expect(kinds(s)).toEqual([]);
        expect(s.projected).toBe(s.revision);
        expect(upcomingDeadline(s, start)?.atMs ?? start + 1).toBeGreaterThan(start);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a repair', () => {
  const repair = {
    troubleId: 'trouble_1',
    step: 'repair_sign_in',
    since: iso(at(40)),
    cause: 'signature_unknown_key',
  } as const;
  const link = {
    linkId: 'link_2',
    delivery: 'mail',
    contactId: 'contact_1',
    expiresAt: iso(at(70)),
  } as const;
  const health = { type: 'system', id: 'health' } as const;

  /** A run that a machine began, because a live connection needs a person. */
  const aRepairRun = () => {
    const blank = fresh({
      ...{ onboardingId: 'onb_2', environmentId: 'env_1', organizationId: 'org_1' },
      ...{ number: 2, at: iso(at(41)) },
    });
    const act = startAct(
      { sso: 'required' },
      { origin: 'repair', reminders: false, connectionLive: true, repair, link },
    );
    return apply(blank, does(act, health), at(41));
  };
  const isWell = (troubleId: string) => ({ ...tells({ kind: 'repaired', troubleId }), actor: health });

  it('is a run of its own where none is open: one step for the customer, mailed once, and no other news', () => {
    const s = aRepairRun();

    expect(view(s)).toMatchObject({
      ...{ state: 'in_progress', waitingFor: 'customer', stepsDone: 5, stepsTotal: 6 },
      features: [{ feature: 'sso', state: 'repair' }],
    });
    expect(view(s).features[0]?.steps.at(-1)).toMatchObject({
      ...{ step: 'repair_sign_in', state: 'failed', cause: 'signature_unknown_key' },
    });
    expect(s.entries.map(({ kind }) => kind)).toEqual(['started', 'repair_needed']);
    expect(s.effects.filter(({ kind }) => kind === 'send_notice')).toMatchObject([
      { notice: 'repair', subjectId: 'trouble_1' },
    ]);
    expect(upcomingDeadline(perform(s, at(41)), at(41))).toMatchObject({ what: 'closes', atMs: at(55) });
  });

  it('closes by itself when all is well again, with its links, and the run is over', () => {
    let s = perform(aRepairRun(), at(41));
    s = report(s, isWell('trouble_1'), at(42));

    expect(s.entries.map(({ kind, completes }) => [kind, completes])).toEqual([
      ['repaired', true],
      ['live', false],
    ]);
    expect(s.effects).toContainEqual(expect.objectContaining({ kind: 'close_links', outcome: 'completed' }));
    s = perform(s, at(42));
    expect(view(s)).toMatchObject({ state: 'live', waitingFor: null, features: [{ state: 'done' }] });
    expect(isOver(s, at(42))).toBe(true);
  });

  it('ends 14 days after the last act where nobody did anything, and what is wrong stays wrong', () => {
    const s = tick(perform(aRepairRun(), at(41)), at(55));

    expect(view(s)).toMatchObject({ state: 'closed', features: [{ state: 'repair' }] });
  });

  it('joins the open onboarding, takes it back from live, and counts once however often it is told', () => {
    let s = perform(
      anOnboarding({ sso: 'required', domain_verification: 'optional' }, { connectionLive: true }),
      start,
    );
    expect(view(s).state).toBe('live');
    s = apply(s, does({ kind: 'open_repair', repair }, health), at(41));
    s = apply(s, does({ kind: 'open_repair', repair }, health), at(41));

    expect(view(s)).toMatchObject({ state: 'in_progress', waitingFor: 'customer' });
    expect(s.effects.filter(({ kind }) => kind === 'send_notice')).toHaveLength(1);
    s = report(perform(s, at(41)), isWell('trouble_1'), at(42));
    expect(view(s).state).toBe('live');
    expect(s.entries.filter(({ kind }) => kind === 'live')).toEqual([]);
  });

  it('of two domains closes with the second, and brings a feature that the plan lacked with its steps done', () => {
    let s = perform(ssoUpTo('provider'), at(1));
    const lost = (troubleId: string) => ({
      ...{ troubleId, step: 'repair_domain' as const, since: iso(at(2)), cause: 'record_missing' },
    });
    s = apply(s, does({ kind: 'open_repair', repair: lost('trouble_a') }, health), at(2));
    s = apply(s, does({ kind: 'open_repair', repair: lost('trouble_b') }, health), at(2));
    expect(view(s).features[1]).toMatchObject({ requirement: 'optional', state: 'repair' });

    s = report(s, isWell('trouble_a'), at(3));
    expect(view(s).features[1]?.state).toBe('repair');
    s = report(s, isWell('trouble_b'), at(3));
    expect(view(s).features[1]?.state).toBe('done');
    expect(view(s).features[0]?.state).toBe('in_progress');
  });

  it('is told to the vendor by an event of its own; going live again is not', () => {
    let s = aRepairRun();
    const told = [...s.entries];
    s = report(perform(s, at(41)), isWell('trouble_1'), at(42));

    expect([...told, ...s.entries].map((entry) => eventOfEntry(entry, 'repair')).filter(Boolean)).toEqual([
      'onboarding.repair_needed',
      'onboarding.step_completed',
    ]);
  });

  it('becomes part of a full onboarding by an invitation', () => {
    const again = { linkId: 'link_3', delivery: 'mail', contactId: 'contact_1' } as const;
    const invite = { kind: 'invite', ...again, expiresAt: iso(at(80)) } as const;
    const s = apply(perform(aRepairRun(), at(41)), does(invite, staff), at(42));

    expect([s.origin, s.invited, view(s).features[0]?.state]).toEqual(['invitation', true, 'repair']);
    expect(upcomingDeadline(s, at(42))?.what).not.toBe('closes');
  });
});

describe('[DOM-07] a domain that waits for the vendor’s word', () => {
  const proof = (kind: 'domain_failed', domainId: string, reason: string) =>
    tells({ kind, domainId, reason });
  const held = (domainId: string) => proof('domain_failed', domainId, 'domain_needs_approval');
  const added = (...ids: string[]) =>
    ids.reduce(
      (s, domainId) => apply(s, does({ kind: 'add_domain', domainId }), at(1)),
      perform(anOnboarding({ domain_verification: 'required' }), start),
    );
  const stepOf = (s: State) => view(s).features[0]?.steps.find(({ step }) => step === 'verify_domain');

  it('is waited for with the vendor, not with DNS, and nobody at the customer is reminded of it', () => {
    const waiting = report(added('dom_1'), held('dom_1'), at(2));

    expect(view(added('dom_1')).waitingFor).toBe('dns');
    expect(stepOf(waiting)).toMatchObject({ state: 'waiting', cause: 'domain_needs_approval' });
    expect(view(waiting).waitingFor).toBe('staff');
    expect(waiting.entries).toContainEqual(
      expect.objectContaining({ kind: 'domain_in_review', step: 'verify_domain' }),
    );
    const next = upcomingDeadline(waiting, at(2))?.what;
    expect(next).not.toMatch(/domain_unseen|half_done/);
  });

  it('approved, ends the step; refused, has the customer go on', () => {
    const waiting = report(added('dom_1'), held('dom_1'), at(2));

    const approved = report(waiting, tells({ kind: 'domain_verified', domainId: 'dom_1' }), at(3));
    expect(stepOf(approved)?.state).toBe('done');
    const refused = report(waiting, proof('domain_failed', 'dom_1', 'domain_refused'), at(3));
    expect(stepOf(refused)).toMatchObject({ state: 'failed', cause: 'domain_refused' });
    expect(view(refused).waitingFor).toBe('customer');
    expect(refused.entries.map(({ kind }) => kind)).toContain('domain_refused');
  });

  it('is not told as a record that never came where another organization has the name', () => {
    const contested = report(
      added('dom_1'),
      proof('domain_failed', 'dom_1', 'domain_verified_by_other_organization'),
      at(2),
    );

    expect(contested.entries.at(-1)?.kind).toBe('domain_contested');
  });

  it('leaves the step with DNS while another domain is looked for, and goes back there when it is removed', () => {
    const both = report(added('dom_1', 'dom_2'), held('dom_1'), at(2));
    expect(view(both).waitingFor).toBe('dns');

    const lost = report(both, proof('domain_failed', 'dom_2', 'domain_verification_period_expired'), at(3));
    expect(view(lost).waitingFor).toBe('staff');
    const removed = apply(lost, does({ kind: 'remove_domain', domainId: 'dom_1' }), at(4));
    expect([stepOf(removed)?.state, view(removed).waitingFor]).toEqual(['failed', 'customer']);
  });
});
