import type { Actor, Command, FeaturePlan } from '../commands.ts';
import { usualMode } from '../modes.ts';
import {
  type OfferedFeature,
  offeredFeatures,
  type Requirement,
  stepsOf,
  tailoredFeatures,
} from '../steps.ts';
import { addEffect, type Draft, note, openRound } from './draft.ts';

/** Which features an onboarding has, how much they are needed, in which order and with whom. */

/** Adds the features of a plan; one that is there already keeps its steps and may only become more required. */
export function openPlan(s: Draft, plan: FeaturePlan, at: string): void {
  for (const feature of offeredFeatures) {
    const wanted = plan[feature] ?? 'off';
    const had = s.plan[feature] ?? 'off';
    if (wanted === 'off' || had === 'required') continue;
    s.plan = { ...s.plan, [feature]: wanted };
    if (had !== 'off') continue;
    for (const step of stepsOf(feature)) {
      s.steps[step] = { state: 'open', since: at, round: 0, failures: 0 };
      openRound(s, step, at);
    }
  }
}

/** Mode and order, as far as the command names them. */
export function arrange(s: Draft, c: Extract<Command, { kind: 'join' | 'tailor' }>, at: string): void {
  const { mode, order, actor } = c;
  const before = s.mode ?? usualMode;
  if (mode !== undefined && mode !== before) {
    s.mode = mode;
    s.modeSince = at;
    delete s.takenBack;
    delete s.takenOver;
    note(s, at, 'mode_changed', actor, undefined, { mode, before });
  }
  if (order !== undefined && order.join() !== (s.order ?? usualOrderBeside(order)).join()) {
    s.order = order;
    note(s, at, 'order_changed', actor, undefined, { order: order.join(',') });
  }
}

/** Runs from before a feature was offered say of their order what they said then when they are replayed. */
const usualOrderBeside = (order: readonly OfferedFeature[]): readonly OfferedFeature[] =>
  tailoredFeatures.filter((feature) => !isOfferedLater(feature) || order.includes(feature));

const isOfferedLater = (feature: OfferedFeature) => feature === 'directory_sync' || feature === 'log_streams';

/** Makes a feature required, optional, or no part of it. What was done of it stays done, for when it is taken in again. */
export function setRequirement(
  s: Draft,
  feature: OfferedFeature,
  wanted: Requirement,
  actor: Actor,
  at: string,
): void {
  const before = s.plan[feature] ?? 'off';
  if (before === wanted) return;
  s.plan = { ...s.plan, [feature]: wanted };
  if (wanted !== 'optional') s.skipped = s.skipped.filter((f) => f !== feature);
  note(s, at, 'requirement_changed', actor, undefined, { feature, requirement: wanted, before });
  for (const step of stepsOf(feature)) {
    const record = s.steps[step];
    if (wanted === 'off' && record !== undefined && record.state !== 'done') {
      addEffect(s, { kind: 'close_step', step, round: record.round, at, outcome: 'withdrawn' });
    }
    if (before !== 'off' || record?.state === 'done') continue;
    s.steps[step] = record ?? { state: 'open', since: at, round: 0, failures: 0 };
    openRound(s, step, at);
  }
}
