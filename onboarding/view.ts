import type { Requirement, StepName } from './steps.ts';
import { offeredFeatures, stepRules, stepsOf, type OfferedFeature } from './steps.ts';
import type { State, StepRecord } from './state.ts';

/** What the world sees of an onboarding: the API's object without its ids and dates (`design.md` §5). */
export type OnboardingView = {
  revision: number;
  state: 'invited' | 'opened' | 'in_progress' | 'live' | 'closed' | 'cancelled';
  paused: boolean;
  stalledSince: string | null;
  waitingFor: WaitingFor | null;
  waitingSince: string | null;
  next: { what: string; at: string } | null;
  features: FeatureView[];
  stepsDone: number;
  stepsTotal: number;
  liveAt: string | null;
};

export type WaitingFor = 'customer' | 'colleague' | 'staff' | 'dns' | 'provider';

export type FeatureView = {
  feature: OfferedFeature;
  requirement: Requirement;
  state: 'not_started' | 'in_progress' | 'waiting' | 'skipped' | 'done' | 'repair';
  steps: StepView[];
};

export type StepView = {
  step: StepName;
  state: 'blocked' | 'open' | 'waiting' | 'failed' | 'skipped' | 'done';
  holder: 'customer' | 'colleague' | 'staff';
  since: string;
  /** What a blocked step waits for; the cause of a failed one. */
  cause?: string;
};

/** Features of the plan that are not off, in page order. */
function plannedFeatures(s: State): OfferedFeature[] {
  return offeredFeatures.filter((f) => (s.plan[f] ?? 'off') !== 'off');
}

/** Domain proof gates going live only where the environment's policy says so and domains are part of the plan. */
function isDomainMissing(s: State): boolean {
  return s.domainPolicy === 'required' && !s.domains.some((d) => d.state === 'verified');
}

/** The step that stands in the way of this one, if any. */
export function blockedBy(s: State, step: StepName): StepName | undefined {
  const missing = stepRules[step].needs.find((need) => s.steps[need]?.state !== 'done');
  if (missing !== undefined) return missing;
  return step === 'go_live' && isDomainMissing(s) ? 'verify_domain' : undefined;
}

/** Whether every step of a feature is done. */
function isFeatureDone(s: State, feature: OfferedFeature): boolean {
  return stepsOf(feature).every((step) => s.steps[step]?.state === 'done');
}

/** Whether all that is required is done: what *live* means. */
export function isLive(s: State): boolean {
  const planned = plannedFeatures(s);
  const required = planned.filter((f) => s.plan[f] === 'required');
  const must = required.length > 0 ? required : planned;
  return must.length > 0 && must.every((f) => isFeatureDone(s, f));
}

/** Whether nothing is left that anybody could do. */
export function isFinished(s: State): boolean {
  return plannedFeatures(s).every((f) => isFeatureDone(s, f) || s.skipped.includes(f));
}

/** Whom the onboarding waits for, and since when; undefined when it waits for nobody. */
export function waitingOn(s: State): { who: WaitingFor; since: string; step?: StepName } | undefined {
  if (s.phase !== 'open' && s.phase !== 'live') return undefined;
  const open = plannedFeatures(s)
    .filter((f) => !s.skipped.includes(f))
    .flatMap((f) => stepsOf(f))
    .filter((step) => blockedBy(s, step) === undefined)
    .flatMap((step) => {
      const record = s.steps[step];
      return record === undefined || record.state === 'done' ? [] : [{ step, record }];
    });
  const forCustomer = open.filter(({ record }) => record.state === 'open' || record.state === 'failed');
  const first = forCustomer[0];
  if (first !== undefined) {
    const since = forCustomer.reduce(
      (latest, { record }) => (record.since > latest ? record.since : latest),
      first.record.since,
    );
    return { who: 'customer', since: since > s.lastActAt ? since : s.lastActAt, step: first.step };
  }
  const dns = open.find(({ step, record }) => step === 'verify_domain' && record.state === 'waiting');
  return dns === undefined ? undefined : { who: 'dns', since: dns.record.since, step: dns.step };
}

function stepView(s: State, step: StepName, record: StepRecord, skipped: boolean): StepView {
  const blocker = blockedBy(s, step);
  const state =
    record.state === 'done' ? 'done' : skipped ? 'skipped' : blocker !== undefined ? 'blocked' : record.state;
  const cause = state === 'blocked' ? blocker : record.cause;
  return { step, state, holder: 'customer', since: record.since, ...(cause === undefined ? {} : { cause }) };
}

function featureView(s: State, feature: OfferedFeature): FeatureView {
  const skipped = s.skipped.includes(feature);
  const steps = stepsOf(feature).flatMap((step) => {
    const record = s.steps[step];
    return record === undefined ? [] : [stepView(s, step, record, skipped)];
  });
  const started = steps.some(({ state }) => state === 'done' || state === 'waiting' || state === 'failed');
  const active = steps.filter(({ state }) => state === 'open' || state === 'failed');
  const state = isFeatureDone(s, feature)
    ? 'done'
    : skipped
      ? 'skipped'
      : !started
        ? 'not_started'
        : active.length === 0
          ? 'waiting'
          : 'in_progress';
  return { feature, requirement: s.plan[feature] ?? 'off', state, steps };
}

function shownState(s: State): OnboardingView['state'] {
  if (s.phase !== 'open') return s.phase;
  const touched = Object.values(s.steps).some((r) => r.state !== 'open');
  return touched ? 'in_progress' : s.openedAt !== undefined || !s.invited ? 'opened' : 'invited';
}

/** The view of a state; `next` names the next thing that happens by itself. */
export function view(s: State, next: OnboardingView['next'] = null): OnboardingView {
  const shown = plannedFeatures(s).map((f) => featureView(s, f));
  const steps = shown.filter((f) => f.state !== 'skipped').flatMap((f) => f.steps);
  const waiting = waitingOn(s);
  return {
    revision: s.revision,
    state: shownState(s),
    paused: false,
    stalledSince: s.stalledSince ?? null,
    waitingFor: waiting?.who ?? null,
    waitingSince: waiting?.since ?? null,
    next,
    features: shown,
    stepsDone: steps.filter((step) => step.state === 'done').length,
    stepsTotal: steps.length,
    liveAt: s.liveAt ?? null,
  };
}
