import type { Generated, Selectable } from 'kysely';

/** API keys of an environment: found by digest, the secret itself is never stored [API-01]. */
export interface ApiKeysTable {
  id: string;
  environmentId: string;
  name: string;
  digest: string;
  suffix: string;
  /** Of `onboarding/api-scopes.ts`. */
  scopes: Generated<string[]>;
  createdAt: Generated<Date>;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** The key that took over; this one ends after the overlap. */
  replacedBy: string | null;
}

export type ApiKeyRow = Selectable<ApiKeysTable>;
