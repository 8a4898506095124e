import type { Generated, Selectable } from 'kysely';
import type { StepNotes } from '../../onboarding/step-notes.ts';
import type { OnboardingView } from '../../onboarding/view.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** The read model of one onboarding: written by its workflow only, guarded by `revision`. */
export interface OnboardingsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  number: number;
  origin: 'invitation' | 'portal' | 'repair';
  state: 'invited' | 'opened' | 'in_progress' | 'live' | 'closed' | 'cancelled';
  paused: Generated<boolean>;
  stalledSince: Date | null;
  waitingFor: 'customer' | 'colleague' | 'staff' | 'dns' | 'provider' | null;
  waitingSince: Date | null;
  nextDueAt: Date | null;
  revision: Generated<number>;
  view: Json<OnboardingView>;
  stepsDone: Generated<number>;
  stepsTotal: Generated<number>;
  isOpen: Generated<boolean>;
  liveAt: Date | null;
  lastActAt: Date | null;
  /** What staff said when they handed a step back. Written by the api, unlike the rest. */
  stepNotes: JsonWithDefault<StepNotes>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export type OnboardingRow = Selectable<OnboardingsTable>;
