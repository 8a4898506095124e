import { describe, expect, it } from 'vitest';
import type { Act, Command, Fact, FeaturePlan } from './commands.ts';
import { eventOfEntry } from './journey-events.ts';
import { refuse } from './refusals.ts';
import { pendingReminders } from './reminders.ts';
import { fresh, type State } from './state.ts';
import { apply, report, settle, tick } from './transitions.ts';
import { isOver } from './transitions/deadlines.ts';
import { view, waitingOn } from './view.ts';

/** The renewal of a signing certificate as a part of an onboarding: given, proven, over. */

const dayMs = 86_400_000;
const start = Date.parse('2026-03-02T09:00:00.000Z');
const at = (days: number) => start + days * dayMs;
const iso = (ms: number) => new Date(ms).toISOString();
const customer = { type: 'customer', id: 'link_1' } as const;
let keys = 0;
const does = (act: Act, actor: Command['actor'] = customer): Command => ({
  key: `cmd_${++keys}`,
  actor,
  ...act,
});
const tells = (fact: Fact) => ({
  key: `cmd_${++keys}`,
  actor: { type: 'provider' as const, id: 'conn_1' },
  ...fact,
});
const give = (connectionId = 'conn_1'): Act => ({ kind: 'give_certificate', connectionId });
const proven = (connectionId = 'conn_1') => tells({ kind: 'certificate_proven', connectionId });
const perform = (s: State, ms: number): State => {
  let next = s;
  for (let round = 0; round < 50 && next.effects.length > 0; round += 1)
    for (const { id } of next.effects) next = settle(next, id, { status: 'done', at: iso(ms) });
  return next;
};

const begun = (plan: FeaturePlan, more: object = {}): State => {
  const blank = fresh({
    onboardingId: 'onb_2',
    environmentId: 'env_1',
    organizationId: 'org_1',
    number: 2,
    at: iso(start),
  });
  const act: Act = {
    kind: 'start',
    origin: 'portal',
    plan,
    domainPolicy: 'optional',
    reminders: false,
    domainVerified: false,
    connectionLive: true,
    mode: 'self_service',
    ...more,
  };
  return apply(blank, does(act), start);
};
const aRenewal = () => begun({ certificate_renewal: 'required' });
const steps = (s: State) =>
  Object.fromEntries(
    view(s)
      .features.filter(({ feature }) => feature === 'certificate_renewal')
      .flatMap((feature) => feature.steps.map(({ step, state }) => [step, state])),
  );

describe('a renewal', () => {
  it('is given, then proven by a sign-in, and the run is over with it', () => {
    let s = aRenewal();
    expect(steps(s)).toEqual({ give_certificate: 'open', prove_certificate: 'blocked' });
    s = apply(s, does(give()), start);
    expect(steps(s)).toEqual({ give_certificate: 'done', prove_certificate: 'open' });
    expect(waitingOn(s)).toMatchObject({ who: 'customer', step: 'prove_certificate' });
    s = perform(report(s, proven(), at(1)), at(1));

    expect(steps(s)).toEqual({ give_certificate: 'done', prove_certificate: 'done' });
    expect(view(s).state).toBe('live');
    expect(isOver(s, at(1))).toBe(true);
  });

  it('is quiet: nobody is reminded by its run, and it tells of no invitation and of no going live', () => {
    const s = report(apply(aRenewal(), does(give()), start), proven(), at(1));

    expect(pendingReminders(s)).toEqual([]);
    expect(s.effects.map(({ kind }) => kind)).not.toContain('send_notice');
    expect(s.entries.map((entry) => eventOfEntry(entry, s.origin) ?? null)).toEqual([
      null,
      'onboarding.step_completed',
      'onboarding.step_completed',
      null,
    ]);
  });

  it('closes 14 days after the last act, when the provider never began with the new one', () => {
    const s = apply(aRenewal(), does(give()), start);

    expect(view(tick(s, at(13))).state).toBe('in_progress');
    expect(view(tick(s, at(14))).state).toBe('closed');
  });

  it('is proven for each connection, and a connection that is gone is not waited for', () => {
    const both = [give(), give('conn_2')].reduce((s, act) => apply(s, does(act), start), aRenewal());

    const one = report(both, proven(), at(1));
    expect(steps(one)).toMatchObject({ prove_certificate: 'open' });
    expect(steps(report(one, proven('conn_2'), at(2)))).toMatchObject({ prove_certificate: 'done' });
    const gone = report(one, tells({ kind: 'connection_gone', connectionId: 'conn_2' }), at(2));
    expect(steps(gone)).toMatchObject({ prove_certificate: 'done' });
    expect(gone.entries.at(-1)).toMatchObject({ kind: 'live' });
    expect(gone.entries.at(-2)).toMatchObject({ kind: 'connection_gone', completes: false });
  });

  it('that is given once more is to be proven once more', () => {
    const done = report(
      apply(begun({ sso: 'required', certificate_renewal: 'optional' }), does(give()), start),
      proven(),
      at(1),
    );
    const again = apply(done, does(give()), at(2));

    expect(steps(again)).toEqual({ give_certificate: 'done', prove_certificate: 'open' });
    expect(report(again, proven('conn_9'), at(3)).steps.prove_certificate?.state).toBe('open');
    expect(report(again, proven(), at(3)).steps.prove_certificate?.state).toBe('done');
  });

  it('is refused where it is no part of the onboarding, and leaves what is live as it is', () => {
    expect(refuse(begun({ sso: 'required' }), give())).toBe('feature_off');
    expect(refuse(aRenewal(), give())).toBeUndefined();
    const joined = apply(
      begun({ sso: 'required' }),
      does({ kind: 'join', plan: { certificate_renewal: 'optional' }, reminders: true }),
      start,
    );
    expect(view(joined).features.map(({ feature, state }) => [feature, state])).toEqual([
      ['sso', 'done'],
      ['certificate_renewal', 'not_started'],
    ]);
  });
});
