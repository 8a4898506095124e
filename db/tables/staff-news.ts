import type { Generated, Selectable } from 'kysely';

/** What staff have yet to be mailed about an onboarding; gone once they are told. */
export interface StaffNewsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  onboardingId: string;
  kind: 'stalled' | 'bounced' | 'live';
  /** The mail that bounced. */
  mailId: string | null;
  createdAt: Generated<Date>;
}

export type StaffNewsRow = Selectable<StaffNewsTable>;
