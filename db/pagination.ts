/** Lists in pages by cursor, as the developer API describes them: an object's id is the cursor, before or after it. */
import { sql, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import { OnboardingError } from '../onboarding/errors.ts';
import type { Tx } from './database.ts';
import type { Database } from './tables/index.ts';

/**
 * `desc` and `asc` page on in the order shown. `normal` shows the newest first, yet `after` means newer and `before`
 * older. With both cursors, `after` counts: some clients keep an old `before` beside it.
 */
export interface PageRequest {
  limit: number;
  order: 'asc' | 'desc' | 'normal';
  after?: string | undefined;
  before?: string | undefined;
}

/** A page in the order to show, and the cursors of its neighbours, null where there is none. */
export interface Page<Row> {
  rows: Row[];
  after: string | null;
  before: string | null;
}

export interface PagedTable {
  /** The table that holds the cursor, named in the query as itself. */
  table: keyof Database;
  /** What rows are sorted by, ascending means older first; together unique, never null. */
  keys: readonly RawBuilder<unknown>[];
  /** Whose rows a cursor may name, whatever else the list is narrowed to. */
  owned: RawBuilder<SqlBool>;
}

/** Sorted by creation and, within an instant, by id. */
export function byCreation(table: keyof Database): readonly RawBuilder<unknown>[] {
  return [sql.ref(`${table}.createdAt`), sql.ref(`${table}.id`)];
}

/**
 * One page of `query`, which must neither sort nor limit. Throws `invalid_request` naming the parameter when the cursor
 * is no row of the tenant.
 */
export async function pageOf<Tables extends keyof Database, Row extends { id: string }>(
  tx: Tx,
  query: SelectQueryBuilder<Database, Tables, Row>,
  paged: PagedTable,
  request: PageRequest,
): Promise<Page<Row>> {
  const cursor = request.after ?? request.before;
  const isAfter = request.after !== undefined;
  if (cursor !== undefined) await refuseUnknown(tx, paged, cursor, isAfter ? 'after' : 'before');

  // In `desc`, going on means going back in time; in the other two it means going forward.
  const seeksOlder = cursor === undefined ? request.order !== 'asc' : isAfter === (request.order === 'desc');
  const beyond = cursor === undefined ? query : query.where(compare(paged, seeksOlder ? '<' : '>', cursor));
  const found = await sorted(beyond, paged, seeksOlder)
    .limit(request.limit + 1)
    .execute();
  const kept = found.slice(0, request.limit);
  const newestFirst = seeksOlder ? kept : kept.reverse();

  const newest = newestFirst[0];
  const oldest = newestFirst.at(-1);
  const goesOn = found.length > request.limit;
  const opposite = seeksOlder ? newest : oldest;
  const hasOpposite =
    cursor !== undefined &&
    opposite !== undefined &&
    (await hasAny(query, paged, seeksOlder ? '>' : '<', opposite.id));
  const newer = (seeksOlder ? hasOpposite : goesOn) ? (newest?.id ?? null) : null;
  const older = (seeksOlder ? goesOn : hasOpposite) ? (oldest?.id ?? null) : null;

  return {
    rows: request.order === 'asc' ? newestFirst.reverse() : newestFirst,
    after: request.order === 'desc' ? older : newer,
    before: request.order === 'desc' ? newer : older,
  };
}

async function refuseUnknown(
  tx: Tx,
  { table, owned }: PagedTable,
  cursor: string,
  parameter: 'after' | 'before',
): Promise<void> {
  const { rows } = await sql`
    select from ${sql.table(table)} where ${sql.ref(`${table}.id`)} = ${cursor} and ${owned}
  `.execute(tx);
  if (rows.length === 0) throw new OnboardingError('invalid_request', { field: parameter });
}

async function hasAny<Tables extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, Tables, Row>,
  paged: PagedTable,
  operator: '<' | '>',
  id: string,
): Promise<boolean> {
  return (
    (
      await query
        .where(compare(paged, operator, id))
        .limit(1)
        .execute()
    ).length > 0
  );
}

/** Compared inside Postgres: an instant loses its microseconds on the way through JavaScript. */
function compare({ table, keys }: PagedTable, operator: '<' | '>', id: string): RawBuilder<SqlBool> {
  const list = sql.join(keys);
  return sql`(${list}) ${sql.raw(operator)} (select ${list} from ${sql.table(table)} where ${sql.ref(`${table}.id`)} = ${id})`;
}

function sorted<Tables extends keyof Database, Row>(
  query: SelectQueryBuilder<Database, Tables, Row>,
  { keys }: PagedTable,
  isDescending: boolean,
): SelectQueryBuilder<Database, Tables, Row> {
  return keys.reduce((so, key) => so.orderBy(key, isDescending ? 'desc' : 'asc'), query);
}
