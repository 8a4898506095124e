import type pg from 'pg';
import type { Db } from '../../db/index.ts';

/** Names of what only begins, binds and ends a transaction. */
const frames = new Set(['begin', 'bind', 'commit', 'rollback']);
/** Hints to pages: one in 50 ms at most, however many sign in. */
const hint = /^select pg_notify\b/;

/**
 * The statements that the product lets Postgres execute while `work` runs, in order: the text of those that are parsed
 * each time, the name of those that are parsed once. Looks at the wire, so it does not matter who sends them.
 */
export async function statementsOf<T>(
  db: Db,
  work: () => Promise<T>,
): Promise<{ sent: string[]; result: T }> {
  const sent: string[] = [];
  const endings = new Map<pg.PoolClient, () => void>();
  const watch = (client: pg.PoolClient) => {
    if (!endings.has(client))
      endings.set(
        client,
        watchWire(client.connection, (what) => sent.push(what)),
      );
  };
  db.pool.on('acquire', watch);
  try {
    const result = await work();
    return { sent, result };
  } finally {
    db.pool.off('acquire', watch);
    for (const end of endings.values()) end();
  }
}

function watchWire(connection: pg.Connection, note: (what: string) => void): () => void {
  const { parse, bind } = connection;
  let unnamed = '';
  connection.parse = function (query, more) {
    if (!query.name) unnamed = query.text.replace(/\s+/g, ' ').trim();
    return Reflect.apply(parse, connection, [query, more]);
  };
  connection.bind = function (config, more) {
    const { statement = '' } = config ?? {};
    const what = statement === '' ? unnamed : statement;
    if (!frames.has(what) && !hint.test(what)) note(what);
    return Reflect.apply(bind, connection, [config, more]);
  };
  return () => Object.assign(connection, { parse, bind });
}
