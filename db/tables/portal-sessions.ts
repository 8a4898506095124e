import type { Generated, Selectable } from 'kysely';

/** What a link opens: a cookie (stored as a digest) for one organization and its features. */
export interface PortalSessionsTable {
  id: string;
  handle: string;
  environmentId: string;
  organizationId: string;
  linkId: string;
  digest: string;
  features: string[];
  createdAt: Generated<Date>;
  lastSeenAt: Generated<Date>;
  idleExpiresAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  userAgent: string | null;
  sourceAddress: string | null;
  timeZone: string | null;
  locale: string | null;
  previousVisitAt: Date | null;
  /** Who of the vendor's people looks along; null for the customer. */
  staffMemberId: string | null;
}

export type PortalSessionRow = Selectable<PortalSessionsTable>;
