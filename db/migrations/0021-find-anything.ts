import { sql, type Kysely } from 'kysely';

/**
 * Indexes that the audit log is read and searched by, and the search over names and people.
 *
 * Words are found by prefix in text-search vectors, which every Postgres has. Row-level security keeps such conditions
 * from an index, because their functions are not leakproof: so the search is a function of the owner that takes its
 * environment from where the policies take theirs, and from nowhere else [IDB-03].
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index audit_events_time on audit_events (environment_id, at, id);
    create index audit_events_actor on audit_events (environment_id, actor_id, at, id) where actor_id is not null;
    create index audit_events_target on audit_events (environment_id, target_id, at, id) where target_id is not null;
    create index audit_events_request on audit_events (environment_id, request_id) where request_id is not null;
    create index attempts_request_id on attempts (environment_id, request_id) where request_id is not null;
    create index connections_sought_id on connections (environment_id, external_id) where deleted_at is null;

    -- "ann.lee@acme-corp.test" has the words ann, lee, acme, corp and test; so has what is typed.
    create function words_of(text) returns tsvector
      language sql immutable parallel safe set search_path = pg_catalog, pg_temp
      as $$ select to_tsvector('simple'::regconfig, translate($1, '@.-_+/:', '       ')) $$;
    revoke execute on function words_of(text) from public;
    grant execute on function words_of(text) to vestibule_app, vestibule_system;

    create index organizations_words on organizations using gin (words_of(name)) where deleted_at is null;
    create index organization_domains_words on organization_domains using gin (words_of(domain));
    create index connections_words on connections using gin (words_of(name)) where deleted_at is null;
    create index it_contacts_words on it_contacts using gin (words_of(email || ' ' || coalesce(name, '')))
      where removed_at is null;
    create index profiles_address on profiles (environment_id, lower(email) text_pattern_ops);

    create policy owner_looks_up on organizations for select to current_user using (true);
    create policy owner_looks_up on it_contacts for select to current_user using (true);
    create policy owner_looks_up on profiles for select to current_user using (true);

    -- $1: words as to_tsquery takes them, each a prefix; $2: what an address begins with; $3: how many of a kind.
    create function find_by_words(text, text, integer)
      returns table (kind text, id text, organization_id text, title text, detail text)
      language sql stable security definer set search_path = pg_catalog, pg_temp
      as $$
        with here as (
          select current_setting('app.environment_id', true) as environment
          where coalesce(current_setting('app.organization_id', true), '') = ''
        )
        (select 'organization', o.id, o.id, o.name, o.external_id
          from here join public.organizations o on o.environment_id = here.environment
          where o.deleted_at is null and public.words_of(o.name) @@ to_tsquery('simple', $1)
          order by length(o.name), o.name, o.id limit $3)
        union all
        (select 'domain', d.id, d.organization_id, d.domain, o.name
          from here join public.organization_domains d on d.environment_id = here.environment
          join public.organizations o on o.id = d.organization_id and o.deleted_at is null
          where public.words_of(d.domain) @@ to_tsquery('simple', $1)
          order by length(d.domain), d.domain, d.id limit $3)
        union all
        (select 'contact', c.id, c.organization_id, c.email, o.name
          from here join public.it_contacts c on c.environment_id = here.environment
          join public.organizations o on o.id = c.organization_id and o.deleted_at is null
          where c.removed_at is null
            and public.words_of(c.email || ' ' || coalesce(c.name, '')) @@ to_tsquery('simple', $1)
          order by length(c.email), c.email, c.id limit $3)
        union all
        (select 'person', p.id, p.organization_id, p.email, o.name
          from here join public.profiles p on p.environment_id = here.environment
          join public.organizations o on o.id = p.organization_id and o.deleted_at is null
          where lower(p.email) ~>=~ $2 and lower(p.email) ~<~ ($2 || chr(1114111))
          order by lower(p.email), p.id limit $3)
        union all
        (select 'member', m.id, null, m.email, m.name
          from here join public.members m on m.environment_id = here.environment
          where m.removed_at is null
            and public.words_of(m.email || ' ' || coalesce(m.name, '')) @@ to_tsquery('simple', $1)
          order by m.email, m.id limit $3)
        union all
        (select 'connection', n.id, n.organization_id, n.name, o.name
          from here join public.connections n on n.environment_id = here.environment
          join public.organizations o on o.id = n.organization_id and o.deleted_at is null
          where n.deleted_at is null and public.words_of(n.name) @@ to_tsquery('simple', $1)
          order by length(n.name), n.name, n.id limit $3)
        union all
        (select 'api_key', k.id, null, k.name, k.suffix
          from here join public.api_keys k on k.environment_id = here.environment
          where k.revoked_at is null and public.words_of(k.name) @@ to_tsquery('simple', $1)
          order by k.name, k.id limit $3)
      $$;
    revoke execute on function find_by_words(text, text, integer) from public;
    grant execute on function find_by_words(text, text, integer) to vestibule_app;
  `.execute(db);
}
