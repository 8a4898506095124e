import { sql, type Kysely } from 'kysely';

/**
 * The second wall between tenants [IDB-03]: the programs work as roles that own nothing and cannot bypass policies.
 *
 * `vestibule_app` sees the rows of the environment (and, when set, the organization) named in its transaction;
 * `vestibule_system` (relay, sweeps, sequencer) sees all. Policies are forced, so even the owner of the tables sees
 * nothing but what `owner_looks_up` allows: the look-ups below, which run before a tenant is known.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createRoles(db);
  await grantTables(db);
  for (const { name, hasOrganization } of await tenantTables(db)) await protect(db, name, hasOrganization);
  await createLookUps(db);
}

const roles = ['vestibule_app', 'vestibule_system'];

async function createRoles(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ login: string; mayCreate: boolean; missing: string[] }>`
    select current_user as login,
      (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as "mayCreate",
      array(select unnest(${roles}::text[]) except select rolname from pg_roles) as missing
  `.execute(db);
  const { login, mayCreate, missing } = rows[0] ?? { login: '', mayCreate: false, missing: roles };
  if (missing.length > 0 && !mayCreate) {
    throw new Error(
      `The login "${login}" may not create roles; run these statements as a superuser and migrate again: ` +
        missing.map((role) => `create role ${role} nologin; `).join('') +
        `grant ${roles.join(', ')} to "${login}" with admin option;`,
    );
  }
  // Roles belong to the whole server: another database may be migrated at this very moment.
  for (const role of missing) {
    await sql`
      do $$ begin
        create role ${sql.raw(role)} nologin noinherit;
      exception when duplicate_object or unique_violation then null;
      end $$
    `.execute(db);
  }
}

async function grantTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    grant usage on schema public to vestibule_app, vestibule_system;
    grant usage on sequence event_order, audit_order to vestibule_app, vestibule_system;
    grant select, insert, update, delete on all tables in schema public to vestibule_system;
    grant select, insert, update on all tables in schema public to vestibule_app;
    grant delete on redirect_uris, organization_domains, rate_limits, mail_suppressions, sandbox_records, sandbox_state
      to vestibule_app;

    -- [AUD-02] what was recorded is not changed: the programs add and read; sealing, erasure and retention are the system's.
    revoke update on audit_events from vestibule_app, vestibule_system;
    grant update (personal, personal_salt, source_address, user_agent, chain_number, previous_hash, hash)
      on audit_events to vestibule_system;
    revoke insert, update on audit_heads, audit_checkpoints from vestibule_app;
    revoke update, delete on audit_checkpoints from vestibule_system;

    -- An event is a fact: only its place in the feed is given later.
    revoke update on events from vestibule_app, vestibule_system;
    grant update (position) on events to vestibule_app, vestibule_system;

    revoke insert on environments from vestibule_app;
    revoke insert, update on key_checks from vestibule_app;
    revoke all on kysely_migration, kysely_migration_lock from vestibule_app, vestibule_system;
    grant select on kysely_migration to vestibule_app, vestibule_system;
  `.execute(db);
}

async function tenantTables(db: Kysely<unknown>): Promise<{ name: string; hasOrganization: boolean }[]> {
  const { rows } = await sql<{ name: string; hasOrganization: boolean }>`
    select table_name as name, bool_or(column_name = 'organization_id') as "hasOrganization"
    from information_schema.columns
    where table_schema = 'public'
    group by table_name
    having bool_or(column_name = 'environment_id') or table_name = 'environments'
    order by table_name
  `.execute(db);
  return rows;
}

/** Environment always, organization when one is set; an unset or emptied setting matches no environment. */
async function protect(db: Kysely<unknown>, name: string, hasOrganization: boolean): Promise<void> {
  const table = sql.table(name);
  const environment = sql.ref(name === 'environments' ? 'id' : 'environment_id');
  const organization = name === 'organizations' ? 'id' : hasOrganization ? 'organization_id' : undefined;
  const ofOrganization = organization
    ? sql` and (coalesce(current_setting('app.organization_id', true), '') = ''
        or ${sql.ref(organization)} = current_setting('app.organization_id', true))`
    : sql``;
  await sql`
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant on ${table} to vestibule_app
      using (${environment} = current_setting('app.environment_id', true)${ofOrganization});
    create policy system on ${table} to vestibule_system using (true);
  `.execute(db);
}

/**
 * Each takes the exact digest or id and gives that one row. The search path is fixed, so that nobody can slip a table
 * of their own under a function that runs with the owner's rights.
 */
const lookUps = [
  { name: 'find_api_key', table: 'api_keys', column: 'digest' },
  { name: 'find_link', table: 'links', column: 'digest' },
  { name: 'find_portal_session', table: 'portal_sessions', column: 'digest' },
  { name: 'find_staff_session', table: 'staff_sessions', column: 'digest' },
  { name: 'find_staff_sign_in_link', table: 'staff_sign_ins', column: 'digest', where: "kind = 'link'" },
  { name: 'find_connection', table: 'connections', column: 'id' },
  { name: 'find_environment', table: 'environments', column: 'id' },
  { name: 'find_environment_by_client_id', table: 'environments', column: 'client_id' },
  { name: 'find_environment_by_handle', table: 'environments', column: 'handle' },
  { name: 'find_attempt_by_test_digest', table: 'attempts', column: 'test_digest' },
  { name: 'find_sign_in_by_code', table: 'sign_ins', column: 'code_digest' },
  { name: 'find_sign_in_by_access_token', table: 'sign_ins', column: 'access_token_id' },
  { name: 'find_mail', table: 'mails', column: 'id' },
  // A staff member signs in by e-mail address, before any environment is chosen; the address may have several.
  { name: 'find_memberships', table: 'members', column: 'lower(email)', where: 'removed_at is null' },
] satisfies { name: string; table: string; column: string; where?: string }[];

async function createLookUps(db: Kysely<unknown>): Promise<void> {
  for (const { name, table, column, where } of lookUps) {
    const condition = sql.raw(`${column} = $1${where ? ` and ${where}` : ''}`);
    await sql`
      create function ${sql.raw(name)}(text) returns setof public.${sql.table(table)}
        language sql stable security definer set search_path = pg_catalog, pg_temp
        as ${sql.raw(`$$ select * from public.${table} where `)}${condition}${sql.raw(' $$')};
      revoke execute on function ${sql.raw(name)}(text) from public;
      grant execute on function ${sql.raw(name)}(text) to vestibule_app, vestibule_system;
    `.execute(db);
  }
  for (const table of new Set(lookUps.map((lookUp) => lookUp.table))) {
    await sql`create policy owner_looks_up on ${sql.table(table)} for select to current_user using (true)`.execute(
      db,
    );
  }
}
