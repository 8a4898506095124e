import type { Generated, Selectable } from 'kysely';
import { columnNames } from '../row-columns.ts';
import type { Json } from './columns.ts';

/** RS256 keys that sign the access tokens of `/sso/token`. */
export interface TokenKeysTable {
  id: string;
  environmentId: string;
  publicJwk: Json<Record<string, unknown>>;
  privateKeySealed: string;
  createdAt: Generated<Date>;
  retiredAt: Date | null;
}

export type TokenKeyRow = Selectable<TokenKeysTable>;

export const tokenKeyColumns = columnNames<TokenKeysTable>({
  id: true,
  environmentId: true,
  publicJwk: true,
  privateKeySealed: true,
  createdAt: true,
  retiredAt: true,
});
