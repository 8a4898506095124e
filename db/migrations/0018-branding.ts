import { sql, type Kysely } from 'kysely';

/**
 * A vendor's looks: its one colour with what was worked out of it, and images, kept whole because there are three of
 * them at most. The environment names its images by digest, so that a page needs no second look to link them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table environments drop column accent;
    alter table environments add column brand_colours jsonb;
    alter table environments add column logo_light text;
    alter table environments add column logo_dark text;
    alter table environments add column icon text;

    create table brand_images (
      environment_id text collate "C" not null references environments on delete cascade,
      kind text not null check (kind in ('logo_light', 'logo_dark', 'icon')),
      digest text collate "C" not null,
      media_type text not null check (media_type in ('image/png', 'image/jpeg')),
      bytes bytea not null,
      created_at timestamptz not null default now(),
      primary key (environment_id, kind)
    );
    grant select, insert, update, delete on brand_images to vestibule_app, vestibule_system;
    alter table brand_images enable row level security;
    alter table brand_images force row level security;
    create policy tenant on brand_images to vestibule_app
      using (environment_id = current_setting('app.environment_id', true));
    create policy system on brand_images to vestibule_system using (true);
  `.execute(db);
}
