import {
  commandsBy,
  findActiveMainLink,
  insertAudit,
  setLinkFeatures,
  type EnvironmentRow,
  type OnboardingRow,
  type Tx,
} from '../db/index.ts';
import type { FeaturePlan } from '../onboarding/commands.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { usualMode, type Mode } from '../onboarding/modes.ts';
import type { OfferedFeature } from '../onboarding/steps.ts';
import { planOf, reordered, type FeatureChoice } from '../onboarding/template.ts';
import { audited, doerOf, type Acting } from './acting.ts';
import { queueCommands, type QueuedCommand } from './onboarding-client.ts';

/** How an onboarding is cut to its customer: at its start, and on the way. */

/** What an invitation asks for. Left out, the environment's template counts, or what the open onboarding has. */
export interface Wishes {
  features?: readonly FeatureChoice[] | undefined;
  mode?: Mode | undefined;
}

export interface Cut {
  plan: FeaturePlan;
  order: OfferedFeature[];
  mode?: Mode;
}

/** What a new onboarding begins with. */
export function cutForStart({ onboardingTemplate }: EnvironmentRow, { features, mode }: Wishes): Cut {
  const { plan, order } = planOf(features ?? onboardingTemplate.features);
  return { plan: withoutOff(plan), order, mode: mode ?? onboardingTemplate.mode };
}

/** What an invitation adds to an open onboarding: it takes nothing away, and what is new comes last. */
export function cutForJoin({ view }: OnboardingRow, { features = [], mode }: Wishes): Cut {
  const { plan, order } = planOf(features);
  const before = view.features.map(({ feature }) => feature);
  const added = order.filter((feature) => !before.includes(feature));
  return { plan: withoutOff(plan), order: [...before, ...added], ...(mode === undefined ? {} : { mode }) };
}

const withoutOff = (plan: FeaturePlan): FeaturePlan =>
  Object.fromEntries(Object.entries(plan).filter(([, requirement]) => requirement !== 'off'));

export interface Changes extends Wishes {
  reminders?: boolean | undefined;
}

/**
 * Changes a running onboarding: the features that are named in the order in which they are named, the others as they
 * stand after them. Its link covers what is left. Throws `onboarding_ended` and `plan_empty`.
 */
export async function tailorOnboarding(
  tx: Tx,
  onboarding: OnboardingRow,
  { features, mode, reminders }: Changes,
  by: Acting,
): Promise<QueuedCommand[]> {
  if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
  const before = planOfView(onboarding);
  const named = features === undefined ? undefined : planOf(features);
  const plan = { ...before, ...named?.plan };
  const covered = Object.keys(withoutOff(plan));
  if (covered.length === 0) throw new OnboardingError('plan_empty');
  const order =
    named &&
    reordered(
      onboarding.view.features.map(({ feature }) => feature),
      named.order,
    );
  const link = await findActiveMainLink(tx, onboarding, onboarding.id);
  if (link !== undefined) await setLinkFeatures(tx, onboarding, link.id, covered);
  await insertAudit(
    tx,
    audited(by, onboarding, {
      action: 'onboarding.tailor',
      target: { type: 'onboarding', id: onboarding.id },
      before: { plan: before, mode: onboarding.view.mode ?? usualMode },
      after: {
        plan,
        ...(order && { order }),
        ...(mode && { mode }),
        ...(reminders !== undefined && { reminders }),
      },
    }),
  );
  const act = {
    kind: 'tailor' as const,
    ...(named && order && { plan: named.plan, order }),
    ...(mode && { mode }),
    ...(reminders !== undefined && { reminders }),
  };
  return queueCommands(tx, onboarding, commandsBy(doerOf(by), [act]), by.request.now);
}

const planOfView = ({ view }: OnboardingRow): FeaturePlan =>
  Object.fromEntries(view.features.map(({ feature, requirement }) => [feature, requirement]));
