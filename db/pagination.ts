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

type Part<Tables extends keyof Database, Row> = SelectQueryBuilder<Database, Tables, Row>;

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
 * One page of `query`, which must neither sort nor limit. Several are the parts of one list: each is read in order only as
 * far as the page goes, which Postgres does not do by itself for a union. Throws `invalid_request` naming the parameter
 * when the cursor is no row of the tenant.
 */
export async function pageOf<Tables extends keyof Database, Row extends { id: string }>(
  tx: Tx,
  query: Part<Tables, Row> | readonly Part<Tables, Row>[],
  paged: PagedTable,
  request: PageRequest,
): Promise<Page<Row>> {
  const parts = [query].flat();
  const cursor = request.after ?? request.before;
  const isAfter = request.after !== undefined;
  if (cursor !== undefined) await refuseUnknown(tx, paged, cursor, isAfter ? 'after' : 'before');

  // In `desc`, going on means going back in time; in the other two it means going forward.
  const seeksOlder = cursor === undefined ? request.order !== 'asc' : isAfter === (request.order === 'desc');
  const beyond = cursor === undefined ? undefined : compare(paged, seeksOlder ? '<' : '>', cursor);
  const found = await take(tx, parts, paged, { beyond, isDescending: seeksOlder, limit: request.limit + 1 });
  const kept = found.slice(0, request.limit);
  const newestFirst = seeksOlder ? kept : kept.reverse();

  const newest = newestFirst[0];
  const oldest = newestFirst.at(-1);
  const goesOn = found.length > request.limit;
  const opposite = seeksOlder ? newest : oldest;
  const hasOpposite =
    cursor !== undefined &&
    opposite !== undefined &&
    (await hasAny(tx, parts, paged, seeksOlder ? '>' : '<', opposite.id));
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
  tx: Tx,
  parts: readonly Part<Tables, Row>[],
  paged: PagedTable,
  operator: '<' | '>',
  id: string,
): Promise<boolean> {
  const beyond = compare(paged, operator, id);
  return (await take(tx, parts, paged, { beyond, isDescending: operator === '<', limit: 1 })).length > 0;
}

/** The first rows of all parts together. */
async function take<Tables extends keyof Database, Row>(
  tx: Tx,
  parts: readonly Part<Tables, Row>[],
  paged: PagedTable,
  {
    beyond,
    isDescending,
    limit,
  }: { beyond: RawBuilder<SqlBool> | undefined; isDescending: boolean; limit: number },
): Promise<Row[]> {
  const each = parts.map((part) =>
    sorted(beyond === undefined ? part : part.where(beyond), paged, isDescending).limit(limit),
  );
  const [only] = each;
  if (each.length === 1 && only !== undefined) return only.execute();
  const order = sql.join(paged.keys.map((key) => (isDescending ? sql`${key} desc` : sql`${key} asc`)));
  const { rows } = await sql<Row>`
    select * from (${sql.join(each, sql` union all `)}) as ${sql.table(paged.table)} order by ${order} limit ${limit}
  `.execute(tx);
  return rows;
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
