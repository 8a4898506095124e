import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { request } from 'undici';
import { createVisitor, sessionHandleIn } from '../../sandbox/rehearsal/visitor.ts';
import { anEvent, auditSealed, makeAuditAction } from './audit.ts';
import { cpuMsOf, type Measured } from './driver.ts';
import { runProgram, startProgram, type RunningProduct } from './product.ts';
import { callerOf } from './scenarios.ts';
import type { SinkAccount } from './sink.ts';

/**
 * Delivery of one organization's log: how soon what happens arrives, how fast a backlog is drained beside a plain sender on
 * the same Postgres, and what a destination that never answers takes from ten that do.
 */

export interface StreamSizes {
  /** How long events flow, and how many of them a second. */
  seconds: number;
  perSecond: number;
  /** How many records wait to be drained. */
  backlog: number;
}

const ticksPerSecond = 40;
const batch = 1_000;
const goodStreams = 10;
const rounds = 2;
const patienceMs = 600_000;
const lookEveryMs = 50;

export async function streamScenarios(product: RunningProduct, sizes: StreamSizes) {
  const call = callerOf(product);
  const sink = await startProgram('test/bench/sink.js');
  const client = new pg.Client({ connectionString: product.databaseUrl });
  await client.connect();
  await makeAuditAction(call);
  const { organizationId, startStream } = await aCustomerOfStreams(product);
  const another = await aCustomerOfStreams(product);

  const addressOf = (path: string, host = '127.0.0.1') => `http://${host}:${new URL(sink.url).port}${path}`;

  async function accountOf(path: string): Promise<SinkAccount> {
    return (await (await request(addressOf(path))).body.json()) as SinkAccount;
  }

  async function forget(path: string): Promise<void> {
    await (await request(addressOf(path), { method: 'DELETE' })).body.dump();
  }

  /** What each place has got once all of them have got so many; throws where something came out of its order. */
  async function arrival(paths: readonly string[], records: number): Promise<SinkAccount[]> {
    const startedAt = performance.now();
    for (;;) {
      const accounts = await Promise.all(paths.map(accountOf));
      if (accounts.some(({ outOfOrder }) => outOfOrder > 0)) throw new Error('records came out of order');
      if (accounts.every((account) => account.records >= records)) return accounts;
      if (performance.now() - startedAt > patienceMs)
        throw new Error(`of ${records} came ${accounts.map((account) => account.records).join(', ')}`);
      await pause(lookEveryMs);
    }
  }

  async function begin(path: string, query = '', { host = '127.0.0.1', start = startStream } = {}) {
    const streamId = await start(`${addressOf(path, host)}${query}`, async () => {
      const { code } = await accountOf(path);
      return code ?? '';
    });
    await rest([streamId]);
    await forget(path);
    return streamId;
  }

  /** As pausing does it; where they are is the bench's to say, so that the same records can be sent again. */
  async function rest(ids: readonly string[]): Promise<void> {
    await client.query(
      'update log_streams set paused_at = now(), updated_at = now() where id = any($1::text[])',
      [ids],
    );
  }

  /** Has them send what is behind `position`, as a person does who resumes them; answers how much that is. */
  async function send(ids: readonly string[], position: number): Promise<number> {
    const { rows } = await client.query<{ left: number }>(
      `update log_streams set paused_at = null, position = $2, state = 'active', failing_since = null, tries = 0,
         next_try_at = null, woken_at = null, updated_at = now(), backfill_until = nullif(last_number, $2)
       from audit_heads where id = any($1::text[]) and chain = organization_id returning (last_number - $2)::int as left`,
      [ids, position],
    );
    return rows[0]?.left ?? 0;
  }

  async function lastNumber(): Promise<number> {
    const { rows } = await client.query<{ last: number }>(
      'select last_number::int as last from audit_heads where chain = $1',
      [organizationId],
    );
    return rows[0]?.last ?? 0;
  }

  /** Events of `perSecond` for so long, in small batches, and how long each of them took to the sink. */
  async function flow(): Promise<Measured> {
    const streamId = await begin('/flow');
    const { seconds, perSecond } = sizes;
    const count = perSecond / ticksPerSecond;
    await send([streamId], await lastNumber());
    const cpuBefore = cpuMsOf(product.workerPid);
    const startedAt = performance.now();
    const calls: Promise<unknown>[] = [];
    for (let tick = 0; tick < seconds * ticksPerSecond; tick += 1) {
      await pause(Math.max(0, startedAt + (tick * 1_000) / ticksPerSecond - performance.now()));
      calls.push(call('POST', '/audit_logs/events/batch', { events: events(organizationId, count) }));
    }
    await Promise.all(calls);
    const records = calls.length * count;
    const [account] = await arrival(['/flow'], records);
    const elapsedMs = performance.now() - startedAt;
    const cpuMs = (cpuMsOf(product.workerPid) - cpuBefore) / records;
    await rest([streamId]);
    return {
      name: `ingest to sink, ${perSecond.toLocaleString('en')} a second`,
      perSecond: (records / elapsedMs) * 1_000,
      p50: account?.p50 ?? NaN,
      p99: account?.p99 ?? NaN,
      cpuMs,
      ratio: null,
    };
  }

  /** Adds what the flow has left to the backlog, and puts the same records before the plain sender. */
  async function fill(): Promise<number> {
    const missing = Math.max(0, sizes.backlog - (await lastNumber()));
    for (let made = 0; made < missing; made += batch)
      await call('POST', '/audit_logs/events/batch', { events: events(organizationId, batch) });
    await auditSealed(product);
    await client.query(
      `create table bare_log as
         select chain_number as id, jsonb_build_object('id', id, 'sequence', chain_number, 'organization_id', organization_id,
           'action', action, 'occurred_at', occurred_at, 'actor', jsonb_build_object('id', actor_id, 'type', actor_type,
             'name', personal->>'actor_name', 'metadata', (personal->>'actor_metadata')::jsonb),
           'targets', content->'targets', 'context', jsonb_build_object('location', source_address, 'user_agent', user_agent),
           'metadata', (personal->>'metadata')::jsonb, 'version', content->'version') as body
         from audit_events where organization_id = $1`,
      [organizationId],
    );
    for (const statement of [
      'alter table bare_log add primary key (id)',
      'create table bare_cursor as select 0::bigint as position',
      'vacuum analyze bare_log',
      'vacuum analyze audit_events',
    ])
      await client.query(statement);
    return lastNumber();
  }

  /** The plain sender and our stream by turns, to a sink that takes `ms` for an answer. */
  async function drain(ms: number, times: number): Promise<Measured[]> {
    const query = ms === 0 ? '' : `?ms=${ms}`;
    const [plainPath, path] = [`/plain-${ms}`, `/ours-${ms}`];
    const streamId = await begin(path, query);
    const name = ms === 0 ? 'a fast sink' : `a sink of ${ms} ms`;
    const plain = { name: `plain sender, to ${name}`, records: 0, ms: 0, cpuMs: 0 };
    const ours = { name: `log stream, to ${name}`, records: 0, ms: 0, cpuMs: 0 };
    for (let round = 0; round < times; round += 1) {
      for (const one of [plainPath, path]) await forget(one);
      const url = `${addressOf(plainPath)}${query}`;
      const said = await runProgram('test/bench/plain-sender.js', [
        '--database',
        product.databaseUrl,
        '--url',
        url,
      ]);
      const [first] = await arrival([plainPath], sizes.backlog);
      add(plain, first, Number(/^cpu (\S+)$/m.exec(said)?.[1]));

      const cpuBefore = cpuMsOf(product.workerPid);
      const waiting = await send([streamId], 0);
      const [second] = await arrival([path], waiting);
      await rest([streamId]);
      add(ours, second, cpuMsOf(product.workerPid) - cpuBefore);
    }
    return [plain, ours].map(asMeasured);
  }

  /** Ten good destinations, alone and with another customer's that takes every request and answers none. */
  async function besideADeadOne(): Promise<Measured[]> {
    // An organization has ten streams at most.
    await client.query('update log_streams set deleted_at = now(), updated_at = now()');
    const paths = Array.from({ length: goodStreams }, (_, index) => `/good-${index}`);
    const good: string[] = [];
    for (const [index, path] of paths.entries())
      good.push(await begin(path, '', { host: `127.0.0.${index + 10}` }));
    const dead = await begin('/dead', '?never', { start: another.startStream });
    const records = Math.ceil(sizes.backlog / goodStreams);
    const alone = { name: `${goodStreams} streams`, records: 0, ms: 0, cpuMs: 0 };
    const beside = { name: `${goodStreams} streams beside a dead one`, records: 0, ms: 0, cpuMs: 0 };
    const from = (await lastNumber()) - records;
    // The first turn is to get warm.
    for (const sum of [undefined, ...Array.from({ length: rounds }, () => [alone, beside]).flat()]) {
      for (const path of paths) await forget(path);
      if (sum === beside) await send([dead], 0);
      const cpuBefore = cpuMsOf(product.workerPid);
      const startedAt = performance.now();
      const waiting = await send(good, from);
      await arrival(paths, waiting);
      const ms = performance.now() - startedAt;
      await rest([...good, dead]);
      if (sum === undefined) continue;
      add(sum, { records: waiting * goodStreams, ms }, cpuMsOf(product.workerPid) - cpuBefore);
    }
    return [alone, beside].map(asMeasured);
  }

  return {
    flow,
    fill,
    drain,
    besideADeadOne,
    async close() {
      await client.end();
      await sink.stop();
    },
  };
}

