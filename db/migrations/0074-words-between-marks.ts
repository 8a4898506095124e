import { sql, type Kysely } from 'kysely';

/**
 * Words of names end at every mark, as those of what is typed do: "O’Brien & Söhne" has o, brien and söhne. The parser of
 * Postgres takes most marks beyond ASCII for letters.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create or replace function words_of(text) returns tsvector
      language sql immutable parallel safe set search_path = pg_catalog, pg_temp
      as $$ select to_tsvector('simple'::regconfig, translate($1, ${sql.lit(marks)}, repeat(' ', ${sql.lit(marks.length)}))) $$;
    reindex index organizations_words;
    reindex index organization_domains_words;
    reindex index connections_words;
    reindex index it_contacts_words;
    reindex index directories_words;
  `.execute(db);
}

const ascii = '@.-_+/:\'"`´&|,;!?#*()[]{}<>=~^%$\\';
const beyond = '’‘ʼ′“”„‚«»‹›·•・‧–—―‐‑…¡¿§°©®™€£¥、。，．；：！？（）「」『』【】《》〈〉／＆｜～';
const marks = ascii + beyond;
