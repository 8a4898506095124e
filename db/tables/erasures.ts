import type { Generated, Selectable } from 'kysely';
import type { ErasedKind } from '../../onboarding/erasure.ts';
import type { JsonWithDefault } from './columns.ts';

/** Persons to be erased on request, and what came of it. Who it was is forgotten with the work. */
export interface ErasuresTable {
  id: string;
  environmentId: string;
  /** Null: wherever the person is known in the environment. */
  organizationId: string | null;
  email: string | null;
  idpId: string | null;
  state: Generated<'waiting' | 'done'>;
  erased: JsonWithDefault<Partial<Record<ErasedKind, number>>>;
  createdAt: Generated<Date>;
  finishedAt: Date | null;
}

export type ErasureRow = Selectable<ErasuresTable>;
