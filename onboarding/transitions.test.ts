import { describe, expect, it } from 'vitest';
import {
  anOnboarding,
  at,
  does,
  done,
  iso,
  mailsDue,
  perform,
  ssoUpTo,
  staff,
  start,
  startAct,
  tells,
} from '../test/support/onboarding-states.ts';
import type { Act } from './commands.ts';
import { refuse } from './refusals.ts';
import { fresh, type State } from './state.ts';
import { apply, report, tick } from './transitions.ts';
import { isOver, shownDeadline } from './transitions/deadlines.ts';
import { view, waitingOn } from './view.ts';

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

  it('a reminder that was settled before it went out is told to nobody, and is not tried again', () => {
    let s = tick(perform(anOnboarding(), start), at(3));
    const known = s.lastEntry;

    s = perform(s, at(3), (e) =>
      e.kind === 'send_reminder' ? { status: 'settled', at: iso(at(3)) } : done(at(3)),
    );

    expect(s.lastEntry).toBe(known);
    expect(mailsDue(tick(s, at(3.5)))).toEqual([]);
  });

  it('are not what comes next where the link has ended, as after a cancelling that was undone', () => {
    let s = perform(anOnboarding(), start);
    s = apply(s, does({ kind: 'cancel' }, staff), at(1));
    s = apply(perform(s, at(1)), does({ kind: 'undo_cancel' }, staff), at(1));

    expect(shownDeadline(s, at(1))?.what).toBe('stalled');
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
