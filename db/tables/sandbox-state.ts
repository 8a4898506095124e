import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** Switches of the sandbox, by name. */
export interface SandboxStateTable {
  environmentId: string;
  key: string;
  value: Json<string | number | boolean | readonly unknown[] | Record<string, unknown>>;
  updatedAt: Generated<Date>;
}

export type SandboxStateRow = Selectable<SandboxStateTable>;
