/** Files of audit events: what may be asked for, how long they are there, and how their lines are written. */
import type { AuditMetadata, AuditRecord } from './audit-records.ts';
import { csvCell } from './csv-cell.ts';
import { plainJson } from './plain-json.ts';

export interface AuditExportFilter {
  actions?: string[];
  /** A whole action, or the thing before its point, as the pages filter by. */
  action?: string;
  actorNames?: string[];
  actorIds?: string[];
  /** Types of targets. */
  targetTypes?: string[];
  /** Ids of targets, as the pages filter by. */
  targetIds?: string[];
}

/** The last event that is in the file. */
export interface AuditExportCursor {
  occurredAt: string;
  id: string;
}

export type AuditExportFormat = 'csv' | 'json';

/** What of an export its maker may wish for: a longer range is several files. */
const longestRangeDays = 93;
/** How many files of an organization are written at a time. */
export const mostPending = 5;
/** Bytes of a file, above which nobody opens it any more. */
export const largestBytes = 1024 * 1024 * 1024;
export const fileLifeMs = 24 * 3_600_000;
export const linkLifeMs = 10 * 60_000;

const dayMs = 86_400_000;

/** Whether events of this span can be asked for: from before its end, in the past, three months at most. */
export function isExportRange(from: Date, until: Date, now: Date): boolean {
  return from < until && from <= now && until.getTime() - from.getTime() <= longestRangeDays * dayMs;
}

const columns = [
  ...(['id', 'sequence', 'action', 'occurred_at', 'actor_id', 'actor_type', 'actor_name'] as const),
  ...(['actor_metadata', 'targets', 'location', 'user_agent', 'metadata', 'version'] as const),
];

/** The first line of a CSV file. */
export const csvHeader = `${columns.join(',')}\r\n`;

/**
 * One record as a line of CSV (RFC 4180); of JSON, one object a line, as streams send it. Neither can be broken by what a
 * field holds.
 */
export function exportLine(record: AuditRecord, format: AuditExportFormat): string {
  if (format === 'json') return `${plainJson(record)}\n`;
  const { actor, context } = record;
  const fields: Record<(typeof columns)[number], unknown> = {
    id: record.id,
    sequence: record.sequence,
    action: record.action,
    occurred_at: record.occurred_at,
    actor_id: actor.id,
    actor_type: actor.type,
    actor_name: actor.name,
    actor_metadata: jsonOf(actor.metadata),
    targets: plainJson(record.targets),
    location: context.location,
    user_agent: context.user_agent,
    metadata: jsonOf(record.metadata),
    version: record.version,
  };
  return `${columns.map((column) => csvField(fields[column])).join(',')}\r\n`;
}

const jsonOf = (metadata: AuditMetadata | undefined) => metadata && plainJson(metadata);

/** Texts are cells of CSV; a number of ours is none that anybody wrote. */
function csvField(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? csvCell(value) : `"${String(value)}"`;
}
