/** Walks the audit chains of an environment and names the first row that is not as it was written [AUD-03]. */
import { sql } from 'kysely';
import { canonicalJson } from '../canonical-json.ts';
import type { Tx } from '../database.ts';
import type { AuditCheckpointRow, CheckpointBody, CutBody } from '../tables/audit-checkpoints.ts';
import type { AuditEventRow } from '../tables/audit-events.ts';
import type { AuditHeadRow } from '../tables/audit-heads.ts';
import { chainStart, hashOfRow, listHeads } from './audit-chain.ts';

export type AuditProblem =
  /** The row's content is not what was sealed. */
  | 'changed'
  /** The row was sealed under another number. */
  | 'reordered'
  /** The row is not there, and no signed cut of retention says why. */
  | 'missing'
  /** The row is whole, but not the one that the signed checkpoint names. */
  | 'replaced'
  /** A checkpoint or cut does not carry our signature. */
  | 'forged_checkpoint'
  /** A checkpoint or cut is signed with a key that is not here, and that nobody vouches for. */
  | 'unknown_key';

export type AuditVerdict = {
  /** Rows that were looked at. */
  rows: number;
  /** Rows that retention has removed, as signed cuts say. */
  removedByRetention: number;
  /** Rows too young to be in a chain. */
  notYetSealed: number;
} & (
  | { state: 'intact'; chains: number }
  | { state: 'broken'; problem: AuditProblem; chain: string; number: number | null; rowId: string | null }
);

/** Whether the bytes were signed, at that time, with the checkpoint key of this id; undefined for a key that is not known. */
export type CheckpointVerifier = (
  keyId: string,
  bytes: Uint8Array,
  signature: Uint8Array,
  at: Date,
) => boolean | undefined;

type Found = Pick<Extract<AuditVerdict, { state: 'broken' }>, 'problem' | 'chain' | 'number' | 'rowId'>;

const rowsAtOnce = 1_000;
/** How many numbers are tried to tell a moved row from a changed one. */
const numbersTried = 10_000;

/** A signed statement, from the database or from a copy of it. */
type Statement = Pick<AuditCheckpointRow, 'id' | 'at' | 'body' | 'signature' | 'keyId'>;

/** How far a verification has come: the next one goes on behind it. */
export interface AuditPosition {
  chain: string;
  /** Number and hash of the last row that was found whole. */
  number: number;
  hash: string;
  /** Of the chains before this one, and of this one so far. */
  rows: number;
  removedByRetention: number;
}

/**
 * Reads every sealed row of the environment. `copies` are statements that were kept elsewhere: they still know what a
 * rewritten database has forgotten.
 */
export async function verifyAudit(
  tx: Tx,
  environmentId: string,
  isSigned: CheckpointVerifier,
  copies: readonly Statement[] = [],
): Promise<AuditVerdict> {
  const told = await verifyAuditOn(tx, environmentId, { isSigned, copies, isLongEnough: () => false });
  if ('verdict' in told) return told.verdict;
  throw new Error('a verification that nobody stops comes to an end');
}

/**
 * The same in parts, for whoever cannot wait: stops when `isLongEnough` says so, asked after every batch of rows, and
 * goes on from where it has stopped. What retention cuts meanwhile is not missed.
 */
export async function verifyAuditOn(
  tx: Tx,
  environmentId: string,
  {
    isSigned,
    copies = [],
    from,
    isLongEnough,
  }: {
    isSigned: CheckpointVerifier;
    copies?: readonly Statement[];
    from?: AuditPosition | undefined;
    isLongEnough: () => boolean;
  },
): Promise<{ verdict: AuditVerdict } | { position: AuditPosition }> {
  const statements = [...(await listStatements(tx, environmentId, from === undefined)), ...copies];
  const checkpoints = statements.sort((a, b) => b.at.getTime() - a.at.getTime());
  const counted = {
    rows: from?.rows ?? 0,
    removedByRetention: from?.removedByRetention ?? 0,
    notYetSealed: await countNotYetSealed(tx, environmentId),
  };

  for (const checkpoint of checkpoints) {
    const isOurs = carriesSignature(checkpoint, isSigned);
    if (isOurs === true) continue;
    const { body, id: rowId } = checkpoint;
    const chain = 'chain' in body ? body.chain : '';
    const problem = isOurs === undefined ? 'unknown_key' : 'forged_checkpoint';
    return { verdict: { ...counted, state: 'broken', problem, chain, number: null, rowId } };
  }
  const chains = chainsOf(await listHeads(tx, environmentId), checkpoints);
  for (const chain of chains.filter(({ name }) => from === undefined || name >= from.chain)) {
    const walked = await walkChain(tx, environmentId, chain, {
      from: chain.name === from?.chain ? from : undefined,
      isLongEnough,
    });
    counted.rows += walked.rows;
    if ('stoppedAt' in walked) {
      const { rows, removedByRetention } = counted;
      return { position: { chain: chain.name, ...walked.stoppedAt, rows, removedByRetention } };
    }
    counted.removedByRetention += chain.cut?.number ?? 0;
    if (walked.found) return { verdict: { ...counted, state: 'broken', ...walked.found } };
  }
  return { verdict: { ...counted, state: 'intact', chains: chains.length } };
}

