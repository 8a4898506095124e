import { z } from 'zod';
import { createCheckpointSigner } from '../../../adapters/checkpoint-signer.ts';
import type { Secrets } from '../../../adapters/secrets.ts';
import {
  countSealedRows,
  getAuditEvent,
  getAuditExport,
  getOrganization,
  insertAudit,
  listAuditEvents,
  listNames,
  listVouchers,
  verifyAuditOn,
  type AuditEventRow,
  type AuditPosition,
  type AuditVerdict,
  type Tenant,
  type Tx,
} from '../../../db/index.ts';
import { auditOrigins } from '../../../onboarding/audit-actions.ts';
import { auditRecord } from '../../../onboarding/audit-records.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { exportView, startAuditExport } from '../../audit-exports.ts';
import {
  auditActorTypes,
  auditDetail,
  auditPage,
  verification,
  verifyBody,
} from '../../contract/dashboard-audit.ts';
import { auditExportView, startAuditExportBody } from '../../contract/setup-audit.ts';
import { instant } from '../../contract/shared.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { pageQuery, pageRequest } from './page-query.ts';

/** S14: who did what, with what was before and after; and whether the log is as it was written. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/audit-log',
  who: 'staff',
  role: 'viewer',
  summary: 'Acts of everybody in the environment, newest first',
  query: pageQuery.extend({
    organization: z.string().max(60).optional(),
    origin: z.enum(auditOrigins).optional(),
    actorType: z.enum(auditActorTypes).optional(),
    actor: z.string().max(512).optional(),
    action: z
      .string()
      .max(200)
      .regex(/^[\w.:-]+$/)
      .optional(),
    target: z.string().max(512).optional(),
    request: z.string().max(120).optional(),
    from: instant.optional(),
    until: instant.optional(),
  }),
  answers: { 200: auditPage },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const { organization = null, origin, actorType, actor, action, target, request, from, until } = query;
      const tenant = { environmentId: caller.environment.id, organizationId: organization };
      const filter = {
        ...(origin !== undefined && { origin }),
        ...(actorType !== undefined && { actorType }),
        ...(actor !== undefined && { actorId: actor }),
        ...(action !== undefined && { action }),
        ...(target !== undefined && { targetId: target }),
        ...(request !== undefined && { requestId: request }),
        ...(from !== undefined && { from: new Date(from) }),
        ...(until !== undefined && { until: new Date(until) }),
      };
      const page = await listAuditEvents(tx, tenant, filter, pageRequest(query));
      const names = await namesIn(tx, tenant, page.rows);
      return ok({ rows: page.rows.map((row) => rowOf(row, names)), next: page.after });
    }),
});

const get = route({
  method: 'GET',
  path: '/dashboard/api/audit-log/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'One act with what was before and after, who asked, and its place in the chain',
  answers: { 200: auditDetail },
  handler: ({ caller, params, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await getAuditEvent(tx, tenant, params.id);
      const { before, after, sessionId, userAgent, requestId, chainNumber, hash } = row;
      return ok({
        ...rowOf(row, await namesIn(tx, tenant, [row])),
        before,
        after,
        sessionId,
        userAgent,
        requestId,
        personal: Object.entries(row.personal).map(([field, value]) => ({
          field,
          value: typeof value === 'string' ? value : null,
        })),
        recordedAt: row.at.toISOString(),
        event: eventOf(row),
        seal: chainNumber === null || hash === null ? null : { number: chainNumber, hash },
      } satisfies z.infer<typeof auditDetail>);
    }),
});

const verify = route({
  method: 'POST',
  path: '/dashboard/api/audit-log/verify',
  who: 'staff',
  role: 'admin',
  summary: 'Holds every sealed row against its chain, in parts of a second or two',
  body: verifyBody,
  answers: { 200: verification },
  handler: ({ deps, caller, body, read, request }) => {
    const { environment } = caller;
    const from = body.goOn === undefined ? undefined : openPosition(deps.secrets, environment.id, body.goOn);
    return read(async (tx) => {
      const tenant = { environmentId: environment.id };
      const endsAt = performance.now() + partMs;
      const told = await verifyAuditOn(tx, environment.id, {
        isSigned: createCheckpointSigner(deps.secrets, await listVouchers(tx)).verify,
        from,
        isLongEnough: () => performance.now() >= endsAt,
      });
      if ('position' in told) {
        const goOn = deps.secrets.seal(JSON.stringify(told.position), placeOf(environment.id));
        const total = Math.max(told.position.rows, await countSealedRows(tx, tenant));
        return ok({ state: 'running', rows: told.position.rows, total, goOn } satisfies Verification);
      }
      const { verdict } = told;
      const whose = { ...tenant, organizationId: null };
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, { action: 'audit_log.verified', after: verdict }),
      );
      return ok(await verdictOf(tx, tenant, verdict));
    });
  },
});

const startExport = route({
  method: 'POST',
  path: '/dashboard/api/organizations/:id/audit-exports',
  who: 'staff',
  role: 'support',
  summary: 'Has a file of an organization’s audit events written',
  body: startAuditExportBody,
  answers: { 202: auditExportView },
  handler: ({ deps, caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: params.id };
      await getOrganization(tx, whose, params.id);
      const { actor, action, target } = body;
      const filter = {
        ...(actor !== undefined && { actorIds: [actor] }),
        ...(action !== undefined && { action }),
        ...(target !== undefined && { targetIds: [target] }),
      };
      const range = { rangeStart: new Date(body.from), rangeEnd: new Date(body.until) };
      const wanted = { format: body.format, filter, ...range };
      const row = await startAuditExport(tx, whose, wanted, acting(caller, request));
      return { status: 202, body: exportView(deps, row, request.now) };
    }),
});

const getExport = route({
  method: 'GET',
  path: '/dashboard/api/audit-exports/:id',
  who: 'staff',
  role: 'support',
  summary: 'How far a file is, and a link to it when it is there',
  answers: { 200: auditExportView },
  handler: ({ deps, caller, params, read, request }) =>
    read(async (tx) => {
      const row = await getAuditExport(tx, { environmentId: caller.environment.id }, params.id);
      return ok(exportView(deps, row, request.now));
    }),
});

export const auditLogRoutes = [list, get, verify, startExport, getExport];

type Verification = z.infer<typeof verification>;

/** How long one part of a verification takes: long enough to get on, short enough for every proxy. */
const partMs = 1_500;

