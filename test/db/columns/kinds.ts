import type { Selectable } from 'kysely';
import type { Database } from '../../../db/tables/index.ts';

type KindOf<T> = null extends T ? `${PlainKindOf<NonNullable<T>>} or null` : PlainKindOf<T>;
type PlainKindOf<T> = [T] extends [string]
  ? 'text'
  : [T] extends [number]
    ? 'integer' | 'bigint'
    : [T] extends [boolean]
      ? 'boolean'
      : [T] extends [Date]
        ? 'timestamptz'
        : [T] extends [Buffer]
          ? 'bytea'
          : [T] extends [string[]]
            ? 'text[]'
            : 'jsonb';
type KindsOf<Table> = { [Column in keyof Table]: KindOf<Table[Column]> };

/** Every column of every table, with its kind and whether it may be null. */
export type Kinds = { [Table in keyof Database]: KindsOf<Selectable<Database[Table]>> };
