import {
  auditHeadOf,
  getAuditEvent,
  getAuditExport,
  listAuditEvents,
  listNames,
  type AuditEventRow,
  type AuditFilter,
  type Tx,
} from '../../../db/index.ts';
import { auditRecord, unknownLocation } from '../../../onboarding/audit-records.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { exportView, startAuditExport } from '../../audit-exports.ts';
import {
  auditEventDetail,
  auditEventsPage,
  auditEventsQuery,
  auditExportView,
  startAuditExportBody,
  type AuditEventDetail,
  type AuditEventRow as ShownEvent,
} from '../../contract/setup-audit.ts';
import { route } from '../../route.ts';
import { tenantOf, type SetupContext, type Tenant } from './scope.ts';

/** P25: what happened, for whoever may see it by their link. Looking only: nothing here changes the set-up. */

/** Throws `outside_link` where the link is about other things. */
function tenantFor(context: SetupContext): Tenant {
  const { features } = context.caller.session;
  if (!features.includes('audit_logs')) throw new OnboardingError('outside_link', { features });
  return tenantOf(context);
}

const list = route({
  method: 'GET',
  path: '/setup/:handle/api/audit-events',
  who: 'portal_session',
  summary: 'What happened, last first',
  query: auditEventsQuery,
  answers: { 200: auditEventsPage },
  handler: (context) =>
    context.read(async (tx) => {
      const { deps, caller, query } = context;
      const tenant = tenantFor(context);
      const { after, limit = 50 } = query;
      const page = await listAuditEvents(tx, tenant, filterOf(query), {
        limit,
        order: 'desc',
        ...(after !== undefined && { after }),
      });
      const names = await namesIn(tx, tenant, page.rows);
      const kept = (await auditHeadOf(tx, tenant))?.keptDays ?? caller.environment.auditDays;
      return ok({
        rows: page.rows.map((row) => rowOf(row, names)),
        next: page.after,
        keptDays: kept ?? deps.settings.auditRetentionDays,
      });
    }),
});

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/audit-events/:id',
  who: 'portal_session',
  summary: 'One event, as streams and files hold it',
  answers: { 200: auditEventDetail },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantFor(context);
      const row = await getAuditEvent(tx, tenant, context.params.id);
      const { sequence, ...unsealed } = auditRecord(row);
      return ok({
        ...rowOf(row, await namesIn(tx, tenant, [row])),
        recordedAt: row.at.toISOString(),
        sequence: row.chainNumber,
        record: row.chainNumber === null ? unsealed : { sequence, ...unsealed },
      } satisfies AuditEventDetail);
    }),
});

const startExport = route({
  method: 'POST',
  path: '/setup/:handle/api/audit-exports',
  who: 'portal_session',
  summary: 'Has a file of what happened written',
  body: startAuditExportBody,
  answers: { 202: auditExportView },
  handler: (context) =>
    context.commit(async (tx) => {
      const { deps, body, caller, request } = context;
      const tenant = tenantFor(context);
      const { actor, action, target } = body;
      const filter = {
        ...(actor !== undefined && { actorIds: [actor] }),
        ...(action !== undefined && { action }),
        ...(target !== undefined && { targetIds: [target] }),
      };
      const range = { rangeStart: new Date(body.from), rangeEnd: new Date(body.until) };
      const by = acting(caller, request);
      const row = await startAuditExport(tx, tenant, { format: body.format, filter, ...range }, by);
      return { status: 202, body: exportView(deps, row, request.now) };
    }),
});

const getExport = route({
  method: 'GET',
  path: '/setup/:handle/api/audit-exports/:id',
  who: 'portal_session',
  summary: 'How far the file is, and a link to it when it is there',
  answers: { 200: auditExportView },
  handler: (context) =>
    context.read(async (tx) => {
      const { deps, params, request } = context;
      return ok(exportView(deps, await getAuditExport(tx, tenantFor(context), params.id), request.now));
    }),
});

export const auditLogRoutes = [list, get, startExport, getExport];

function filterOf({
  actor,
  action,
  target,
  from,
  until,
}: {
  actor?: string | undefined;
  action?: string | undefined;
  target?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}): AuditFilter {
  return {
    ...(actor !== undefined && { actorId: actor }),
    ...(action !== undefined && { action }),
    ...(target !== undefined && { targetId: target }),
    ...(from !== undefined && { from: new Date(from) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}

/** Names of the customer's own people and things. The vendor's people and keys are not named to customers. */
function namesIn(tx: Tx, tenant: Tenant, rows: readonly AuditEventRow[]): Promise<Map<string, string>> {
  const ids = rows
    .filter(({ origin }) => origin === 'product')
    .flatMap(({ actorId, targetId }) => [actorId, targetId]);
  return listNames(
    tx,
    tenant,
    ids.filter((id) => id !== null && !/^(member|api_key|redirect_uri)_/.test(id)) as string[],
  );
}

function rowOf(row: AuditEventRow, names: ReadonlyMap<string, string>): ShownEvent {
  const { id, action, occurred_at: occurredAt, actor, targets, context } = auditRecord(row);
  const shown = (party: { id: string; type: string; name?: string }) => ({
    id: party.id,
    type: party.type,
    name: party.name ?? names.get(party.id) ?? null,
  });
  return {
    id,
    action,
    occurredAt,
    origin: row.origin === 'vendor' ? 'vendor' : 'setup',
    actor: shown(actor),
    targets: targets.map(shown),
    location: context.location === unknownLocation || context.location === '' ? null : context.location,
  };
}
