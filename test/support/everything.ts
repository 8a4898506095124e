/** All that the product remembers, as text, for tests that look for what must not be there. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataConverter } from '@temporalio/common';
import pg from 'pg';
import { createDataConverter } from '../../adapters/payload-codec.ts';
import { createSecrets, type Secrets } from '../../adapters/secrets.ts';
import { createWorkflowHistories } from '../../adapters/workflow-history.ts';
import type { TestTemporal } from './temporal.ts';

/** Every column of every row of every table, as text: `<table> <row>`, one a line. */
export async function readDatabase(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
         -- What lies in a partition is read with its table.
         and not exists (select from pg_class
           where oid = format('%I.%I', table_schema, table_name)::regclass and relispartition)`,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return texts.join('\n');
  } finally {
    await client.end();
  }
}

export async function listExecutions(temporal: TestTemporal) {
  const found = [];
  for await (const {
    workflowId,
    runId,
    searchAttributes,
    memo,
    type,
    taskQueue,
  } of temporal.environment.client.workflow.list()) {
    found.push({ workflowId, runId, searchAttributes, memo, type, taskQueue });
  }
  return found;
}

/** Every event of every history, its payloads decoded with the product's own key. */
export async function readDecoded(temporal: TestTemporal, dataDir: string): Promise<string> {
  const client = temporal.clientWith(await converterOf(dataDir));
  const histories = createWorkflowHistories({ client, now: () => new Date() });
  const eventIds = Array.from({ length: 5_000 }, (_, index) => index + 1);
  const texts: string[] = [];
  for (const { workflowId, runId } of await listExecutions(temporal)) {
    const reading = await histories.readEvents({ workflowId, runId, eventIds }, 20_000);
    if (reading.state !== 'read') throw new Error(`${workflowId} is ${reading.state}`);
    texts.push(JSON.stringify(reading.value));
  }
  return texts.join('\n');
}

async function converterOf(dataDir: string): Promise<DataConverter> {
  return createDataConverter(await secretsOf(dataDir));
}

/** The product's own key. */
export async function secretsOf(dataDir: string): Promise<Secrets> {
  const file = await readFile(path.join(dataDir, 'secrets-key'), 'utf8');
  const [id = '', base64 = ''] = file.trim().split(':');
  return createSecrets([{ id, bytes: Buffer.from(base64, 'base64') }]);
}
