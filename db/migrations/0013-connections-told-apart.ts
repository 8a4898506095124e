import { sql, type Kysely } from 'kysely';

/**
 * A new connection is compared with every live one that has its entity id or address of ours [MD-07]. Without these, all
 * connections of the environment were read for it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index connections_sp_entity_id on connections (sp_entity_id) where deleted_at is null;
    create index connections_acs_url on connections (acs_url) where deleted_at is null;
  `.execute(db);
}
