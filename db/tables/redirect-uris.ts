import type { Generated, Selectable } from 'kysely';

/** Where `/sso/authorize` may send a browser back to; one per environment is the default. */
export interface RedirectUrisTable {
  id: string;
  environmentId: string;
  uri: string;
  isDefault: Generated<boolean>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
}

export type RedirectUriRow = Selectable<RedirectUrisTable>;
