import { sql, type Kysely } from 'kysely';

/**
 * What the vendor's roles came to before it changed their order, mode or default: until everybody of the directory whose
 * roles that changes was told of.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table directories add column roles_before jsonb;
    create index directories_roles_due on directories (id) where roles_before is not null;
  `.execute(db);
}
