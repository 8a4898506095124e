import { sql, type Kysely } from 'kysely';
import { protect } from './0010-every-sign-in-provider.ts';

/**
 * What an onboarding's workflow knew when it told its progress last, so that another one can go on from there where the
 * engine has lost it. Beside `onboardings`, whose rows are read on every page.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table onboarding_states (
      onboarding_id text collate "C" primary key references onboardings,
      environment_id text collate "C" not null references environments,
      organization_id text collate "C" not null references organizations,
      revision integer not null,
      state jsonb not null,
      recorded_at timestamptz not null
    );
  `.execute(db);
  await protect(db, 'onboarding_states');
}
