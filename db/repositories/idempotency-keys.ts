/**
 * Answers kept for the repetition of a request [REL-02]. A request begins its key in a transaction of its own, works,
 * and finishes the key in the transaction of its effect [REL-04]: a crash leaves both or neither, and a lease that has
 * run out lets the next request take over.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { withTenant, type Db, type Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { IdempotencyKeyRow } from '../tables/idempotency-keys.ts';

/** `scope` is method and path; `bodyHash` a hash of the canonical body. */
export interface IdempotentRequest {
  environmentId: string;
  scope: string;
  key: string;
  bodyHash: string;
}

/** An answer as it is sent again, byte for byte. `isSealed`: the body holds a secret and is encrypted. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  isSealed: boolean;
}

export type BegunRequest =
  /** Nobody has done it: `lease` is what `finishIdempotentRequest` proves the right to finish with. */
  | { state: 'started'; lease: Date }
  | { state: 'stored'; answer: StoredAnswer }
  /** Somebody is doing it right now. */
  | { state: 'running' }
  /** The key belongs to a request with another body. */
  | { state: 'differs' };

const keptMs = 24 * 3_600_000;

export async function beginIdempotentRequest(
  tx: Tx,
  request: IdempotentRequest,
  { now, leaseMs }: { now: Date; leaseMs: number },
): Promise<BegunRequest> {
  const lease = new Date(now.getTime() + leaseMs);
  const values = { bodyHash: request.bodyHash, leaseUntil: lease, createdAt: now };
  const expiresAt = new Date(now.getTime() + keptMs);
  const inserted = await tx
    .insertInto('idempotencyKeys')
    .values({ ...request, ...values, state: 'running', expiresAt })
    .onConflict((conflict) => conflict.columns(['environmentId', 'scope', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  if (inserted) return { state: 'started', lease };

  const existing = await keysOf(tx, request).selectAll().forUpdate().executeTakeFirst();
  // Swept between the two statements: the next repetition starts afresh.
  if (!existing) return { state: 'running' };
  const isOver = existing.expiresAt <= now;
  if (!isOver && existing.bodyHash !== request.bodyHash) return { state: 'differs' };
  if (!isOver && existing.state === 'done') return { state: 'stored', answer: answerOf(existing) };
  if (!isOver && existing.leaseUntil > now) return { state: 'running' };
  await tx
    .updateTable('idempotencyKeys')
    .set({ ...values, state: 'running', status: null, headers: null, body: null, expiresAt })
    .where('environmentId', '=', request.environmentId)
    .where('scope', '=', request.scope)
    .where('key', '=', request.key)
    .execute();
  return { state: 'started', lease };
}

/**
 * Stores the answer with the effect. Throws when the lease ran out and another request took over: the effect must roll
 * back then.
 */
export async function finishIdempotentRequest(
  tx: Tx,
  request: IdempotentRequest,
  lease: Date,
  answer: StoredAnswer,
): Promise<void> {
  const finished = await tx
    .updateTable('idempotencyKeys')
    .set({
      state: 'done',
      status: answer.status,
      headers: toJson(answer.headers),
      body: answer.body,
      bodySealed: answer.isSealed,
    })
    .where('environmentId', '=', request.environmentId)
    .where('scope', '=', request.scope)
    .where('key', '=', request.key)
    .where('state', '=', 'running')
    .where('leaseUntil', '=', lease)
    .returning('key')
    .executeTakeFirst();
  if (!finished) throw new Error('another request with the same idempotency key has taken over');
}

/** Gives the key back after an answer that is not final: the repetition works anew. */
export async function releaseIdempotentRequest(
  tx: Tx,
  request: IdempotentRequest,
  lease: Date,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('idempotencyKeys')
    .set({ leaseUntil: now })
    .where('environmentId', '=', request.environmentId)
    .where('scope', '=', request.scope)
    .where('key', '=', request.key)
    .where('state', '=', 'running')
    .where('leaseUntil', '=', lease)
    .execute();
}

/** Waits for the request that is running; undefined when it has not finished within `timeoutMs`. */
export async function waitForStoredAnswer(
  db: Db,
  request: IdempotentRequest,
  timeoutMs: number,
): Promise<StoredAnswer | undefined> {
  const pauseMs = 100;
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += pauseMs) {
    await pause(pauseMs);
    const row = await withTenant(db, request, (tx) => keysOf(tx, request).selectAll().executeTakeFirst());
    if (row?.state === 'done' && row.bodyHash === request.bodyHash) return answerOf(row);
  }
  return undefined;
}

function keysOf(tx: Tx, request: IdempotentRequest) {
  return tx
    .selectFrom('idempotencyKeys')
    .where('environmentId', '=', request.environmentId)
    .where('scope', '=', request.scope)
    .where('key', '=', request.key);
}

function answerOf({ status, headers, body, bodySealed }: IdempotencyKeyRow): StoredAnswer {
  return { status: status ?? 500, headers: headers ?? {}, body: body ?? '', isSealed: bodySealed };
}
