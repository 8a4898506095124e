/**
 * Rows of several tables read by one fixed statement: each column is listed under its table's alias, and taken apart
 * again by the same list.
 */
export type ColumnNames<Table> = readonly (keyof Table & string)[];

/** The columns of a table; the compiler asks for every one. */
export function columnNames<Table>(every: Record<keyof Table & string, true>): ColumnNames<Table> {
  return Object.keys(every) as (keyof Table & string)[];
}

/** As they stand in a select list. */
export function listColumns(alias: string, names: readonly string[]): string {
  return names.map((name) => `${alias}.${snakeCase(name)} as "${alias}.${name}"`).join(', ');
}

/** The same of one table, under their names alone. */
export function bareColumns(names: readonly string[], alias?: string): string {
  const of = alias === undefined ? '' : `${alias}.`;
  return names.map((name) => `${of}${snakeCase(name)} as "${name}"`).join(', ');
}

/** The row under an alias; undefined when an outer join found none. `id` is never null in a row that is there. */
export function rowUnder<Row extends { id: string }>(
  alias: string,
  names: readonly string[],
  found: Readonly<Record<string, unknown>>,
): Row | undefined {
  if (found[`${alias}.id`] === null) return undefined;
  return Object.fromEntries(names.map((name) => [name, found[`${alias}.${name}`]])) as Row;
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
