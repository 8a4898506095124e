import { parseArgs } from 'node:util';
import pg from 'pg';
import { Pool } from 'undici';

/**
 * What log streams are measured against: reads a thousand records, posts them over one connection, moves a durable cursor
 * on when they were taken, and does it again. One tenant, no retries, no signature.
 */

const { values } = parseArgs({ options: { database: { type: 'string' }, url: { type: 'string' } } });
const url = new URL(values.url ?? '');
const client = new pg.Client({ connectionString: values.database });
await client.connect();
const sink = new Pool(url.origin, { connections: 1 });

for (let position = 0; ;) {
  const { rows } = await client.query<{ id: number; body: object }>({
    name: 'page',
    text: 'select id::int, body from bare_log where id > $1 order by id limit 1000',
    values: [position],
  });
  const last = rows.at(-1);
  if (last === undefined) break;
  const answer = await sink.request({
    method: 'POST',
    path: `${url.pathname}${url.search}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows.map(({ body }) => body)),
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`the sink answered ${answer.statusCode}`);
  await client.query({ name: 'move', text: 'update bare_cursor set position = $1', values: [last.id] });
  position = last.id;
}
const { user, system } = process.cpuUsage();
process.stdout.write(`cpu ${(user + system) / 1000}\n`);
await sink.close();
await client.end();
