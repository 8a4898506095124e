import { sql } from 'kysely';
import type { Tx } from '../database.ts';

/** So many mails in a window that begins with the first of them. */
export interface MailBudget {
  key: string;
  limit: number;
  windowMs: number;
}

/**
 * Takes one mail from each budget, or nothing from any. Gives when to ask again where one is used up. Spending goes with
 * the caller's transaction, so a mail is counted exactly when it is let through. Budgets of one kind must always come at
 * the same place of the list: transactions then wait for each other and never in a circle.
 */
export async function spendMailBudgets(
  tx: Tx,
  budgets: readonly MailBudget[],
  now: Date,
): Promise<Date | undefined> {
  const spent: string[] = [];
  for (const budget of budgets) {
    const fullUntil = await spendOne(tx, budget, now);
    if (fullUntil !== undefined) {
      await giveBack(tx, spent);
      return fullUntil;
    }
    spent.push(budget.key);
  }
  return undefined;
}

async function spendOne(tx: Tx, { key, limit, windowMs }: MailBudget, now: Date): Promise<Date | undefined> {
  const nowMs = now.getTime();
  const isOver = sql<boolean>`rate_limits.expire <= ${nowMs}`;
  const counted = await tx
    .insertInto('rateLimits')
    .values({ key, points: 1, expire: nowMs + windowMs })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          points: sql`case when ${isOver} then 1 else rate_limits.points + 1 end`,
          expire: sql`case when ${isOver} then ${nowMs + windowMs} else rate_limits.expire end`,
        })
        .where(sql<boolean>`${isOver} or rate_limits.points < ${limit}`),
    )
    .returning('key')
    .executeTakeFirst();
  if (counted) return undefined;
  const full = await tx
    .selectFrom('rateLimits')
    .select('expire')
    .where('key', '=', key)
    .executeTakeFirstOrThrow();
  return new Date(full.expire ?? nowMs + windowMs);
}

async function giveBack(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx
    .updateTable('rateLimits')
    .set({ points: sql<number>`points - 1` })
    .where('key', 'in', keys)
    .execute();
}
