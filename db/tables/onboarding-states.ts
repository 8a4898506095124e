import type { State } from '../../onboarding/state.ts';
import type { Json } from './columns.ts';

/** What the workflow of an onboarding knew when it told its progress last; its lines are in `timeline_entries`. */
export interface OnboardingStatesTable {
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  revision: number;
  state: Json<State>;
  recordedAt: Date;
}
