/** DNS records and switches of the sandbox. */
import type { Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { SandboxRecordRow, SandboxRecordsTable } from '../tables/sandbox-records.ts';
import type { SandboxStateRow } from '../tables/sandbox-state.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';

export async function insertSandboxRecord(
  tx: Tx,
  record: Insertable<SandboxRecordsTable>,
): Promise<SandboxRecordRow> {
  return tx.insertInto('sandboxRecords').values(record).returningAll().executeTakeFirstOrThrow();
}

/** Oldest first. */
export async function listSandboxRecords(tx: Tx, tenant: Tenant): Promise<SandboxRecordRow[]> {
  return tx
    .selectFrom('sandboxRecords')
    .selectAll()
    .where(ofEnvironment('sandboxRecords', tenant))
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** The records of a name in every environment: there is one DNS for all. Needs `withSystem`. */
export async function listSandboxRecordsNamed(tx: Tx, name: string): Promise<SandboxRecordRow[]> {
  return tx
    .selectFrom('sandboxRecords')
    .selectAll()
    .where('name', '=', name)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** False when there was none. */
export async function deleteSandboxRecord(tx: Tx, tenant: Tenant, recordId: string): Promise<boolean> {
  const deleted = await tx
    .deleteFrom('sandboxRecords')
    .where('id', '=', recordId)
    .where(ofEnvironment('sandboxRecords', tenant))
    .returning('id')
    .executeTakeFirst();
  return deleted !== undefined;
}

export async function findSandboxState(
  tx: Tx,
  tenant: Tenant,
  key: string,
): Promise<SandboxStateRow['value'] | undefined> {
  const row = await tx
    .selectFrom('sandboxState')
    .select('value')
    .where(ofEnvironment('sandboxState', tenant))
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.value;
}

/** The same, and nobody else changes it until the transaction ends. An empty object where there was nothing. */
export async function lockSandboxState(
  tx: Tx,
  tenant: Tenant,
  key: string,
  now: Date,
): Promise<SandboxStateRow['value']> {
  await tx
    .insertInto('sandboxState')
    .values({ environmentId: tenant.environmentId, key, value: toJson({}), updatedAt: now })
    .onConflict((conflict) => conflict.columns(['environmentId', 'key']).doNothing())
    .execute();
  const row = await tx
    .selectFrom('sandboxState')
    .select('value')
    .where(ofEnvironment('sandboxState', tenant))
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.value;
}

export async function putSandboxState(
  tx: Tx,
  { environmentId }: Tenant,
  key: string,
  value: Record<string, unknown> | readonly unknown[],
  now: Date,
): Promise<void> {
  const row = { value: toJson(value), updatedAt: now };
  await tx
    .insertInto('sandboxState')
    .values({ environmentId, key, ...row })
    .onConflict((conflict) => conflict.columns(['environmentId', 'key']).doUpdateSet(row))
    .execute();
}
