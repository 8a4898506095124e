import { ApplicationFailure } from '@temporalio/common';
import type { BounceAddresses } from '../adapters/mail/bounce-addresses.ts';
import type { RenderedMail } from '../adapters/mail/layout.ts';
import { safeName } from '../adapters/mail/safe-text.ts';
import { MailServerUnavailable, type Mailer } from '../adapters/mailer.ts';
import { newId } from '../adapters/ids.ts';
import {
  claimMail,
  isSuppressed,
  lockMail,
  recordLinkDelivery,
  spendMailBudgets,
  tellStaffOfBounce,
  updateMail,
  withTenant,
  type Db,
  type MailRow,
  type Tx,
} from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { EffectOutcome } from '../onboarding/state.ts';
import { budgetsOf, heldBack, type MailLimits } from './mail-limits.ts';

export type MailDeps = {
  db: Db;
  mailer: Mailer;
  now: () => Date;
  /** Origin of the setup links in mails, and the host of Message-IDs. */
  portalUrl: string;
  /** Envelope senders that tell us which mail came back; null: bounces go to the sender of the mail. */
  bounceAddresses: Pick<BounceAddresses, 'addressOf'> | null;
  mailLimits: MailLimits;
};

export type MailOrder = {
  /** One effect, one mail: a retry finds what an earlier try has done [REL-05]. */
  effectId: string;
  environmentId: string;
  /** Null: about nothing of a customer. */
  organizationId: string | null;
  onboardingId: string | null;
  kind: string;
  to: { contactId: string | null; email: string; name: string | null };
  linkId: string | null;
  /** Who had the link made that it carries, `type:id`; null for what the product sends by itself. */
  creator: string | null;
  /** To one of the vendor's own people, who have a limit of their own. */
  isToStaff?: boolean;
  /** The first mail of the onboarding's thread, where this one is not it. */
  inReplyTo: string | null;
  replyTo: string | null;
  mail: RenderedMail;
};

type ToMember = 'to' | 'linkId' | 'creator' | 'isToStaff' | 'inReplyTo' | 'replyTo';

/** What mails to one of the vendor's own people have in common: news by the product itself, in no thread. */
export const toMember = ({ email, name }: { email: string; name: string | null }) =>
  ({
    to: { contactId: null, email, name },
    isToStaff: true,
    linkId: null,
    creator: null,
    inReplyTo: null,
    replyTo: null,
  }) satisfies Pick<MailOrder, ToMember>;

/**
 * Sends one mail at most once per effect: row first, then the mail server, then the row again. Only a process that dies
 * between the server's acceptance and our commit sends a second copy, and that one has the same Message-ID and link.
 * A refusal by the server is an answer; a server that is away throws and is tried again, and so is a mail over its limit
 * [MAIL-06]: it waits, and is counted once, when it is let through.
 */
export async function deliverMail(deps: MailDeps, order: MailOrder): Promise<EffectOutcome> {
  const tenant = { environmentId: order.environmentId, organizationId: order.organizationId };
  const claimed = await withTenant(deps.db, tenant, async (tx) => {
    const { mail } = await claimMail(tx, rowOf(order, deps));
    if (mail.state !== 'queued' && mail.state !== 'sending') return mail;
    return (await updateMail(tx, tenant, mail.id, await nextStateOf(tx, mail, order, deps))) ?? mail;
  });
  if (claimed.state === 'queued' && claimed.heldUntil !== null) throw heldBack(claimed.heldUntil, deps.now());
  const known = outcomeOf(claimed, deps.now());
  if (known !== undefined) return known;

  try {
    const { response } = await deps.mailer.send({
      to: { ...(order.to.name === null ? {} : { name: order.to.name }), address: order.to.email },
      ...(order.replyTo === null ? {} : { replyTo: { address: order.replyTo } }),
      ...order.mail,
      messageId: claimed.messageId,
      ...(deps.bounceAddresses === null ? {} : { envelopeFrom: deps.bounceAddresses.addressOf(claimed.id) }),
      environmentId: order.environmentId,
      ...(order.inReplyTo === null ? {} : { inReplyTo: order.inReplyTo, references: [order.inReplyTo] }),
    });
    return await record(deps, order, claimed.id, { state: 'sent', serverAnswer: response });
  } catch (error) {
    if (!(error instanceof OnboardingError)) throw error;
    const words = typeof error.facts.words === 'string' ? error.facts.words : error.code;
    return record(deps, order, claimed.id, { state: 'refused', serverAnswer: words });
  }
}

