import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../embedded/postgres.ts';
import { migrateTemplate } from './template-database.ts';

/** What a test is told about the run's Postgres: clone `template`, connect by `serverUrl`. */
export interface RunPostgres {
  serverUrl: string;
  template: string;
}

/**
 * The servers of one test run: each is started by the first test that asks, then shared. Nothing here is durable.
 */
export function createRunServers(folder: string) {
  const stops: (() => Promise<void>)[] = [];

  const postgres = once(async (): Promise<RunPostgres> => {
    const place = path.join(folder, 'data');
    await mkdir(place, { recursive: true });
    const template = 'template_vestibule';
    const server = await startEmbeddedPostgres({ folder: place, database: template, isDurable: false });
    stops.push(server.stop);
    await migrateTemplate(server.url(template));
    return { serverUrl: server.url('postgres'), template };
  });

  return {
    postgres,
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

/** Calls `start` at the first use; everybody gets the same answer or the same failure. */
function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
}
