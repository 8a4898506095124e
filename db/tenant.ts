import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { Database } from './tables/index.ts';

/** Whose rows are meant. Without `organizationId`, those of the whole environment. */
export interface Tenant {
  environmentId: string;
  organizationId?: string | null;
}

type OfOrganization = {
  [Table in keyof Database]: 'organizationId' extends keyof Database[Table] ? Table : never;
}[keyof Database];
type OfEnvironment = {
  [Table in keyof Database]: 'environmentId' extends keyof Database[Table] ? Table : never;
}[keyof Database];

/**
 * The first wall between tenants [IDB-03]: every query says whose rows it means, also where row-level security would
 * hold by itself.
 */
export function ownedBy(table: OfOrganization | 'organizations', tenant: Tenant): RawBuilder<SqlBool> {
  const { environmentId, organizationId } = tenant;
  const column = table === 'organizations' ? 'id' : 'organizationId';
  return organizationId
    ? sql`${sql.ref(`${table}.environmentId`)} = ${environmentId} and ${sql.ref(`${table}.${column}`)} = ${organizationId}`
    : ofEnvironment(table, tenant);
}

/** The same for what belongs to an environment alone. */
export function ofEnvironment(table: OfEnvironment, tenant: Tenant): RawBuilder<SqlBool> {
  return sql`${sql.ref(`${table}.environmentId`)} = ${tenant.environmentId}`;
}
