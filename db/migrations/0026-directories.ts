import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * Directories: where people and groups of an organization come from, and what has come. What a source says (`active`,
 * `removed_at`) and what the vendor is shown (`state`, `deleted_at`) are two things: they differ while a change is on
 * hold [SCIM-09], and for people of a generation that is still only prepared.
 *
 * People, memberships and requests have no key to `environments` and few indexes: every call of a client writes them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table directories (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      name text not null,
      type text not null,
      provider_id text,
      road text not null check (road in ('scim', 'sftp', 'sftp_pull', 'google', 'workday', 'bamboohr')),
      state text not null check (state in ('validating', 'linked', 'unlinked', 'invalid_credentials', 'deleting')),
      external_key text collate "C" not null unique check (external_key ~ '^[a-z0-9-]{16,}$'),
      -- As it was given out: it survives a later change of our own address.
      scim_base_url text not null,
      -- The people that the vendor is shown are those of this generation; those of the next are prepared until confirmed.
      generation integer not null default 1,
      next_generation integer check (next_generation > generation),
      guide_progress jsonb not null default '{}',
      attribute_mapping jsonb not null default '{}',
      -- What is no secret of a source that we read: addresses, reports, the groups that were chosen.
      settings jsonb not null default '{}',
      credentials_sealed text,
      credentials_set_at timestamptz,
      credentials_failing_since timestamptz,
      credentials_cause text,
      sftp_user_name text collate "C" unique,
      -- Written a few times a minute at most, never by each request.
      first_request_at timestamptz,
      last_request_at timestamptz,
      silent_since timestamptz,
      linked_at timestamptz,
      first_synced_at timestamptz,
      last_changed_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create index directories_organization on directories (organization_id) where deleted_at is null;
    create index directories_environment on directories (environment_id, created_at desc, id desc) where deleted_at is null;

    create table directory_tokens (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      directory_id text collate "C" not null references directories,
      digest text collate "C" not null unique,
      suffix text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      first_used_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz
    );
    create index directory_tokens_directory on directory_tokens (directory_id) where revoked_at is null;

    create table directory_holds (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      directory_id text collate "C" not null references directories,
      reason text not null check (reason in ('many_leave', 'first_file', 'switch')),
      state text not null default 'open' check (state in ('open', 'applied', 'discarded')),
      active_before integer not null,
      created_at timestamptz not null default now(),
      decided_at timestamptz,
      decided_by text
    );
    create unique index directory_holds_one_open on directory_holds (directory_id) where state = 'open';

    create table directory_users (
      id text collate "C" primary key,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      directory_id text collate "C" not null references directories,
      generation integer not null,
      external_id text collate "C",
      user_name text not null,
      -- Compared without regard to case, shown as it was sent.
      user_name_key text collate "C" not null,
      email text,
      email_key text collate "C",
      first_name text,
      last_name text,
      display_name text,
      custom_attributes jsonb not null default '{}',
      raw jsonb not null,
      version bigint not null default 1,
      -- What the source says.
      active boolean not null,
      left_at timestamptz,
      removed_at timestamptz,
      -- What the vendor is shown; null while the person is only prepared.
      state text check (state in ('active', 'inactive', 'suspended')),
      hold_id text collate "C",
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deleted_at timestamptz
    );
    create unique index directory_users_name on directory_users (directory_id, generation, user_name_key)
      where removed_at is null;
    create unique index directory_users_external on directory_users (directory_id, generation, external_id)
      where removed_at is null and external_id is not null;
    create index directory_users_email on directory_users (organization_id, email_key) where email_key is not null;
    create index directory_users_person on directory_users (organization_id, external_id) where external_id is not null;
    create index directory_users_order on directory_users (directory_id, generation, created_at, id);
    create index directory_users_left on directory_users (directory_id, left_at) where left_at is not null;
    create index directory_users_held on directory_users (hold_id) where hold_id is not null;

    create table directory_groups (
      id text collate "C" primary key,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      directory_id text collate "C" not null references directories,
      generation integer not null,
      external_id text collate "C",
      display_name text not null,
      name_key text collate "C" not null,
      raw jsonb not null,
      version bigint not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      removed_at timestamptz,
      -- False while its generation is only prepared.
      is_published boolean not null,
      deleted_at timestamptz
    );
    create unique index directory_groups_external on directory_groups (directory_id, generation, external_id)
      where removed_at is null and external_id is not null;
    create index directory_groups_name on directory_groups (directory_id, generation, name_key) where removed_at is null;
    create index directory_groups_order on directory_groups (directory_id, generation, created_at, id);

    create table directory_memberships (
      group_id text collate "C" not null references directory_groups on delete cascade,
      user_id text collate "C" not null references directory_users on delete cascade,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      directory_id text collate "C" not null,
      created_at timestamptz not null default now(),
      primary key (group_id, user_id)
    );
    create index directory_memberships_user on directory_memberships (user_id, group_id);

    -- Kept 30 days, for the admin and for staff; secrets never.
    create table directory_requests (
      id text collate "C" primary key,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      directory_id text collate "C" not null,
      at timestamptz not null,
      method text not null,
      path text not null,
      status integer not null,
      milliseconds integer not null,
      -- What it was, in the words of the checklist.
      kind text not null,
      cause text,
      client text,
      subject text,
      request_body text,
      response_body text
    );
    create index directory_requests_order on directory_requests (directory_id, at desc, id desc);
    create index directory_requests_environment on directory_requests (environment_id, at desc, id desc);
    create index directory_requests_age on directory_requests (at);

    create table former_directories (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      directory_id text collate "C" not null references directories,
      generation integer not null,
      name text not null,
      type text not null,
      provider_id text,
      road text not null,
      attribute_mapping jsonb not null,
      settings jsonb not null,
      credentials_sealed text,
      token_ids text[] not null,
      reason text not null check (reason in ('switched', 'reset', 'brought_back')),
      created_at timestamptz not null default now(),
      kept_until timestamptz not null,
      restored_at timestamptz
    );
    create index former_directories_directory on former_directories (directory_id, created_at desc);

    alter table environments
      -- Who a linked directory keeps out: those it has removed, all but its members, nobody.
      add column directory_policy text not null default 'removed' check (directory_policy in ('removed', 'members_only', 'off')),
      -- [SCIM-09] more than the greater of the two within an hour waits for a person; 0 percent: never.
      add column removal_guard_people integer not null default 25 check (removal_guard_people between 0 and 1000000),
      add column removal_guard_percent integer not null default 10 check (removal_guard_percent between 0 and 100);

    create function find_directory_by_key(text) returns setof public.directories
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select * from public.directories where external_key = $1 $$;
    create function find_directory_by_sftp_user(text) returns setof public.directories
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$ select * from public.directories where sftp_user_name = $1 $$;
    revoke execute on function find_directory_by_key(text), find_directory_by_sftp_user(text) from public;
    grant execute on function find_directory_by_key(text), find_directory_by_sftp_user(text)
      to vestibule_app, vestibule_system;
  `.execute(db);
  for (const name of ofOrganization) await protect(db, name);
  await sql`
    create policy owner_looks_up on directories for select to current_user using (true);
    grant delete on directory_memberships to vestibule_app;
  `.execute(db);
}

const ofOrganization = [
  'directories',
  'directory_tokens',
  'directory_holds',
  'directory_users',
  'directory_groups',
  'directory_memberships',
  'directory_requests',
  'former_directories',
];
