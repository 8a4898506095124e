import { sql, type Kysely } from 'kysely';

/**
 * A new connection is compared with every live one that has its entity id or address of ours [MD-07]. Without these
 * indexes, all connections of the environment were read for it.
 *
 * What a connection consists of gives up its key to `environments` for the reasons of migration 0012. A portal link gives
 * up the one to `organizations`: all links of a customer locked that row, and the statement that writes a link reads
 * there itself that the organization is living. One that is erased has been deleted for weeks, and its links go with it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index connections_sp_entity_id on connections (sp_entity_id) where deleted_at is null;
    create index connections_acs_url on connections (acs_url) where deleted_at is null;

    alter table connections drop constraint connections_environment_id_fkey;
    alter table idp_certificates drop constraint idp_certificates_environment_id_fkey;
    alter table commands drop constraint commands_environment_id_fkey;
    alter table links drop constraint links_organization_id_fkey;
  `.execute(db);
}
