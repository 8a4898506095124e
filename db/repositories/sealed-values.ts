/** Where values sealed under `SECRETS_KEY` lie, for the check at start and for `rewrap` [SEC-02]. Needs `withSystem`. */
import { sql } from 'kysely';
import type { CheckpointVoucher } from '../../onboarding/checkpoint-vouchers.ts';
import type { Tx } from '../database.ts';
import { toJson } from '../tables/columns.ts';
import type { KeyCheckRow } from '../tables/key-checks.ts';

/** Every sealed column: the row it is bound to is named by `rowId`. */
const places = [
  { table: 'links', column: 'token_sealed', rowId: 'id', organization: 'organization_id' },
  { table: 'sp_keys', column: 'private_key_sealed', rowId: 'id', organization: 'organization_id' },
  {
    table: 'connections',
    column: 'oidc_client_secret_sealed',
    rowId: 'id',
    organization: 'organization_id',
  },
  {
    table: 'connection_revisions',
    column: 'client_secret_sealed',
    rowId: 'id',
    organization: 'organization_id',
  },
  {
    table: 'former_configurations',
    column: 'client_secret_sealed',
    rowId: 'id',
    organization: 'organization_id',
  },
  { table: 'directories', column: 'credentials_sealed', rowId: 'id', organization: 'organization_id' },
  { table: 'former_directories', column: 'credentials_sealed', rowId: 'id', organization: 'organization_id' },
  { table: 'log_streams', column: 'secret_sealed', rowId: 'id', organization: 'organization_id' },
  { table: 'environments', column: 'google_client_secret_sealed', rowId: 'id', organization: 'null::text' },
  { table: 'sftp_host_keys', column: 'private_key_sealed', rowId: 'id', organization: 'null::text' },
  { table: 'webhook_endpoints', column: 'secret_sealed', rowId: 'id', organization: 'null::text' },
  { table: 'webhook_endpoints', column: 'previous_secret_sealed', rowId: 'id', organization: 'null::text' },
  { table: 'token_keys', column: 'private_key_sealed', rowId: 'id', organization: 'null::text' },
  {
    table: 'idempotency_keys',
    column: 'body',
    // As `api/middleware/idempotency.ts` names it.
    rowId: "scope || ' ' || key",
    organization: 'null::text',
    where: 'body_sealed',
  },
  // Keys and client secrets of the Test IdP: `{"sealed": …}`.
  {
    table: 'sandbox_state',
    column: 'value',
    rowId: 'key',
    organization: 'null::text',
    field: 'sealed',
  },
] as const satisfies Place[];

interface Place {
  table: string;
  column: string;
  rowId: string;
  organization: string;
  where?: string;
  /** The member of a JSON object that is sealed, where the column holds more. */
  field?: string;
}

/** A sealed value with all it is bound to (`SealedAt` of adapters/secrets.ts). */
export interface SealedValue {
  table: (typeof places)[number]['table'];
  column: (typeof places)[number]['column'];
  organizationId: string | null;
  rowId: string;
  sealed: string;
}

/** How many stored values need each key. */
export async function countSealedByKey(tx: Tx): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const place of places) {
    const { rows } = await sql<{ keyId: string; count: number }>`
      select split_part(${sealedIn(place)}, '.', 2) as key_id, count(*) as count
      from ${sql.table(place.table)} where ${present(place)} group by key_id
    `.execute(tx);
    for (const { keyId, count } of rows) counts.set(keyId, (counts.get(keyId) ?? 0) + count);
  }
  return counts;
}

/** Up to `limit` values that are not under this key, locked; rows that somebody else holds are left for later. */
export async function lockSealedUnderOtherKeys(tx: Tx, keyId: string, limit: number): Promise<SealedValue[]> {
  const found: SealedValue[] = [];
  for (const place of places) {
    const { rows } = await sql<Omit<SealedValue, 'table' | 'column'>>`
      select ${sql.raw(place.organization)} as organization_id, ${sql.raw(place.rowId)} as row_id,
        ${sealedIn(place)} as sealed
      from ${sql.table(place.table)}
      where ${present(place)} and split_part(${sealedIn(place)}, '.', 2) <> ${keyId}
      limit ${limit - found.length} for update skip locked
    `.execute(tx);
    found.push(...rows.map((row) => ({ ...row, table: place.table, column: place.column })));
  }
  return found;
}

/** Replaces this very value: rows of two environments may have one name, and no two values are alike. */
export async function updateSealed(
  tx: Tx,
  { table, column, rowId, sealed: before }: SealedValue,
  sealed: string,
): Promise<void> {
  const place = places.find((candidate) => candidate.table === table && candidate.column === column);
  if (!place) throw new Error(`${table}.${column} holds no sealed values`);
  await sql`
    update ${sql.table(table)} set ${sql.ref(place.column)} = ${replaced(place, sealed)}
    where ${sql.raw(place.rowId)} = ${rowId} and ${present(place)} and ${sealedIn(place)} = ${before}
  `.execute(tx);
}

/** The stored check value of every key that was ever used here. */
export async function listKeyChecks(tx: Tx): Promise<KeyCheckRow[]> {
  return tx.selectFrom('keyChecks').selectAll().orderBy('keyId').execute();
}

/** Who vouches for the checkpoint keys of keys that may be gone, by key id. */
export async function listVouchers(tx: Tx): Promise<Map<string, CheckpointVoucher>> {
  const checks = await listKeyChecks(tx);
  return new Map(checks.flatMap(({ keyId, voucher }) => (voucher === null ? [] : [[keyId, voucher]])));
}

/** Needs `withSystem`. */
export async function keepVoucher(tx: Tx, keyId: string, voucher: CheckpointVoucher): Promise<void> {
  await tx
    .updateTable('keyChecks')
    .set({ voucher: toJson(voucher) })
    .where('keyId', '=', keyId)
    .execute();
}

/** Keeps the first value of a key id; compare before with `listKeyChecks`. */
export async function insertKeyCheck(tx: Tx, check: Omit<KeyCheckRow, 'voucher'>): Promise<void> {
  await tx
    .insertInto('keyChecks')
    .values(check)
    .onConflict((conflict) => conflict.column('keyId').doNothing())
    .execute();
}

function sealedIn({ column, field }: Place) {
  return field === undefined ? sql.ref(column) : sql`${sql.ref(column)} ->> ${sql.lit(field)}`;
}

function replaced({ column, field }: Place, sealed: string) {
  return field === undefined
    ? sql`${sealed}`
    : sql`${sql.ref(column)} || jsonb_build_object(${sql.lit(field)}, ${sealed}::text)`;
}

function present(place: Place) {
  const condition = place.where === undefined ? sql`` : sql` and ${sql.raw(place.where)}`;
  return sql`${sealedIn(place)} is not null${condition}`;
}
