/** The actions of the vendor's audit events, and the schemas of each, version by version. */
import { sql } from 'kysely';
import type { AuditSchemaDefinition } from '../../onboarding/audit-schemas.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { AuditActionRow } from '../tables/audit-actions.ts';
import type { AuditSchemaRow } from '../tables/audit-schemas.ts';
import { toJson } from '../tables/columns.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

/** An action with the newest of its schemas. */
export type ActionWithSchema = AuditActionRow & { schema: AuditSchemaRow };

/**
 * Adds a version to an action, which is made when there is none. A definition that is the newest one already adds
 * nothing: that one is given back.
 */
export async function addAuditSchema(
  tx: Tx,
  { environmentId }: Tenant,
  schema: { actionId: string; schemaId: string; action: string; definition: AuditSchemaDefinition },
  now: Date,
): Promise<{ schema: AuditSchemaRow; isNew: boolean }> {
  const dates = { createdAt: now, updatedAt: now };
  // Whoever comes second waits here for the first.
  const action = await tx
    .insertInto('auditActions')
    .values({ id: schema.actionId, environmentId, name: schema.action, latestVersion: 0, ...dates })
    .onConflict((conflict) =>
      conflict
        .columns(['environmentId', 'name'])
        .doUpdateSet({ latestVersion: sql`audit_actions.latest_version` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  const latest = await tx
    .selectFrom('auditSchemas')
    .selectAll()
    .where('actionId', '=', action.id)
    .where('version', '=', action.latestVersion)
    .executeTakeFirst();
  if (latest && canonicalJson(latest.definition) === canonicalJson(schema.definition))
    return { schema: latest, isNew: false };
  const version = action.latestVersion + 1;
  await tx
    .updateTable('auditActions')
    .set({ latestVersion: version, updatedAt: now })
    .where('id', '=', action.id)
    .execute();
  const added = await tx
    .insertInto('auditSchemas')
    .values({
      id: schema.schemaId,
      environmentId,
      actionId: action.id,
      version,
      createdAt: now,
      definition: toJson(schema.definition),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { schema: added, isNew: true };
}

export async function listAuditActions(
  tx: Tx,
  tenant: Tenant,
  request: PageRequest,
): Promise<Page<ActionWithSchema>> {
  const owned = ofEnvironment('auditActions', tenant);
  const query = tx.selectFrom('auditActions').selectAll().where(owned);
  const page = await pageOf(
    tx,
    query,
    { table: 'auditActions', keys: byCreation('auditActions'), owned },
    request,
  );
  const schemas = await tx
    .selectFrom('auditSchemas')
    .innerJoin('auditActions', (join) =>
      join
        .onRef('auditActions.id', '=', 'auditSchemas.actionId')
        .onRef('auditActions.latestVersion', '=', 'auditSchemas.version'),
    )
    .selectAll('auditSchemas')
    .where(sql<boolean>`action_id = any(${page.rows.map(({ id }) => id)}::text[])`)
    .execute();
  const rows = page.rows.flatMap((row) => {
    const schema = schemas.find(({ actionId }) => actionId === row.id);
    return schema ? [{ ...row, schema }] : [];
  });
  return { ...page, rows };
}

/** Throws `not_found` of the kind `audit_action`. */
export async function listAuditSchemas(
  tx: Tx,
  tenant: Tenant,
  action: string,
  request: PageRequest,
): Promise<Page<AuditSchemaRow>> {
  const found = await tx
    .selectFrom('auditActions')
    .select('id')
    .where(ofEnvironment('auditActions', tenant))
    .where('name', '=', action)
    .executeTakeFirst();
  if (!found) throw new OnboardingError('not_found', { kind: 'audit_action' });
  const owned = ofEnvironment('auditSchemas', tenant);
  const query = tx.selectFrom('auditSchemas').selectAll().where(owned).where('actionId', '=', found.id);
  return pageOf(tx, query, { table: 'auditSchemas', keys: byCreation('auditSchemas'), owned }, request);
}

const schemaOf = fixedStatement<{ version: number; definition: AuditSchemaDefinition }>(`
  select audit_schemas.version, definition from audit_actions
  join audit_schemas on audit_schemas.action_id = audit_actions.id
    and audit_schemas.version = coalesce(:version::integer, latest_version)
  where audit_actions.environment_id = :environmentId and name = :action
`);

/** That version of an action's schema, or without one the newest; undefined when there is none. */
export async function findAuditSchema(
  tx: Tx,
  environmentId: string,
  action: string,
  version: number | null,
): Promise<{ version: number; definition: AuditSchemaDefinition } | undefined> {
  return (await schemaOf(tx, { environmentId, action, version }))[0];
}
