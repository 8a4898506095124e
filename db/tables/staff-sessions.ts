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
  /** How the member was let in; by single sign-on the word is another's, and counts in this environment only. */
  provedBy: Generated<'code' | 'link' | 'sso'>;
  /**
   * When they last proved who they are; a session that takes the place of another keeps that one's [UI-04]. Null where a
   * provider let them in that was not asked to look at them anew.
   */
  provedAt: Generated<Date | null>;
}

export type StaffSessionRow = Selectable<StaffSessionsTable>;
