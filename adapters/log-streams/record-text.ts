/**
 * Records as text, for every destination alike [STR-02]: made by a serializer, one line each, in which nothing is left that
 * a terminal or a reader of lines acts on, and never longer than the destination takes.
 */
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import type { DestinationLimits } from '../../onboarding/log-streams/destination.ts';
import { plainJson } from '../../onboarding/plain-json.ts';

/** A record as it is sent. One that was too long is cut and says so; the whole of it stays in the audit log. */
export type SentRecord = AuditRecord & { readonly truncated?: true };

/** How long texts may be, from try to try. */
const cuts = [16_384, 4_096, 1_024, 256, 64] as const;

/** The record, with its longest texts cut as far as needed, so that its JSON has at most `mostBytes`. */
function fittedRecord(record: AuditRecord, mostBytes: number): SentRecord {
  const fits = (candidate: SentRecord) => Buffer.byteLength(plainJson(candidate)) <= mostBytes;
  if (fits(record)) return record;
  for (const most of cuts) {
    const cut: SentRecord = { ...cutTexts(record, most), truncated: true };
    if (fits(cut)) return cut;
  }
  const { id, sequence, organization_id, action, occurred_at, actor, targets, context } = cutTexts(
    record,
    64,
  );
  const named = { id: actor.id, type: actor.type };
  return {
    id,
    sequence,
    organization_id,
    action,
    occurred_at,
    actor: named,
    targets: targets.slice(0, 10),
    context,
    truncated: true,
  };
}

/** As many of the records, from the first, as one request may hold; at least one. */
export function takeBatch(
  records: readonly AuditRecord[],
  limits: DestinationLimits,
  lineOf: (record: SentRecord) => string,
): readonly { readonly record: SentRecord; readonly line: string }[] {
  const batch: { record: SentRecord; line: string }[] = [];
  let bytes = 0;
  for (const given of records.slice(0, limits.records)) {
    let [record, line]: [SentRecord, string] = [given, lineOf(given)];
    // Nearly all are far from it: only a long line has its record looked at alone.
    if (Buffer.byteLength(line) > limits.recordBytes) {
      record = fittedRecord(given, limits.recordBytes);
      line = lineOf(record);
    }
    bytes += Buffer.byteLength(line) + 1;
    if (batch.length > 0 && bytes > limits.bytes) break;
    batch.push({ record, line });
  }
  return batch;
}

/** The beginning of a text, without half a character at its end. */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

function cutTexts<T>(node: T, most: number): T;
function cutTexts(node: unknown, most: number): unknown {
  if (typeof node === 'string') return node.length <= most ? node : `${cutText(node, most)}…`;
  if (Array.isArray(node)) return node.map((item: unknown) => cutTexts(item, most));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]: [string, unknown]) => [name, cutTexts(value, most)]),
  );
}