/**
 * As `deliverMail`, for news that are asked for again each round: answers whether this one was written, or never will be;
 * false while a limit or the mail server does not let it out.
 */
export async function deliverOrWait(deps: MailDeps, order: MailOrder): Promise<boolean> {
  try {
    await deliverMail(deps, order);
    return true;
  } catch (error) {
    if (error instanceof ApplicationFailure || error instanceof MailServerUnavailable) return false;
    throw error;
  }
}

/** Whether a mail that waits may go now. One that was let through before is not counted again. */
async function nextStateOf(
  tx: Tx,
  { state, environmentId, recipient }: MailRow,
  { organizationId, creator, isToStaff = false }: MailOrder,
  { mailLimits, now }: MailDeps,
) {
  if (await isSuppressed(tx, { environmentId }, recipient))
    return { state: 'suppressed' as const, heldUntil: null, endedAt: now() };
  if (state === 'sending') return { state, triedAt: now() };
  const mail = { environmentId, organizationId, recipient, creator, isToStaff };
  const heldUntil = await spendMailBudgets(tx, budgetsOf(mail, mailLimits), now());
  return heldUntil === undefined
    ? { state: 'sending' as const, heldUntil: null, triedAt: now() }
    : { state: 'queued' as const, heldUntil };
}

/** A name that no mail may carry is no reason to try for ever; the dashboard has the news [MAIL-04]. */
export function isMailable(name: string): boolean {
  try {
    safeName(name);
    return true;
  } catch (error) {
    if (error instanceof OnboardingError) return false;
    throw error;
  }
}

function rowOf(order: MailOrder, { now, portalUrl }: MailDeps) {
  const id = newId('mail_');
  return {
    id,
    environmentId: order.environmentId,
    organizationId: order.organizationId,
    onboardingId: order.onboardingId,
    effectId: order.effectId,
    kind: order.kind,
    recipient: order.to.email,
    contactId: order.to.contactId,
    linkId: order.linkId,
    subject: order.mail.subject,
    messageId: `<${id}@${new URL(portalUrl).hostname}>`,
    createdAt: now(),
  };
}

/** What an earlier try has come to; undefined while the mail is still to be sent. */
function outcomeOf(mail: MailRow, now: Date): EffectOutcome | undefined {
  const at = (mail.sentAt ?? now).toISOString();
  if (mail.state === 'sent' || mail.state === 'delivered') return { status: 'done', at };
  if (mail.state === 'queued' || mail.state === 'sending') return undefined;
  return { status: 'refused', at, code: 'mail_refused' };
}

async function record(
  deps: MailDeps,
  order: MailOrder,
  mailId: string,
  result: { state: 'sent' | 'refused'; serverAnswer: string },
): Promise<EffectOutcome> {
  const tenant = { environmentId: order.environmentId, organizationId: order.organizationId };
  const at = deps.now();
  await withTenant(deps.db, tenant, async (tx) => {
    // A report may have been faster than the server's own answer.
    const mail = await lockMail(tx, tenant, mailId);
    if (mail?.state !== 'sending') return;
    const end = result.state === 'sent' ? { sentAt: at } : { endedAt: at };
    await updateMail(tx, tenant, mailId, { ...result, ...end });
    if (result.state === 'refused') await tellStaffOfBounce(tx, mail, { now: at, newId });
    if (order.linkId !== null) {
      await recordLinkDelivery(tx, tenant, order.linkId, result.state === 'sent' ? 'sent' : 'bounced');
    }
  });
  return result.state === 'sent'
    ? { status: 'done', at: at.toISOString() }
    : { status: 'refused', at: at.toISOString(), code: 'mail_refused' };
}
