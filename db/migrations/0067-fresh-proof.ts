import { sql, type Kysely } from 'kysely';

/**
 * When somebody last proved who they are, which a session that takes the place of another keeps: acts that matter take a
 * proof of the last minutes [UI-04]. Sessions of before count from when they began; null where nobody has asked anew.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table staff_sessions add column if not exists proved_at timestamptz;
    update staff_sessions set proved_at = created_at where proved_at is null;
    alter table staff_sessions alter column proved_at set default now();
  `.execute(db);
}
