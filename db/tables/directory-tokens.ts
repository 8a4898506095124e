import type { Generated, Selectable } from 'kysely';

/** A bearer token of a directory: two are good at once, so that one can follow another [SCIM-01]. */
export interface DirectoryTokensTable {
  id: string;
  environmentId: string;
  organizationId: string;
  directoryId: string;
  digest: string;
  suffix: string;
  createdAt: Generated<Date>;
  expiresAt: Date | null;
  firstUsedAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

export type DirectoryTokenRow = Selectable<DirectoryTokensTable>;
