import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * Directories that are read: every run, and the files that customers send. A file lies here in chunks of 256 KiB until
 * it was applied or has expired; the host key of our SFTP server is one for all programs.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table directory_runs (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      directory_id text collate "C" not null references directories,
      kind text not null check (kind in ('pull', 'files')),
      state text not null default 'running' check (state in ('running', 'done', 'failed', 'held', 'unchanged')),
      cause text,
      counts jsonb not null default '{}',
      started_at timestamptz not null default now(),
      ended_at timestamptz
    );
    create index directory_runs_directory on directory_runs (directory_id, started_at desc, id desc);
    create unique index directory_runs_one on directory_runs (directory_id) where state = 'running';

    create table sftp_keys (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      directory_id text collate "C" not null references directories,
      public_key text not null,
      fingerprint text not null,
      algorithm text not null,
      created_at timestamptz not null default now(),
      last_used_at timestamptz,
      removed_at timestamptz
    );
    create unique index sftp_keys_once on sftp_keys (directory_id, fingerprint) where removed_at is null;

    create table directory_files (
      id text collate "C" primary key,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      directory_id text collate "C" not null references directories,
      name text not null,
      size bigint not null default 0,
      sha256 text,
      state text not null check (state in ('receiving', 'received', 'applied', 'refused', 'held', 'unchanged', 'superseded')),
      cause text,
      rows integer,
      -- What it changed, or would.
      counts jsonb not null default '{}',
      refused_lines integer not null default 0,
      run_id text collate "C" references directory_runs,
      received_at timestamptz not null default now(),
      applied_at timestamptz,
      -- Its chunks are gone from then on.
      expires_at timestamptz not null
    );
    create index directory_files_directory on directory_files (directory_id, received_at desc, id desc);
    create index directory_files_end on directory_files (expires_at);

    create table directory_file_chunks (
      file_id text collate "C" not null references directory_files on delete cascade,
      number integer not null,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      bytes bytea not null check (length(bytes) <= 262144),
      primary key (file_id, number)
    );

    create table directory_file_lines (
      file_id text collate "C" not null references directory_files on delete cascade,
      number integer not null,
      environment_id text collate "C" not null,
      organization_id text collate "C" not null,
      line integer not null,
      column_name text,
      value text,
      cause text not null,
      primary key (file_id, number)
    );

    create table sftp_host_keys (
      id text collate "C" primary key,
      algorithm text not null unique,
      public_key text not null,
      private_key_sealed text not null,
      created_at timestamptz not null default now()
    );
    grant select, insert on sftp_host_keys to vestibule_app;
    grant select, insert, update, delete on sftp_host_keys to vestibule_system;
  `.execute(db);
  for (const name of [
    'directory_runs',
    'sftp_keys',
    'directory_files',
    'directory_file_chunks',
    'directory_file_lines',
  ]) {
    await protect(db, name);
  }
  await sql`grant delete on directory_file_chunks to vestibule_app`.execute(db);
}
