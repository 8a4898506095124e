import { sql, type Kysely } from 'kysely';

/**
 * What is watched over a directory: troubles of its own, tokens that end and who was told of them, and holds of which
 * contacts and staff are told twice, when they begin and when they are decided.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table troubles drop constraint troubles_kind_check;
    alter table troubles add constraint troubles_kind_check check (kind in (
      'sign_ins_failing', 'metadata_failing', 'record_missing',
      'directory_silent', 'directory_refused', 'directory_held'
    ));

    alter table ageing_notices drop constraint ageing_notices_kind_check;
    alter table ageing_notices add constraint ageing_notices_kind_check check (kind in (
      'idp_certificate', 'client_secret', 'signing_key', 'encryption_key', 'scim_token'
    ));
    create index directory_tokens_end on directory_tokens (environment_id, expires_at)
      where expires_at is not null and revoked_at is null;

    alter table directory_holds
      add column told_at timestamptz,
      add column decision_told_at timestamptz;
    create index directory_holds_to_tell on directory_holds (created_at)
      where told_at is null or (decided_at is not null and decision_told_at is null);

    -- A link for one directory: where it leads. No reference: the directory may go first.
    alter table links add column directory_id text collate "C";
  `.execute(db);
}
