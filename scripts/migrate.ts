import { readConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { complain, OperatorError, sentenceOf } from './operator.ts';

/** `npm run migrate`: brings the schema to this version, as its owner (`DATABASE_MIGRATION_URL`). */
try {
  const { database } = readConfig('start');
  if (database.migrationUrl === undefined) {
    throw new OperatorError('DATABASE_MIGRATION_URL or DATABASE_URL is not set.');
  }
  const programLogin =
    database.url === undefined ? undefined : decodeURIComponent(new URL(database.url).username);
  const ran = await migrate({
    databaseUrl: database.migrationUrl,
    programLogin,
    onWait: () => process.stdout.write('A table is in use (a backup?): trying again until it is free …\n'),
  });
  process.stdout.write(ran.length === 0 ? 'The schema is current.\n' : `Migrated: ${ran.join(', ')}\n`);
} catch (error) {
  complain(sentenceOf(error));
  process.exitCode = 1;
}
