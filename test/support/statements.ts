import type pg from 'pg';
import type { Db } from '../../db/index.ts';

/** Names of what only begins, binds and ends a transaction. */
const frames = new Set(['begin', 'bind_environment', 'bind_organization', 'commit', 'rollback']);
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

/** Reads what leaves for the server (PostgreSQL's frontend messages): many at once go as one write. */
function watchWire({ stream }: pg.Connection, note: (what: string) => void): () => void {
  const { write } = stream;
  let unnamed = '';
  const read = (sent: Buffer) => {
    for (let at = 0; at < sent.length; at += 1 + sent.readInt32BE(at + 1)) {
      const kind = String.fromCharCode(sent[at] ?? 0);
      const [first = '', second = ''] = sent.toString('utf8', at + 5).split('\0', 2);
      if (kind === 'P' && first === '') unnamed = second.replace(/\s+/g, ' ').trim();
      if (kind !== 'B') continue;
      const what = second === '' ? unnamed : second;
      if (!frames.has(what) && !hint.test(what)) note(what);
    }
  };
  stream.write = function (...given: Parameters<typeof write>) {
    if (Buffer.isBuffer(given[0])) read(given[0]);
    return Reflect.apply(write, stream, given);
  } as typeof write;
  return () => Object.assign(stream, { write });
}
