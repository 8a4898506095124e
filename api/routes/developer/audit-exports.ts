import { isExportLink } from '../../../adapters/export-links.ts';
import {
  getAuditExport,
  getOrganization,
  insertAudit,
  withTenant,
  type AuditExportRow,
} from '../../../db/index.ts';
import { newId } from '../../../adapters/ids.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { created, InsteadAnswer, ok, page } from '../../answers.ts';
import { fileAnswer, linkToExport, startAuditExport, stateOf } from '../../audit-exports.ts';
import { auditExport, createAuditExportBody } from '../../contract/developer-audit-logs.ts';
import type { ApiDeps } from '../../deps.ts';
import { exportLinkOverPage } from '../../pages/export-link-over.ts';
import { route, type RequestFacts } from '../../route.ts';
import { z } from 'zod';

/** `/audit_logs/exports`: files of an organization's audit events, and the links they are fetched by. */

const create = route({
  method: 'POST',
  path: '/audit_logs/exports',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Has a file of audit events written; a range of three months at most',
  body: createAuditExportBody,
  answers: { 201: auditExport },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const { organization_id: organizationId, actors, actor_names: actorNames = actors, targets } = body;
      const whose = { environmentId: caller.environment.id, organizationId };
      await named(organizationId, getOrganization(tx, whose, organizationId));
      const filter = {
        ...(isGiven(body.actions) && { actions: body.actions }),
        ...(isGiven(body.actor_ids) && { actorIds: body.actor_ids }),
        ...(isGiven(actorNames) && { actorNames }),
        ...(isGiven(targets) && { targetTypes: targets }),
      };
      const range = { rangeStart: new Date(body.range_start), rangeEnd: new Date(body.range_end) };
      const wanted = { format: body.format, filter, ...range };
      const row = await startAuditExport(tx, whose, wanted, acting(caller, request));
      return created(exportObject(deps, row, request.now));
    }),
});

const get = route({
  method: 'GET',
  path: '/audit_logs/exports/:id',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Gets an export, with a new link when it is ready',
  answers: { 200: auditExport },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const row = await getAuditExport(tx, { environmentId: caller.environment.id }, params.id);
      return ok(exportObject(deps, row, request.now));
    }),
});

const file = route({
  method: 'GET',
  path: '/audit_logs/exports/:id/file',
  who: 'public',
  summary: 'The file behind the link of an export, for ten minutes',
  // What was cut off on the way is no link of ours, and is told so like one that has ended.
  query: z.object({
    environment: z.string().max(60).catch(''),
    until: z
      .string()
      .regex(/^\d{1,15}$/)
      .catch('0'),
    key: z.string().max(16).catch(''),
    signature: z.string().max(100).catch(''),
  }),
  answers: { 200: 'the file, as CSV or as one JSON object a line' },
  handler: async ({ deps, params, query, request }) => {
    const of = { environmentId: query.environment, exportId: params.id };
    // The signature says first that the rest is ours.
    if (!isExportLink(deps.secrets, of, query, request.now)) throw linkOver(request);
    const tenant = { environmentId: of.environmentId };
    const read = <T>(work: Parameters<typeof withTenant<T>>[2]) => withTenant(deps.db, tenant, work);
    const row = await read((tx) => getAuditExport(tx, tenant, params.id));
    if (stateOf(row, request.now) !== 'ready') throw linkOver(request);
    await read(async (tx) => {
      const { id, address, userAgent, now } = request;
      await insertAudit(tx, {
        id: newId('audit_'),
        ...tenant,
        organizationId: row.organizationId,
        at: now,
        // Whoever has the link: who asked for it is on record with the asking.
        actor: { type: row.askedByType, id: row.askedById },
        action: 'audit_log.export_downloaded',
        target: { type: 'audit_log_export', id: row.id },
        request: { id, sourceAddress: address, userAgent },
      });
    });
    return fileAnswer(row, read);
  },
});

export const auditExportRoutes = [create, get, file];

/** A program is told by a code; a person, who has followed the link in a browser, by a page that says what to do. */
function linkOver({ headers }: Pick<RequestFacts, 'headers'>): Error {
  if (headers.accept?.includes('text/html') !== true) return new OnboardingError('link_ended');
  return new InsteadAnswer(page(exportLinkOverPage, { status: 410 }));
}

/** The id stands in the body, where "not found" does not look for it. */
async function named<T>(id: string, found: Promise<T>): Promise<T> {
  return found.catch((error: unknown) => {
    if (!(error instanceof OnboardingError) || error.code !== 'not_found') throw error;
    throw new OnboardingError('not_found', { kind: 'organization', id }, { cause: error });
  });
}

const isGiven = <T>(values: readonly T[] | undefined): values is readonly T[] =>
  values !== undefined && values.length > 0;

function exportObject(deps: Pick<ApiDeps, 'secrets' | 'urls'>, row: AuditExportRow, now: Date) {
  const link = linkToExport(deps, row, now);
  return {
    object: 'audit_log_export' as const,
    id: row.id,
    state: stateOf(row, now),
    ...(link && { url: link.url }),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
