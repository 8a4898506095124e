import { OnboardingError } from '../onboarding/errors.ts';
import { withTenant, type Db, type Tx } from './database.ts';
import { storeAnsweredRequests, type AnsweredRequest } from './repositories/idempotency-keys.ts';
import { codeOf, isIntervention, sqlState } from './sql-states.ts';

/** One request's part of a gathered write. */
export interface GatheredPart<Item> {
  item: Item;
  /** About what it will weigh in the statement. */
  bytes: number;
  /** Stored with the effect [REL-04]; null for a request without a key. */
  answered: AnsweredRequest | null;
}

export interface GatheredWrites<Item> {
  /**
   * Fulfilled when the part has been committed. Rejected with what writing it alone throws, `IdempotencyKeyTaken` and
   * `idempotency_in_progress` among it: then nothing of it was written.
   */
  write(environmentId: string, part: GatheredPart<Item>): Promise<void>;
}

export interface GatheredWritesOptions<Item> {
  db: Db;
  now: () => Date;
  /** Sends the statements for all of them and hands them to `awaitWithCommit`: no rows are needed. */
  writeAll(tx: Tx, environmentId: string, items: readonly Item[], now: Date): void;
}

/** Some hundreds of small parts: more in one statement gains nothing, and others wait longer for it. */
const fullLoadBytes = 128 * 1024;
const underWayAtMost = 4;

type Waiting<Item> = GatheredPart<Item> & { resolve: () => void; reject: (error: unknown) => void };

/**
 * Puts writes of one kind together: those of an environment that come while one is under way leave as the next, as rows
 * of one statement in one transaction with one flush to disk. What comes to a resting queue leaves at once, so nobody
 * waits for company. A further one leaves beside those under way only when it is full.
 *
 * A refusal is of one part, not of its company: a load that is refused is written again in halves, down to the one that
 * is to blame.
 */
export function gatherWrites<Item>({ db, now, writeAll }: GatheredWritesOptions<Item>): GatheredWrites<Item> {
  const queues = new Map<string, Waiting<Item>[]>();
  const underWay = new Map<string, number>();

  function depart(environmentId: string): void {
    const waiting = queues.get(environmentId) ?? [];
    const others = underWay.get(environmentId) ?? 0;
    const mayLeave = others === 0 || (others < underWayAtMost && weightOf(waiting) >= fullLoadBytes);
    if (waiting.length === 0 || !mayLeave) return;
    const load = takeLoad(waiting);
    if (waiting.length === 0) queues.delete(environmentId);
    underWay.set(environmentId, others + 1);
    void carry(environmentId, load).then(() => {
      const left = (underWay.get(environmentId) ?? 1) - 1;
      if (left === 0) underWay.delete(environmentId);
      else underWay.set(environmentId, left);
      depart(environmentId);
    });
  }

  async function carry(environmentId: string, load: readonly Waiting<Item>[]): Promise<void> {
    try {
      await withTenant(db, { environmentId }, (tx) => {
        const at = now();
        const answered = load.flatMap((part) => part.answered ?? []);
        if (answered.length > 0) storeAnsweredRequests(tx, answered, at);
        const items = load.map(({ item }) => item);
        writeAll(tx, environmentId, items, at);
        return Promise.resolve();
      });
    } catch (error) {
      if (load.length === 1 || isOfAll(error)) {
        for (const { reject } of load) reject(error);
        return;
      }
      const half = Math.ceil(load.length / 2);
      await carry(environmentId, load.slice(0, half));
      await carry(environmentId, load.slice(half));
      return;
    }
    for (const { resolve } of load) resolve();
  }

  return {
    write: (environmentId, part) =>
      new Promise((resolve, reject) => {
        const waiting = queues.get(environmentId) ?? [];
        queues.set(environmentId, waiting);
        waiting.push({ ...part, resolve, reject });
        depart(environmentId);
      }),
  };
}

/** The first that are not too heavy together, and one in any case; they are taken out of `waiting`. */
function takeLoad<Item>(waiting: Waiting<Item>[]): Waiting<Item>[] {
  let bytes = 0;
  const isTooMuch = (part: Waiting<Item>) => (bytes += part.bytes) > fullLoadBytes;
  const end = waiting.findIndex(isTooMuch);
  return waiting.splice(0, end === -1 ? waiting.length : Math.max(end, 1));
}

const weightOf = (parts: readonly { bytes: number }[]) => parts.reduce((sum, { bytes }) => sum + bytes, 0);

/** Whether the database is away or stands still: then no part is to blame, and trying halves would only take longer. */
const isOfAll = (error: unknown) =>
  codeOf(error) === sqlState.lockNotAvailable ||
  isIntervention(error) ||
  (error instanceof OnboardingError && error.code === 'service_unavailable');
