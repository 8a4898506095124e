import type { Generated, GeneratedAlways, Selectable } from 'kysely';
import type { OnboardingView } from '../../onboarding/view.ts';
import type { Json } from './columns.ts';

/** The outbox: what a person or machine asked of a workflow, until the workflow has it. */
export interface CommandsTable {
  id: string;
  environmentId: string;
  organizationId: string | null;
  workflowId: string;
  delivery: 'update' | 'signal';
  message: string;
  /** Whether somebody may wait for it. */
  isHurried: Generated<boolean>;
  start: Json<Record<string, unknown>> | null;
  body: Json<Record<string, unknown>>;
  state: Generated<'accepted' | 'applied' | 'refused' | 'dead'>;
  result: Json<OnboardingView> | null;
  refusal: string | null;
  attempts: Generated<number>;
  nextAttemptAt: Generated<Date>;
  claimedUntil: Date | null;
  lastError: string | null;
  createdAt: Generated<Date>;
  deliveredAt: Date | null;
  seq: GeneratedAlways<number>;
}

export type CommandRow = Selectable<CommandsTable>;
