/** The staff's list of what ends: certificates, client secrets and our own keys of live connections, tokens of directories, credentials of log streams. */
import { sql, type RawBuilder } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import { spokenOfDays, type EndingKind } from '../../onboarding/ageing.ts';
import type { Tx } from '../database.ts';
import type { Tenant } from '../tenant.ts';
import { isServingToken } from './ageing-notices.ts';

export interface ExpiringRow {
  /** The certificate, the key, the token, or the connection whose secret it is. */
  id: string;
  kind: EndingKind;
  /** What it belongs to. */
  sourceType: 'connection' | 'directory' | 'log_stream';
  sourceId: string;
  sourceName: string;
  organizationId: string;
  organizationName: string;
  providerId: string | null;
  endsAt: Date;
  /** Whether the provider publishes its certificates where we look. */
  renewsItself: boolean;
  noticeThreshold: number | null;
  noticeAt: Date | null;
  /** The renewal link made last for the connection or the directory. */
  linkState: string | null;
  linkAt: Date | null;
  /** Who hears of it at the customer: the contact recorded first. */
  owner: string | null;
}

export interface ExpiringFilter {
  organizationId?: string | undefined;
  /** Ends within so many days; 0: has ended. */
  within: number;
}

const dayMs = 86_400_000;

/**
 * What lies before this is listed. Notices count days by the calendar of each reader, where it may be a day later than
 * in UTC: so one day more of it is taken, and nothing is announced that is not listed.
 */
function endOfView(days: number, now: Date): Date {
  if (days === 0) return now;
  const today = Math.floor(now.getTime() / dayMs);
  return new Date((today + days + 2) * dayMs - 1);
}

/** A connection signs in until its longest certificate ends, so that one counts alone. */
const things = (tenant: Tenant) => sql`
  select certificates.id, 'idp_certificate' as kind, certificates.connection_id as source_id,
    certificates.not_after as ends_at
  from (
    select distinct on (connection_id) id, connection_id, not_after from idp_certificates
    where environment_id = ${tenant.environmentId} and retired_at is null
    order by connection_id, not_after desc, id
  ) as certificates
  union all
  select id, 'client_secret', id, (oidc_secret_ends_on || 'T23:59:59Z')::timestamptz from connections
  where environment_id = ${tenant.environmentId} and oidc_secret_ends_on ~ '^\\d{4}-\\d{2}-\\d{2}$'
  union all
  select id, use || '_key', connection_id, not_after from sp_keys
  where environment_id = ${tenant.environmentId} and use in ('signing', 'encryption')
    and state = 'current' and retired_at is null
  union all
  select id, 'scim_token', directory_id, expires_at from directory_tokens
  where environment_id = ${tenant.environmentId} and ${isServingToken}
  union all
  select id, 'stream_credential', id, (secret_ends_on || 'T23:59:59Z')::timestamptz from log_streams
  where environment_id = ${tenant.environmentId} and secret_ends_on is not null and started_at is not null
`;

/** What things that end belong to: connections that serve people, directories that are there. */
const sources = (tenant: Tenant) => sql`
  select 'connection' as type, id, environment_id, organization_id, provider_id, name, idp_metadata_url
  from connections
  where environment_id = ${tenant.environmentId} and state = 'active' and deleted_at is null
  union all
  select 'directory', id, environment_id, organization_id, provider_id, name, null
  from directories
  where environment_id = ${tenant.environmentId} and deleted_at is null
  union all
  select 'log_stream', id, environment_id, organization_id, null, name, null
  from log_streams
  where environment_id = ${tenant.environmentId} and deleted_at is null
`;

/** What was done about each row. */
const told = sql`
  left join lateral (
    select threshold, told_at from ageing_notices
    where ageing_notices.environment_id = sources.environment_id
      and ageing_notices.organization_id = sources.organization_id
      and ageing_notices.kind = things.kind and ageing_notices.subject_id = things.id
    order by told_at desc limit 1
  ) as notice on true
  left join lateral (
    select state, created_at from links
    where sources.id in (links.connection_id, links.directory_id, links.log_stream_id) and links.organization_id = sources.organization_id
    order by created_at desc limit 1
  ) as link on true
  left join lateral (
    select email from it_contacts
    where it_contacts.organization_id = sources.organization_id and it_contacts.removed_at is null
    order by created_at, id limit 1
  ) as contact on true
`;

