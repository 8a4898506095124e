import type { Generated, Selectable } from 'kysely';

/** What the vendor wants to know of people beyond the standard fields; each connection maps it. */
export interface CustomAttributesTable {
  id: string;
  environmentId: string;
  key: string;
  label: string;
  isRequired: Generated<boolean>;
  createdAt: Generated<Date>;
}

export type CustomAttributeRow = Selectable<CustomAttributesTable>;
