import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { askForServer } from './ask-for-server.ts';

/** A database of a test file's own, at the current schema and empty. */
export interface TestDatabase {
  /** Connection string of its owner, a superuser, as `DATABASE_URL` is in the embedded default. */
  url: string;
  /** Ends its connections and removes it; call it in `afterAll`, after closing pools. */
  drop(): Promise<void>;
}

/** Clones the migrated template (about 0.3 s). One per test file is the usual measure. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { serverUrl, template } = await askForServer('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await runOn(serverUrl, `create database ${name} template ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOn(serverUrl, `drop database if exists ${name} with (force)`) };
}

async function runOn(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