function expiring(
  tenant: Tenant,
  { organizationId, within }: ExpiringFilter,
  now: Date,
  joins = sql``,
): RawBuilder<unknown> {
  return sql`
    from (${things(tenant)}) as things
    join (${sources(tenant)}) as sources on sources.id = things.source_id
    join organizations on organizations.id = sources.organization_id and organizations.deleted_at is null
    ${joins}
    where things.ends_at <= ${endOfView(within, now)}
      and (${organizationId ?? null}::text is null or sources.organization_id = ${organizationId ?? null})
  `;
}

/** What ended first comes first. `after` is the last row seen, `<end in ms>.<id>.<kind>`. */
export async function listExpiring(
  tx: Tx,
  tenant: Tenant,
  filter: ExpiringFilter,
  { limit, after, now }: { limit: number; after?: string | undefined; now: Date },
): Promise<{ rows: ExpiringRow[]; after: string | null }> {
  const cursor = after === undefined ? undefined : readCursor(after);
  const beyond =
    cursor === undefined
      ? sql``
      : sql`and (date_trunc('milliseconds', things.ends_at), things.id, things.kind) >
          (${cursor.endsAt}::timestamptz, ${cursor.id}, ${cursor.kind})`;
  const { rows } = await sql<ExpiringRow>`
    select things.id, things.kind, sources.type as "sourceType", sources.id as "sourceId",
      sources.name as "sourceName", things.ends_at as "endsAt",
      sources.organization_id as "organizationId", organizations.name as "organizationName",
      sources.provider_id as "providerId",
      things.kind = 'idp_certificate' and sources.idp_metadata_url is not null as "renewsItself",
      notice.threshold as "noticeThreshold", notice.told_at as "noticeAt",
      link.state as "linkState", link.created_at as "linkAt", contact.email as owner
    ${expiring(tenant, filter, now, told)} ${beyond}
    order by date_trunc('milliseconds', things.ends_at), things.id, things.kind
    limit ${limit + 1}
  `.execute(tx);
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { rows: kept, after: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

/** How many end within 30 and 90 days, and how many have ended; each counts in every wider view. */
export async function countExpiring(
  tx: Tx,
  tenant: Tenant,
  organizationId: string | undefined,
  now: Date,
): Promise<{ ended: number; soon: number; all: number }> {
  const { rows } = await sql<{ ended: number; soon: number; all: number }>`
    select count(*) filter (where things.ends_at <= ${now}) as ended,
      count(*) filter (where things.ends_at <= ${endOfView(30, now)}) as soon, count(*) as all
    ${expiring(tenant, { organizationId, within: spokenOfDays }, now)}
  `.execute(tx);
  const [counts] = rows;
  return {
    ended: Number(counts?.ended ?? 0),
    soon: Number(counts?.soon ?? 0),
    all: Number(counts?.all ?? 0),
  };
}

/** How many things end on each day of the calendar in UTC, within 90 days, earliest first. */
export async function countExpiringPerDay(
  tx: Tx,
  tenant: Tenant,
  organizationId: string | undefined,
  now: Date,
): Promise<{ day: string; count: number }[]> {
  const { rows } = await sql<{ day: string; count: number }>`
    select to_char(things.ends_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as count
    ${expiring(tenant, { organizationId, within: spokenOfDays }, now)} and things.ends_at > ${now}
    group by day order by day
  `.execute(tx);
  return rows;
}

const cursorOf = ({ endsAt, id, kind }: ExpiringRow) => `${endsAt.getTime()}.${id}.${kind}`;

/** Throws `invalid_request` where the text is no cursor of ours. */
function readCursor(text: string): { endsAt: Date; id: string; kind: string } {
  const [, at, id, kind] = /^(-?\d{1,15})\.([\w-]{1,60})\.([a-z_]{1,20})$/.exec(text) ?? [];
  if (at === undefined || id === undefined || kind === undefined)
    throw new OnboardingError('invalid_request', { field: 'after' });
  return { endsAt: new Date(Number(at)), id, kind };
}
