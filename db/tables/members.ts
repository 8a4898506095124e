import type { Generated, Selectable } from 'kysely';

/** The vendor's own people and their roles. */
export interface MembersTable {
  id: string;
  environmentId: string;
  email: string;
  name: string | null;
  role: 'admin' | 'developer' | 'support' | 'viewer';
  createdAt: Generated<Date>;
  lastSeenAt: Date | null;
  removedAt: Date | null;
}

export type MemberRow = Selectable<MembersTable>;
