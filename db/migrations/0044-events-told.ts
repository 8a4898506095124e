import { sql, type Kysely } from 'kysely';

/** Where an event was sent, found by the event; and test events, which are deliveries without an event in the feed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index webhook_deliveries_event on webhook_deliveries (event_id);
    -- What a test says: its event never happened, so that nobody else is told of it.
    alter table webhook_deliveries add column test_event jsonb;
  `.execute(db);
}
