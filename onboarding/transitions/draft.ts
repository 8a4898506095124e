import { needsApproval } from '../domain-holding.ts';
import type { Actor } from '../commands.ts';
import type { Effect, State, StepRecord, TimelineEntry } from '../state.ts';
import type { StepName } from '../steps.ts';

/** What all transitions are written with: a copy to change, steps and their rounds, entries of the timeline, effects. */

/** A state that nobody else holds: its own fields may be replaced, what they hold may not be changed in place. */
export type Draft = State;

type NewEffect = Effect extends infer E ? (E extends { id: string } ? Omit<E, 'id'> : never) : never;

const keepSeenMs = 14 * 86_400_000;

/** Who acts when nobody does. */
export const system: Actor = { type: 'system', id: 'onboarding' };

/** Adds an entry to the timeline; `completes` where it ends a step. */
export function note(
  s: Draft,
  at: string,
  kind: TimelineEntry['kind'],
  actor: Actor,
  step?: StepName,
  facts?: TimelineEntry['facts'],
  completes = false,
): void {
  s.lastEntry += 1;
  const entry: TimelineEntry = { number: s.lastEntry, at, kind, actor, completes };
  if (step !== undefined) entry.step = step;
  if (facts !== undefined) entry.facts = facts;
  s.entries = [...s.entries, entry];
}

/** Asks for something outside; its id is the same in every replay. */
export function addEffect(s: Draft, effect: NewEffect): void {
  s.lastEffect += 1;
  s.effects = [...s.effects, { ...effect, id: `${s.onboardingId}:${s.lastEffect}:${effect.kind}` }];
}

/** Waits for a step once more: its awaited step is opened outside. */
export function openRound(s: Draft, step: StepName, at: string): void {
  const record = s.steps[step];
  if (record === undefined) return;
  s.steps[step] = { ...record, round: record.round + 1 };
  addEffect(s, { kind: 'open_step', step, round: record.round + 1, at });
}

/** Changes a step; its `since` counts from its state, of a failure from the last one. A cause lasts as long as it is named. */
export function setStep(s: Draft, step: StepName, at: string, change: Partial<StepRecord>): void {
  const record = s.steps[step];
  if (record === undefined) return;
  const { cause: _gone, ...kept } = record;
  const since =
    change.state !== undefined && change.state === record.state && change.state !== 'failed'
      ? record.since
      : at;
  s.steps[step] = { ...kept, ...change, since };
}

/**
 * Puts the step of the proofs where what is left of the domains has it: with DNS while one is looked for, with the vendor
 * while all that were proved wait for its word [DOM-07], and failed, by `reason`, once nothing is left.
 */
export function awaitProofs(s: Draft, at: string, reason?: string): void {
  const left = s.domains.filter(({ state }) => state !== 'failed');
  if (left.length === 0) {
    setStep(s, 'verify_domain', at, { state: 'failed', ...(reason !== undefined && { cause: reason }) });
  } else if (left.every(({ state }) => state === 'in_review') && s.steps.verify_domain?.state !== 'done') {
    setStep(s, 'verify_domain', at, { state: 'waiting', cause: needsApproval });
  }
}

/**
 * Finishes a step with one entry. A step that is done already gets the entry only where it has news of its own
 * (another provider, a second domain).
 */
export function finish(
  s: Draft,
  step: StepName,
  actor: Actor,
  at: string,
  news?: { kind: TimelineEntry['kind']; facts: NonNullable<TimelineEntry['facts']> },
): void {
  const record = s.steps[step];
  if (record === undefined || record.state === 'done') {
    if (news !== undefined) note(s, at, news.kind, actor, step, news.facts);
    return;
  }
  setStep(s, step, at, { state: 'done', failures: 0 });
  leaveAlone(s, step);
  addEffect(s, { kind: 'close_step', step, round: record.round, at, outcome: 'done' });
  note(s, at, news?.kind ?? 'step_completed', actor, step, news?.facts, true);
}

/** Finishes steps that were done together, or elsewhere. */
export function finishSteps(s: Draft, steps: readonly StepName[], actor: Actor, at: string): void {
  for (const step of steps) finish(s, step, actor, at);
}

/** Opens done or failed steps again, because something before them changed. */
export function reopen(s: Draft, steps: readonly StepName[], at: string): void {
  for (const step of steps) {
    const record = s.steps[step];
    if (record === undefined || record.state === 'open') continue;
    if (record.state !== 'done')
      addEffect(s, { kind: 'close_step', step, round: record.round, at, outcome: 'withdrawn' });
    setStep(s, step, at, { state: 'open', failures: 0 });
    openRound(s, step, at);
    note(s, at, 'step_reopened', system, step);
  }
}

/** Staff no longer hold what they took over; what the mode gives them stays. */
export function leaveAlone(s: Draft, step: StepName): void {
  if (s.takenOver?.[step] === undefined) return;
  const { [step]: _left, ...others } = s.takenOver;
  s.takenOver = others;
}

/** Whether a key was applied already, as when a client repeats itself. */
export function isSeen(s: State, key: string): boolean {
  return s.seen.some(([seen]) => seen === key);
}

/** Remembers a key as long as any client may still repeat it (two weeks). */
export function remember(s: Draft, key: string, at: string): Draft {
  const oldest = instant(Date.parse(at) - keepSeenMs);
  s.seen = [...s.seen.filter(([, seenAt]) => seenAt > oldest), [key, at]];
  return s;
}

/** A copy whose own fields may be replaced; the nested values are never changed in place. */
export function clone(s: State): Draft {
  return { ...s, steps: { ...s.steps }, reminders: { ...s.reminders } };
}

/** As states hold instants: ISO 8601, UTC, with milliseconds. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
