/** The sealed audit log of an organization, in the order of its chain: what streams read. */
import { sql } from 'kysely';
import { auditRecord, type AuditFacts, type AuditRecord } from '../../onboarding/audit-records.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns, columnNames } from '../row-columns.ts';
import { ofEnvironment } from '../tenant.ts';

interface AuditChain {
  environmentId: string;
  organizationId: string;
}

/**
 * Up to `limit` records behind a sequence number, in their order, without gaps but those that retention made. What is not
 * yet sealed is not among them: it comes within a second or so.
 */
export async function listAuditRecordsAfter(
  tx: Tx,
  chain: AuditChain,
  afterNumber: number,
  limit: number,
): Promise<AuditRecord[]> {
  const rows = await recordsAfter(tx, { ...chain, afterNumber, limit });
  return rows.map(auditRecord);
}

const recordsAfter = fixedStatement<AuditFacts>(`
  select ${bareColumns(
    columnNames<AuditFacts>({
      id: true,
      organizationId: true,
      chainNumber: true,
      origin: true,
      occurredAt: true,
      actorType: true,
      actorId: true,
      action: true,
      targetType: true,
      targetId: true,
      before: true,
      after: true,
      personal: true,
      content: true,
      sourceAddress: true,
      userAgent: true,
    }),
  )} from audit_events
  where environment_id = :environmentId and coalesce(organization_id, '') = :organizationId
    and chain_number > :afterNumber
  order by chain_number limit :limit
`);

/** The records with these numbers that are still kept, in their order. */
export async function listAuditRecordsNumbered(
  tx: Tx,
  chain: AuditChain,
  numbers: readonly number[],
): Promise<AuditRecord[]> {
  const rows = await tx
    .selectFrom('auditEvents')
    .selectAll()
    .where(ofChain(chain))
    .where('chainNumber', 'in', numbers)
    .orderBy('chainNumber')
    .execute();
  return rows.map(auditRecord);
}

/** The sequence number of the newest record; 0 before the first one. */
export async function lastAuditNumber(tx: Tx, chain: AuditChain): Promise<number> {
  return (await headOf(tx, chain)).lastNumber;
}

/**
 * The number of the first record that was recorded at or after `at`; one more than the last when there is none. Halves
 * the chain until it is found: an index by time besides that by number would cost every event.
 */
export async function firstAuditNumberSince(tx: Tx, chain: AuditChain, at: Date): Promise<number> {
  const { cutNumber, lastNumber } = await headOf(tx, chain);
  let first = cutNumber + 1;
  let behind = lastNumber + 1;
  while (first < behind) {
    const middle = Math.floor((first + behind) / 2);
    if (await isBefore(tx, chain, middle, at)) first = middle + 1;
    else behind = middle;
  }
  return first;
}

async function isBefore(tx: Tx, chain: AuditChain, number: number, at: Date): Promise<boolean> {
  const row = await tx
    .selectFrom('auditEvents')
    .select('at')
    .where(ofChain(chain))
    .where('chainNumber', '=', number)
    .executeTakeFirst();
  return row !== undefined && row.at < at;
}

async function headOf(
  tx: Tx,
  { environmentId, organizationId }: AuditChain,
): Promise<{ cutNumber: number; lastNumber: number }> {
  const head = await tx
    .selectFrom('auditHeads')
    .select(['cutNumber', 'lastNumber'])
    .where('environmentId', '=', environmentId)
    .where('chain', '=', organizationId)
    .executeTakeFirst();
  return head ?? { cutNumber: 0, lastNumber: 0 };
}

/** As the index has it. */
const ofChain = ({ environmentId, organizationId }: AuditChain) =>
  sql<boolean>`${ofEnvironment('auditEvents', { environmentId })} and coalesce(organization_id, '') = ${organizationId}`;
