/**
 * Tamper evidence for the audit log [AUD-03]. Committed rows are chained per organization: each carries a hash over its
 * number, its content and the hash before it. Rows without an organization form the environment's own chain, ''.
 * Needs `withSystem` throughout.
 */
import { hash as digestOf } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson } from '../canonical-json.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { bareColumns, columnNames } from '../row-columns.ts';
import type { AuditCheckpointRow, CheckpointBody, CutBody } from '../tables/audit-checkpoints.ts';
import { toJson } from '../tables/columns.ts';
import type { AuditEventRow } from '../tables/audit-events.ts';
import type { AuditHeadRow } from '../tables/audit-heads.ts';

/** Before the first row of a chain. */
export const chainStart = '0'.repeat(64);

/** How many rows one sealing takes: where it took as many, there may be more. */
export const rowsASealing = 1_000;
const rowsAtOnce = rowsASealing;
const rowsCutAtOnce = 10_000;
const dayMs = 86_400_000;

/** Environments with rows that are not yet sealed. */
export async function listEnvironmentsToSeal(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('auditEvents')
    .select('environmentId')
    .distinct()
    .where('chainNumber', 'is', null)
    .execute();
  return rows.map(({ environmentId }) => environmentId);
}

/**
 * Chains up to 1,000 committed rows of the environment in the order they were written and answers how many. One caller
 * at a time; the lock has a statement of its own, so that the next one sees what the previous caller has sealed.
 */
export async function sealAudit(tx: Tx, environmentId: string): Promise<number> {
  // A month is empty when the statements below are first planned, and they keep that plan while it fills: reading all of
  // it would do then, and never again. Everything they seek has an index.
  await sql`
    select pg_advisory_xact_lock(hashtextextended(${`seal_audit:${environmentId}`}, 0)),
      set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
      set_config('enable_mergejoin', 'off', true)
  `.execute(tx);
  const rows = await unsealedRows(tx, { environmentId });
  if (rows.length === 0) return 0;

  const heads = await headsOf(tx, environmentId, [...new Set(rows.map(chainOf))]);
  const sealed = rows.map((row) => {
    const chain = chainOf(row);
    const head = heads.get(chain);
    const number = (head?.lastNumber ?? 0) + 1;
    const previousHash = head?.lastHash ?? chainStart;
    const hash = hashOfRow(row, number, previousHash);
    heads.set(chain, { lastNumber: number, lastHash: hash });
    return { id: row.id, at: row.at, number, previous_hash: previousHash, hash };
  });
  await sealRows(tx, { rows: JSON.stringify(sealed) });
  await putHeads(tx, environmentId, heads);
  return sealed.length;
}

type RowToSeal = Omit<AuditEventRow, 'ordinal' | 'chainNumber' | 'previousHash' | 'hash'>;

const columnsToSeal = columnNames<RowToSeal>({
  id: true,
  environmentId: true,
  organizationId: true,
  at: true,
  occurredAt: true,
  origin: true,
  actorType: true,
  actorId: true,
  sessionId: true,
  action: true,
  targetType: true,
  targetId: true,
  before: true,
  after: true,
  personal: true,
  personalSalt: true,
  content: true,
  sourceAddress: true,
  userAgent: true,
  requestId: true,
});

// Fixed, as are those below: a busy vendor's rows pass here by the thousand.
const unsealedRows = fixedStatement<RowToSeal>(`
  select ${bareColumns(columnsToSeal)} from audit_events
  where environment_id = :environmentId and chain_number is null order by ordinal limit ${rowsAtOnce}
`);

// By id and by month; what they are sought by is filled here, where nobody waits.
const sealRows = fixedStatement(`
  with sealed as (
    update audit_events set chain_number = sent.number, previous_hash = sent.previous_hash, hash = sent.hash
    from json_to_recordset(:rows) as sent (id text, at timestamptz, number bigint, previous_hash text, hash text)
    where audit_events.id = sent.id and audit_events.at = sent.at
    returning environment_id, organization_id, target_id, occurred_at, audit_events.id, audit_events.at, content,
      origin, actor_type, actor_id, action
  )
  insert into audit_targets (environment_id, organization_id, target_id, occurred_at, event_id, at,
    origin, actor_type, actor_id, action)
  select environment_id, organization_id, target.id, occurred_at, sealed.id, at, origin, actor_type, actor_id, action
  from sealed, lateral (
    select target_id where target_id is not null
    union select (named->>'id') collate "C" from jsonb_array_elements(content->'targets') as named
  ) as target (id)
`);

