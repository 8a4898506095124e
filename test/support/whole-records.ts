import pg from 'pg';
import { createDatabase, listEnvironments, verifyAudit, withSystem } from '../../db/index.ts';

/**
 * What must hold of a database at every instant, after whatever crash [REL-29]: chains are as they were written, positions
 * of events have no gap, each event has its delivery to each endpoint that asks for it, and no command was left behind.
 * Answers what does not hold, in words; nothing where all is well.
 */
export async function findBrokenRecords(databaseUrl: string): Promise<string[]> {
  const [broken, counted] = await Promise.all([brokenChains(databaseUrl), brokenCounts(databaseUrl)]);
  return [...broken, ...counted];
}

/** Signatures need the key of the product, which is none of the test's: rows, hashes and heads are what it reads. */
async function brokenChains(databaseUrl: string): Promise<string[]> {
  const common = { databaseUrl, poolSize: 1, applicationName: 'test', log: { warn: () => undefined } };
  const db = await createDatabase({ ...common, role: 'vestibule_system' });
  try {
    const environments = await withSystem(db, (tx) => listEnvironments(tx));
    const verdicts = await Promise.all(
      environments.map(({ id }) => withSystem(db, (tx) => verifyAudit(tx, id, () => true))),
    );
    return verdicts.filter(({ state }) => state !== 'intact').map((verdict) => JSON.stringify(verdict));
  } finally {
    await db.close();
  }
}

const questions: Readonly<Record<string, string>> = {
  'environments whose events have gaps': `
    select environment_id from events group by environment_id
    having count(*) <> count(position) or max(position) - min(position) + 1 <> count(*)`,
  'events without their delivery': `
    select event.id from webhook_endpoints endpoint
    join events event on event.environment_id = endpoint.environment_id
      and event.name = any(endpoint.events) and event.created_at >= endpoint.created_at
    where not exists (select from webhook_deliveries delivery
      where delivery.endpoint_id = endpoint.id and delivery.event_id = event.id)`,
  'deliveries that are not for exactly one event': `
    select endpoint_id, event_id from webhook_deliveries where not is_replay and test_event is null
    group by endpoint_id, event_id having count(*) > 1`,
  'commands left behind': `select id from commands where state in ('accepted', 'dead')`,
};

async function brokenCounts(databaseUrl: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const found: string[] = [];
    for (const [name, sql] of Object.entries(questions)) {
      const { rowCount } = await client.query(sql);
      if (rowCount !== 0) found.push(`${rowCount} ${name}`);
    }
    return found;
  } finally {
    await client.end();
  }
}
