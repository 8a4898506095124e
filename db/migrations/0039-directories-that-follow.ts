import { sql, type Kysely } from 'kysely';

/**
 * What follows a directory through its changes: which set-up a file was applied to, what its contacts have yet to be
 * mailed, and that its people are to be read anew because the vendor asks for other attributes.
 *
 * And since when we can be called: silence while nobody could reach us is not the customer's.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table directory_files
      -- Of the people that it was applied to.
      add column generation integer;
    update directory_files set generation = directories.generation
      from directories where directories.id = directory_id and directory_files.state = 'applied';

    alter table directories
      add column notices jsonb not null default '[]',
      add column remap_due_at timestamptz;
    create index directories_notices on directories (id) where notices <> '[]';
    create index directories_remap_due on directories (remap_due_at) where remap_due_at is not null;

    -- One row, about every api that runs.
    create table reachable_times (
      id text collate "C" primary key check (id = 'api'),
      since timestamptz not null,
      until timestamptz not null
    );
    grant select, insert, update on reachable_times to vestibule_app;
    grant select, insert, update, delete on reachable_times to vestibule_system;
  `.execute(db);
}
