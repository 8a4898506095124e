import type { Generated, Selectable } from 'kysely';
import type { TroubleKind } from '../../onboarding/troubles.ts';

/** What is wrong with something that is live, until it is well again. */
export interface TroublesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  kind: TroubleKind;
  /** The connection or the domain. */
  subjectId: string;
  since: Date;
  cause: string | null;
  /** The onboarding that was to repair it; over when nobody did. */
  onboardingId: string;
  createdAt: Generated<Date>;
  endedAt: Date | null;
  /** How many onboardings were begun or joined to repair it. */
  runs: Generated<number>;
}

export type TroubleRow = Selectable<TroublesTable>;
