import type { Generated, Selectable } from 'kysely';

/** Setup, colleague and portal links: a digest for look-up, the token sealed while retries must repeat it. */
export interface LinksTable {
  id: string;
  environmentId: string;
  organizationId: string;
  onboardingId: string | null;
  kind: 'main' | 'colleague' | 'portal';
  digest: string;
  tokenSealed: string | null;
  features: string[];
  intent: string | null;
  step: string | null;
  /** Of a link that is about one connection of several. */
  connectionId: string | null;
  /** Of a link that is about one directory of several. */
  directoryId: string | null;
  /** Of a link that is about one log stream of several. */
  logStreamId: string | null;
  providerHint: string | null;
  domainHint: string | null;
  contactId: string | null;
  /** Of a portal link: whom of the vendor's own users it was made for, by the vendor's id. */
  externalUserId: string | null;
  note: string | null;
  returnUrl: string | null;
  successUrl: string | null;
  delivery: 'mail' | 'copy' | 'redirect';
  state:
    | 'created'
    | 'sent'
    | 'delivered'
    | 'bounced'
    | 'opened'
    | 'completed'
    | 'expired'
    | 'revoked'
    | 'replaced';
  openedTimes: Generated<number>;
  fetchedTimes: Generated<number>;
  firstOpenedAt: Date | null;
  lastOpenedAt: Date | null;
  createdByType: string;
  createdById: string | null;
  createdAt: Generated<Date>;
  expiresAt: Date;
  endedAt: Date | null;
}

export type LinkRow = Selectable<LinksTable>;
