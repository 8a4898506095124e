import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { RedirectUriRow, RedirectUrisTable } from '../tables/redirect-uris.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

/** Throws `redirect_uri_known`. The first one that a browser could be sent to becomes the default. */
export async function insertRedirectUri(
  tx: Tx,
  uri: Omit<Insertable<RedirectUrisTable>, 'isDefault'>,
): Promise<RedirectUriRow> {
  const statement = tx
    .insertInto('redirectUris')
    .values({
      ...uri,
      isDefault: uri.uri.includes('*')
        ? false
        : sql<boolean>`not exists (select from redirect_uris where environment_id = ${uri.environmentId} and is_default)`,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'redirect_uris_environment_id_uri_key', 'redirect_uri_known', {
    field: 'uri',
    uri: uri.uri,
  });
}

/** All of them, the default first: few, and a sign-in compares its own with each. */
export async function listAllRedirectUris(tx: Tx, tenant: Tenant): Promise<RedirectUriRow[]> {
  return tx
    .selectFrom('redirectUris')
    .selectAll()
    .where(ofEnvironment('redirectUris', tenant))
    .orderBy('isDefault', 'desc')
    .orderBy('createdAt')
    .execute();
}

export async function listRedirectUris(
  tx: Tx,
  tenant: Tenant,
  request: PageRequest,
): Promise<Page<RedirectUriRow>> {
  const owned = ofEnvironment('redirectUris', tenant);
  const query = tx.selectFrom('redirectUris').selectAll().where(owned);
  return pageOf(tx, query, { table: 'redirectUris', keys: byCreation('redirectUris'), owned }, request);
}

/** The default one stays: sign-ins that name none lead there. */
export async function deleteRedirectUri(
  tx: Tx,
  tenant: Tenant,
  redirectUriId: string,
): Promise<RedirectUriRow | 'is_default' | 'missing'> {
  const uri = await tx
    .selectFrom('redirectUris')
    .selectAll()
    .where('id', '=', redirectUriId)
    .where(ofEnvironment('redirectUris', tenant))
    .forUpdate()
    .executeTakeFirst();
  if (!uri) return 'missing';
  if (uri.isDefault) return 'is_default';
  await tx
    .deleteFrom('redirectUris')
    .where('id', '=', redirectUriId)
    .where(ofEnvironment('redirectUris', tenant))
    .execute();
  return uri;
}

/** A pattern cannot be the default: a browser needs one whole address to go to. */
export async function makeRedirectUriDefault(
  tx: Tx,
  tenant: Tenant,
  redirectUriId: string,
  now: Date,
): Promise<{ row: RedirectUriRow; before: RedirectUriRow | undefined } | 'is_wildcard' | 'missing'> {
  const all = await tx
    .selectFrom('redirectUris')
    .selectAll()
    .where(ofEnvironment('redirectUris', tenant))
    .orderBy('id')
    .forUpdate()
    .execute();
  const wanted = all.find(({ id }) => id === redirectUriId);
  const before = all.find(({ isDefault }) => isDefault);
  if (!wanted) return 'missing';
  if (wanted.uri.includes('*')) return 'is_wildcard';
  if (wanted.isDefault) return { row: wanted, before };
  const change = tx.updateTable('redirectUris').where(ofEnvironment('redirectUris', tenant));
  await change.set({ isDefault: false, updatedAt: now }).where('isDefault', '=', true).execute();
  const row = await change
    .set({ isDefault: true, updatedAt: now })
    .where('id', '=', redirectUriId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { row, before };
}
