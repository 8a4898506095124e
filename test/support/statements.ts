import type pg from 'pg';
import type { Db } from '../../db/index.ts';

/** What only begins, binds and ends transactions, and the hints to pages: one in 50 ms at most, however many sign in. */
const notCounted = /^\s*(begin|commit|rollback|select pg_notify)\b/i;

/** The statements that the product sends to Postgres while `work` runs, in order. */
export async function statementsOf<T>(
  db: Db,
  work: () => Promise<T>,
): Promise<{ sent: string[]; result: T }> {
  const sent: string[] = [];
  const watched = new Map<pg.PoolClient, pg.PoolClient['query']>();
  const watch = (client: pg.PoolClient) => {
    if (watched.has(client)) return;
    const query = client.query.bind(client) as pg.PoolClient['query'];
    watched.set(client, query);
    client.query = ((...given: Parameters<typeof query>) => {
      const [statement] = given as unknown as [string | { text: string }];
      const text = typeof statement === 'string' ? statement : statement.text;
      if (!notCounted.test(text)) sent.push(text.replace(/\s+/g, ' ').trim().slice(0, 200));
      return Reflect.apply(query, client, given) as unknown;
    }) as unknown as typeof query;
  };
  db.pool.on('acquire', watch);
  try {
    const result = await work();
    return { sent, result };
  } finally {
    db.pool.off('acquire', watch);
    for (const [client, query] of watched) client.query = query;
  }
}
