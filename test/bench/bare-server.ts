import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import express from 'express';
import pg from 'pg';

/**
 * What the product is measured against: Express and pg, doing one statement on the same Postgres, without tenants, events,
 * versions or anything else that makes it a product. People are kept as a client sent them, 10,000 from the beginning.
 */

const { values } = parseArgs({ options: { database: { type: 'string' } } });
const pool = new pg.Pool({ connectionString: values.database, max: 10 });
await pool.query(
  'create table if not exists bare (id bigint generated always as identity primary key, body jsonb not null)',
);
await pool.query(`
  create table if not exists bare_people (id bigint generated always as identity primary key, user_name text not null unique,
    active boolean not null default true, body jsonb not null, created_at timestamptz not null default now());
  create index if not exists bare_people_order on bare_people (created_at, id);
  create table if not exists bare_members (group_id integer not null, person_id bigint not null, primary key (group_id, person_id));
  insert into bare_people (user_name, body, created_at)
    select 'person' || n || '@acme.test', jsonb_build_object('schemas', jsonb_build_array('urn:ietf:params:scim:schemas:core:2.0:User'),
      'userName', 'person' || n || '@acme.test', 'externalId', 'e' || n, 'displayName', 'Person ' || n,
      'name', jsonb_build_object('givenName', 'Person', 'familyName', n::text), 'active', true,
      'emails', jsonb_build_array(jsonb_build_object('value', 'person' || n || '@acme.test', 'type', 'work', 'primary', true))),
      now() - n * interval '1 second'
    from generate_series(1, 10000) as n on conflict do nothing;
`);

const app = express();
app.use(express.json({ limit: '4mb' }));
app.post('/insert', async (request, response) => {
  const { rows } = await pool.query('insert into bare (body) values ($1) returning id', [request.body]);
  response.status(201).json(rows[0]);
});
app.post('/insert-many', async (request, response) => {
  const { events } = request.body as { events: object[] };
  const { rowCount } = await pool.query('insert into bare (body) select * from jsonb_array_elements($1)', [
    JSON.stringify(events),
  ]);
  response.status(201).json({ events: rowCount });
});
app.post('/people', async (request, response) => {
  const { userName } = request.body as { userName: string };
  const { rows } = await pool.query(
    'insert into bare_people (user_name, body) values ($1, $2) returning id',
    [userName, request.body],
  );
  response.status(201).json(rows[0]);
});
app.patch('/people/:id', async (request, response) => {
  const { rows } = await pool.query(
    'update bare_people set active = $2 where id = $1 returning id, active, body',
    [request.params.id, (request.body as { active: boolean }).active],
  );
  response.json(rows[0]);
});
app.get('/people', async (request, response) => {
  const { userName, startIndex } = request.query;
  if (typeof userName === 'string') {
    const { rows } = await pool.query('select id, body from bare_people where user_name = $1', [userName]);
    response.json({ totalResults: rows.length, Resources: rows });
    return;
  }
  const [counted, page] = await Promise.all([
    pool.query('select count(*) from bare_people'),
    pool.query('select id, body from bare_people order by created_at, id limit 100 offset $1', [
      Number(startIndex) - 1,
    ]),
  ]);
  response.json({ ...counted.rows[0], Resources: page.rows });
});
app.post('/members', async (request, response) => {
  const { group, person } = request.body as { group: number; person: number };
  await pool.query('insert into bare_members values ($1, $2) on conflict do nothing', [group, person]);
  response.status(204).end();
});

const server = app.listen(0, '127.0.0.1');
// As the product's: its callers rest while the other scenarios have their turn.
server.keepAliveTimeout = 65_000;
await once(server, 'listening');
process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
