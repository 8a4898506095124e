import type { Selectable } from 'kysely';
import type { StepName } from '../../onboarding/steps.ts';

/** One row per awaited portal step and round: opened and closed by the workflow, read by the doors of the portal. */
export interface PortalStepsTable {
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  step: StepName;
  round: number;
  openedAt: Date;
  closedAt: Date | null;
  outcome: string | null;
}

export type PortalStepRow = Selectable<PortalStepsTable>;
