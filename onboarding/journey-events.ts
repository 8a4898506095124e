import type { Origin } from './commands.ts';
import { usualMode } from './modes.ts';
import type { TimelineEntry, TimelineKind } from './state.ts';
import type { OnboardingView } from './view.ts';

/** Names of the journey's events (`design.md` §5): opt-in by name, because old SDKs reject names they do not know. */
export const journeyEventNames = [
  'onboarding.invited',
  'onboarding.opened',
  'onboarding.step_completed',
  'onboarding.test_failed',
  'onboarding.help_requested',
  'onboarding.stalled',
  'onboarding.handed_over',
  'onboarding.handed_back',
  'onboarding.paused',
  'onboarding.resumed',
  'onboarding.live',
  'onboarding.cancelled',
  'onboarding.reopened',
  'onboarding.tailored',
  'onboarding.repair_needed',
] as const;
export type JourneyEventName = (typeof journeyEventNames)[number];

const byKind: Partial<Record<TimelineKind, JourneyEventName>> = {
  invited: 'onboarding.invited',
  link_copied: 'onboarding.invited',
  opened: 'onboarding.opened',
  test_failed: 'onboarding.test_failed',
  stalled: 'onboarding.stalled',
  live: 'onboarding.live',
  cancelled: 'onboarding.cancelled',
  cancel_undone: 'onboarding.reopened',
  mode_changed: 'onboarding.tailored',
  requirement_changed: 'onboarding.tailored',
  order_changed: 'onboarding.tailored',
  reminders_changed: 'onboarding.tailored',
  handed_over: 'onboarding.handed_over',
  handed_back: 'onboarding.handed_back',
  step_taken_back: 'onboarding.handed_back',
  repair_needed: 'onboarding.repair_needed',
};

const ofFullRunsOnly: readonly JourneyEventName[] = [
  'onboarding.invited',
  'onboarding.stalled',
  'onboarding.live',
];

/** The event that a timeline entry gives rise to, if any. A run without an invitation is quiet about its course. */
export function eventOfEntry(entry: TimelineEntry, origin: Origin): JourneyEventName | undefined {
  const name = entry.completes ? 'onboarding.step_completed' : byKind[entry.kind];
  if (name === undefined) return undefined;
  return origin !== 'invitation' && ofFullRunsOnly.includes(name) ? undefined : name;
}

export type OnboardingIdentity = {
  id: string;
  organizationId: string;
  number: number;
  origin: Origin;
  createdAt: Date;
  updatedAt: Date;
};

/** The onboarding as the developer API and the events show it: snake_case, ISO instants with milliseconds. */
export function onboardingObject(of: OnboardingIdentity, view: OnboardingView) {
  return {
    object: 'onboarding' as const,
    id: of.id,
    organization_id: of.organizationId,
    number: of.number,
    origin: of.origin,
    state: view.state,
    paused: view.paused,
    mode: view.mode ?? usualMode,
    reminders: view.remindersOn ?? null,
    stalled_since: view.stalledSince,
    waiting_for: view.waitingFor,
    waiting_since: view.waitingSince,
    next: view.next,
    features: view.features.map(({ feature, requirement, state, steps, provider }) => ({
      feature,
      requirement,
      state,
      provider: provider === undefined ? null : { id: provider.id, chosen_by: provider.chosenBy },
      steps: steps.map(({ step, state: stepState, holder, since }) => ({
        step,
        state: stepState,
        holder,
        since,
      })),
    })),
    created_at: of.createdAt.toISOString(),
    updated_at: of.updatedAt.toISOString(),
  };
}

/** What an event of the journey carries: the object, and what it was that happened. */
export function journeyEventData(of: OnboardingIdentity, view: OnboardingView, entry: TimelineEntry) {
  const cause = entry.facts?.cause;
  return {
    ...onboardingObject(of, view),
    ...(entry.step === undefined ? {} : { step: entry.step }),
    ...(typeof cause === 'string' ? { cause } : {}),
    actor: { type: entry.actor.type, id: entry.actor.id },
  };
}
