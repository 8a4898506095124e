import { createHash } from 'node:crypto';
import {
  beginIdempotentRequest,
  findStoredAnswer,
  IdempotencyKeyTaken,
  storeIdempotentAnswer,
  withTenant,
  type AnsweredRequest,
  type IdempotentRequest,
  type StoredAnswer,
  type Tenant,
  type Tx,
} from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Answer } from '../answers.ts';
import type { ApiDeps } from '../deps.ts';
import type { Commit, CommitGathered, Read } from '../route.ts';
import { InvalidInput } from './handle-errors.ts';

/**
 * Transactions of a request. With an `Idempotency-Key` the answer is stored in the same transaction as the effect
 * [REL-04] and given again, byte for byte, for 24 hours [REL-02]: a crash leaves both or neither.
 *
 * The key's row is inserted first. A second request with the same key waits there for the first one's commit, at most
 * five seconds (`lock_timeout`), and then finds the stored answer. The first one does not wait for its own row: the effect
 * travels in the same packet, and is rolled back where the key turns out to be taken. So work that is handed to `commit`
 * changes nothing but the database.
 */

const keyPattern = /^[\x21-\x7e]{1,255}$/;

export function reader(deps: ApiDeps, tenant: Tenant): Read {
  return (work) => withTenant(deps.db, tenant, work);
}

export interface Attempt {
  /** Method and path, and whose request it is where that is not the whole environment. */
  scope: string;
  key: string | undefined;
  /** What the caller may, where that is less than everything. It is a part of what was asked: see `hashOf`. */
  rights: string;
  /** Without a key, the body makes one. */
  isKeyedByContent: boolean;
  /** The body as it was sent, parsed. */
  sent: unknown;
  /** What it weighs. */
  sentBytes: number;
  /** The answer a refusal gives; undefined where it must not be stored. */
  answerRefusal(error: unknown): Answer | undefined;
}

/** Throws `InvalidInput` for a key that cannot be taken. */
export function committers(
  deps: ApiDeps,
  tenant: Tenant,
  attempt: Attempt,
): { commit: Commit; commitGathered: CommitGathered } {
  const { key, isKeyedByContent, sentBytes: bytes } = attempt;
  const hasKey = key !== undefined && key !== '';
  if (hasKey && !keyPattern.test(key)) throw unusableKey();
  const isKeyed = hasKey || isKeyedByContent;
  return {
    commit: (work) =>
      isKeyed
        ? commitUnderKey(deps, tenant, keyedOf(attempt), inTransaction(deps, tenant, work))
        : commitOnce(deps, tenant, work),
    async commitGathered(writes, item, answer, explain = (refusal) => refusal) {
      const write = async (answered: AnsweredRequest | null) => {
        try {
          await writes.write(tenant.environmentId, { item, bytes, answered });
          return answer;
        } catch (error) {
          throw error instanceof IdempotencyKeyTaken ? error : await explain(error);
        }
      };
      if (!isKeyed) return write(null);
      return commitUnderKey(deps, tenant, keyedOf(attempt), (request, sealing) =>
        write({ request, answer: sealing.store(answer) }),
      );
    },
  };
}

const unusableKey = () =>
  new InvalidInput([
    {
      field: 'Idempotency-Key',
      code: 'characters',
      message: 'Idempotency-Key takes up to 255 visible ASCII characters',
    },
  ]);

type Keyed = Pick<Attempt, 'scope' | 'answerRefusal'> & { key: string; bodyHash: string };

/** Where none was sent, the body makes the key. */
function keyedOf({ scope, key, sent, rights, answerRefusal }: Attempt): Keyed {
  if (key !== undefined && key !== '') return { scope, key, bodyHash: hashOf(sent, rights), answerRefusal };
  // What was refused may be sent again as it is, once the reason is gone: only what was done is remembered.
  const bodyHash = hashOf(sent);
  return { scope, key: `content:${bodyHash}`, bodyHash, answerRefusal: () => undefined };
}

async function commitOnce(deps: ApiDeps, tenant: Tenant, work: Work): Promise<Answer> {
  const answer = await withTenant(deps.db, tenant, work);
  return answer.afterCommit === undefined ? answer : answer.afterCommit();
}

