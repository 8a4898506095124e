/** The audit log as staff read it. Only `audit.ts` writes it. */
import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { auditOrigins } from '../../onboarding/audit-actions.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { AuditEventRow } from '../tables/audit-events.ts';
import type { AuditHeadRow } from '../tables/audit-heads.ts';
import type { Database } from '../tables/index.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

export interface AuditFilter {
  origin?: AuditEventRow['origin'];
  /** Of the product's own acts: what vendors call their actors is their business. */
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
  // Product and vendor stand apart in every index, and the few rows that are not yet sealed have one of their own.
  const asked = filter.actorType === undefined ? filter.origin : 'product';
  const origins = auditOrigins.filter((origin) => asked === undefined || origin === asked);
  const sealed =
    filter.targetId === undefined
      ? origins.map((origin) => sealedPart(tx, tenant, { ...filter, origin }))
      : [sealedPartOfTarget(tx, tenant, { ...filter, origin: asked }, filter.targetId)];
  return pageOf(
    tx,
    [...sealed, youngPart(tx, tenant, { ...filter, origin: asked })],
    { table: 'auditEvents', keys: timeOfEvents, owned: ownedBy('auditEvents', tenant) },
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

type AuditRows = SelectQueryBuilder<Database, 'auditEvents', AuditEventRow>;
type Filter = Omit<AuditFilter, 'origin'> & { origin: AuditFilter['origin'] };
export const timeOfEvents = [sql.ref('auditEvents.occurredAt'), sql.ref('auditEvents.id')];

function sealedPart(tx: Tx, tenant: Tenant, filter: Filter) {
  const rows = tx.selectFrom('auditEvents').selectAll('auditEvents');
  const query = sealedOf(rows, tenant, filter);
  const { action, origin } = filter;
  if (action === undefined || isWhole(action)) return { query, keys: timeOfEvents };
  return { query: query.where(hasAnyOf(tx, tenant, { action, origin })), keys: timeOfEvents };
}

const sealedOf = (rows: AuditRows, tenant: Tenant, filter: Filter) =>
  narrowed(rows, tenant, filter).where('auditEvents.chainNumber', 'is not', null);

/** Where none is of the thing, nothing is walked through to find that out: its acts are no one place in time. */
function hasAnyOf(tx: Tx, tenant: Tenant, { action, origin }: { action: string; origin: Filter['origin'] }) {
  // The vendor's are found by action inside an organization only; yet each has been declared.
  if (origin === 'vendor' && !tenant.organizationId) {
    const declared = isOfAction(action, sql.ref('auditActions.name'));
    return sql<boolean>`exists (select from audit_actions where ${ofEnvironment('auditActions', tenant)} and ${declared})`;
  }
  const first = sealedOf(tx.selectFrom('auditEvents').selectAll('auditEvents'), tenant, { action, origin })
    .clearSelect()
    .select('auditEvents.action')
    .orderBy('auditEvents.action')
    .limit(1);
  return sql<boolean>`${first} is not null`;
}

/**
 * Goes along the target's own order. Where nothing else is asked for, only the rows of the page are looked up; else row
 * after row.
 */
function sealedPartOfTarget(tx: Tx, tenant: Tenant, filter: Filter, targetId: string) {
  const occurredAt = sql.ref<Date>('auditTargets.occurredAt');
  const keys = [occurredAt, sql.ref('auditTargets.eventId')];
  const targets = tx
    .selectFrom('auditTargets')
    .where(ownedBy('auditTargets', tenant))
    .where('auditTargets.targetId', '=', targetId);
  const { origin, actorType, actorId, action, requestId, from, until } = filter;
  if ([origin, actorType, actorId, action, requestId].every((also) => also === undefined)) {
    let query = targets.select(['auditTargets.eventId', 'auditTargets.at']);
    if (from) query = query.where(occurredAt, '>=', from);
    if (until) query = query.where(occurredAt, '<', until);
    const rowsOf = (page: AuditRows) => sql<AuditEventRow>`
      select audit_events.* from ${page} as page join audit_events using (at)
      where audit_events.id = page.event_id
    `;
    return { query: query as unknown as AuditRows, keys, rowsOf };
  }
  const rows = targets
    .innerJoin('auditEvents', (join) =>
      join
        .onRef('auditEvents.id', '=', 'auditTargets.eventId')
        .onRef('auditEvents.at', '=', 'auditTargets.at')
        .onRef('auditEvents.occurredAt', '=', 'auditTargets.occurredAt'),
    )
    .selectAll('auditEvents') as unknown as AuditRows;
  return { query: narrowed(rows, tenant, filter, occurredAt), keys };
}

function youngPart(tx: Tx, tenant: Tenant, filter: Filter) {
  const rows = tx.selectFrom('auditEvents').selectAll('auditEvents');
  const query = narrowed(rows, tenant, filter).where('auditEvents.chainNumber', 'is', null);
  const { targetId } = filter;
  if (targetId === undefined) return { query, keys: timeOfEvents };
  const among = JSON.stringify({ targets: [{ id: targetId }] });
  const isTarget = sql<boolean>`(audit_events.target_id = ${targetId} or audit_events.content @> ${among}::jsonb)`;
  return { query: query.where(isTarget), keys: timeOfEvents };
}

function narrowed(
  rows: AuditRows,
  tenant: Tenant,
  { origin, actorType, actorId, action, requestId, from, until }: Filter,
  occurredAt = sql.ref<Date>('auditEvents.occurredAt'),
): AuditRows {
  let query = rows.where(ownedBy('auditEvents', tenant));
  if (origin) query = query.where('auditEvents.origin', '=', origin);
  if (actorType) query = query.where('auditEvents.actorType', '=', actorType);
  if (actorId) query = query.where('auditEvents.actorId', '=', actorId);
  if (action) query = query.where(isOfAction(action));
  if (requestId) query = query.where('auditEvents.requestId', '=', requestId);
  if (from) query = query.where(occurredAt, '>=', from);
  if (until) query = query.where(occurredAt, '<', until);
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

const isWhole = (action: string) => action.includes('.');

/** Whether a row is of the action, or of one of the thing whose acts are meant: "/" comes behind "." and nothing between. */
export function isOfAction(action: string, column: RawBuilder<unknown> = sql.ref('auditEvents.action')) {
  if (isWhole(action)) return sql<boolean>`${column} = ${action}`;
  // One span of an index, of which what only begins alike, as `connection-x`, is no part.
  const [from, until] = [`${action}.`, `${action}/`];
  return sql<boolean>`(${column} >= ${action} and ${column} < ${until} and (${column} = ${action} or ${column} > ${from}))`;
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