async function countNotYetSealed(tx: Tx, environmentId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('auditEvents')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('environmentId', '=', environmentId)
    .where('chainNumber', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** All of them, or those that a walk rests on: the cuts, and where the chains ended last. */
async function listStatements(
  tx: Tx,
  environmentId: string,
  isWhole: boolean,
): Promise<AuditCheckpointRow[]> {
  const all = tx.selectFrom('auditCheckpoints').selectAll().where('environmentId', '=', environmentId);
  if (isWhole) return all.execute();
  const cuts = await all.where('kind', '=', 'cut').execute();
  const newest = await all.where('kind', '=', 'heads').orderBy('at', 'desc').limit(1).execute();
  return [...newest, ...cuts];
}

interface Chain {
  name: string;
  lastNumber: number;
  cut: CutBody | undefined;
  /** Number and hash that the newest checkpoint names. */
  signed: { number: number; hash: string } | undefined;
}

/** What must be there, by the table of heads and by what was signed: whoever removes a chain cannot remove both. */
function chainsOf(heads: readonly AuditHeadRow[], checkpoints: readonly Statement[]): Chain[] {
  const newest = checkpoints.map(({ body }) => body).find((body): body is CheckpointBody => 'heads' in body);
  const cuts = checkpoints.map(({ body }) => body).filter((body): body is CutBody => 'chain' in body);
  const names = new Set([
    ...heads.map(({ chain }) => chain),
    ...(newest?.heads ?? []).map(({ chain }) => chain),
  ]);
  return [...names].sort().map((name) => {
    const signed = newest?.heads.find(({ chain }) => chain === name);
    const lastNumber = heads.find(({ chain }) => chain === name)?.lastNumber ?? 0;
    const cut = cuts
      .filter(({ chain }) => chain === name)
      .reduce<CutBody | undefined>(
        (last, next) => (last && last.number > next.number ? last : next),
        undefined,
      );
    return { name, lastNumber: Math.max(lastNumber, signed?.number ?? 0), cut, signed };
  });
}

async function walkChain(
  tx: Tx,
  environmentId: string,
  { name, lastNumber, cut, signed }: Chain,
  { from, isLongEnough }: { from: AuditPosition | undefined; isLongEnough: () => boolean },
): Promise<
  { rows: number; found: Found | undefined } | { rows: number; stoppedAt: { number: number; hash: string } }
> {
  // Retention may have cut behind the place where the last part has stopped.
  const start = from !== undefined && from.number >= (cut?.number ?? 0) ? from : cut;
  let number = start?.number ?? 0;
  let hash = start?.hash ?? chainStart;
  let rows = 0;
  const broken = (problem: AuditProblem, at: number, rowId: string | null = null) => ({
    rows,
    found: { problem, chain: name, number: at, rowId },
  });
  for (;;) {
    const batch = await listSealed(tx, environmentId, name, number);
    if (batch.length === 0) break;
    for (const row of batch) {
      rows += 1;
      if (row.chainNumber !== number + 1) return broken('missing', number + 1);
      number += 1;
      if (row.previousHash !== hash || row.hash !== hashOfRow(row, number, hash)) {
        return broken(isMoved(row, number, lastNumber) ? 'reordered' : 'changed', number, row.id);
      }
      hash = row.hash;
      if (signed?.number === number && signed.hash !== hash) return broken('replaced', number, row.id);
    }
    if (isLongEnough()) return { rows, stoppedAt: { number, hash } };
  }
  return number < lastNumber ? broken('missing', number + 1) : { rows, found: undefined };
}

async function listSealed(
  tx: Tx,
  environmentId: string,
  chain: string,
  after: number,
): Promise<AuditEventRow[]> {
  return (
    tx
      .selectFrom('auditEvents')
      .selectAll()
      .where('environmentId', '=', environmentId)
      // As the index has it: a chain is read in its order, however long it is.
      .where(sql<boolean>`coalesce(organization_id, '') = ${chain}`)
      .where('chainNumber', '>', after)
      .orderBy('chainNumber')
      .limit(rowsAtOnce)
      .execute()
  );
}

/** A row whose content and hash belong together under another number was not changed: it stands in the wrong place. */
function isMoved(row: AuditEventRow, number: number, lastNumber: number): boolean {
  const { previousHash } = row;
  if (previousHash === null) return false;
  const first = Math.max(1, number - numbersTried);
  const last = Math.min(lastNumber, number + numbersTried);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).some(
    (candidate) => candidate !== number && hashOfRow(row, candidate, previousHash) === row.hash,
  );
}

function carriesSignature(
  { body, keyId, signature }: Statement,
  isSigned: CheckpointVerifier,
): boolean | undefined {
  return isSigned(keyId, Buffer.from(canonicalJson(body), 'utf8'), signature, new Date(body.at));
}
