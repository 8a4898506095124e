import { z } from 'zod';
import { instant } from './shared.ts';

/** P25: what happened, for the customer's admins. Paths are below `/setup/<handle>/api`. */

const party = z.strictObject({ type: z.string(), id: z.string(), name: z.string().nullable() });

/**
 * GET audit-events?actor=&action=&target=&from=&until=&after=&limit=, what happened last first. `action` is a whole one, or
 * the thing before its point; `from` counts, `until` does not. Cursors are ids. New ones are told by hints of the kind `audit`.
 */
export const auditEventsQuery = z.strictObject({
  actor: z.string().max(512).optional(),
  action: z.string().max(200).optional(),
  target: z.string().max(512).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  after: z.string().max(60).optional(),
  limit: z.int().min(1).max(100).optional(),
});
const auditEventRow = z.strictObject({
  id: z.string(),
  occurredAt: instant,
  /** `vendor`: of the vendor's product; `setup`: of the set-up, whose actions pages have words for. */
  origin: z.enum(['vendor', 'setup']),
  action: z.string(),
  /** Of the type `staff` when it was the vendor's: their mark is shown, their names are not told. */
  actor: party,
  targets: z.array(party),
  /** An address or a place; null where it is not known or not the customer's to know. */
  location: z.string().nullable(),
});
export type AuditEventRow = z.infer<typeof auditEventRow>;
export const auditEventsPage = z.strictObject({
  rows: z.array(auditEventRow),
  next: z.string().nullable(),
  /** Days for which events are kept. */
  keptDays: z.int(),
});

/** GET audit-events/:id. `record` is what streams and files hold; until the event is sealed `sequence` is null, and not in it. */
export const auditEventDetail = auditEventRow.extend({
  recordedAt: instant,
  sequence: z.int().nullable(),
  record: z.record(z.string(), z.unknown()),
});
export type AuditEventDetail = z.infer<typeof auditEventDetail>;

/** POST audit-exports: of three months at most, with the page's filters. At most five at a time are written. */
export const startAuditExportBody = z.strictObject({
  format: z.enum(['csv', 'json']),
  from: z.iso.datetime({ offset: true }),
  until: z.iso.datetime({ offset: true }),
  actor: z.string().max(512).optional(),
  action: z.string().max(200).optional(),
  target: z.string().max(512).optional(),
});
/** The answer to that and GET audit-exports/:id, to be asked every second while it is pending. */
export const auditExportView = z.strictObject({
  id: z.string(),
  /** `expired`: the file is gone after a day; `error`: it was too large, or could not be written. */
  state: z.enum(['pending', 'ready', 'error', 'expired']),
  errorCause: z.enum(['too_large', 'failed']).nullable(),
  format: z.enum(['csv', 'json']),
  /** So far, while it is written. */
  rows: z.int(),
  bytes: z.int(),
  /** A link of ten minutes, a new one with every answer; null while there is no file. */
  url: z.string().nullable(),
  urlUntil: instant.nullable(),
  from: instant,
  until: instant,
  createdAt: instant,
  keptUntil: instant.nullable(),
});
export type AuditExportView = z.infer<typeof auditExportView>;
