import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { commandLineOf } from './processes.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from './temporal.ts';
import { findTemporalBinary } from './temporal-binary.ts';

const said: string[] = [];
const binary = await findTemporalBinary({
  configured: process.env.TEMPORAL_BINARY,
  cacheFolder: await cacheFolder({
    xdgCacheHome: process.env.XDG_CACHE_HOME,
    home: os.homedir(),
    fallback: path.resolve('node_modules/.cache/vestibule'),
  }),
  searchPath: process.env.PATH ?? '',
  report: (line) => said.push(line),
  mayFetch: true,
});
const missing = binary === undefined ? ` [skipped: ${said.at(-1)}]` : '';

describe.skipIf(binary === undefined)(`the embedded Temporal server${missing}`, () => {
  let folder: string;
  let port: number;
  const started: EmbeddedTemporal[] = [];
  const reports: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));
    port = await freePort();
    reports.length = 0;
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<EmbeddedTemporal> {
    if (binary === undefined) throw new Error('skipped without a server');
    const server = await startEmbeddedTemporal({
      binary,
      folder,
      port,
      ui: undefined,
      namespace: 'vestibule',
      retentionDays: 400,
      isDurable: true,
      searchAttributes: { OrgId: 'keyword', NextDue: 'datetime' },
      report: (line) => reports.push(line),
    });
    started.push(server);
    return server;
  }

  async function serverPid(): Promise<number> {
    return Number(await readFile(path.join(folder, 'temporal.pid'), 'utf8'));
  }

  test('workflows and the namespace are there after a restart', async () => {
    const first = await start();
    await withClient(first.address, (client) =>
      client.workflow.start('anything', { taskQueue: 'none', workflowId: 'kept', args: [] }),
    );
    await first.stop();

    const second = await start();

    await withClient(second.address, async (client, connection) => {
      expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
      const { config } = await connection.workflowService.describeNamespace({ namespace: 'vestibule' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(400 * 86_400);
      const attributes = await connection.operatorService.listSearchAttributes({ namespace: 'vestibule' });
      expect(Object.keys(attributes.customAttributes ?? {})).toEqual(
        expect.arrayContaining(['OrgId', 'NextDue']),
      );
    });
  });

  test('a server that ends by itself is started again, and clients find it', async () => {
    const server = await start();
    const before = await serverPid();

    process.kill(before, 'SIGKILL');

    await expect.poll(serverPid).not.toBe(before);
    await withClient(server.address, async (client) => {
      await expect
        // A server on its way up was seen to take a call and never answer it.
        .poll(() =>
          client
            .withDeadline(Date.now() + 5_000, () => client.workflow.count())
            .then(
              ({ count }) => count,
              () => -1,
            ),
        )
        .toBe(0);
    });
    expect(reports).toEqual(['The embedded Temporal server ended; it is started again.']);
  });

  test('a stop while it is being started again ends that server, too', async () => {
    const server = await start();
    const before = await serverPid();
    process.kill(before, 'SIGKILL');
    await expect.poll(serverPid).not.toBe(before);
    const next = await serverPid();

    await server.stop();

    expect(await commandLineOf(next)).toBeUndefined();
  });

  test("a taken port ends the start in the server's own words, and no foreign server passes for ours", async () => {
    const first = await start();
    const elsewhere = folder;
    folder = await mkdtemp(path.join(os.tmpdir(), 'vst-test-'));

    await expect(start()).rejects.toThrow(/did not start\. It said: .*address already in use/);

    await first.stop();
    await rm(elsewhere, { recursive: true });
  });
});

async function withClient(
  address: string,
  use: (client: Client, connection: Connection) => Promise<unknown>,
): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await use(new Client({ connection, namespace: 'vestibule' }), connection);
  } finally {
    await connection.close();
  }
}

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
