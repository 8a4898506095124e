import type { Generated, Selectable } from 'kysely';

/** What a staff cookie opens; the cookie itself is stored as a digest. */
export interface StaffSessionsTable {
  id: string;
  environmentId: string;
  memberId: string;
  digest: string;
  createdAt: Generated<Date>;
  lastSeenAt: Generated<Date>;
  idleExpiresAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
  userAgent: string | null;
  sourceAddress: string | null;
}

export type StaffSessionRow = Selectable<StaffSessionsTable>;
