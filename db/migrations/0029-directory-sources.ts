import { sql, type Kysely } from 'kysely';

/**
 * A person who is matched when a directory is switched keeps the id that the vendor knows, and the new source goes on
 * calling them by the one it was given. Memberships and roles follow when ids change places, within one transaction.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table directory_users add column source_id text collate "C";
    alter table directory_groups add column source_id text collate "C";
    create index directory_users_source on directory_users (directory_id, source_id) where source_id is not null;
    create index directory_groups_source on directory_groups (directory_id, source_id) where source_id is not null;

    -- Gone from the source and still shown to the vendor: on hold, or kept by a person's word.
    create index directory_users_kept on directory_users (directory_id, user_name_key)
      where removed_at is not null and deleted_at is null;

    alter table directory_memberships alter constraint directory_memberships_group_id_fkey deferrable;
    alter table directory_memberships alter constraint directory_memberships_user_id_fkey deferrable;
    alter table group_roles alter constraint group_roles_directory_group_id_fkey deferrable;
  `.execute(db);
}
