/** The audit log as staff read it. Only `audit.ts` writes it. */
import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { auditOrigins, productActions } from '../../onboarding/audit-actions.ts';
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
  // Product and vendor stand apart in every index, and the few rows that are not yet sealed have one of their own. So have
  // the few of one request, sealed or not.
  const asked = filter.actorType === undefined ? filter.origin : 'product';
  const origins = auditOrigins.filter((origin) => asked === undefined || origin === asked);
  const whole = { ...filter, origin: asked };
  const sealed =
    filter.targetId === undefined
      ? origins.map((origin) => sealedPart(tx, tenant, { ...filter, origin }))
      : [sealedPartOfTarget(tx, tenant, whole, filter.targetId)];
  return pageOf(
    tx,
    filter.requestId === undefined
      ? [...sealed, youngPart(tx, tenant, whole)]
      : [partOfRequest(tx, tenant, whole, filter.requestId)],
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

/** The newest of these acts on one thing, sealed or not; undefined where there was none. */
export async function findLastAct(
  tx: Tx,
  tenant: Tenant,
  { targetId, actions }: { targetId: string; actions: readonly string[] },
): Promise<AuditEventRow | undefined> {
  return tx
    .selectFrom('auditEvents')
    .selectAll()
    .where(ownedBy('auditEvents', tenant))
    .where('origin', '=', 'product')
    .where('targetId', '=', targetId)
    .where('action', 'in', actions)
    .orderBy('at', 'desc')
    .orderBy('ordinal', 'desc')
    .limit(1)
    .executeTakeFirst();
}

type AuditRows = SelectQueryBuilder<Database, 'auditEvents', AuditEventRow>;
type Filter = Omit<AuditFilter, 'origin' | 'requestId'> & { origin: AuditFilter['origin'] };
export const timeOfEvents = [sql.ref('auditEvents.occurredAt'), sql.ref('auditEvents.id')];

function sealedPart(tx: Tx, tenant: Tenant, filter: Filter) {
  const { action, origin } = filter;
  const sealed = (asked: Filter) =>
    narrowed(tx.selectFrom('auditEvents').selectAll('auditEvents'), tenant, asked).where(
      'auditEvents.chainNumber',
      'is not',
      null,
    );
  if (action === undefined || isWhole(action))
    return { query: sealed(filter), keys: timeOfEvents, span: filter };
  const declared = sql`select name from audit_actions
    where ${ofEnvironment('auditActions', tenant)} and ${isOfAction(action, sql.ref('auditActions.name'))}`;
  // The vendor's are found by action inside an organization only. Where none is declared, nothing is walked through.
  if (origin === 'vendor' && !tenant.organizationId)
    return {
      query: sealed(filter).where(sql<boolean>`exists (${declared})`),
      keys: timeOfEvents,
      span: filter,
    };
  // The acts on a thing are no one place in time: each act is read for itself, as far as the page goes.
  const own = productActions.filter((name) => name === action || name.startsWith(`${action}.`));
  const wanted = origin === 'vendor' ? declared : sql`select unnest(${own}::text[])`;
  return {
    query: sealed({ ...filter, action: undefined }).where(sql<boolean>`audit_events.action = wanted.action`),
    keys: timeOfEvents,
    span: filter,
    rowsOf: (page: AuditRows) => sql<AuditEventRow>`
      select page.* from (${wanted}) as wanted (action), lateral ${page} as page
    `,
  };
}

/** Goes along the target's own order, in which all stands that is asked for; only the rows of the page are looked up. */
function sealedPartOfTarget(tx: Tx, tenant: Tenant, filter: Filter, targetId: string) {
  const targets = tx
    .selectFrom('auditTargets')
    .select(['auditTargets.eventId', 'auditTargets.at'])
    .where('auditTargets.targetId', '=', targetId) as unknown as AuditRows;
  return {
    query: narrowed(targets, tenant, filter, 'auditTargets'),
    keys: [sql.ref('auditTargets.occurredAt'), sql.ref('auditTargets.eventId')],
    span: filter,
    rowsOf: (page: AuditRows) => sql<AuditEventRow>`
      select audit_events.* from ${page} as page join audit_events using (at)
      where audit_events.id = page.event_id
    `,
  };
}

function youngPart(tx: Tx, tenant: Tenant, filter: Filter) {
  const { query, ...how } = wholePart(tx, tenant, filter);
  return { query: query.where('auditEvents.chainNumber', 'is', null), ...how };
}

function partOfRequest(tx: Tx, tenant: Tenant, filter: Filter, requestId: string) {
  const { query, ...how } = wholePart(tx, tenant, filter);
  return { query: query.where('auditEvents.requestId', '=', requestId), ...how };
}

/** By what the rows themselves say, their targets included: for where few are left to be asked. */
function wholePart(tx: Tx, tenant: Tenant, filter: Filter) {
  const query = narrowed(tx.selectFrom('auditEvents').selectAll('auditEvents'), tenant, filter);
  const { targetId } = filter;
  const how = { keys: timeOfEvents, span: filter };
  if (targetId === undefined) return { query, ...how };
  const among = JSON.stringify({ targets: [{ id: targetId }] });
  const isTarget = sql<boolean>`(audit_events.target_id = ${targetId} or audit_events.content @> ${among}::jsonb)`;
  return { query: query.where(isTarget), ...how };
}

function narrowed(
  rows: AuditRows,
  tenant: Tenant,
  { origin, actorType, actorId, action }: Filter,
  table: 'auditEvents' | 'auditTargets' = 'auditEvents',
): AuditRows {
  const column = (name: 'origin' | 'actorType' | 'actorId' | 'action') => sql.ref(`${table}.${name}`);
  let query = rows.where(ownedBy(table, tenant));
  if (origin) query = query.where(sql<boolean>`${column('origin')} = ${origin}`);
  if (actorType) query = query.where(sql<boolean>`${column('actorType')} = ${actorType}`);
  if (actorId) query = query.where(sql<boolean>`${column('actorId')} = ${actorId}`);
  if (action) query = query.where(isOfAction(action, column('action')));
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

type Named =
  | 'organizations'
  | 'members'
  | 'apiKeys'
  | 'connections'
  | 'organizationDomains'
  | 'directories'
  | 'logStreams'
  | 'webhookEndpoints';

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
  const of = (table: Named) =>
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
    select id, name from directories where ${of('directories')}
    union all
    select id, name from log_streams where ${of('logStreams')}
    union all
    select id, endpoint_url from webhook_endpoints where ${of('webhookEndpoints')}
    union all
    select redirect_uris.id, uri from redirect_uris
      where ${ofEnvironment('redirectUris', tenant)} and redirect_uris.id = any(${wanted})
    union all
    select links.id, it_contacts.email from links join it_contacts on it_contacts.id = links.contact_id
      where ${ofEnvironment('links', tenant)} and links.id = any(${wanted})
    union all
    select it_contacts.id, email from it_contacts
      where ${ofEnvironment('itContacts', tenant)} and it_contacts.id = any(${wanted})
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
