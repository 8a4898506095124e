/**
 * Answers kept for the repetition of a request [REL-02]. A request begins its key first thing in the transaction of its
 * effect and finishes it there [REL-04]: a crash leaves both or neither, and nobody ever sees a key that is not finished.
 * A second request with the same key waits at its beginning for the first one's commit.
 */
import pg from 'pg';
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
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
  /** Nobody has done it: the answer goes to `finishIdempotentRequest`. */
  | { state: 'started' }
  | { state: 'stored'; answer: StoredAnswer }
  /** The key belongs to a request with another body. */
  | { state: 'differs' };

const keptMs = 24 * 3_600_000;
const lockNotAvailable = '55P03';

const insertKey = fixedStatement<{ key: string }>(`
  insert into idempotency_keys (environment_id, scope, key, body_hash, state, lease_until, created_at, expires_at)
  values (:environmentId, :scope, :key, :bodyHash, 'running', :now, :now, :expiresAt)
  on conflict (environment_id, scope, key) do nothing
  returning key
`);

/** Throws `idempotency_in_progress` when another request has held the key for as long as a lock is waited for. */
export async function beginIdempotentRequest(
  tx: Tx,
  request: IdempotentRequest,
  now: Date,
): Promise<BegunRequest> {
  const expiresAt = new Date(now.getTime() + keptMs);
  const [inserted] = await refuseHeld(insertKey(tx, { ...request, now, expiresAt }));
  if (inserted) return { state: 'started' };

  const existing = await refuseHeld(keysOf(tx, request).selectAll().forUpdate().executeTakeFirst());
  // Swept between the two statements: the next repetition starts afresh.
  if (!existing) throw inProgress();
  if (existing.expiresAt > now) {
    return existing.bodyHash === request.bodyHash
      ? { state: 'stored', answer: answerOf(existing) }
      : { state: 'differs' };
  }
  await tx
    .updateTable('idempotencyKeys')
    .set({ bodyHash: request.bodyHash, state: 'running', createdAt: now, expiresAt })
    .where('environmentId', '=', request.environmentId)
    .where('scope', '=', request.scope)
    .where('key', '=', request.key)
    .execute();
  return { state: 'started' };
}

const storeAnswer = fixedStatement(`
  update idempotency_keys
  set state = 'done', status = :status, headers = :headers, body = :body, body_sealed = :isSealed
  where environment_id = :environmentId and scope = :scope and key = :key and body_hash = :bodyHash
`);

/**
 * Stores the answer with the effect. Also replaces the stored answer by the one that the work after the commit led to: a
 * command that was queued when the transaction ended, and applied a moment later.
 */
export function finishIdempotentRequest(tx: Tx, request: IdempotentRequest, answer: StoredAnswer): void {
  awaitWithCommit(tx, storeAnswer(tx, { ...request, ...answer, headers: toJson(answer.headers) }));
}

async function refuseHeld<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    throw error instanceof pg.DatabaseError && error.code === lockNotAvailable ? inProgress(error) : error;
  }
}

const inProgress = (cause?: unknown) =>
  new OnboardingError('idempotency_in_progress', { retry_after_s: 1 }, { cause });

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
