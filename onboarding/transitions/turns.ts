import type { Actor } from '../commands.ts';
import { takenOverForMs } from '../reminders.ts';
import type { State } from '../state.ts';
import { type StepName, stepNames } from '../steps.ts';
import { blockedBy, holderOf, waitingOn } from '../view.ts';
import { addEffect, type Draft, leaveAlone, note, system } from './draft.ts';

/** Whose turn it is: steps taken over, handed back and taken back, and who is told of it. */

/**
 * Tells that the turn has passed to staff or back to the customer. Back again, the customer is mailed unless it was
 * their own doing, and the days until a reminder count anew.
 */
export function passTurn(s: Draft, before: State, by: Actor, at: string): void {
  if (s.phase !== 'open') return;
  const was = waitingOn(before)?.who;
  const now = waitingOn(s);
  if (now === undefined || was === undefined || was === now.who) return;
  // Who took over or handed back this very step has said so already.
  const isTold = s.entries.some(
    ({ number, kind }) => number > before.lastEntry && (kind === 'handed_over' || kind === 'handed_back'),
  );
  if (now.who === 'staff' && !isTold) note(s, at, 'handed_over', by, now.step);
  if (was !== 'staff' || now.who !== 'customer') return;
  s.handedBackAt = at;
  if (isTold || by.type === 'customer' || by.type === 'colleague') return;
  note(s, at, 'handed_back', by, now.step);
  if (now.step !== undefined) tellOfTurn(s, now.step);
}

/** Steps that staff took over and left alone go back by themselves, as if they had been handed back. */
export function returnSteps(s: Draft, before: State, nowMs: number, at: string): void {
  if (s.phase !== 'open' && s.phase !== 'live') return;
  const due = takenOverSteps(s).filter((step) => returnsAt(s, step) <= nowMs);
  if (due.length === 0) return;
  for (const step of due) {
    giveToCustomer(s, step);
    note(s, at, 'handed_back', system, step);
    tellOfTurn(s, step);
  }
  passTurn(s, before, system, at);
}

/** A step is the customer's from now on, whatever made it staff's. */
export function giveToCustomer(s: Draft, step: StepName): void {
  leaveAlone(s, step);
  if (holderOf(s, step) !== 'customer') s.takenBack = [...(s.takenBack ?? []), step];
}

/** Mails the customer that a step is theirs to do, if they can do it now. */
export function tellOfTurn(s: Draft, step: StepName): void {
  if (!s.invited || s.link?.contactId == null || blockedBy(s, step) !== undefined) return;
  addEffect(s, { kind: 'send_notice', notice: 'your_turn', subjectId: step });
}

/** Whatever staff do here, they are not idle. */
export function staffActed(s: Draft, at: string): void {
  for (const step of takenOverSteps(s)) {
    const since = s.takenOver?.[step]?.at ?? at;
    s.takenOver = { ...s.takenOver, [step]: { at: since, lastActAt: at } };
  }
}

/** Steps that staff took over, in the order of the journey. */
export const takenOverSteps = ({ takenOver = {} }: State) =>
  stepNames.filter((step) => takenOver[step] !== undefined);

/** When a step goes back if staff leave it alone, in milliseconds since 1970. */
export const returnsAt = ({ takenOver }: State, step: StepName) =>
  Date.parse(takenOver?.[step]?.lastActAt ?? '') + takenOverForMs;
