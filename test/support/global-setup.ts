import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { createRunServers } from './run-servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the socket at which test files ask for servers (`askForServer`). */
    serversSocket: string;
  }
}

/**
 * Runs in the process that leads the test run, once for all its projects. It answers `GET /<server>` on a private
 * socket, so that a run of unit tests alone starts nothing and parallel files share one Postgres and one Temporal.
 */
export async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const run = vitest.getRootProject();
  // Another project of the run has been here: they share.
  if ('serversSocket' in run.getProvidedContext()) return undefined;
  const folder = await mkdtemp(path.join(os.tmpdir().length > 60 ? '/tmp' : os.tmpdir(), 'vst-run-'));
  const servers = createRunServers(folder);
  const starters: Record<string, () => Promise<unknown>> = {
    '/postgres': servers.postgres,
    '/temporal': servers.temporal,
    '/pages': servers.pages,
  };

  const broker = http.createServer((request, response) => {
    const start = starters[request.url ?? ''];
    const answer = start ? start() : Promise.reject(new Error(`no such server: ${request.url}`));
    answer.then(
      (value) => response.end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  const socket = path.join(folder, 'servers.sock');
  broker.listen(socket);
  await once(broker, 'listening');
  broker.unref();
  run.provide('serversSocket', socket);

  return async () => {
    broker.close();
    broker.closeAllConnections();
    await servers.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
