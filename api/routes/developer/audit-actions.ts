import { newId } from '../../../adapters/ids.ts';
import { addAuditSchema, insertAudit, listAuditActions, listAuditSchemas } from '../../../db/index.ts';
import type { AuditSchemaDefinition } from '../../../onboarding/audit-schemas.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created } from '../../answers.ts';
import {
  auditActionList,
  auditSchema,
  auditSchemaList,
  createAuditSchemaBody,
  isActionName,
  listAuditQuery,
} from '../../contract/developer-audit-logs.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { listAnswer, pageRequest } from './list-answer.ts';

/** `/audit_logs/actions`: what the vendor's events may be, each action with its schemas, version by version. */

const list = route({
  method: 'GET',
  path: '/audit_logs/actions',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Lists the actions of audit events, with the newest schema of each',
  query: listAuditQuery,
  answers: { 200: auditActionList },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const page = await listAuditActions(tx, { environmentId: caller.environment.id }, pageRequest(query));
      return listAnswer(page, (row) => ({
        object: 'audit_log_action' as const,
        name: row.name,
        schema: schemaObject(row.schema),
        created_at: row.createdAt.toISOString(),
        updated_at: row.updatedAt.toISOString(),
      }));
    }),
});

const listSchemas = route({
  method: 'GET',
  path: '/audit_logs/actions/:action/schemas',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Lists the schemas of an action',
  query: listAuditQuery,
  answers: { 200: auditSchemaList },
  handler: ({ caller, params, query, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const page = await named(
        params.action,
        listAuditSchemas(tx, tenant, params.action, pageRequest(query)),
      );
      return listAnswer(page, schemaObject);
    }),
});

const create = route({
  method: 'POST',
  path: '/audit_logs/actions/:action/schemas',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Adds a version to the schema of an action, which is made where it is new',
  body: createAuditSchemaBody,
  answers: { 201: auditSchema },
  handler: async ({ deps, caller, params, body, commit, request }) => {
    const { action } = params;
    if (!isActionName(action)) {
      const message = 'action takes up to 200 letters, digits, ".", "_", ":" and "-"';
      throw new InvalidInput([{ field: 'action', code: 'characters', message }]);
    }
    const environmentId = caller.environment.id;
    const answer = await commit(async (tx) => {
      const ids = { actionId: newId('ala_'), schemaId: newId('als_') };
      const definition = body satisfies AuditSchemaDefinition;
      const added = await addAuditSchema(tx, { environmentId }, { ...ids, action, definition }, request.now);
      if (added.isNew) {
        const what = {
          action: 'audit_log.schema_added',
          after: { action, version: added.schema.version },
        } as const;
        await insertAudit(
          tx,
          audited(acting(caller, request), { environmentId, organizationId: null }, what),
        );
      }
      return created(schemaObject(added.schema));
    });
    deps.auditSchemas.forget(environmentId, action);
    return answer;
  },
});

export const auditActionRoutes = [list, listSchemas, create];

function schemaObject(row: { version: number; definition: AuditSchemaDefinition; createdAt: Date }) {
  const { actor, targets, metadata } = row.definition;
  return {
    object: 'audit_log_schema' as const,
    version: row.version,
    ...(actor && { actor }),
    targets,
    ...(metadata && { metadata }),
    created_at: row.createdAt.toISOString(),
  };
}

async function named<T>(id: string, found: Promise<T>): Promise<T> {
  return found.catch((error: unknown) => {
    if (!(error instanceof OnboardingError) || error.code !== 'not_found') throw error;
    throw new OnboardingError('not_found', { kind: 'audit_action', id }, { cause: error });
  });
}
