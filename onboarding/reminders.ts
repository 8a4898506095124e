import { usualReminderDays } from './reminder-days.ts';
import type { ReminderKind, State } from './state.ts';
import { customersNextStep, customersSince, isFinished, isOnlyForStaff, isPlanned } from './view.ts';

/** When to nudge whom, as a table (`design.md` §7, Reminders). */

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const stalledAfterMs = 7 * dayMs;
export const portalRunClosesAfterMs = 14 * dayMs;
export const cancelUndoMs = 7 * dayMs;
/** A step that staff took over and left alone is the customer's again. */
export const takenOverForMs = 4 * hourMs;

type Rule = {
  kind: Exclude<ReminderKind, 'manual'>;
  /** When the reminder falls due, or undefined while it has no reason. */
  dueAt: (s: State) => number | undefined;
};

const daysOf = (s: State) => s.reminderDays ?? usualReminderDays;
const after = (at: string | undefined, ms: number) => (at === undefined ? undefined : Date.parse(at) + ms);
const latest = (a: string, b: string | undefined) => (b !== undefined && b > a ? b : a);
const notOpened = (s: State) =>
  s.invited && s.openedAt === undefined && s.link !== undefined
    ? latest(s.link.issuedAt, s.handedBackAt)
    : undefined;
const halfDone = (s: State) =>
  s.openedAt !== undefined && customersNextStep(s) !== undefined ? customersSince(s) : undefined;
const waitingDomain = (s: State) =>
  isPlanned(s, 'domain_verification') ? s.domains.find((d) => d.state === 'waiting') : undefined;

const waitingPeople = (s: State) =>
  isPlanned(s, 'directory_sync') && s.steps.receive_people?.state === 'waiting'
    ? s.steps.receive_people
    : undefined;

/** Longer than any client takes to begin by itself: waiting for its cycle is not idleness. */
const peopleUnseenMs = 2 * dayMs;

/** In the order in which they would be sent; of several that are due at once only the last one is (`dueReminder`). */
const reminderRules: readonly Rule[] = [
  { kind: 'not_opened_3', dueAt: (s) => after(notOpened(s), daysOf(s).notOpened[0] * dayMs) },
  { kind: 'not_opened_7', dueAt: (s) => after(notOpened(s), daysOf(s).notOpened[1] * dayMs) },
  { kind: 'half_done_2', dueAt: (s) => after(halfDone(s), daysOf(s).halfDone[0] * dayMs) },
  { kind: 'half_done_5', dueAt: (s) => after(halfDone(s), daysOf(s).halfDone[1] * dayMs) },
  {
    kind: 'domain_unseen',
    dueAt: (s) => after(waitingDomain(s)?.since, daysOf(s).domainUnseen * dayMs),
  },
  { kind: 'people_unseen', dueAt: (s) => after(waitingPeople(s)?.since, peopleUnseenMs) },
  {
    kind: 'test_failed_twice',
    dueAt: (s) => {
      const test = isPlanned(s, 'sso') ? s.steps.test_sign_in : undefined;
      return test?.state === 'failed' && test.failures >= 2 ? Date.parse(test.since) : undefined;
    },
  },
  {
    kind: 'link_ends_soon',
    dueAt: (s) => {
      if (s.link === undefined || s.link.ended) return undefined;
      const life = Date.parse(s.link.expiresAt) - Date.parse(s.link.issuedAt);
      const before = daysOf(s).linkEnds * dayMs;
      return life <= before ? undefined : after(s.link.expiresAt, -before);
    },
  },
];

/** Reminders are for invited people of an onboarding that waits for somebody else than staff. */
function mayRemind(s: State): boolean {
  return (
    s.remindersOn &&
    s.phase === 'open' &&
    s.origin === 'invitation' &&
    s.invited &&
    s.link?.contactId != null &&
    !isFinished(s) &&
    !isOnlyForStaff(s)
  );
}

/** Every reminder that still has a reason and was not sent for that reason, with its instant in ms. */
export function pendingReminders(s: State): { kind: Rule['kind']; dueAt: number }[] {
  if (!mayRemind(s)) return [];
  return reminderRules.flatMap((rule) => {
    const dueAt = rule.dueAt(s);
    if (dueAt === undefined) return [];
    const last = s.reminders[rule.kind];
    const answered = last !== undefined && Date.parse(last.at) >= dueAt;
    return answered ? [] : [{ kind: rule.kind, dueAt }];
  });
}
