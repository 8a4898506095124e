import type { Generated, Selectable } from 'kysely';

/** A role of the vendor. Rank 1 is the top role. */
export interface RolesTable {
  id: string;
  environmentId: string;
  slug: string;
  name: string;
  description: string | null;
  rank: number;
  isDefault: Generated<boolean>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export type RoleRow = Selectable<RolesTable>;
