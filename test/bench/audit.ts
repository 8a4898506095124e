import pg from 'pg';
import { createDatabase, listAuditEvents, withTenant, type AuditFilter } from '../../db/index.ts';
import type { Measured, Scenario } from './driver.ts';
import type { RunningProduct } from './product.ts';
import { callerOf } from './scenarios.ts';

/** The vendor's audit events: taken one by one and in batches beside the bare server, and read from among many. */

interface AuditComparison {
  bare: Scenario;
  ours: Scenario;
  goal: string;
}

const batch = 100;
const action = 'document.updated';

let sent = 0;
export const anEvent = () => {
  sent += 1;
  return {
    action,
    occurred_at: new Date().toISOString(),
    actor: { id: `user_${sent % 5_000}`, type: 'user', name: 'Ann Lee', metadata: { role: 'owner' } },
    targets: [
      { id: `document_${sent}`, type: 'document', name: 'Plan' },
      { id: `team_${sent % 50}`, type: 'team' },
    ],
    context: { location: '192.0.2.7', user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0' },
    metadata: { reason: 'typo', pages: sent, shared: false },
  };
};

/** A schema for those events. */
export const makeAuditAction = (call: ReturnType<typeof callerOf>): Promise<unknown> =>
  call('POST', `/audit_logs/actions/${action}/schemas`, {
    targets: [{ type: 'document' }, { type: 'team' }],
  });

export async function auditIngest(product: RunningProduct): Promise<AuditComparison[]> {
  const call = callerOf(product);
  const bare = callerOf({ url: product.bare.url, apiKey: product.apiKey });
  const { id } = await call('POST', '/organizations', { name: 'Audited' });
  await makeAuditAction(call);
  const one = () => ({ organization_id: id, event: anEvent() });
  const many = () => Array.from({ length: batch }, one);
  const [ours, plain] = [{ pid: product.apiPid }, { pid: product.bare.pid }];
  return [
    {
      bare: {
        ...plain,
        name: 'bare server: one event',
        callers: 8,
        seconds: 8,
        once: async () => void (await bare('POST', '/insert', one())),
      },
      ours: {
        ...ours,
        name: 'audit event, one a request',
        callers: 8,
        seconds: 8,
        once: async () => void (await call('POST', '/audit_logs/events', one())),
      },
      goal: 'goal ≥ 0.6',
    },
    {
      bare: {
        ...plain,
        name: `bare server: batches of ${batch}`,
        callers: 4,
        seconds: 8,
        once: async () => void (await bare('POST', '/insert-many', { events: many() })),
      },
      ours: {
        ...ours,
        name: `audit events, batches of ${batch}`,
        callers: 4,
        seconds: 8,
        once: async () => void (await call('POST', '/audit_logs/events/batch', { events: many() })),
      },
      goal: 'goal ≥ 0.6',
    },
  ];
}

/** How long the sealing takes to come up with what was taken. */
export async function auditSealed(product: RunningProduct): Promise<{ rows: number; seconds: number }> {
  const client = new pg.Client({ connectionString: product.databaseUrl });
  await client.connect();
  const count = async () =>
    Number(
      (await client.query('select count(*) as left from audit_events where chain_number is null')).rows[0]
        .left,
    );
  const startedAt = performance.now();
  const rows = await count();
  while ((await count()) > 0);
  await client.end();
  return { rows, seconds: (performance.now() - startedAt) / 1000 };
}

/** Pages of the log of one organization with `rows` events over a year, as the customer's page asks for them. */
export async function auditPages(product: RunningProduct, rows: number): Promise<Measured[]> {
  const tenant = await fill(product, rows);
  const log = { warn: () => undefined };
  const db = await createDatabase({
    databaseUrl: product.databaseUrl,
    role: 'vestibule_app',
    poolSize: 2,
    applicationName: 'bench',
    log,
  });
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
  const asked: [string, AuditFilter][] = [
    ['newest', {}],
    ['of a year ago', { until: ago(330) }],
    ['one actor', { actorId: 'user_77' }],
    ['one target of two', { targetId: 'team_7' }],
    ['a target of one event', { targetId: 'document_4711' }],
    ['a rare action', { action: 'document.deleted' }],
    ['an action that never was', { action: 'document.burnt' }],
    ['all of a kind', { action: 'document' }],
    ['an actor in one month', { actorId: 'user_77', from: ago(60), until: ago(30) }],
  ];
  const measured: Measured[] = [];
  for (const [name, filter] of asked) measured.push(await page(name, filter));
  await db.close();
  return measured;

  async function page(name: string, filter: AuditFilter): Promise<Measured> {
    const took: number[] = [];
    for (let time = 0; time < 20; time += 1) {
      const startedAt = performance.now();
      await withTenant(db, tenant, (tx) => listAuditEvents(tx, tenant, filter, { limit: 50, order: 'desc' }));
      took.push(performance.now() - startedAt);
    }
    const sorted = took.toSorted((a, b) => a - b);
    const p50 = sorted[10] ?? Number.NaN;
    return {
      name: `page of ${rows.toLocaleString('en')}: ${name}`,
      perSecond: 1000 / p50,
      p50,
      p99: sorted[19] ?? Number.NaN,
      cpuMs: Number.NaN,
      ratio: null,
    };
  }
}

/** Straight into the tables, as they would be after the sealing. */
async function fill(
  product: RunningProduct,
  rows: number,
): Promise<{ environmentId: string; organizationId: string }> {
  const made = await callerOf(product)('POST', '/organizations', { name: 'Long kept' });
  const organizationId = String(made.id);
  const client = new pg.Client({ connectionString: product.databaseUrl });
  await client.connect();
  await client.query(`select make_audit_months((current_date - interval '1 year')::date, current_date)`);
  const { rows: found } = await client.query<{ id: string }>(
    'select environment_id as id from organizations where id = $1',
    [organizationId],
  );
  const environmentId = found[0]?.id ?? '';
  await client.query(
    `insert into audit_events (id, environment_id, organization_id, at, occurred_at, origin, actor_type, actor_id, action,
       target_type, target_id, personal, personal_salt, source_address, content, chain_number, previous_hash, hash)
     select 'audit_' || lpad(n::text, 26, '0'), $1, $2, at, at, 'vendor', 'user', 'user_' || n % 5000,
       case when n % 100000 = 7 then 'document.deleted' else 'document.updated' end, 'document', 'document_' || n,
       '{"actor_name":"Ann Lee","metadata":"{\\"reason\\":\\"typo\\"}"}', repeat('0', 32), '192.0.2.7',
       jsonb_build_object('version', 1, 'targets', jsonb_build_array(jsonb_build_object('id', 'document_' || n, 'type', 'document'),
         jsonb_build_object('id', 'team_' || n % 50, 'type', 'team'))), n, repeat('0', 64), repeat('1', 64)
     from generate_series(1, $3::integer) as n,
       lateral (select date_trunc('milliseconds', now() - interval '364 days' * (1 - n / $3::float8)) as at) as when_it_was`,
    [environmentId, organizationId, rows],
  );
  await client.query(
    `insert into audit_targets select environment_id, organization_id, target->>'id', occurred_at, id, at,
       origin, actor_type, actor_id, action
     from audit_events, jsonb_array_elements(content->'targets') as target where organization_id = $1`,
    [organizationId],
  );
  await client.query('vacuum analyze audit_events, audit_targets');
  await client.end();
  return { environmentId, organizationId };
}
