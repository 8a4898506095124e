import type { OnboardingRow, ShownLink, TimelineEntryRow } from '../../../db/index.ts';
import { cancelUndoMs, portalRunClosesAfterMs, stalledAfterMs } from '../../../onboarding/reminders.ts';
import type { OnboardingDetail } from '../../contract/dashboard.ts';

/** What the first sentences of an onboarding's page say, from what is stored of it. */

/** Where they are stuck: the first step that is not done, and how often it failed since it was last opened. */
export function stuckOf(
  { view }: Pick<OnboardingRow, 'view'>,
  timeline: readonly TimelineEntryRow[],
): OnboardingDetail['stuck'] {
  const step = view.features
    .filter(({ state }) => state !== 'skipped')
    .flatMap(({ steps }) => steps)
    .find(({ state }) => state === 'open' || state === 'failed' || state === 'waiting');
  if (step === undefined) return { step: null, failures: 0, lastFailureAt: null, cause: null };
  const ofStep = timeline.filter((entry) => entry.step === step.step);
  const fresh = ofStep.findLastIndex(({ kind, completes }) => completes || kind === 'step_reopened');
  const failures = ofStep.slice(fresh + 1).filter(({ kind }) => failureKinds.has(kind));
  const last = failures.at(-1);
  return {
    step: step.step,
    failures: failures.length,
    lastFailureAt: last?.at.toISOString() ?? null,
    cause: step.state === 'failed' ? (step.cause ?? null) : null,
  };
}

const failureKinds = new Set<TimelineEntryRow['kind']>([
  'test_failed',
  'domain_failed',
  'domain_contested',
  'activation_refused',
  'configuration_refused',
]);

/** What happens by itself, soonest first: the workflow's next timer and the ends that are known beside it. */
export function upcomingOf(
  onboarding: Pick<
    OnboardingRow,
    'view' | 'isOpen' | 'origin' | 'lastActAt' | 'stalledSince' | 'waitingFor' | 'liveAt'
  >,
  links: readonly Pick<ShownLink, 'kind' | 'endedAt' | 'expiresAt'>[],
  now: Date,
): OnboardingDetail['upcoming'] {
  const { view, isOpen, origin, lastActAt, stalledSince, waitingFor, liveAt } = onboarding;
  const known: { what: string; at: string }[] = view.next === null ? [] : [view.next];
  const add = (what: string, at: Date | undefined) => {
    if (at !== undefined && at > now && !known.some((one) => one.what === what)) {
      known.push({ what, at: at.toISOString() });
    }
  };
  if (isOpen) {
    const link = links.find(({ kind, endedAt }) => kind === 'main' && endedAt === null);
    add('link_ends', link?.expiresAt);
    if (lastActAt !== null && origin === 'invitation' && waitingFor === 'customer' && liveAt === null) {
      if (stalledSince === null) add('stalled', new Date(lastActAt.getTime() + stalledAfterMs));
    }
    if (lastActAt !== null && origin !== 'invitation') {
      add('closes', new Date(lastActAt.getTime() + portalRunClosesAfterMs));
    }
  }
  return known.toSorted((a, b) => a.at.localeCompare(b.at));
}

/** Until when cancelling can be taken back; null where it was not cancelled. */
export function undoableUntil(
  { view }: Pick<OnboardingRow, 'view'>,
  timeline: readonly TimelineEntryRow[],
): Date | null {
  if (view.state !== 'cancelled') return null;
  const cancelled = timeline.findLast(({ kind }) => kind === 'cancelled');
  return cancelled === undefined ? null : new Date(cancelled.at.getTime() + cancelUndoMs);
}