function targetIdsOf({ targetId, content }: AuditEventRow): string[] {
  const ids = [targetId, ...(content?.targets ?? []).map(({ id }) => id)];
  return [...new Set(ids)].filter((id) => id !== null);
}

/** Signs with the checkpoint key; `keyId` says which one. */
export interface CheckpointSigner {
  keyId: string;
  sign(bytes: Uint8Array): Uint8Array;
}

/** A signed statement of where every chain of the environment ends, to be kept elsewhere too. Undefined without chains. */
export async function insertCheckpoint(
  tx: Tx,
  {
    id,
    environmentId,
    signer,
    now,
  }: { id: string; environmentId: string; signer: CheckpointSigner; now: Date },
): Promise<AuditCheckpointRow | undefined> {
  const heads = await listHeads(tx, environmentId);
  if (heads.length === 0) return undefined;
  const checkpoint: CheckpointBody = {
    environmentId,
    at: now.toISOString(),
    heads: heads.map(({ chain, lastNumber, lastHash }) => ({ chain, number: lastNumber, hash: lastHash })),
  };
  return insertSigned(tx, { id, environmentId, kind: 'heads', body: checkpoint, signer, now });
}

/**
 * Retention: removes the rows of a chain that are older than `before`, at its old end only, and leaves a signed cut with
 * the last removed number and hash. Up to 10,000 rows at a time; answers how many went, and the cut.
 */
export async function cutAuditChain(
  tx: Tx,
  cut: {
    id: string;
    environmentId: string;
    chain: string;
    before: Date;
    signer: CheckpointSigner;
    now: Date;
  },
): Promise<{ removed: number; cut: AuditCheckpointRow | undefined }> {
  const { environmentId, chain, before } = cut;
  const ofChain = sql<boolean>`environment_id = ${environmentId} and coalesce(organization_id, '') = ${chain}`;
  // A month is empty when the statements below are first planned, and they keep that plan while it fills: reading all of
  // it would do then, and never again. Everything they seek has an index.
  await sql`
    select pg_advisory_xact_lock(hashtextextended(${`seal_audit:${environmentId}`}, 0)),
      set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
      set_config('enable_mergejoin', 'off', true)
  `.execute(tx);
  // The clock may have gone back: what counts is the first row that must stay, not every row's date.
  const last = await tx
    .selectFrom('auditEvents')
    .select(['chainNumber', 'hash'])
    .where(ofChain)
    .where(
      sql<boolean>`chain_number < coalesce(
        (select min(chain_number) from audit_events where ${ofChain} and at >= ${before}), 9223372036854775807)`,
    )
    .where(
      sql<boolean>`chain_number < ${rowsCutAtOnce} + (select min(chain_number) from audit_events where ${ofChain})`,
    )
    .orderBy('chainNumber', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last?.chainNumber || !last.hash) return { removed: 0, cut: undefined };
  const number = last.chainNumber;
  const removed = await tx
    .deleteFrom('auditEvents')
    .where(ofChain)
    .where('chainNumber', '<=', number)
    .returningAll()
    .execute();
  await deleteTargets(tx, removed);
  await tx
    .updateTable('auditHeads')
    .set({ cutNumber: number, cutHash: last.hash })
    .where('environmentId', '=', environmentId)
    .where('chain', '=', chain)
    .execute();
  const body: CutBody = { environmentId, at: cut.now.toISOString(), chain, number, hash: last.hash };
  return { removed: removed.length, cut: await insertSigned(tx, { ...cut, kind: 'cut', body }) };
}

