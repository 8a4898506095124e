import { needsApproval } from './domain-holding.ts';
import { holderIn, usualMode, type Mode, type StepHolder } from './modes.ts';
import type { Requirement, StepName } from './steps.ts';
import { offeredFeatures, repairStepsOf, stepRules, stepsOf, type OfferedFeature } from './steps.ts';
import type { State, StepRecord } from './state.ts';

/** What the world sees of an onboarding: the API's object without its ids and dates (`design.md` §5). */
export type OnboardingView = {
  revision: number;
  state: 'invited' | 'opened' | 'in_progress' | 'live' | 'closed' | 'cancelled';
  paused: boolean;
  /** Absent in views from before there were modes. */
  mode?: Mode;
  /** Whether people are reminded by themselves; absent in older views. */
  remindersOn?: boolean;
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
  /** Where a provider was chosen: which, and whether the vendor did it for the customer. */
  provider?: { id: string; chosenBy: 'customer' | 'vendor' };
};

export type StepView = {
  step: StepName;
  state: 'blocked' | 'open' | 'waiting' | 'failed' | 'skipped' | 'done';
  holder: StepHolder;
  since: string;
  /** What a blocked step waits for; the cause of a failed one. */
  cause?: string;
};

/** Whether a feature is part of the plan. */
export function isPlanned(s: State, feature: OfferedFeature): boolean {
  return (s.plan[feature] ?? 'off') !== 'off';
}

/** Features of the plan that are not off, in the onboarding's order; those that it does not name come last. */
function plannedFeatures(s: State): OfferedFeature[] {
  const order = s.order ?? [];
  const place = (feature: OfferedFeature) =>
    order.includes(feature) ? order.indexOf(feature) : order.length;
  return offeredFeatures.filter((f) => isPlanned(s, f)).toSorted((a, b) => place(a) - place(b));
}

/** Who holds a step now. */
export function holderOf(s: State, step: StepName): StepHolder {
  if (s.takenOver?.[step] !== undefined) return 'staff';
  return s.takenBack?.includes(step) ? 'customer' : holderIn(s.mode ?? usualMode, step);
}

/** Domain proof gates going live only where the environment's policy says so and domains are part of the plan. */
function isDomainMissing(s: State): boolean {
  if (s.domainPolicy !== 'required' || s.domains.some((d) => d.state === 'verified')) return false;
  // Runs from before modes keep their timers: what they wait for must not change when they are replayed.
  if (s.mode === undefined) return true;
  return isPlanned(s, 'domain_verification') && s.steps.verify_domain?.state !== 'done';
}

/** The step that stands in the way of this one, if any. */
export function blockedBy(s: State, step: StepName): StepName | undefined {
  const missing = stepRules[step].needs.find((need) => s.steps[need]?.state !== 'done');
  if (missing !== undefined) return missing;
  return step === 'go_live' && isDomainMissing(s) ? 'verify_domain' : undefined;
}

/** Whether every step of a feature is done, and nothing about it needs repair. */
function isFeatureDone(s: State, feature: OfferedFeature): boolean {
  return stepsOf(feature).every((step) => s.steps[step]?.state === 'done') && !needsRepair(s, feature);
}

function needsRepair(s: State, feature: OfferedFeature): boolean {
  return repairStepsOf(feature).some((step) => (s.steps[step]?.state ?? 'done') !== 'done');
}

