import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { defaultDataConverter } from '@temporalio/common';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkflowClient, type WorkflowClientOptions } from '../../adapters/workflow-client.ts';
import { startTemporalWorker, type TemporalWorkerOptions } from '../../relay/temporal-worker.ts';
import { makeAuthority } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithTemporal } from '../support/temporal.ts';

/** What stands before a cluster: TLS that lets in whom its authority knows, and the real server behind it. */
async function aDoor(
  address: string,
  authority: Awaited<ReturnType<typeof makeAuthority>>,
): Promise<{ address: string; close(): void }> {
  const own = await authority.issue('localhost');
  const [host = '', port = ''] = address.split(':');
  const open = new Set<net.Socket>();
  const server = tls.createServer(
    { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'] },
    (inside) => {
      const behind = net.connect({ host, port: Number(port) });
      for (const [one, other] of [
        [inside, behind],
        [behind, inside],
      ] as const) {
        open.add(one);
        one.on('error', () => other.destroy());
        one.pipe(other);
      }
    },
  );
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

await describeWithTemporal('a Temporal server behind mutual TLS', (temporal) => {
  let authority: Awaited<ReturnType<typeof makeAuthority>>;
  let door: Awaited<ReturnType<typeof aDoor>>;
  let known: NonNullable<WorkflowClientOptions['tls']>;
  beforeAll(async () => {
    authority = await makeAuthority();
    door = await aDoor(temporal().environment.address, authority);
    const { cert, key } = await authority.issue('vestibule');
    known = {
      serverRootCACertificate: Buffer.from(authority.cert),
      clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) },
    };
  });
  afterAll(() => door.close());

  const aWorker = (at: Pick<TemporalWorkerOptions, 'address' | 'tls' | 'apiKey'>) =>
    startTemporalWorker({
      ...at,
      namespace: temporal().namespace,
      taskQueue: 'tls',
      activities: { nothing: () => Promise.resolve() },
      dataConverter: defaultDataConverter,
      log: pino({ level: 'silent' }),
      graceMs: 1_000,
    });

  async function isReachable(
    tls: WorkflowClientOptions['tls'],
    at: { address: string; apiKey?: string } = door,
  ): Promise<boolean> {
    const { namespace } = temporal();
    const client = createWorkflowClient({
      address: at.address,
      apiKey: at.apiKey,
      tls,
      namespace,
      taskQueue: 'tls',
      retry: false,
      dataConverter: defaultDataConverter,
      now: () => new Date(),
      resume: () => Promise.resolve(undefined),
    });
    try {
      return await client.isReachable(5_000);
    } finally {
      await client.close();
    }
  }

  it('[TMP-02] lets in the certificate that it knows, and neither another nor none', async () => {
    const stranger = await (await makeAuthority()).issue('vestibule');
    const clientCertPair = { crt: Buffer.from(stranger.cert), key: Buffer.from(stranger.key) };

    expect(await isReachable(known)).toBe(true);
    expect(await isReachable({ ...known, clientCertPair })).toBe(false);
    expect(await isReachable({ serverRootCACertificate: known.serverRootCACertificate })).toBe(false);
    expect(await isReachable(undefined)).toBe(false);
  });

  it('[TMP-02] is not believed when another authority vouches for it', async () => {
    const { cert } = await makeAuthority();

    expect(await isReachable({ ...known, serverRootCACertificate: Buffer.from(cert) })).toBe(false);
  });

  it('[TMP-02] is told the API key with a call', async () => {
    const { cert, key } = await authority.issue('localhost');
    const told: unknown[] = [];
    const hosted = createSecureServer({ cert, key }, (request, response) => {
      told.push(request.headers.authorization);
      response.writeHead(200, { 'content-type': 'application/grpc', 'grpc-status': '16' }).end();
    });
    await once(hosted.listen(0, '127.0.0.1'), 'listening');
    const address = `localhost:${(hosted.address() as AddressInfo).port}`;
    const { serverRootCACertificate } = known;

    await isReachable({ serverRootCACertificate }, { address, apiKey: 'key-of-ours' });
    const worker = aWorker({ address, tls: { serverRootCACertificate }, apiKey: 'key-of-ours' });
    await eventually(() => expect(told.length).toBeGreaterThan(1));
    await worker.stop();
    hosted.close();

    expect(new Set(told)).toEqual(new Set(['Bearer key-of-ours']));
  });

  it('[TMP-02] has its tasks taken by a worker', async () => {
    const worker = aWorker({ address: door.address, tls: known });

    await eventually(() => expect(worker.state()).toBe('running'));
    await worker.stop();
  });
});
