import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/** The vendor's roles, and which groups of a customer give them. Rank 1 is the top role. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table roles (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      slug text collate "C" not null,
      name text not null,
      description text,
      rank integer not null,
      is_default boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      unique (environment_id, slug),
      unique (environment_id, rank) deferrable initially deferred
    );
    create unique index roles_one_default on roles (environment_id) where is_default;
    grant select, insert, update, delete on roles to vestibule_app, vestibule_system;
    alter table roles enable row level security;
    alter table roles force row level security;
    create policy tenant on roles to vestibule_app
      using (environment_id = current_setting('app.environment_id', true));
    create policy system on roles to vestibule_system using (true);

    -- A group of a directory, or a value of the groups claim of a connection, gives a role.
    create table group_roles (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      role_id text collate "C" not null references roles on delete cascade,
      directory_group_id text collate "C" references directory_groups on delete cascade,
      connection_id text collate "C" references connections,
      claim_value text,
      created_at timestamptz not null default now(),
      check ((directory_group_id is null) = (claim_value is not null)),
      check ((connection_id is null) = (claim_value is null))
    );
    create unique index group_roles_directory on group_roles (directory_group_id, role_id)
      where directory_group_id is not null;
    create unique index group_roles_claim on group_roles (connection_id, claim_value, role_id)
      where connection_id is not null;
    create index group_roles_organization on group_roles (organization_id);

    alter table environments
      -- One role, the highest that any group gives; or all of them together.
      add column role_mode text not null default 'highest' check (role_mode in ('highest', 'all'));
  `.execute(db);
  await protect(db, 'group_roles');
  await sql`grant delete on group_roles to vestibule_app`.execute(db);
}