/** The steps of a feature with those of its repairs, in the order of the page. */
function shownStepsOf(feature: OfferedFeature): StepName[] {
  return [...stepsOf(feature), ...repairStepsOf(feature)];
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

type OpenStep = { step: StepName; record: StepRecord; holder: StepHolder };

/** The steps that stand next, in order: not done, and nothing before them is missing. */
function standingSteps(s: State): OpenStep[] {
  return plannedFeatures(s)
    .filter((f) => !s.skipped.includes(f))
    .flatMap((f) => shownStepsOf(f))
    .filter((step) => blockedBy(s, step) === undefined)
    .flatMap((step) => {
      const record = s.steps[step];
      return record === undefined || record.state === 'done'
        ? []
        : [{ step, record, holder: holderOf(s, step) }];
    });
}

const isToDo = ({ record }: OpenStep) => record.state === 'open' || record.state === 'failed';

/** Whom a step waits for, once the customer has done their part of it. */
function waitedFor(step: StepName, { cause }: StepRecord): WaitingFor | undefined {
  if (step === 'verify_domain') return cause === needsApproval ? 'staff' : 'dns';
  return step === 'receive_people' ? 'provider' : undefined;
}

/**
 * Whom the onboarding waits for, and since when; undefined when it waits for nobody. Of several who could go on, it is
 * whoever holds the first step.
 */
export function waitingOn(s: State): { who: WaitingFor; since: string; step?: StepName } | undefined {
  if (s.phase !== 'open' && s.phase !== 'live') return undefined;
  const standing = standingSteps(s);
  const toDo = standing.filter(isToDo);
  const first = toDo[0];
  if (first !== undefined) {
    const since = toDo
      .filter(({ holder }) => holder === first.holder)
      .reduce((latest, { record }) => (record.since > latest ? record.since : latest), first.record.since);
    const from = first.holder === 'staff' ? staffSince(s, first.step) : customersSince(s);
    return { who: first.holder, since: since > from ? since : from, step: first.step };
  }
  for (const { step, record } of standing) {
    const who = record.state === 'waiting' ? waitedFor(step, record) : undefined;
    if (who !== undefined) return { who, since: record.since, step };
  }
  return undefined;
}

/** Since when a step has been staff's, as far as it is known: by their taking it over, or by the mode. */
const staffSince = (s: State, step: StepName) => s.takenOver?.[step]?.at ?? s.modeSince ?? '';

/** Since when the customer has done nothing, although they could. */
export function customersSince({ lastActAt, handedBackAt = '' }: State): string {
  return handedBackAt > lastActAt ? handedBackAt : lastActAt;
}

/** The first step that the customer can go on with, whoever else has something to do. */
export function customersNextStep(s: State): StepName | undefined {
  return standingSteps(s).find((step) => isToDo(step) && step.holder !== 'staff')?.step;
}

/** Whether staff hold all that could be done now: nobody is to be reminded of it. */
export function isOnlyForStaff(s: State): boolean {
  return waitingOn(s)?.who === 'staff' && customersNextStep(s) === undefined;
}

function stepView(s: State, step: StepName, record: StepRecord, skipped: boolean): StepView {
  const blocker = blockedBy(s, step);
  const state =
    record.state === 'done' ? 'done' : skipped ? 'skipped' : blocker !== undefined ? 'blocked' : record.state;
  const cause = state === 'blocked' ? blocker : record.cause;
  const holder = holderOf(s, step);
  return { step, state, holder, since: record.since, ...(cause === undefined ? {} : { cause }) };
}

function featureView(s: State, feature: OfferedFeature): FeatureView {
  const skipped = s.skipped.includes(feature);
  const steps = shownStepsOf(feature).flatMap((step) => {
    const record = s.steps[step];
    return record === undefined ? [] : [stepView(s, step, record, skipped)];
  });
  const started = steps.some(({ state }) => state === 'done' || state === 'waiting' || state === 'failed');
  const active = steps.filter(({ state }) => state === 'open' || state === 'failed');
  const state = isFeatureDone(s, feature)
    ? 'done'
    : skipped
      ? 'skipped'
      : needsRepair(s, feature)
        ? 'repair'
        : !started
          ? 'not_started'
          : active.length === 0
            ? 'waiting'
            : 'in_progress';
  const provider = providerOf(s, feature);
  return {
    feature,
    requirement: s.plan[feature] ?? 'off',
    state,
    steps,
    ...(provider === undefined ? {} : { provider }),
  };
}

function providerOf(s: State, feature: OfferedFeature): FeatureView['provider'] {
  if (feature === 'sso') return s.provider;
  if (feature === 'log_streams') return s.stream?.provider;
  return feature === 'directory_sync' ? s.directory?.provider : undefined;
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
    mode: s.mode ?? usualMode,
    remindersOn: s.remindersOn,
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
