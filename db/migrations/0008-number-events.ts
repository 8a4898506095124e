import { sql, type Kysely } from 'kysely';

/**
 * The sequencer (design: Event order). Positions are given to committed rows only, one caller at a time, so a reader
 * who has seen position n has seen all below it, and nothing ever appears below n later [REL-08].
 *
 * The lock is taken by a statement of its own: under READ COMMITTED the next statement then sees everything that was
 * committed before the lock was granted, the previous caller's numbers included.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function number_events(environment text) returns integer
      language plpgsql set search_path = pg_catalog, pg_temp
    as $$
    declare
      numbered integer;
    begin
      if coalesce(current_setting('app.organization_id', true), '') <> '' then
        raise exception 'events are numbered for a whole environment, not for one organization';
      end if;
      if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'events are numbered under READ COMMITTED only';
      end if;
      perform pg_advisory_xact_lock(hashtextextended('number_events:' || environment, 0));
      insert into public.event_positions (environment_id) values (environment) on conflict do nothing;
      with waiting as (
        select id, row_number() over (order by ordinal) as place
        from public.events
        where environment_id = environment and position is null
      )
      update public.events
      set position = last_position + place
      from waiting, public.event_positions
      where events.id = waiting.id and event_positions.environment_id = environment;
      get diagnostics numbered = row_count;
      update public.event_positions set last_position = last_position + numbered
      where environment_id = environment and numbered > 0;
      return numbered;
    end $$;
    revoke execute on function number_events(text) from public;
    grant execute on function number_events(text) to vestibule_app, vestibule_system;
  `.execute(db);
}
