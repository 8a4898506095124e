/** The audit log as staff read it. Only `audit.ts` writes it. */
import { sql } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { AuditEventRow } from '../tables/audit-events.ts';
import type { AuditHeadRow } from '../tables/audit-heads.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

export interface AuditFilter {
  origin?: AuditEventRow['origin'];
  actorType?: string;
  actorId?: string;
  /** A whole action, or the thing before its point: `connection` means all that was done to connections. */
  action?: string;
  targetId?: string;
  requestId?: string;
  /** From this instant, and before that one. */
  from?: Date;
  until?: Date;
}

/** Newest first in `desc`; of one organization when the tenant names it. */
export async function listAuditEvents(
  tx: Tx,
  tenant: Tenant,
  filter: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditEventRow>> {
  // The few rows that are not yet sealed have indexes of their own: each part is read in order, and merged.
  const sealed = narrowed(sealedRows(tx, filter.targetId), tenant, filter).where(
    'auditEvents.chainNumber',
    'is not',
    null,
  );
  const young = narrowed(youngRows(tx, filter.targetId), tenant, filter).where(
    'auditEvents.chainNumber',
    'is',
    null,
  );
  const keys = [sql.ref('auditEvents.occurredAt'), sql.ref('auditEvents.id')];
  return pageOf(
    tx,
    [sealed, young],
    { table: 'auditEvents', keys, owned: ownedBy('auditEvents', tenant) },
    request,
  );
}

/** Throws `not_found`. */
export async function getAuditEvent(tx: Tx, tenant: Tenant, id: string): Promise<AuditEventRow> {
  const row = await tx
    .selectFrom('auditEvents')
    .selectAll()
    .where(ownedBy('auditEvents', tenant))
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new OnboardingError('not_found', { kind: 'audit_event' });
  return row;
}

function sealedRows(tx: Tx, targetId: string | undefined) {
  const rows = tx.selectFrom('auditEvents').selectAll('auditEvents');
  if (targetId === undefined) return rows;
  // All columns of the order are joined, so that the targets' own order serves.
  return rows
    .innerJoin('auditTargets', (join) =>
      join
        .onRef('auditTargets.environmentId', '=', 'auditEvents.environmentId')
        .onRef('auditTargets.eventId', '=', 'auditEvents.id')
        .onRef('auditTargets.at', '=', 'auditEvents.at')
        .onRef('auditTargets.occurredAt', '=', 'auditEvents.occurredAt'),
    )
    .where('auditTargets.targetId', '=', targetId);
}

function youngRows(tx: Tx, targetId: string | undefined) {
  const rows = tx.selectFrom('auditEvents').selectAll('auditEvents');
  if (targetId === undefined) return rows;
  const among = JSON.stringify({ targets: [{ id: targetId }] });
  return rows.where(
    sql<boolean>`(audit_events.target_id = ${targetId} or audit_events.content @> ${among}::jsonb)`,
  );
}

function narrowed(rows: ReturnType<typeof sealedRows>, tenant: Tenant, filter: AuditFilter) {
  const { origin, actorType, actorId, action, requestId, from, until } = filter;
  let query = rows.where(ownedBy('auditEvents', tenant));
  if (origin) query = query.where('auditEvents.origin', '=', origin);
  if (actorType) query = query.where('auditEvents.actorType', '=', actorType);
  if (actorId) query = query.where('auditEvents.actorId', '=', actorId);
  if (action) query = query.where(isOfAction(action));
  if (requestId) query = query.where('auditEvents.requestId', '=', requestId);
  if (from) query = query.where('auditEvents.occurredAt', '>=', from);
  if (until) query = query.where('auditEvents.occurredAt', '<', until);
  return query;
}

/** How many rows are in chains: what a verification has before it. */
export async function countSealedRows(tx: Tx, tenant: Tenant): Promise<number> {
  const { rows } = await tx
    .selectFrom('auditHeads')
    .select(sql<number>`coalesce(sum(last_number - cut_number), 0)::bigint`.as('rows'))
    .where(ofEnvironment('auditHeads', tenant))
    .executeTakeFirstOrThrow();
  return rows;
}

/**
 * What things of the environment are called, by id, in one statement: people by their address, all else by its name.
 * What is gone or has no name is left out.
 */
export async function listNames(
  tx: Tx,
  tenant: Tenant,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const wanted = sql`${[...new Set(ids)]}::text[]`;
  const of = (table: 'organizations' | 'members' | 'apiKeys' | 'connections' | 'organizationDomains') =>
    sql`${ofEnvironment(table, tenant)} and ${sql.ref(`${table}.id`)} = any(${wanted})`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from organizations where ${of('organizations')}
    union all
    select id, coalesce(name, email) from members where ${of('members')}
    union all
    select id, name || ' …' || suffix from api_keys where ${of('apiKeys')}
    union all
    select id, name from connections where ${of('connections')}
    union all
    select id, domain from organization_domains where ${of('organizationDomains')}
    union all
    select redirect_uris.id, uri from redirect_uris
      where ${ofEnvironment('redirectUris', tenant)} and redirect_uris.id = any(${wanted})
    union all
    select links.id, it_contacts.email from links join it_contacts on it_contacts.id = links.contact_id
      where ${ofEnvironment('links', tenant)} and links.id = any(${wanted})
    union all
    select mails.id, recipient from mails where ${ofEnvironment('mails', tenant)} and mails.id = any(${wanted})
    union all
    select attempts.id, reference from attempts
      where ${ofEnvironment('attempts', tenant)} and attempts.id = any(${wanted})
    union all
    select onboardings.id, organizations.name || ' · ' || number from onboardings
      join organizations on organizations.id = onboardings.organization_id
      where ${ofEnvironment('onboardings', tenant)} and onboardings.id = any(${wanted})
  `.execute(tx);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Whether a row is of the action, or of one of the thing whose acts are meant: "/" comes behind "." and nothing between. */
export function isOfAction(action: string) {
  if (action.includes('.')) return sql<boolean>`audit_events.action = ${action}`;
  const [from, until] = [`${action}.`, `${action}/`];
  return sql<boolean>`(audit_events.action = ${action} or audit_events.action > ${from} and audit_events.action < ${until})`;
}

/** Where an organization's chain stands; undefined before its first row. */
export async function auditHeadOf(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
): Promise<AuditHeadRow | undefined> {
  return tx
    .selectFrom('auditHeads')
    .selectAll()
    .where('environmentId', '=', environmentId)
    .where('chain', '=', organizationId)
    .executeTakeFirst();
}
