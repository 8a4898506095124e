import { mkdir } from 'node:fs/promises';
import net from 'node:net';
import { once as nextEvent } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { migrate } from '../../db/migrate.ts';
import { cacheFolder } from '../../embedded/cache-folder.ts';
import { startEmbeddedPostgres } from '../../embedded/postgres.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { startEmbeddedTemporal } from '../../embedded/temporal.ts';
import { bundleWorkflows } from '../../scripts/bundle-workflows.ts';
import { buildPages } from './built-pages.ts';

/** What a test is told about the run's Postgres: clone `template`, connect by `serverUrl`. */
export interface RunPostgres {
  serverUrl: string;
  template: string;
}

/** What a test is told about the run's Temporal, or why there is none. */
export type RunTemporal =
  { isThere: true; address: string; bundlePath: string } | { isThere: false; reason: string };

/** Where the run's test build of the pages lies. */
export interface RunPages {
  folder: string;
}

const root = path.resolve(import.meta.dirname, '../..');
const cache = path.join(root, 'node_modules', '.cache', 'vestibule');

/**
 * The servers of one test run, and the built pages: each is started or made for the first test that asks, then shared.
 * Nothing here is durable.
 */
export function createRunServers(folder: string) {
  const stops: (() => Promise<void>)[] = [];

  const postgres = once(async (): Promise<RunPostgres> => {
    const place = path.join(folder, 'data');
    await mkdir(place, { recursive: true });
    const template = 'template_vestibule';
    const server = await startEmbeddedPostgres({ folder: place, database: template, isDurable: false });
    stops.push(server.stop);
    await migrate({ databaseUrl: server.url(template) });
    return { serverUrl: server.url('postgres'), template };
  });

  const temporal = once(async (): Promise<RunTemporal> => {
    const said: string[] = [];
    const report = (line: string) => said.push(line);
    const binary = await findTemporalBinary({
      configured: process.env.TEMPORAL_BINARY,
      cacheFolder: await cacheFolder({
        xdgCacheHome: process.env.XDG_CACHE_HOME,
        home: os.homedir(),
        fallback: cache,
      }),
      searchPath: process.env.PATH ?? '',
      report,
      mayFetch: true,
    });
    if (binary === undefined) return { isThere: false, reason: said.at(-1) ?? 'no Temporal server' };

    const bundlePath = path.join(cache, 'workflow-bundle.js');
    const [server] = await Promise.all([
      startEmbeddedTemporal({
        binary,
        folder: path.join(folder, 'temporal'),
        port: await freePort(),
        ui: undefined,
        namespace: 'default',
        searchAttributes: {},
        retentionDays: 1,
        isDurable: false,
        // Years pass in seconds for workflows that a test lets skip time.
        dynamicConfig: {
          'frontend.WorkflowTimeSkippingEnabled': 'true',
          'history.timerProcessorMaxTimeShift': '"10ms"',
        },
        report,
      }),
      bundleWorkflows(root, bundlePath),
    ]);
    stops.push(server.stop);
    return { isThere: true, address: server.address, bundlePath };
  });

  const pages = once(async (): Promise<RunPages> => ({ folder: await buildPages() }));

  return {
    postgres,
    temporal,
    pages,
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await nextEvent(probe, 'listening');
  const address = probe.address();
  probe.close();
  await nextEvent(probe, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('a TCP server has an address and a port');
  return address.port;
}

/** Calls `start` at the first use; everybody gets the same answer or the same failure. */
function once<T>(start: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => (started ??= start());
}
