import { Context } from '@temporalio/activity';
import {
  appendToExport,
  failExport,
  finishExport,
  listExportRecords,
  lockPendingExport,
  rowsASealing,
  sealAudit,
  withSystem,
  type Db,
  type Tx,
} from '../db/index.ts';
import { csvHeader, exportLine, fileLifeMs, largestBytes } from '../onboarding/audit-exports.ts';
import type { Activities } from './index.ts';

export type AuditExportDeps = { systemDb: Db; now: () => Date };

const recordsAtOnce = 1_000;

/**
 * Writes files of audit events, page by page. Each page and how far it has come are one transaction: a writing that
 * breaks off goes on behind it, and one that runs twice takes turns.
 */
export function auditExportActivities({
  systemDb,
  now,
}: AuditExportDeps): Pick<Activities, 'writeAuditExport' | 'failAuditExport'> {
  return {
    async writeAuditExport({ environmentId, exportId }) {
      // What was recorded before the file was asked for is in it.
      while ((await withSystem(systemDb, (tx) => sealAudit(tx, environmentId))) === rowsASealing)
        Context.current().heartbeat();
      while (await withSystem(systemDb, (tx) => writePage(tx, exportId))) Context.current().heartbeat();
    },
    async failAuditExport({ exportId }) {
      await withSystem(systemDb, (tx) => failExport(tx, exportId, 'failed', now()));
    },
  };

  /** Answers whether there is more to write. */
  async function writePage(tx: Tx, exportId: string): Promise<boolean> {
    const asked = await lockPendingExport(tx, exportId);
    if (asked === undefined) return false;
    const { records, cursor } = await listExportRecords(tx, asked, recordsAtOnce);
    const header = asked.chunkCount === 0 && asked.format === 'csv' ? csvHeader : '';
    const lines = records.map((record) => exportLine(record, asked.format));
    const content = Buffer.from(header + lines.join(''), 'utf8');
    if (asked.byteCount + content.length > largestBytes) {
      await failExport(tx, exportId, 'too_large', now());
      return false;
    }
    await appendToExport(tx, asked, { content, rows: records.length, cursor }, now());
    if (records.length === recordsAtOnce) return true;
    await finishExport(tx, exportId, now(), new Date(now().getTime() + fileLifeMs));
    return false;
  }
}
