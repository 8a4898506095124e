import { sql, type Kysely } from 'kysely';

/**
 * What an IT admin decides about a connection: for which domains it is, that there is a second one, that one goes and
 * may come back, and what the contacts are mailed of it. Since when a client secret is set goes with the configuration
 * from now on, so that a draft, a switch and a way back keep it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table connections
      add column oidc_secret_set_at text,
      -- Null: every verified domain of the organization.
      add column allowed_domains text[] check (cardinality(allowed_domains) > 0),
      -- Set up beside one that has served people, and so beside the journey.
      add column is_additional boolean not null default false,
      -- Deleted by a person who may bring it back until then.
      add column restorable_until timestamptz,
      add column notices jsonb not null default '[]';
    create index connections_notices on connections (id) where notices <> '[]';

    update connections set oidc_secret_set_at = drafts ->> 'secretSetAt', drafts = drafts - 'secretSetAt';
    update connection_revisions
      set configuration = configuration || jsonb_build_object('oidcSecretSetAt', drafts -> 'secretSetAt');
    update former_configurations set configuration = configuration || '{"oidcSecretSetAt": null}';
  `.execute(db);
}
