import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from './postgres.ts';

test('two test files never see the rows of each other', async () => {
  const [mine, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);

  await run(mine.url, 'create table only_mine (id int)');

  await expect(run(other.url, 'select * from only_mine')).rejects.toThrow('does not exist');
  await Promise.all([mine.drop(), other.drop()]);
  await expect(run(mine.url, 'select 1')).rejects.toThrow('does not exist');
});

async function run(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
