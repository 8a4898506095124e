import type { Act, Command, Fact, FeaturePlan } from '../../onboarding/commands.ts';
import { fresh, type Effect, type EffectOutcome, type State } from '../../onboarding/state.ts';
import { apply, report, settle } from '../../onboarding/transitions.ts';

/** What the tests of the rules of an onboarding start from: its states, and what people and machines do to them. */

const dayMs = 86_400_000;
export const start = Date.parse('2026-03-02T09:00:00.000Z');
export const at = (days: number) => start + days * dayMs;
export const iso = (ms: number) => new Date(ms).toISOString();

const customer = { type: 'customer', id: 'session_1' } as const;
export const staff = { type: 'staff', id: 'member_1' } as const;
const provider = { type: 'provider', id: 'conn_1' } as const;
let keys = 0;
const key = () => `cmd_${++keys}`;
export const does = (act: Act, actor: Command['actor'] = customer): Command => ({
  key: key(),
  actor,
  ...act,
});
export const tells = (fact: Fact) => ({ key: key(), actor: provider, ...fact });
export const done = (ms: number): EffectOutcome => ({ status: 'done', at: iso(ms) });

export const startAct = (plan: FeaturePlan, more: Partial<Extract<Act, { kind: 'start' }>> = {}): Act => ({
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
export function anOnboarding(
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
export function perform(s: State, ms: number, answer: (e: Effect) => EffectOutcome = () => done(ms)): State {
  let next = s;
  for (let round = 0; round < 100 && next.effects.length > 0; round++) {
    for (const effect of next.effects) next = settle(next, effect.id, answer(effect));
  }
  return next;
}

export const kinds = (s: State) => s.effects.map((e) => e.kind);
export const mailsDue = (s: State) =>
  s.effects.filter((e) => e.kind === 'send_reminder').map((e) => e.reminder);

export function ssoUpTo(step: 'provider' | 'metadata' | 'test'): State {
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