type Work = (tx: Tx) => Promise<Answer>;
/** Commits effect and answer under the key; throws `IdempotencyKeyTaken`. */
type Perform = (request: IdempotentRequest, sealing: Sealing) => Promise<Answer>;

function inTransaction(deps: ApiDeps, tenant: Tenant, work: Work): Perform {
  return (request, sealing) =>
    withTenant(deps.db, tenant, async (tx) => {
      const finish = beginIdempotentRequest(tx, request, deps.now());
      const performed = await work(tx);
      finish(sealing.store(performed));
      return performed;
    });
}

async function commitUnderKey(
  deps: ApiDeps,
  tenant: Tenant,
  { scope, key, bodyHash, answerRefusal }: Keyed,
  perform: Perform,
): Promise<Answer> {
  const request = { environmentId: tenant.environmentId, scope, key, bodyHash };
  const sealing = sealingFor(deps, `${scope} ${key}`);

  /** Performs under the key, or gives what is stored for it. */
  async function once(performIt: Perform): Promise<{ answer: Answer; isReplay: boolean }> {
    try {
      return { answer: await performIt(request, sealing), isReplay: false };
    } catch (error) {
      if (!(error instanceof IdempotencyKeyTaken)) throw error;
    }
    const stored = await withTenant(deps.db, tenant, (tx) => findStoredAnswer(tx, request));
    if (stored === undefined) throw new OnboardingError('idempotency_in_progress', { retry_after_s: 1 });
    return { answer: sealing.open(stored), isReplay: true };
  }

  let done;
  try {
    done = await once(perform);
  } catch (error) {
    // A refusal is an answer too: the effect was rolled back, the refusal is kept in its stead.
    const refusal = answerRefusal(error);
    if (refusal === undefined) throw error;
    done = await once(inTransaction(deps, tenant, () => Promise.resolve(refusal)));
    if (!done.isReplay) throw error;
  }
  const { afterCommit } = done.answer;
  if (afterCommit === undefined) return done.answer;
  // Until this is stored, a repetition gets the answer of the transaction: kept, and applied in a moment.
  const keep = (answer: Answer) =>
    withTenant(deps.db, tenant, async (tx) => storeIdempotentAnswer(tx, request, sealing.store(answer)));
  try {
    const answer = await afterCommit();
    await keep(answer);
    return answer;
  } catch (error) {
    const refusal = answerRefusal(error);
    if (refusal !== undefined) await keep(refusal);
    throw error;
  }
}

type Sealing = ReturnType<typeof sealingFor>;

/** Stored answers that hold a secret are sealed, bound to their key. */
function sealingFor({ secrets }: ApiDeps, rowId: string) {
  const at = { table: 'idempotency_keys', column: 'body', organizationId: null, rowId };
  return {
    store({ status, body, headers = {}, holdsSecret = false }: Answer): StoredAnswer {
      const written = body === undefined ? '' : JSON.stringify(body);
      const kept = holdsSecret ? secrets.seal(written, at) : written;
      return { status, headers: { ...headers }, body: kept, isSealed: holdsSecret };
    },
    open({ status, body, headers, isSealed }: StoredAnswer): Answer {
      const written = isSealed ? secrets.open(body, at) : body;
      const sent: Answer['body'] = written === '' ? undefined : JSON.parse(written);
      return { status, headers, body: sent };
    },
  };
}

/**
 * SHA-256 over the canonical form of the body: the order of keys does not count. Who may less is never told what one who
 * may more was answered, a new key for instance: for them the same body is another request.
 */
function hashOf(sent: unknown, rights = ''): string {
  const asked = inOrder(sent ?? {});
  return createHash('sha256')
    .update(JSON.stringify(rights === '' ? asked : [rights, asked]))
    .digest('hex');
}

/** The same value with its keys in order, to be written at once: joining texts of a body of a thousand events costs twice that. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  // Without a prototype, "__proto__" is a key like any other.
  const ordered = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value).sort())
    ordered[key] = inOrder((value as Readonly<Record<string, unknown>>)[key]);
  return ordered;
}
