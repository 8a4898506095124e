import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { signExportLink } from '../adapters/export-links.ts';
import { newId } from '../adapters/ids.ts';
import {
  countPendingExports,
  insertAudit,
  insertAuditExport,
  insertCommand,
  lockOrganization,
  readExportChunk,
  type AuditExportRow,
  type Tx,
} from '../db/index.ts';
import {
  isExportRange,
  linkLifeMs,
  mostPending,
  type AuditExportFilter,
  type AuditExportFormat,
} from '../onboarding/audit-exports.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { auditExportRow } from '../onboarding/workflow-names.ts';
import { audited, type Acting } from './acting.ts';
import { stream, type Answer } from './answers.ts';
import type { AuditExportView } from './contract/setup-audit.ts';
import type { ApiDeps } from './deps.ts';
import type { Read } from './route.ts';

/** Files of audit events, as developers, customers and staff ask for them: the same rows, the same workflow. */

export interface WantedExport {
  format: AuditExportFormat;
  filter: AuditExportFilter;
  rangeStart: Date;
  rangeEnd: Date;
}

/**
 * Asks for a file. It is written by a workflow, and what was recorded until now is in it. Throws `audit_range_refused`,
 * and `too_many_requests` while several of the organization's are being written.
 */
export async function startAuditExport(
  tx: Tx,
  whose: { environmentId: string; organizationId: string },
  wanted: WantedExport,
  by: Acting,
): Promise<AuditExportRow> {
  const { now } = by.request;
  if (!isExportRange(wanted.rangeStart, wanted.rangeEnd, now))
    throw new OnboardingError('audit_range_refused');
  await lockOrganization(tx, whose, whose.organizationId);
  if ((await countPendingExports(tx, whose)) >= mostPending)
    throw new OnboardingError('too_many_requests', { retry_after_s: 5 });
  const id = newId('audit_log_export_');
  const { type, id: actorId } = by.actor;
  const row = await insertAuditExport(
    tx,
    { id, ...whose, ...wanted, askedByType: type, askedById: actorId },
    now,
  );
  await insertAudit(
    tx,
    audited(by, whose, {
      action: 'audit_log.exported',
      target: { type: 'audit_log_export', id },
      after: {
        format: wanted.format,
        from: wanted.rangeStart.toISOString(),
        until: wanted.rangeEnd.toISOString(),
      },
    }),
  );
  await insertCommand(tx, auditExportRow({ key: newId('cmd_'), ...whose, exportId: id }, now));
  return row;
}

/** A new link to the file, for ten minutes; null while there is none. */
export function linkToExport(
  { secrets, urls }: Pick<ApiDeps, 'secrets' | 'urls'>,
  row: AuditExportRow,
  now: Date,
): { url: string; until: Date } | null {
  if (stateOf(row, now) !== 'ready') return null;
  const until = new Date(now.getTime() + linkLifeMs);
  const query = signExportLink(secrets, { environmentId: row.environmentId, exportId: row.id }, until);
  return { url: `${urls.api}/audit_logs/exports/${row.id}/file?${query}`, until };
}

/** The sweep that ends files comes once an hour; what its end has come for is over at once. */
export function stateOf({ state, expiresAt }: AuditExportRow, now: Date): AuditExportRow['state'] {
  return state === 'ready' && expiresAt !== null && expiresAt <= now ? 'expired' : state;
}

/** As the pages of customers and staff show it. */
export function exportView(
  deps: Pick<ApiDeps, 'secrets' | 'urls'>,
  row: AuditExportRow,
  now: Date,
): AuditExportView {
  const link = linkToExport(deps, row, now);
  return {
    id: row.id,
    state: stateOf(row, now),
    errorCause: row.errorCause,
    format: row.format,
    rows: row.rowCount,
    bytes: row.byteCount,
    url: link?.url ?? null,
    urlUntil: link?.until.toISOString() ?? null,
    from: row.rangeStart.toISOString(),
    until: row.rangeEnd.toISOString(),
    createdAt: row.createdAt.toISOString(),
    keptUntil: row.expiresAt?.toISOString() ?? null,
  };
}

const types = { csv: 'text/csv; charset=utf-8', json: 'application/x-ndjson; charset=utf-8' } as const;
const endings = { csv: 'csv', json: 'ndjson' } as const;

/** The file itself, piece by piece. A piece that is gone breaks the download off, so that nobody takes a part for the whole. */
export function fileAnswer(row: AuditExportRow, read: Read): Answer {
  const { id, format, byteCount, createdAt } = row;
  const name = `audit-log-${createdAt.toISOString().slice(0, 10)}-${id.slice(-6).toLowerCase()}.${endings[format]}`;
  return {
    ...stream((response) => void writeFile(response, row, read)),
    headers: {
      'Content-Type': types[format],
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Length': String(byteCount),
      'Cache-Control': 'no-store, no-transform',
    },
  };
}

async function writeFile(response: Response, row: AuditExportRow, read: Read): Promise<void> {
  async function* chunks() {
    for (let number = 0; number < row.chunkCount; number += 1) {
      const chunk = await read((tx) => readExportChunk(tx, row, row.id, number));
      if (chunk === undefined) throw new Error('the file ends before its end');
      yield chunk;
    }
  }
  try {
    await pipeline(chunks, response);
  } catch {
    response.destroy();
  }
}
