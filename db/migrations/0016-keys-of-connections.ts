import { sql, type Kysely } from 'kysely';

/**
 * A key of ours is changed in steps [KEYS-01]: the next one is published while the current one still signs, takes its
 * place, and leaves it published until it is retired. At most one of each connection and use is next.
 *
 * Metadata that is signed can be held to the key it was signed with [MD-09].
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table sp_keys add column state text not null default 'current'
      check (state in ('next', 'current', 'previous'));
    alter table connections add column idp_metadata_key text;
    create unique index sp_keys_one_next on sp_keys (connection_id, use) where state = 'next' and retired_at is null;
  `.execute(db);
}
