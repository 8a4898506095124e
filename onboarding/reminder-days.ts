/**
 * When reminders fall due, in days (`design.md` §7): a setting of the environment, which each onboarding takes with it
 * when somebody is invited.
 */
export type ReminderDays = {
  /** After the link was issued, while nobody has opened it. */
  readonly notOpened: readonly [number, number];
  /** After the last act, while the customer has something to do. */
  readonly halfDone: readonly [number, number];
  /** After a domain was added, while its record is not there. */
  readonly domainUnseen: number;
  /** Before the link ends. */
  readonly linkEnds: number;
};

export const usualReminderDays: ReminderDays = {
  notOpened: [3, 7],
  halfDone: [2, 5],
  domainUnseen: 2,
  linkEnds: 5,
};
