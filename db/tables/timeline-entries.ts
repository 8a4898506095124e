import type { Selectable } from 'kysely';
import type { JsonWithDefault } from './columns.ts';

/** The onboarding told in order, for people. */
export interface TimelineEntriesTable {
  onboardingId: string;
  environmentId: string;
  organizationId: string;
  number: number;
  at: Date;
  kind: string;
  actorType: string;
  actorId: string | null;
  step: string | null;
  facts: JsonWithDefault<Record<string, unknown>>;
}

export type TimelineEntryRow = Selectable<TimelineEntriesTable>;
