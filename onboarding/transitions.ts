import type { Command, ReportedFact } from './commands.ts';
import type { EffectOutcome, State } from './state.ts';
import { act } from './transitions/acts.ts';
import { passTime, upcomingDeadline } from './transitions/deadlines.ts';
import {
  addEffect,
  clone,
  type Draft,
  instant,
  isSeen,
  note,
  remember,
  system,
} from './transitions/draft.ts';
import { takeFact } from './transitions/facts.ts';
import { takeOutcome } from './transitions/outcomes.ts';
import { passTurn, returnSteps, staffActed } from './transitions/turns.ts';
import { isFinished, isLive } from './view.ts';

/**
 * The transitions of one onboarding: every function takes a state and gives a new one, changes nothing in place and
 * knows no clock but `at`. `apply` takes a person's command, `report` a machine's fact, `settle` an activity's
 * answer, and `tick` the passing of time. What must happen outside comes back as `effects` with stable ids.
 */

/** Applies a command once: a key that was seen before changes nothing. Assumes `refuse` was asked. */
export function apply(s: State, command: Command, nowMs: number): State {
  if (isSeen(s, command.key)) return s;
  const at = instant(nowMs);
  const next = remember(clone(s), command.key, at);
  if (command.actor.type === 'customer' || command.actor.type === 'colleague') {
    next.lastActAt = at;
    delete next.stalledSince;
  }
  if (command.actor.type === 'staff') staffActed(next, at);
  act(next, command, at);
  passTurn(next, s, command.actor, at);
  return conclude(next, at);
}

/** Applies a fact once. A fact that no longer fits the state changes nothing but the list of seen keys. */
export function report(s: State, fact: ReportedFact, nowMs: number): State {
  if (isSeen(s, fact.key)) return s;
  const at = instant(nowMs);
  const next = remember(clone(s), fact.key, at);
  const before = next.lastEntry;
  if (s.phase === 'open' || s.phase === 'live') takeFact(next, fact, at);
  if (next.lastEntry === before) return next;
  passTurn(next, s, fact.actor, at);
  return conclude(next, at);
}

/** Takes the outcome of an effect; one that is unknown was settled before. */
export function settle(s: State, effectId: string, outcome: EffectOutcome): State {
  const effect = s.effects.find((e) => e.id === effectId);
  if (effect === undefined) return s;
  const next = clone(s);
  next.effects = next.effects.filter((e) => e.id !== effectId);
  const before = next.lastEntry;
  takeOutcome(next, effect, outcome);
  passTurn(next, s, system, outcome.at);
  return next.lastEntry === before && next.quietUntil === s.quietUntil
    ? requestProjection(next)
    : conclude(next, outcome.at);
}

/** Lets time pass: performs every deadline that is due and names the next one. `nextDueAt` is absent or later than now. */
export function tick(s: State, nowMs: number): State {
  const next = clone(s);
  const at = instant(nowMs);
  const before = next.lastEntry;
  passTime(next, nowMs, at);
  returnSteps(next, s, nowMs, at);
  const settled = next.lastEntry === before ? next : conclude(next, at);
  const upcoming = upcomingDeadline(settled, nowMs);
  if (upcoming === undefined) delete settled.nextDueAt;
  else settled.nextDueAt = instant(upcoming.atMs);
  return settled;
}

/** What follows from any change: going live, finishing, and one projection at a time. */
function conclude(s: Draft, at: string): State {
  if (s.phase === 'open' && isLive(s)) {
    const isFirstTime = s.liveAt === undefined;
    s.phase = 'live';
    if (isFirstTime) {
      s.liveAt = at;
      note(s, at, 'live', system);
    }
    if (isFirstTime && s.origin === 'invitation' && s.link?.contactId != null) {
      addEffect(s, { kind: 'send_notice', notice: 'live', subjectId: s.connectionId ?? s.organizationId });
    }
  }
  if (s.phase === 'live' && isFinished(s) && s.link !== undefined && !s.link.ended) {
    s.link = { ...s.link, ended: true };
    addEffect(s, { kind: 'close_links', outcome: 'completed' });
  }
  s.revision += 1;
  return requestProjection(s);
}

/** At most one projection runs at a time, so that the read model and its events never move backwards. */
function requestProjection(s: Draft): State {
  const running = s.effects.some((e) => e.kind === 'record_progress');
  if (!running && s.revision > s.projected) {
    addEffect(s, { kind: 'record_progress', revision: s.revision, upTo: s.lastEntry });
  }
  return s;
}
