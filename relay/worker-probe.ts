import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Logger } from 'pino';
import type { TemporalWorker } from './temporal-worker.ts';

/**
 * What a supervisor asks the worker on `OPS_ADDRESS`: `/healthz` says that the process answers, `/readyz` whether it
 * polls for work. An address that another program of this machine has is given up with a warning: work goes on.
 */
export async function startWorkerProbe(options: {
  host: string;
  port: number;
  state: TemporalWorker['state'];
  log: Logger;
}): Promise<{ port: number | null; stop(): Promise<void> }> {
  const { host, port, state, log } = options;
  const server = createServer((request, response) => {
    const status = request.url === '/healthz' ? 200 : request.url === '/readyz' ? readiness(state()) : 404;
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status === 200 ? 'ok' : state()}\n`);
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    log.warn(
      { err: error, address: `${host}:${port}` },
      'the worker answers no probes: OPS_ADDRESS is not free',
    );
    return { port: null, stop: () => Promise.resolve() };
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function readiness(state: ReturnType<TemporalWorker['state']>): number {
  return state === 'running' ? 200 : 503;
}
