/** What a destination refused, or retention took before it was sent; and what of it is to be sent again. */
import { sql } from 'kysely';
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import type { Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { LogStreamRejectRow } from '../tables/log-stream-rejects.ts';
import type { LogStreamRow } from '../tables/log-streams.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { listAuditRecordsNumbered } from './audit-records.ts';

type Owned = Pick<LogStreamRow, 'id' | 'environmentId' | 'organizationId'>;

/** What was not delivered, newest first. */
export async function pageStreamRejects(
  tx: Tx,
  tenant: Tenant,
  streamId: string,
  request: PageRequest,
): Promise<Page<LogStreamRejectRow>> {
  const owned = ownedBy('logStreamRejects', tenant);
  const query = tx.selectFrom('logStreamRejects').selectAll().where(owned).where('streamId', '=', streamId);
  const keys = byCreation('logStreamRejects');
  return pageOf(tx, query, { table: 'logStreamRejects', keys, owned }, request);
}

export async function hasReject(tx: Tx, stream: Owned, id: string): Promise<boolean> {
  const found = await tx
    .selectFrom('logStreamRejects')
    .select('id')
    .where('id', '=', id)
    .where('streamId', '=', stream.id)
    .where(ownedBy('logStreamRejects', stream))
    .executeTakeFirst();
  return found !== undefined;
}

/** Which of these numbers of an organization's log are still kept. */
export async function keptNumbers(
  tx: Tx,
  { environmentId, organizationId }: Pick<Owned, 'environmentId' | 'organizationId'>,
  numbers: readonly number[],
): Promise<ReadonlySet<number>> {
  if (numbers.length === 0) return new Set();
  const { rows } = await sql<{ chainNumber: number }>`
    select chain_number from audit_events
    where environment_id = ${environmentId} and coalesce(organization_id, '') = ${organizationId}
      and chain_number = any(${numbers}::bigint[])
  `.execute(tx);
  return new Set(rows.map(({ chainNumber }) => chainNumber));
}

/** What became of asking: how many are newly to be sent again, how many waited for it already, and how many are gone. */
export interface ResendAsked {
  asked: number;
  waited: number;
  gone: number;
}

/** Marks what was refused and is still kept to be sent again: one of a stream, or all. What has arrived since stays as it is. */
export async function askToResend(
  tx: Tx,
  stream: Owned,
  { rejectId, now }: { rejectId: string | null; now: Date },
): Promise<ResendAsked> {
  const { rows } = await sql<ResendAsked>`
    with open as (
      select id, resend_asked_at, sequence = until_sequence and exists (
        select 1 from audit_events where audit_events.environment_id = log_stream_rejects.environment_id
          and coalesce(audit_events.organization_id, '') = log_stream_rejects.organization_id
          and chain_number = sequence) as is_kept
      from log_stream_rejects
      where stream_id = ${stream.id} and ${ownedBy('logStreamRejects', stream)} and resent_at is null
        and (${rejectId}::text is null or id = ${rejectId})
      for update
    ), marked as (
      update log_stream_rejects set resend_asked_at = ${now} from open
      where log_stream_rejects.id = open.id and is_kept and open.resend_asked_at is null
      returning 1
    )
    select (select count(*) from marked) as asked,
      (select count(*) from open where resend_asked_at is not null) as waited,
      (select count(*) from open where not is_kept and resend_asked_at is null) as gone
  `.execute(tx);
  return rows[0] ?? { asked: 0, waited: 0, gone: 0 };
}

export interface AskedReject {
  reject: LogStreamRejectRow;
  record: AuditRecord;
}

/** What is to be sent again, in the order of the log. What has ended meanwhile is written down as that. */
export async function takeAskedRejects(tx: Tx, stream: Owned, limit: number): Promise<AskedReject[]> {
  const rejects = await tx
    .selectFrom('logStreamRejects')
    .selectAll()
    .where('streamId', '=', stream.id)
    .where(ownedBy('logStreamRejects', stream))
    .where('resendAskedAt', 'is not', null)
    .orderBy('sequence')
    .limit(limit)
    .execute();
  if (rejects.length === 0) return [];
  const numbers = rejects.map(({ sequence }) => sequence);
  const records = await listAuditRecordsNumbered(tx, stream, numbers);
  const kept = new Map(records.map((record) => [record.sequence, record]));
  const gone = rejects.filter(({ sequence }) => !kept.has(sequence));
  const over = { cause: 'retention_over', status: null, answer: null };
  for (const { id } of gone) await keepAsRefused(tx, stream, id, over);
  return rejects.flatMap((reject) => {
    const record = kept.get(reject.sequence);
    return record === undefined ? [] : [{ reject, record }];
  });
}

/** They have arrived after all. */
export async function noteResent(tx: Tx, stream: Owned, ids: readonly string[], now: Date): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('logStreamRejects')
    .set({ resentAt: now, resendAskedAt: null })
    .where('streamId', '=', stream.id)
    .where(ownedBy('logStreamRejects', stream))
    .where('id', 'in', ids)
    .where('resentAt', 'is', null)
    .executeTakeFirst();
  await tx
    .updateTable('logStreams')
    .set({
      rejectedCount: sql<number>`greatest(rejected_count - ${numUpdatedRows}, 0)`,
      sentCount: sql<number>`sent_count + ${numUpdatedRows}`,
      lastSentAt: now,
    })
    .where('id', '=', stream.id)
    .where(ownedBy('logStreams', stream))
    .execute();
}

/** It was refused again, or is gone: it waits no more, and says why. */
export async function keepAsRefused(
  tx: Tx,
  stream: Owned,
  id: string,
  { cause, status, answer }: Pick<LogStreamRejectRow, 'cause' | 'status' | 'answer'>,
): Promise<void> {
  await tx
    .updateTable('logStreamRejects')
    .set({ cause, status, answer, resendAskedAt: null })
    .where('id', '=', id)
    .where('streamId', '=', stream.id)
    .where(ownedBy('logStreamRejects', stream))
    .execute();
}

/** What was not delivered and is older than so many days. Needs `withSystem`. */
export async function removeOldRejects(tx: Tx, now: Date, days: number): Promise<number> {
  const { rows } = await sql`
    delete from log_stream_rejects where ctid = any(array(
      select ctid from log_stream_rejects where created_at < ${new Date(now.getTime() - days * 86_400_000)} limit 1000))
    returning 1
  `.execute(tx);
  return rows.length;
}
