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

type Query<Tables extends keyof Database, Row> = SelectQueryBuilder<Database, Tables, Row>;

/** One of several queries that make a list together, and its own columns for what the list is sorted by. */
export interface ListPart<Tables extends keyof Database, Row> {
  query: Query<Tables, Row>;
  keys: readonly RawBuilder<unknown>[];
  /**
   * The span of its first key, from an instant and before one. Told here and not in `query`, because a walk through an
   * index begins at one bound only: the nearer of the span's end and the cursor.
   */
  span?: { from?: Date | undefined; until?: Date | undefined };
  /** Where `query` is of what leads to the rows: the rows of one page of it. */
  rowsOf?: (page: Query<Tables, Row>) => RawBuilder<Row>;
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
 * One page of `query`, which must neither sort nor limit. Several are the parts of one list: each is read in order only as
 * far as the page goes, which Postgres does not do by itself for a union. Throws `invalid_request` naming the parameter
 * when the cursor is no row of the tenant.
 */
export async function pageOf<Tables extends keyof Database, Row extends { id: string }>(
  tx: Tx,
  query: Query<Tables, Row> | readonly ListPart<Tables, Row>[],
  paged: PagedTable,
  request: PageRequest,
): Promise<Page<Row>> {
  const parts = 'where' in query ? [{ query, keys: paged.keys }] : query;
  const cursor = request.after ?? request.before;
  const isAfter = request.after !== undefined;
  if (cursor !== undefined) await refuseUnknown(tx, paged, cursor, isAfter ? 'after' : 'before');

  // In `desc`, going on means going back in time; in the other two it means going forward.
  const seeksOlder = cursor === undefined ? request.order !== 'asc' : isAfter === (request.order === 'desc');
  const found = await takeFirst(tx, beyond(parts, paged, seeksOlder ? '<' : '>', cursor), paged, {
    isDescending: seeksOlder,
    limit: request.limit + 1,
  });
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
  parts: readonly ListPart<Tables, Row>[],
  paged: PagedTable,
  operator: '<' | '>',
  id: string,
): Promise<boolean> {
  const there = { isDescending: operator === '<', limit: 1 };
  return (await takeFirst(tx, beyond(parts, paged, operator, id), paged, there)).length > 0;
}

/** The first rows of all parts together; each part is read in order only as far as `limit`. */
export async function takeFirst<Tables extends keyof Database, Row>(
  tx: Tx,
  parts: readonly ListPart<Tables, Row>[],
  { table, keys }: Pick<PagedTable, 'table' | 'keys'>,
  { isDescending, limit }: { isDescending: boolean; limit: number },
): Promise<Row[]> {
  const each = parts.map((part) => ({ part, page: sorted(part, isDescending).limit(limit) }));
  const [only] = each;
  if (each.length === 1 && only?.part.rowsOf === undefined) return only?.page.execute() ?? [];
  const pages = each.map(({ part, page }) => part.rowsOf?.(page) ?? page);
  const order = sql.join(keys.map((key) => (isDescending ? sql`${key} desc` : sql`${key} asc`)));
  const { rows } = await sql<Row>`
    select * from (${sql.join(pages, sql` union all `)}) as ${sql.table(table)} order by ${order} limit ${limit}
  `.execute(tx);
  return rows;
}

function sorted<Tables extends keyof Database, Row>(
  { query, keys }: ListPart<Tables, Row>,
  isDescending: boolean,
): Query<Tables, Row> {
  return keys.reduce((so, key) => so.orderBy(key, isDescending ? 'desc' : 'asc'), query);
}

/**
 * The parts in their spans and behind the row of that id, or whole without one. Compared inside Postgres: an instant loses
 * its microseconds on the way through JavaScript.
 */
function beyond<Tables extends keyof Database, Row>(
  parts: readonly ListPart<Tables, Row>[],
  { table, keys }: PagedTable,
  operator: '<' | '>',
  id: string | undefined,
): readonly ListPart<Tables, Row>[] {
  const there = (columns: typeof keys) =>
    sql`(select ${sql.join(columns)} from ${sql.table(table)} where ${sql.ref(`${table}.id`)} = ${id})`;
  return parts.map((part) => {
    const { query, keys: own, span } = part;
    const spanned =
      span === undefined ? query : query.where(inSpan(own, span, id && operator, there(keys.slice(0, 1))));
    if (id === undefined) return { ...part, query: spanned };
    const behind = sql<boolean>`(${sql.join(own)}) ${sql.raw(operator)} ${there(keys)}`;
    return { ...part, query: spanned.where(behind) };
  });
}

/** Whether the first key is in its span, of which what the cursor has passed is no part. */
function inSpan(
  [key]: readonly RawBuilder<unknown>[],
  { from, until }: { from?: Date | undefined; until?: Date | undefined },
  operator: '<' | '>' | '' | undefined,
  there: RawBuilder<unknown>,
): RawBuilder<boolean> {
  // Each leaves out what is not told.
  const first = sql`greatest(${from ?? null}::timestamptz, ${operator === '>' ? there : sql`null`}, '-infinity')`;
  const last = sql`least(${until ?? null}::timestamptz - interval '1 microsecond', ${operator === '<' ? there : sql`null`}, 'infinity')`;
  return sql<boolean>`${key} between ${first} and ${last}`;
}
