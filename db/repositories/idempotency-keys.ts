/**
 * Answers kept for the repetition of a request [REL-02]. A request begins its key first thing in the transaction of its
 * effect and stores its answer there [REL-04]: a crash leaves both or neither, and nobody ever sees a key that is not finished.
 * A second request with the same key waits at its beginning for the first one's commit.
 */
import pg from 'pg';
import { OnboardingError } from '../../onboarding/errors.ts';
import { awaitWithCommit, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { sqlState } from '../sql-states.ts';
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

/** Thrown by the transaction that began a key which another request has finished. */
export class IdempotencyKeyTaken extends Error {}

const keptMs = 24 * 3_600_000;

const keyColumns =
  'environment_id, scope, key, body_hash, created_at, expires_at, status, headers, body, body_sealed';
// Takes over a key whose day is over. One that still counts would lose its end by it, which its column refuses.
const takeOver = `on conflict (environment_id, scope, key) do update set
  body_hash = excluded.body_hash, created_at = excluded.created_at, status = excluded.status,
  headers = excluded.headers, body = excluded.body, body_sealed = excluded.body_sealed,
  expires_at = case when idempotency_keys.expires_at <= excluded.created_at then excluded.expires_at end`;
const insertKey = fixedStatement(`
  insert into idempotency_keys (${keyColumns})
  values (:environmentId, :scope, :key, :bodyHash, :now, :expiresAt, :status, :headers, :body, :isSealed)
  ${takeOver}
`);
// In the order of their index: two transactions that took the same keys crosswise would wait for each other for ever.
const insertKeys = fixedStatement(`
  insert into idempotency_keys (${keyColumns})
  select "environmentId", scope, key, "bodyHash", :now, :expiresAt, status, headers, body, "isSealed"
  from json_to_recordset(:rows) as sent ("environmentId" text, scope text, key text, "bodyHash" text, status integer,
    headers jsonb, body text, "isSealed" boolean)
  order by 1, 2, 3
  ${takeOver}
`);

const noAnswer = { status: null, headers: null, body: null, isSealed: false };

/**
 * Begins a request, before anything else is sent, and does not wait: when another one has had the key, whatever follows
 * in the transaction fails, and the transaction throws `IdempotencyKeyTaken`. It throws `idempotency_in_progress` when
 * another one has held the key for as long as a lock is waited for.
 *
 * Gives what stores the answer with the effect. One that is known before the key has left, because nothing in the
 * transaction was waited for, leaves with it: one statement less.
 */
export function beginIdempotentRequest(
  tx: Tx,
  request: IdempotentRequest,
  now: Date,
): (answer: StoredAnswer) => void {
  const expiresAt = new Date(now.getTime() + keptMs);
  let answered: StoredAnswer | undefined;
  let isSent = false;
  const begun = insertKey(tx, () => {
    isSent = true;
    return { ...request, now, expiresAt, ...(answered === undefined ? noAnswer : valuesOf(answered)) };
  });
  awaitWithCommit(tx, refuseTaken(begun));
  return (answer) => {
    if (isSent) storeIdempotentAnswer(tx, request, answer);
    else answered = answer;
  };
}

/** A request whose answer is known before anything of it is written. */
export interface AnsweredRequest {
  request: IdempotentRequest;
  answer: StoredAnswer;
}

/**
 * Begins and answers requests in one statement, before anything else is sent, and does not wait: fails as
 * `beginIdempotentRequest` does, all of them when one of the keys is taken, or given twice.
 */
export function storeAnsweredRequests(tx: Tx, answered: readonly AnsweredRequest[], now: Date): void {
  const rows = answered.map(({ request, answer }) => ({ ...request, ...answer }));
  const expiresAt = new Date(now.getTime() + keptMs);
  awaitWithCommit(tx, refuseTaken(insertKeys(tx, { now, expiresAt, rows: JSON.stringify(rows) })));
}

async function refuseTaken(statement: Promise<unknown>): Promise<void> {
  try {
    await statement;
  } catch (error) {
    const { code, column } = error instanceof pg.DatabaseError ? error : {};
    if (code === sqlState.notNullViolation && column === 'expires_at')
      throw new IdempotencyKeyTaken('the key is taken', { cause: error });
    if (code !== sqlState.lockNotAvailable) throw error;
    throw new OnboardingError('idempotency_in_progress', { retry_after_s: 1 }, { cause: error });
  }
}

/**
 * What is stored for a key that was taken; undefined when it was swept in between. Throws `idempotency_key_reused` when it
 * belongs to a request with another body.
 */
export async function findStoredAnswer(
  tx: Tx,
  { environmentId, scope, key, bodyHash }: IdempotentRequest,
): Promise<StoredAnswer | undefined> {
  const row = await tx
    .selectFrom('idempotencyKeys')
    .selectAll()
    .where('environmentId', '=', environmentId)
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.bodyHash !== bodyHash) throw new OnboardingError('idempotency_key_reused', { key });
  return answerOf(row);
}

const storeAnswer = fixedStatement(`
  update idempotency_keys
  set status = :status, headers = :headers, body = :body, body_sealed = :isSealed
  where environment_id = :environmentId and scope = :scope and key = :key and body_hash = :bodyHash
`);

/**
 * Puts an answer in the place of the stored one: that of the work after the commit, of a command that was queued when
 * the transaction ended and applied a moment later.
 */
export function storeIdempotentAnswer(tx: Tx, request: IdempotentRequest, answer: StoredAnswer): void {
  const { environmentId, scope, key, bodyHash } = request;
  awaitWithCommit(tx, storeAnswer(tx, { environmentId, scope, key, bodyHash, ...valuesOf(answer) }));
}

const valuesOf = ({ status, headers, body, isSealed }: StoredAnswer) => ({
  status,
  headers: toJson(headers),
  body,
  isSealed,
});

function answerOf({ status, headers, body, bodySealed }: IdempotencyKeyRow): StoredAnswer {
  return { status: status ?? 500, headers: headers ?? {}, body: body ?? '', isSealed: bodySealed };
}
