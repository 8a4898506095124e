import type { Generated, Selectable } from 'kysely';
import type { JsonWithDefault } from './columns.ts';

/** Customers. A deleted one keeps its row for the restore window. */
export interface OrganizationsTable {
  id: string;
  environmentId: string;
  name: string;
  externalId: string | null;
  stripeCustomerId: string | null;
  metadata: JsonWithDefault<Record<string, string>>;
  allowProfilesOutsideOrganization: Generated<boolean>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
}

export type OrganizationRow = Selectable<OrganizationsTable>;
