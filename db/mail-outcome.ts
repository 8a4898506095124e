import { factRow } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertCommand } from './repositories/commands.ts';
import { recordLinkDelivery } from './repositories/links.ts';
import { lockMail, suppressAddress, updateMail } from './repositories/mails.ts';
import { getOnboarding } from './repositories/onboardings.ts';
import { insertStaffNews } from './repositories/staff-news.ts';
import type { MailRow } from './tables/mails.ts';
import type { Tenant } from './tenant.ts';

/** What became of a mail after our mail server took it; `words` are those of the other side. */
export type MailOutcome =
  { kind: 'delivered' } | { kind: 'bounced'; words: string } | { kind: 'complaint'; words: string };

type Told = { now: Date; newId: (prefix: `${string}_`) => string };

const onTheWay: readonly MailRow['state'][] = ['sending', 'sent'];

/**
 * The one way a mail becomes delivered or bounced, whoever reports it. A bounce ends the mail, its link counts as
 * bounced, and its address is mailed no more; so is an address whose owner complains. Both are audited and told to the
 * open onboarding, a bounce to staff too. Reported twice, or about a mail that never went out, it changes nothing. False: there is no such mail.
 */
export async function recordMailOutcome(
  tx: Tx,
  tenant: Tenant,
  mailId: string,
  outcome: MailOutcome,
  told: Told,
): Promise<boolean> {
  const mail = await lockMail(tx, tenant, mailId);
  if (mail === undefined) return false;
  switch (outcome.kind) {
    case 'delivered':
      if (onTheWay.includes(mail.state)) await end(tx, mail, 'delivered', null, told);
      return true;
    case 'bounced':
      if (!onTheWay.includes(mail.state) && mail.state !== 'delivered') return true;
      await end(tx, mail, 'bounced', outcome.words, told);
      await tellStaffOfBounce(tx, mail, told);
      await suppress(tx, mail, outcome, told);
      return true;
    case 'complaint':
      if (onTheWay.includes(mail.state) || mail.state === 'delivered')
        await suppress(tx, mail, outcome, told);
      return true;
  }
}

/** The vendor's people hear of a mail about an onboarding that did not reach its contact. */
export async function tellStaffOfBounce(
  tx: Tx,
  { id: mailId, environmentId, organizationId, onboardingId, contactId }: MailRow,
  { now, newId }: Told,
): Promise<void> {
  if (organizationId === null || onboardingId === null || contactId === null) return;
  const news = { id: newId('news_'), environmentId, organizationId, onboardingId, mailId };
  await insertStaffNews(tx, { ...news, kind: 'bounced', createdAt: now });
}

async function end(
  tx: Tx,
  mail: MailRow,
  state: 'delivered' | 'bounced',
  serverAnswer: string | null,
  { now }: Told,
): Promise<void> {
  const whose = { environmentId: mail.environmentId, organizationId: mail.organizationId };
  await updateMail(tx, whose, mail.id, {
    state,
    endedAt: now,
    ...(serverAnswer === null ? {} : { serverAnswer }),
  });
  if (mail.linkId !== null) await recordLinkDelivery(tx, whose, mail.linkId, state);
}

async function suppress(
  tx: Tx,
  mail: MailRow,
  { kind, words }: Exclude<MailOutcome, { kind: 'delivered' }>,
  { now, newId }: Told,
): Promise<void> {
  const { environmentId, organizationId } = mail;
  const isNew = await suppressAddress(tx, mail, { address: mail.recipient, reason: kind, now });
  if (!isNew && kind === 'complaint') return;
  const actor = { type: 'system', id: 'mail' } as const;
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor,
    at: now,
    action: kind === 'bounced' ? 'mail.bounced' : 'mail.complained',
    target: { type: 'mail', id: mail.id },
    after: { kind: mail.kind, words },
  });
  if (mail.onboardingId === null) return;
  const onboarding = await getOnboarding(tx, mail, mail.onboardingId);
  if (!onboarding.isOpen) return;
  const fact = { kind: 'mail_bounced', mail: mail.kind.replace(/^reminder_/, '') } as const;
  await insertCommand(tx, factRow(onboarding, { key: newId('cmd_'), actor, ...fact }, now));
}
