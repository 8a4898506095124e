import type { Generated, Selectable } from 'kysely';
import type { AuditExportCursor, AuditExportFilter } from '../../onboarding/audit-exports.ts';
import type { Json } from './columns.ts';

/** A file of audit events that somebody asked for. */
export interface AuditExportsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  state: Generated<'pending' | 'ready' | 'error' | 'expired'>;
  format: 'csv' | 'json';
  filter: Json<AuditExportFilter>;
  rangeStart: Date;
  rangeEnd: Date;
  askedByType: string;
  askedById: string | null;
  /** How far the writing has come; null before the first page and after the last. */
  cursor: Json<AuditExportCursor> | null;
  rowCount: Generated<number>;
  byteCount: Generated<number>;
  chunkCount: Generated<number>;
  errorCause: 'too_large' | 'failed' | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  readyAt: Date | null;
  /** When the file goes. */
  expiresAt: Date | null;
}

export type AuditExportRow = Selectable<AuditExportsTable>;
