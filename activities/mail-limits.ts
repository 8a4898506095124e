import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { digestToken } from '../adapters/tokens.ts';
import type { MailBudget } from '../db/index.ts';

/** How many mails may go out; all are settings [MAIL-06]. Codes have limits of their own, where they are asked for. */
export interface MailLimits {
  perRecipientMinute: number;
  perRecipientDay: number;
  perOrganizationDay: number;
  /** Of invitations and fresh links that one API key or one member of staff has sent. */
  perCreatorDay: number;
  /** News to one of the vendor's own people; they use up nothing of the customers' limits. */
  perMemberDay: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What a mail uses up. Keys hold no address: counters are nobody's data. */
export function budgetsOf(
  mail: {
    environmentId: string;
    organizationId: string | null;
    recipient: string;
    creator: string | null;
    isToStaff: boolean;
  },
  limits: MailLimits,
): MailBudget[] {
  const { environmentId, organizationId, recipient, creator, isToStaff } = mail;
  const person = digestToken(`${environmentId} ${recipient.toLowerCase()}`).toString('hex');
  if (isToStaff) return [{ key: `mails_member_day:${person}`, limit: limits.perMemberDay, windowMs: dayMs }];
  const budgets = [
    { key: `mails_recipient_minute:${person}`, limit: limits.perRecipientMinute, windowMs: minuteMs },
    { key: `mails_recipient_day:${person}`, limit: limits.perRecipientDay, windowMs: dayMs },
    {
      key: `mails_organization_day:${organizationId ?? environmentId}`,
      limit: limits.perOrganizationDay,
      windowMs: dayMs,
    },
  ];
  if (creator === null) return budgets;
  const ofCreator = { key: `mails_creator_day:${creator}`, limit: limits.perCreatorDay, windowMs: dayMs };
  return [...budgets, ofCreator];
}

/** The mail waits: the activity is tried again when its limit allows the next one. */
export function heldBack(until: Date, now: Date): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NotYet',
    message: 'over the limit of mails',
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: Math.max(1_000, until.getTime() - now.getTime()),
  });
}
