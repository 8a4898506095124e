import type { Generated, Selectable } from 'kysely';

/** Six-digit codes (under a pepper) and one-time sign-in links of staff. */
export interface StaffSignInsTable {
  id: string;
  environmentId: string;
  memberId: string;
  kind: 'code' | 'link';
  digest: string;
  tries: Generated<number>;
  createdAt: Generated<Date>;
  expiresAt: Date;
  usedAt: Date | null;
}

export type StaffSignInRow = Selectable<StaffSignInsTable>;
