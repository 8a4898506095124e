import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Brings an empty database to the current schema. Done once a run; each test file gets a clone. */
export async function migrateTemplate(databaseUrl: string): Promise<void> {
  const door = new URL('../../db/migrate.ts', import.meta.url);
  if (!existsSync(fileURLToPath(door))) return;
  const module: { migrate(o: { databaseUrl: string }): Promise<unknown> } = await import(fileURLToPath(door));
  await module.migrate({ databaseUrl });
}
