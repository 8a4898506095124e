import { sql, type Insertable } from 'kysely';
import type { Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { RedirectUriRow, RedirectUrisTable } from '../tables/redirect-uris.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

/** Throws `conflict` when the environment has this URI already. The first one becomes the default. */
export async function insertRedirectUri(
  tx: Tx,
  uri: Omit<Insertable<RedirectUrisTable>, 'isDefault'>,
): Promise<RedirectUriRow> {
  const statement = tx
    .insertInto('redirectUris')
    .values({
      ...uri,
      isDefault: sql<boolean>`not exists (select from redirect_uris where environment_id = ${uri.environmentId} and is_default)`,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'redirect_uris_environment_id_uri_key', 'conflict', { field: 'uri' });
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
): Promise<'deleted' | 'is_default' | 'missing'> {
  const uri = await tx
    .selectFrom('redirectUris')
    .select('isDefault')
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
  return 'deleted';
}
