import { pino } from 'pino';
import { expect, test } from 'vitest';
import { startWorkerProbe } from './worker-probe.ts';

const log = pino({ level: 'silent' });
const ask = async (port: number | null, path: string) =>
  (await fetch(`http://127.0.0.1:${port}${path}`)).status;

test('the worker’s probe tells whether the process answers and whether it polls for work', async () => {
  let state: 'waiting' | 'running' = 'waiting';
  const probe = await startWorkerProbe({ host: '127.0.0.1', port: 0, state: () => state, log });

  expect([await ask(probe.port, '/healthz'), await ask(probe.port, '/readyz')]).toEqual([200, 503]);
  state = 'running';
  expect([await ask(probe.port, '/readyz'), await ask(probe.port, '/metrics')]).toEqual([200, 404]);

  await probe.stop();
});

test('an address that is taken costs the probe, not the worker', async () => {
  const first = await startWorkerProbe({ host: '127.0.0.1', port: 0, state: () => 'running', log });

  const second = await startWorkerProbe({
    host: '127.0.0.1',
    port: first.port ?? 0,
    state: () => 'running' as const,
    log,
  });

  expect(second.port).toBeNull();
  await second.stop();
  await first.stop();
});
