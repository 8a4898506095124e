import type { Generated, Selectable } from 'kysely';

/** Every mail we send, one row per effect, so that a retry finds what an earlier try has done [REL-05]. */
export interface MailsTable {
  id: string;
  environmentId: string;
  organizationId: string | null;
  onboardingId: string | null;
  effectId: string;
  kind: string;
  recipient: string;
  contactId: string | null;
  linkId: string | null;
  subject: string;
  messageId: string;
  state: 'queued' | 'sending' | 'sent' | 'delivered' | 'bounced' | 'refused' | 'suppressed' | 'withdrawn';
  serverAnswer: string | null;
  /** Over a limit until then; the state is `queued` [MAIL-06]. */
  heldUntil: Date | null;
  createdAt: Generated<Date>;
  /** When the mail server was last asked to take it. */
  triedAt: Date | null;
  sentAt: Date | null;
  endedAt: Date | null;
}

export type MailRow = Selectable<MailsTable>;
