/** What the look at the health of directories reads and writes: a fixed number of statements. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import type { DirectoryHoldRow } from '../tables/directory-holds.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export interface DirectoryToJudge extends Pick<
  DirectoryRow,
  | 'id'
  | 'environmentId'
  | 'organizationId'
  | 'providerId'
  | 'road'
  | 'state'
  | 'linkedAt'
  | 'lastRequestAt'
  | 'credentialsFailingSince'
  | 'credentialsCause'
  | 'updatedAt'
  | 'nextGeneration'
> {
  /** Since when many people who leave wait for a person [SCIM-09]. */
  heldSince: Date | null;
  /** When the last of its tokens ends or was retired; null where one has no end, or none was ever made. */
  tokensEndAt: Date | null;
  /** When the first of its lists of people came that were refused, and none was taken since; null of one that was taken. */
  listRefusedSince: Date | null;
  /** When readings that brought something to look at ended, newest first. */
  readings: Date[];
  lastTriedAt: Date | null;
  /** Since when there has been a token that works; null where none does. */
  tokenSince: Date | null;
}

const readingsLookedAt = 20;

/** When the last token of `directories` ends: one without an end makes it null. */
const tokensEndAt = sql<Date | null>`(
  select nullif(max(coalesce(least(revoked_at, expires_at), 'infinity')), 'infinity')
  from directory_tokens where directory_id = directories.id
)`;

/**
 * Every directory that people come from, of all tenants. A call with a token that does not hold is no word. A file that was refused is a word of the customer, too.
 */
export async function listDirectoriesToJudge(tx: Tx, now: Date): Promise<DirectoryToJudge[]> {
  const { rows } = await sql<Omit<DirectoryToJudge, 'readings'> & { readings: string[] }>`
    select directories.id, directories.environment_id, directories.organization_id, directories.provider_id,
      directories.road, directories.state, directories.linked_at,
      greatest(directories.last_request_at, (
        select at from directory_requests
        where directory_id = directories.id and status <> 401
        order by at desc limit 1
      )) as last_request_at,
      directories.credentials_failing_since, directories.credentials_cause, directories.updated_at,
      directories.next_generation, ${tokensEndAt} as tokens_end_at,
      holds.created_at as held_since,
      case when directories.state = 'linked' and directories.road in ('sftp', 'sftp_pull') then (
        select min(received_at) from directory_files as list
        where directory_id = directories.id and name = 'users.csv' and state = 'refused' and cause <> 'discarded'
          and received_at >= coalesce(directories.credentials_set_at, '-infinity') and not exists (
            select from directory_files as later
            where later.directory_id = directories.id and later.name = 'users.csv'
              and (later.state in ('applied', 'held', 'unchanged') or (later.state = 'refused' and later.cause = 'discarded'))
              and (later.received_at, later.id) > (list.received_at, list.id)
          )
      ) end as list_refused_since,
      coalesce((
        select jsonb_agg(to_jsonb(ended_at) order by ended_at desc)
        from (
          select ended_at from directory_runs
          where directory_id = directories.id and ended_at is not null and (state <> 'failed' or kind = 'files')
          order by started_at desc, id desc limit ${readingsLookedAt}
        ) as newest
      ), '[]') as readings,
      (select max(started_at) from directory_runs where directory_id = directories.id) as last_tried_at,
      (
        select min(created_at) from directory_tokens
        where directory_id = directories.id and revoked_at is null and (expires_at is null or expires_at > ${now})
      ) as token_since
    from directories
    join organizations on organizations.id = directories.organization_id and organizations.deleted_at is null
    left join directory_holds as holds on holds.directory_id = directories.id
      and holds.state = 'open' and holds.reason = 'many_leave'
    where directories.deleted_at is null and directories.state in ('linked', 'invalid_credentials')
    order by directories.id
  `.execute(tx);
  return rows.map((row) => ({ ...row, readings: row.readings.map((at) => new Date(at)) }));
}

/** When the last of a directory's tokens ends or was retired; null where one has no end, or none was ever made. */
export async function findLastTokenEnd(tx: Tx, tenant: Tenant, directoryId: string): Promise<Date | null> {
  const row = await tx
    .selectFrom('directories')
    .select(tokensEndAt.as('tokensEndAt'))
    .where('id', '=', directoryId)
    .where(ownedBy('directories', tenant))
    .executeTakeFirst();
  return row?.tokensEndAt ?? null;
}

/** Since when the directory is too long silent, for its pages; null when it speaks again. */
export async function markSilent(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  silentSince: Date | null,
): Promise<void> {
  await tx
    .updateTable('directories')
    .set({ silentSince })
    .where('id', '=', directoryId)
    .where(ownedBy('directories', tenant))
    .execute();
}

/** A change that waits, and how many people it is about. */
export type ToldHold = DirectoryHoldRow & { people: number };

/** Holds of which somebody has yet to be told: that they wait, or what was decided. Needs `withSystem`. */
export async function listHoldsToTell(tx: Tx): Promise<ToldHold[]> {
  const { rows } = await sql<ToldHold>`
    select holds.*, (select count(*)::int from directory_users where hold_id = holds.id) as people
    from directory_holds as holds
    where (told_at is null or (decided_at is not null and decision_told_at is null)) and reason <> 'switch'
    order by created_at, id
  `.execute(tx);
  return rows;
}

/** How many people wait in the directory's open hold, of how many that were active; undefined when none is open. */
export async function findOpenHoldWithPeople(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
): Promise<ToldHold | undefined> {
  const { rows } = await sql<ToldHold>`
    select directory_holds.*,
      (select count(*)::int from directory_users where hold_id = directory_holds.id) as people
    from directory_holds
    where directory_id = ${directoryId} and state = 'open' and ${ownedBy('directoryHolds', tenant)}
  `.execute(tx);
  return rows[0];
}

/** Everybody was told of it. Needs `withSystem`. */
export async function markHoldTold(
  tx: Tx,
  holdId: string,
  told: { toldAt?: Date; decisionToldAt?: Date },
): Promise<void> {
  await tx.updateTable('directoryHolds').set(told).where('id', '=', holdId).execute();
}
