import type { ColumnType } from 'kysely';

/**
 * A jsonb column: read as a value, written as text (`toJson`), because the driver would turn a JavaScript array into a
 * Postgres array.
 */
export type Json<T> = ColumnType<T, string, string>;

/** A jsonb column that has a default. */
export type JsonWithDefault<T> = ColumnType<T, string | undefined, string>;

/** A value as the text of a jsonb column. */
export function toJson(value: object): string {
  return JSON.stringify(value);
}
