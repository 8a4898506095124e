import type { Generated, Selectable } from 'kysely';
import type { AuditSchemaDefinition } from '../../onboarding/audit-schemas.ts';
import type { Json } from './columns.ts';

/** One version of what events of an action look like; never changed. */
export interface AuditSchemasTable {
  id: string;
  environmentId: string;
  actionId: string;
  version: number;
  definition: Json<AuditSchemaDefinition>;
  createdAt: Generated<Date>;
}

export type AuditSchemaRow = Selectable<AuditSchemasTable>;
