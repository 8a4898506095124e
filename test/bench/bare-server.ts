import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import express from 'express';
import pg from 'pg';

/** What the product is measured against: Express and pg, doing one durable insert on the same Postgres. */

const { values } = parseArgs({ options: { database: { type: 'string' } } });
const pool = new pg.Pool({ connectionString: values.database, max: 10 });
await pool.query(
  'create table if not exists bare (id bigint generated always as identity primary key, body jsonb not null)',
);

const app = express();
app.use(express.json());
app.post('/insert', async (request, response) => {
  const { rows } = await pool.query('insert into bare (body) values ($1) returning id', [request.body]);
  response.status(201).json(rows[0]);
});

const server = app.listen(0, '127.0.0.1');
// As the product's: its callers rest while the other scenarios have their turn.
server.keepAliveTimeout = 65_000;
await once(server, 'listening');
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
