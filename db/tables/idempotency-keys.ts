import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** The stored answer of a request, for its repetition [REL-02]. */
export interface IdempotencyKeysTable {
  environmentId: string;
  scope: string;
  key: string;
  bodyHash: string;
  status: number | null;
  headers: Json<Record<string, string>> | null;
  body: string | null;
  bodySealed: Generated<boolean>;
  createdAt: Generated<Date>;
  expiresAt: Date;
}

export type IdempotencyKeyRow = Selectable<IdempotencyKeysTable>;
