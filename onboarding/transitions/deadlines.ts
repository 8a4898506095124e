import { cancelUndoMs, pendingReminders, portalRunClosesAfterMs, stalledAfterMs } from '../reminders.ts';
import type { State } from '../state.ts';
import { customersSince, isFinished, type WaitingFor, waitingOn } from '../view.ts';
import { addEffect, type Draft, note, system } from './draft.ts';
import { returnsAt, takenOverSteps } from './turns.ts';

/** What time does to an onboarding: links end, reminders fall due, quiet runs close. */

/** The next thing that happens by itself, for the one alarm. */
export function upcomingDeadline(s: State, nowMs: number): { what: string; atMs: number } | undefined {
  const quiet = s.quietUntil === undefined ? 0 : Date.parse(s.quietUntil);
  const candidates = [
    ...pendingReminders(s).map((r) => ({ what: r.kind, atMs: Math.max(r.dueAt, quiet) })),
    ...otherDeadlines(s),
  ].filter(({ atMs }) => atMs > nowMs);
  return candidates.sort((a, b) => a.atMs - b.atMs)[0];
}

/** The next thing that happens by itself and that somebody sees: with a link that has ended nobody is reminded. */
export function shownDeadline(s: State, nowMs: number): { what: string; atMs: number } | undefined {
  return upcomingDeadline(s.link?.ended === true ? { ...s, remindersOn: false } : s, nowMs);
}

/** What a provider is to begin with begins in the customer's console. */
const isTheirTurn = (who: WaitingFor | undefined) => who === 'customer' || who === 'provider';

function otherDeadlines(s: State): { what: string; atMs: number }[] {
  const found: { what: string; atMs: number }[] = [];
  const open = s.phase === 'open' || s.phase === 'live';
  if (open && s.link !== undefined && !s.link.ended)
    found.push({ what: 'link_ends', atMs: Date.parse(s.link.expiresAt) });
  if (
    s.phase === 'open' &&
    s.stalledSince === undefined &&
    s.origin === 'invitation' &&
    isTheirTurn(waitingOn(s)?.who)
  ) {
    found.push({ what: 'stalled', atMs: Date.parse(customersSince(s)) + stalledAfterMs });
  }
  if (open)
    for (const step of takenOverSteps(s)) found.push({ what: 'step_returns', atMs: returnsAt(s, step) });
  if (open && s.origin !== 'invitation') {
    found.push({ what: 'closes', atMs: Date.parse(s.lastActAt) + portalRunClosesAfterMs });
  }
  if (s.phase === 'cancelled' && s.endedAt !== undefined) {
    found.push({ what: 'cancel_final', atMs: Date.parse(s.endedAt) + cancelUndoMs });
  }
  return found;
}

/** Whether the workflow has nothing left to wait for. A cancelled run waits until it can no longer be undone. */
export function isOver(s: State, nowMs: number): boolean {
  if (s.effects.length > 0) return false;
  if (s.phase === 'closed') return true;
  if (s.phase === 'live') return isFinished(s);
  return s.phase === 'cancelled' && s.endedAt !== undefined && Date.parse(s.endedAt) + cancelUndoMs <= nowMs;
}

/**
 * Whether the act that the run was begun for is still on its way. Commands arrive one by one, and what is asked of an
 * organization that has everything already begins a run with nothing left to do. Only a repair begins by itself.
 */
export function isBegunOnly(s: State): boolean {
  return s.origin !== 'repair' && s.phase === 'live' && s.revision === 1;
}

/** Performs every deadline that is due. */
export function passTime(s: Draft, nowMs: number, at: string): void {
  const due = otherDeadlines(s).filter(({ atMs }) => atMs <= nowMs);
  if (due.some(({ what }) => what === 'link_ends') && s.link !== undefined) {
    s.link = { ...s.link, ended: true };
    note(s, at, 'link_ended', system, undefined, { link_id: s.link.id });
    if (s.phase === 'live') s.phase = 'closed';
  }
  if (due.some(({ what }) => what === 'stalled')) {
    s.stalledSince = at;
    note(s, at, 'stalled', system, waitingOn(s)?.step);
  }
  if (due.some(({ what }) => what === 'closes')) {
    s.phase = 'closed';
    s.endedAt = at;
    note(s, at, 'closed', system);
    addEffect(s, { kind: 'close_links', outcome: 'revoked' });
    return;
  }
  remindIfDue(s, nowMs, at);
}

/** Reminders that fell due together collapse into the last one: nobody gets five mails after an outage. */
function remindIfDue(s: Draft, nowMs: number, at: string): void {
  if (s.effects.some((e) => e.kind === 'send_reminder')) return;
  if (s.quietUntil !== undefined && Date.parse(s.quietUntil) > nowMs) return;
  const due = pendingReminders(s).filter(({ dueAt }) => dueAt <= nowMs);
  const last = due.at(-1);
  if (last === undefined) return;
  for (const { kind } of due) s.reminders[kind] = { at, sent: false };
  addEffect(s, { kind: 'send_reminder', reminder: last.kind });
}
