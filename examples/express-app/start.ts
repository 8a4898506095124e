import { once } from 'node:events';
import { createExampleApp } from './app.ts';

export interface ExampleOptions {
  readonly port: number;
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly clientId: string;
}

/** Serves the example on this machine until `stop`. */
export async function startExampleApp({
  port,
  ...product
}: ExampleOptions): Promise<{ url: string; stop(): Promise<void> }> {
  const url = `http://127.0.0.1:${port}`;
  const server = createExampleApp({ ...product, appUrl: url }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