/** What rows of one chain were done to. */
async function deleteTargets(tx: Tx, rows: readonly AuditEventRow[]): Promise<void> {
  const targets = rows.flatMap((row) => targetIdsOf(row).map((targetId) => ({ row, targetId })));
  const [first] = rows;
  if (first === undefined) return;
  const { environmentId, organizationId } = first;
  const isOfChain =
    organizationId === null ? sql`organization_id is null` : sql`organization_id = ${organizationId}`;
  await sql`
    delete from audit_targets using unnest(${targets.map(({ targetId }) => targetId)}::text[],
      ${targets.map(({ row }) => row.occurredAt)}::timestamptz[], ${targets.map(({ row }) => row.id)}::text[]
    ) as gone (target_id, occurred_at, event_id)
    where environment_id = ${environmentId} and ${isOfChain}
      and (audit_targets.target_id, audit_targets.occurred_at, audit_targets.event_id)
        = (gone.target_id, gone.occurred_at, gone.event_id)
  `.execute(tx);
}

/** Makes the months of the log from this one to the one after next; answers how many were made. */
export async function makeAuditMonths(tx: Tx, now: Date): Promise<number> {
  const { rows } = await sql<{ made: number }>`
    select make_audit_months(${now}::timestamptz::date, (${now}::timestamptz + interval '2 months')::date) as made
  `.execute(tx);
  return rows[0]?.made ?? 0;
}

/** Drops the months before the last one that hold nothing any more; answers how many. A busy table keeps them for another day. */
export async function dropEmptyAuditMonths(tx: Tx, now: Date): Promise<number> {
  const { rows } = await sql<{ dropped: number }>`
    select drop_empty_audit_months((${now}::timestamptz - interval '1 month')::date) as dropped
  `.execute(tx);
  return rows[0]?.dropped ?? 0;
}

/** Chains whose oldest row is past its retention, and before which date rows may go. */
export async function listChainsToCut(
  tx: Tx,
  now: Date,
  defaultDays: number,
): Promise<{ environmentId: string; chain: string; before: Date }[]> {
  const { rows } = await sql<{ environmentId: string; chain: string; keptDays: number }>`
    select heads.environment_id, heads.chain, coalesce(heads.kept_days, environments.audit_days, ${defaultDays}::integer) as kept_days
    from audit_heads heads
    join environments on environments.id = heads.environment_id
    join audit_events oldest on oldest.environment_id = heads.environment_id
      and coalesce(oldest.organization_id, '') = heads.chain and oldest.chain_number = heads.cut_number + 1
    where oldest.at < ${now}::timestamptz - make_interval(
      days => coalesce(heads.kept_days, environments.audit_days, ${defaultDays}::integer))
    order by heads.environment_id, heads.chain
  `.execute(tx);
  return rows.map(({ environmentId, chain, keptDays }) => ({
    environmentId,
    chain,
    before: new Date(now.getTime() - keptDays * dayMs),
  }));
}

/** Sets how long the rows of a chain are kept; null: as long as its environment says. Gives what it was. */
export async function keepAuditFor(
  tx: Tx,
  { environmentId, chain }: { environmentId: string; chain: string },
  keptDays: number | null,
): Promise<number | null> {
  const before = await tx
    .selectFrom('auditHeads')
    .select('keptDays')
    .where('environmentId', '=', environmentId)
    .where('chain', '=', chain)
    .forUpdate()
    .executeTakeFirst();
  await tx
    .insertInto('auditHeads')
    .values({ environmentId, chain, lastNumber: 0, lastHash: chainStart, cutHash: null, keptDays })
    .onConflict((conflict) => conflict.columns(['environmentId', 'chain']).doUpdateSet({ keptDays }))
    .execute();
  return before?.keptDays ?? null;
}

/**
 * Replaces the personal fields of an organization's rows by tombstones. The hash covers salted digests of them only, so
 * the chain stays whole; with the salt gone, a digest tells nothing about what it was made of [AUD-04]. Rows that are
 * not yet sealed are left for the next time.
 */
export async function erasePersonal(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
): Promise<number> {
  const rows = await tx
    .selectFrom('auditEvents')
    .selectAll()
    .where('environmentId', '=', environmentId)
    .where('organizationId', '=', organizationId)
    .where('chainNumber', 'is not', null)
    .where('personalSalt', 'is not', null)
    .limit(rowsAtOnce)
    .execute();
  for (const row of rows) await buryPersonal(tx, row);
  return rows.length;
}

