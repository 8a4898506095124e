import {
  auditHeadOf,
  getOrganization,
  insertAudit,
  keepAuditFor,
  type EnvironmentRow,
  type Tx,
} from '../../../db/index.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import {
  auditConfiguration,
  auditRetention,
  retentionPeriods,
  updateAuditRetentionBody,
} from '../../contract/developer-audit-logs.ts';
import { findStreamSummary } from '../../log-streams.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';

/** How long an organization's audit events are kept, and where they are sent. */

const getRetention = route({
  method: 'GET',
  path: '/organizations/:id/audit_logs_retention',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'How long audit events are kept; null: as long as the environment says',
  answers: { 200: auditRetention },
  handler: ({ caller, params, read }) =>
    read(async (tx) => {
      const whose = await named(tx, caller.environment, params.id);
      return ok({ retention_period_in_days: (await auditHeadOf(tx, whose))?.keptDays ?? null });
    }),
});

const putRetention = route({
  method: 'PUT',
  path: '/organizations/:id/audit_logs_retention',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'Sets how long audit events are kept; what is older goes within a day',
  body: updateAuditRetentionBody,
  answers: { 200: auditRetention },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const whose = await named(tx, caller.environment, params.id);
      const days = daysIn(body);
      const before = await keepAuditFor(tx, { ...whose, chain: whose.organizationId }, days);
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, {
          action: 'audit_log.retention_changed',
          target: { type: 'organization', id: whose.organizationId },
          before: { days: before },
          after: { days },
        }),
      );
      return ok({ retention_period_in_days: days });
    }),
});

const getConfiguration = route({
  method: 'GET',
  path: '/organizations/:id/audit_log_configuration',
  who: 'api_key',
  scope: 'audit_logs',
  summary: 'How long audit events are kept, whether there are any, and the log stream they are sent by',
  answers: { 200: auditConfiguration },
  handler: ({ deps, caller, params, read }) =>
    read(async (tx) => {
      const { environment } = caller;
      const whose = await named(tx, environment, params.id);
      const head = await auditHeadOf(tx, whose);
      const stream = await findStreamSummary(tx, whose);
      return ok({
        organization_id: whose.organizationId,
        retention_period_in_days: head?.keptDays ?? environment.auditDays ?? deps.settings.auditRetentionDays,
        state: head !== undefined && head.lastNumber > 0 ? ('active' as const) : ('inactive' as const),
        ...(stream && { log_stream: stream }),
      });
    }),
});

export const auditRetentionRoutes = [getRetention, putRetention, getConfiguration];

type Whose = { environmentId: string; organizationId: string };

async function named(tx: Tx, { id: environmentId }: EnvironmentRow, organizationId: string): Promise<Whose> {
  const whose = { environmentId, organizationId };
  await getOrganization(tx, whose, organizationId);
  return whose;
}

/** Exactly one of the two, in their steps. */
function daysIn({
  retention_period_in_days: inDays,
  retention_period: period,
}: {
  retention_period_in_days?: number | undefined;
  retention_period?: string | undefined;
}): number {
  const refuse = (message: string) =>
    new InvalidInput([{ field: 'retention_period_in_days', code: 'invalid', message }]);
  if ((inDays === undefined) === (period === undefined))
    throw refuse('Give either retention_period_in_days or retention_period');
  const days = inDays ?? (period === undefined ? 0 : (retentionPeriods[period] ?? 0));
  if (!Object.values(retentionPeriods).includes(days))
    throw refuse('retention_period_in_days takes 30 to 330 in steps of 30, or 365 to 3650 in steps of 365');
  return days;
}
