import type { Generated, Selectable } from 'kysely';
import type { Actor } from '../../onboarding/commands.ts';
import type { TimelineKind } from '../../onboarding/state.ts';
import type { StepName } from '../../onboarding/steps.ts';
import type { JsonWithDefault } from './columns.ts';

/** The onboarding told in order, for people. */
export interface TimelineEntriesTable {
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  number: number;
  at: Date;
  kind: TimelineKind;
  actorType: Actor['type'];
  actorId: string;
  completes: Generated<boolean>;
  step: StepName | null;
  facts: JsonWithDefault<Record<string, string | number | boolean>>;
}

export type TimelineEntryRow = Selectable<TimelineEntriesTable>;