const events = (organizationId: string, count: number) =>
  Array.from({ length: count }, () => ({ organization_id: organizationId, event: anEvent() }));

interface Sum {
  name: string;
  records: number;
  ms: number;
  cpuMs: number;
}

function add(sum: Sum, account: { records: number; ms: number } | undefined, cpuMs: number): void {
  sum.records += account?.records ?? 0;
  sum.ms += account?.ms ?? 0;
  sum.cpuMs += cpuMs;
}

const asMeasured = ({ name, records, ms, cpuMs }: Sum): Measured => ({
  name,
  perSecond: (records / ms) * 1_000,
  p50: NaN,
  p99: NaN,
  cpuMs: cpuMs / records,
  ratio: null,
});

/** A customer, whose admin sets streams up by the requests of the portal's pages. */
async function aCustomerOfStreams(product: RunningProduct) {
  const call = callerOf(product);
  const { id } = await call('POST', '/organizations', { name: 'Streaming' });
  const organizationId = String(id);
  const started = await call('POST', '/onboardings', {
    organization: organizationId,
    contacts: ['it@bench.test'],
    delivery: 'copy',
    features: [{ feature: 'log_streams' }],
  });
  const admin = createVisitor();
  const home = await admin.submit(await admin.open(String(started.link)));
  const base = `${product.url}/setup/${/\/setup\/([^/]+)\//.exec(home.url)?.[1] ?? ''}/api/log-streams`;
  const headers = () => ({
    'x-vestibule-session': sessionHandleIn(home),
    'idempotency-key': randomUUID(),
  });

  async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
    const answer = await admin.call(method, `${base}${path}`, body, headers());
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Body;
  }

  return {
    organizationId,
    /** `codeIn` looks up the code of the test event where it arrived. */
    async startStream(url: string, codeIn: () => Promise<string>): Promise<string> {
      const { streamId } = await ask<{ streamId: string }>('POST', '', { destinationId: 'https' });
      const at = `/${streamId}`;
      await ask('POST', `${at}/settings`, { settings: { url, format: 'array' }, secrets: {} });
      await ask('POST', `${at}/test`, {});
      await ask('POST', `${at}/proof`, { code: await codeIn() });
      await ask('POST', `${at}/start`, { from: 'now' });
      return streamId;
    },
  };
}
