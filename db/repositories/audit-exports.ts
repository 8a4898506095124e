/** Files of audit events: asked for, written page by page, kept for a day. */
import { sql } from 'kysely';
import { auditOrigins } from '../../onboarding/audit-actions.ts';
import { auditRecord, type AuditRecord } from '../../onboarding/audit-records.ts';
import type { AuditExportCursor, AuditExportFilter } from '../../onboarding/audit-exports.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { takeFirst } from '../pagination.ts';
import { isOfAction, timeOfEvents } from './audit-log.ts';
import type { AuditExportRow } from '../tables/audit-exports.ts';
import { toJson } from '../tables/columns.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

interface NewAuditExport {
  id: string;
  environmentId: string;
  organizationId: string;
  format: AuditExportRow['format'];
  filter: AuditExportFilter;
  rangeStart: Date;
  rangeEnd: Date;
  askedByType: string;
  askedById: string | null;
}

export async function insertAuditExport(tx: Tx, asked: NewAuditExport, now: Date): Promise<AuditExportRow> {
  return tx
    .insertInto('auditExports')
    .values({ ...asked, filter: toJson(asked.filter), createdAt: now, updatedAt: now })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Throws `not_found` of the kind `audit_export`. */
export async function getAuditExport(tx: Tx, tenant: Tenant, id: string): Promise<AuditExportRow> {
  const row = await tx
    .selectFrom('auditExports')
    .selectAll()
    .where(ownedBy('auditExports', tenant))
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw new OnboardingError('not_found', { kind: 'audit_export' });
  return row;
}

/** How many of an organization's are being written. */
export async function countPendingExports(tx: Tx, tenant: Tenant): Promise<number> {
  const { count } = await tx
    .selectFrom('auditExports')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(ownedBy('auditExports', tenant))
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  return count;
}

/** One that is being written, held until the end of the transaction; undefined when it is not. */
export async function lockPendingExport(tx: Tx, id: string): Promise<AuditExportRow | undefined> {
  return tx
    .selectFrom('auditExports')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .forUpdate()
    .executeTakeFirst();
}

/** The next records of an export, oldest first, of those that are sealed. */
export async function listExportRecords(
  tx: Tx,
  asked: AuditExportRow,
  limit: number,
): Promise<{ records: AuditRecord[]; cursor: AuditExportCursor | null }> {
  const { environmentId, organizationId, rangeStart, rangeEnd, cursor, filter } = asked;
  const { action, actions, actorIds, actorNames, targetTypes, targetIds } = filter;
  const among = (values: readonly string[]) => sql`${values}::text[]`;
  let query = tx
    .selectFrom('auditEvents')
    .selectAll('auditEvents')
    .where(ownedBy('auditEvents', { environmentId, organizationId }))
    .where('chainNumber', 'is not', null)
    // A pair of columns bounds a walk through an index only where neither is bounded by itself.
    .where('occurredAt', '>=', cursor ? new Date(cursor.occurredAt) : rangeStart)
    .where('occurredAt', '<', rangeEnd);
  if (cursor)
    query = query.where(sql<boolean>`(occurred_at, id) > (${cursor.occurredAt}::timestamptz, ${cursor.id})`);
  if (actions) query = query.where(sql<boolean>`action = any(${among(actions)})`);
  if (action) query = query.where(isOfAction(action));
  if (actorIds) query = query.where(sql<boolean>`actor_id = any(${among(actorIds)})`);
  if (actorNames) query = query.where(sql<boolean>`personal->>'actor_name' = any(${among(actorNames)})`);
  if (targetTypes) query = query.where(hasTarget('type', targetTypes, sql`target_type`));
  if (targetIds) query = query.where(hasTarget('id', targetIds, sql`target_id`));
  const parts = auditOrigins.map((origin) => ({
    query: query.where('origin', '=', origin),
    keys: timeOfEvents,
  }));
  const rows = await takeFirst(
    tx,
    parts,
    { table: 'auditEvents', keys: timeOfEvents },
    { isDescending: false, limit },
  );
  const last = rows.at(-1);
  return {
    records: rows.map(auditRecord),
    cursor: last ? { occurredAt: last.occurredAt.toISOString(), id: last.id } : null,
  };
}

const hasTarget = (part: 'type' | 'id', values: readonly string[], first: ReturnType<typeof sql>) =>
  sql<boolean>`(${first} = any(${values}::text[]) or exists (
    select from jsonb_array_elements(content->'targets') as target where target->>${part} = any(${values}::text[])))`;

/** What one page has added to a file. */
export interface ExportPage {
  content: Buffer;
  rows: number;
  cursor: AuditExportCursor | null;
}

const chunkBytes = 256 * 1024;

/** Adds a page and remembers how far the writing has come, in one transaction: broken off, it goes on behind it. */
export async function appendToExport(
  tx: Tx,
  { id, environmentId, organizationId, chunkCount }: AuditExportRow,
  { content, rows, cursor }: ExportPage,
  now: Date,
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(content.length / chunkBytes) }, (_, index) => ({
    exportId: id,
    environmentId,
    organizationId,
    number: chunkCount + index,
    content: content.subarray(index * chunkBytes, (index + 1) * chunkBytes),
  }));
  if (chunks.length > 0) await tx.insertInto('auditExportChunks').values(chunks).execute();
  await tx
    .updateTable('auditExports')
    .set((eb) => ({
      rowCount: eb('rowCount', '+', rows),
      byteCount: eb('byteCount', '+', content.length),
      chunkCount: eb('chunkCount', '+', chunks.length),
      ...(cursor && { cursor: toJson(cursor) }),
      updatedAt: now,
    }))
    .where('id', '=', id)
    .execute();
}

/** The file is whole: it is kept until `expiresAt`. */
export async function finishExport(tx: Tx, id: string, now: Date, expiresAt: Date): Promise<void> {
  await tx
    .updateTable('auditExports')
    .set({ state: 'ready', readyAt: now, updatedAt: now, expiresAt })
    .where('id', '=', id)
    .execute();
}

/** The file will not come; what was written of it goes. */
export async function failExport(
  tx: Tx,
  id: string,
  errorCause: NonNullable<AuditExportRow['errorCause']>,
  now: Date,
): Promise<void> {
  await tx.deleteFrom('auditExportChunks').where('exportId', '=', id).execute();
  await tx
    .updateTable('auditExports')
    .set({ state: 'error', errorCause, updatedAt: now })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

/** One piece of a file; undefined behind the last. */
export async function readExportChunk(
  tx: Tx,
  tenant: Tenant,
  exportId: string,
  number: number,
): Promise<Buffer | undefined> {
  const row = await tx
    .selectFrom('auditExportChunks')
    .select('content')
    .where(ownedBy('auditExportChunks', tenant))
    .where('exportId', '=', exportId)
    .where('number', '=', number)
    .executeTakeFirst();
  return row?.content;
}

/** Files whose day is over; the rows that say who asked for them go with the organization. Needs `withSystem`. */
export async function expireExports(tx: Tx, now: Date): Promise<number> {
  const expired = await tx
    .updateTable('auditExports')
    .set({ state: 'expired', updatedAt: now })
    .where('state', '=', 'ready')
    .where('expiresAt', '<=', now)
    .returning('id')
    .execute();
  await tx
    .deleteFrom('auditExportChunks')
    .where(sql<boolean>`export_id = any(${expired.map(({ id }) => id)}::text[])`)
    .execute();
  return expired.length;
}