/** Names of actors, targets and organizations, which the log itself does not keep. */
function namesIn(tx: Tx, tenant: Tenant, rows: readonly AuditEventRow[]): Promise<Map<string, string>> {
  const ids = rows.flatMap(({ origin, actorId, targetId, organizationId }) =>
    // A vendor's ids are not ours, whatever they look like.
    origin === 'product' ? [actorId, targetId, organizationId] : [organizationId],
  );
  return listNames(
    tx,
    { environmentId: tenant.environmentId },
    ids.filter((id) => id !== null),
  );
}

function rowOf(
  row: AuditEventRow,
  names: ReadonlyMap<string, string>,
): z.infer<typeof auditPage>['rows'][number] {
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  /** A call is called what it is; all else has a name of its own, or brought one. */
  const targetName = ({ personal }: AuditEventRow, type: string, target: string) =>
    type === 'route' ? target : (nameOf(target) ?? textOf(personal['target_0_name']));
  const {
    id,
    origin,
    occurredAt,
    actorType,
    actorId,
    action,
    targetType,
    targetId,
    organizationId,
    sourceAddress,
  } = row;
  return {
    id,
    at: occurredAt.toISOString(),
    origin,
    actor: { type: actorType, id: actorId, name: nameOf(actorId) ?? textOf(row.personal['actor_name']) },
    action,
    target:
      targetType === null || targetId === null
        ? null
        : { type: targetType, id: targetId, name: targetName(row, targetType, targetId) },
    organization: organizationId === null ? null : { id: organizationId, name: nameOf(organizationId) },
    sourceAddress,
  };
}

/** What only the vendor's events have. */
function eventOf(row: AuditEventRow): z.infer<typeof auditDetail>['event'] {
  if (row.content === null) return null;
  const { actor, targets, metadata = {} } = auditRecord(row);
  return {
    version: row.content.version,
    targets: targets.map(({ type, id, name = null, metadata: of = {} }) => ({
      type,
      id,
      name,
      metadata: of,
    })),
    actor: actor.metadata ?? {},
    metadata,
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

async function verdictOf(tx: Tx, tenant: Tenant, verdict: AuditVerdict): Promise<Verification> {
  if (verdict.state === 'intact') return verdict;
  const { chain, ...broken } = verdict;
  const names = await listNames(tx, tenant, chain === '' ? [] : [chain]);
  return { ...broken, organization: chain === '' ? null : { id: chain, name: names.get(chain) ?? null } };
}

/**
 * How far a verification has come goes through the page's hands: sealed, so that nobody begins behind a row that they
 * have changed.
 */
const placeOf = (environmentId: string) => ({
  table: 'audit_heads',
  column: 'verification',
  organizationId: null,
  rowId: environmentId,
});

function openPosition(secrets: Secrets, environmentId: string, sealed: string): AuditPosition {
  try {
    return JSON.parse(secrets.open(sealed, placeOf(environmentId))) as AuditPosition;
  } catch {
    throw new InvalidInput([{ field: 'goOn', code: 'unreadable', message: 'goOn is not ours' }]);
  }
}
