/**
 * The table types are written by hand; here they meet the schema. `satisfies` ties the lists to the types (a table too few, a
 * column too many, too few or of another kind does not compile), the test ties them to Postgres.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { accessColumns } from './columns/access-columns.ts';
import { auditColumns } from './columns/audit-columns.ts';
import { directoryColumns } from './columns/directory-columns.ts';
import { onboardingColumns } from './columns/onboarding-columns.ts';
import { signInColumns } from './columns/sign-in-columns.ts';
import type { Kinds } from './columns/kinds.ts';

const columns = {
  ...accessColumns,
  ...auditColumns,
  ...directoryColumns,
  ...onboardingColumns,
  ...signInColumns,
} satisfies Kinds;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('the table types name every column of the schema, with its kind and whether it may be null', async () => {
  expect(await columnsOf(database.url)).toEqual(columns);
});

async function columnsOf(url: string): Promise<Record<string, Record<string, string>>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ table: string; column: string; kind: string }>(`
    select table_name as table, column_name as column,
      case udt_name when 'int4' then 'integer' when 'int8' then 'bigint' when 'bool' then 'boolean'
        when 'varchar' then 'text' when '_text' then 'text[]' else udt_name end
      || case is_nullable when 'YES' then ' or null' else '' end as kind
    from information_schema.columns
    where table_schema = 'public' and table_name not like 'kysely\\_%'`);
  await client.end();

  const tables: Record<string, Record<string, string>> = {};
  for (const { table, column, kind } of rows) (tables[camelCase(table)] ??= {})[camelCase(column)] = kind;
  return tables;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