/** Tombstones for the personal fields of one sealed row. */
export async function buryPersonal(tx: Tx, row: AuditEventRow): Promise<void> {
  const tombstones = Object.entries(personalDigests(row)).map(([field, erased]) => [field, { erased }]);
  await tx
    .updateTable('auditEvents')
    .set({
      personal: toJson(Object.fromEntries(tombstones)),
      personalSalt: null,
      sourceAddress: null,
      userAgent: null,
    })
    .where('id', '=', row.id)
    .where('at', '=', row.at)
    .execute();
}

function chainOf(row: Pick<AuditEventRow, 'organizationId'>): string {
  return row.organizationId ?? '';
}

/** What a row's hash is made of: everything but its personal fields, of which it holds salted digests. */
export function hashOfRow(row: RowToSeal, number: number, previousHash: string): string {
  return sha256(
    canonicalJson({
      number,
      previous: previousHash,
      id: row.id,
      environment: row.environmentId,
      organization: row.organizationId,
      at: row.at.toISOString(),
      actor: { type: row.actorType, id: row.actorId, session: row.sessionId },
      action: row.action,
      target: { type: row.targetType, id: row.targetId },
      before: row.before,
      after: row.after,
      personal: personalDigests(row),
      request: row.requestId,
      ...vendorParts(row),
    }),
  );
}

/** Our own acts are hashed as they always were: without these parts, where they say nothing. */
function vendorParts({ origin, occurredAt, at, content }: RowToSeal): object {
  const isPlain = origin === 'product' && content === null && occurredAt.getTime() === at.getTime();
  return isPlain ? {} : { origin, occurred: occurredAt.toISOString(), content };
}

/** The chains of an environment. */
export async function listHeads(tx: Tx, environmentId: string): Promise<AuditHeadRow[]> {
  return tx
    .selectFrom('auditHeads')
    .selectAll()
    .where('environmentId', '=', environmentId)
    .orderBy('chain')
    .execute();
}

function personalDigests(row: RowToSeal): Record<string, string> {
  const fields = { ...row.personal, source_address: row.sourceAddress, user_agent: row.userAgent };
  const erased = row.personal;
  const digests: Record<string, string> = {};
  for (const [field, value] of Object.entries(fields)) {
    const known = erased[field];
    if (typeof known === 'object') digests[field] = known.erased;
    else if (typeof value === 'string')
      digests[field] = sha256(canonicalJson([row.personalSalt, field, value]));
  }
  return digests;
}

type Heads = Map<string, Pick<AuditHeadRow, 'lastNumber' | 'lastHash'>>;

/** Where these chains end: an environment may have as many chains as customers, and few of them grow at a time. */
async function headsOf(tx: Tx, environmentId: string, chains: readonly string[]): Promise<Heads> {
  const heads = await tx
    .selectFrom('auditHeads')
    .select(['chain', 'lastNumber', 'lastHash'])
    .where('environmentId', '=', environmentId)
    .where(sql<boolean>`chain = any(${chains}::text[])`)
    .execute();
  return new Map(heads.map(({ chain, ...head }) => [chain, head]));
}

async function putHeads(tx: Tx, environmentId: string, heads: Heads): Promise<void> {
  const ends = [...heads.values()];
  await sql`
    insert into audit_heads (environment_id, chain, last_number, last_hash)
    select ${environmentId}, head.* from unnest(${[...heads.keys()]}::text[],
      ${ends.map(({ lastNumber }) => lastNumber)}::bigint[], ${ends.map(({ lastHash }) => lastHash)}::text[]) as head
    on conflict (environment_id, chain) do update
      set last_number = excluded.last_number, last_hash = excluded.last_hash
  `.execute(tx);
}

async function insertSigned(
  tx: Tx,
  statement: {
    id: string;
    environmentId: string;
    kind: 'heads' | 'cut';
    body: CheckpointBody | CutBody;
    signer: CheckpointSigner;
    now: Date;
  },
): Promise<AuditCheckpointRow> {
  const { id, environmentId, kind, body, signer, now } = statement;
  return tx
    .insertInto('auditCheckpoints')
    .values({
      id,
      environmentId,
      kind,
      at: now,
      body: toJson(body),
      signature: Buffer.from(signer.sign(Buffer.from(canonicalJson(body), 'utf8'))),
      keyId: signer.keyId,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

function sha256(text: string): string {
  return digestOf('sha256', text, 'hex');
}
