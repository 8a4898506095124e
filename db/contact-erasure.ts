import { sql } from 'kysely';
import type { Tx } from './database.ts';

/**
 * Removes contacts for good. Their links end and no longer say whose they were, and neither do the sessions that these
 * have opened; codes that were mailed to them go.
 */
export async function forgetContacts(tx: Tx, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  const theirs = sql`select id from links where contact_id = any(${contactIds}::text[])`;
  await sql`
    update portal_sessions set ended_at = coalesce(ended_at, now()), user_agent = null, source_address = null,
      time_zone = null, locale = null
    where link_id in (${theirs})
  `.execute(tx);
  await sql`delete from act_codes where contact_id = any(${contactIds}::text[])`.execute(tx);
  await sql`update mails set contact_id = null where contact_id = any(${contactIds}::text[])`.execute(tx);
  await sql`
    update links set contact_id = null, note = null, token_sealed = null, ended_at = coalesce(ended_at, now()),
      state = case when ended_at is null then 'revoked' else state end
    where contact_id = any(${contactIds}::text[])
  `.execute(tx);
  await sql`delete from it_contacts where id = any(${contactIds}::text[])`.execute(tx);
}
