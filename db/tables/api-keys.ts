import type { Generated, Selectable } from 'kysely';
import { columnNames } from '../row-columns.ts';

/** API keys of an environment: found by digest, the secret itself is never stored [API-01]. */
export interface ApiKeysTable {
  id: string;
  environmentId: string;
  name: string;
  digest: string;
  suffix: string;
  /** Of `onboarding/api-scopes.ts`. */
  scopes: Generated<string[]>;
  /** Blocks of addresses from which alone it may be used; none: from everywhere. */
  addresses: Generated<string[]>;
  createdAt: Generated<Date>;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** The key that took over; this one ends after the overlap. */
  replacedBy: string | null;
}

export type ApiKeyRow = Selectable<ApiKeysTable>;

export const apiKeyColumns = columnNames<ApiKeysTable>({
  id: true,
  environmentId: true,
  name: true,
  digest: true,
  suffix: true,
  scopes: true,
  addresses: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
  revokedAt: true,
  replacedBy: true,
});
