import type { Generated, Selectable } from 'kysely';

/** What staff have yet to be mailed about an onboarding; gone once they are told. */
export interface StaffNewsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  onboardingId: string;
  kind: 'stalled' | 'bounced' | 'live' | 'trouble';
  /** The mail that bounced. */
  mailId: string | null;
  createdAt: Generated<Date>;
  /** What needs repair. */
  troubleId: string | null;
}

export type StaffNewsRow = Selectable<StaffNewsTable>;
