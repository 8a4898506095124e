import { once } from 'node:events';
import net from 'node:net';
import { expect, test } from 'vitest';
import { requireFreePorts } from './ports.ts';

async function occupied(host: string): Promise<{ port: number; free(): void }> {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return { port: address.port, free: () => server.close() };
}

test.each(['127.0.0.1', '::1'])(
  'a port taken on %s names its holder and a port that is free',
  async (host) => {
    const taken = await occupied(host);

    const failure = await requireFreePorts([taken.port, taken.port + 1], { base: taken.port }).catch(String);

    const by = process.platform === 'linux' ? `by \\S+ \\(process ${process.pid}\\)` : 'by another program';
    expect(failure).toMatch(new RegExp(`Port ${taken.port} is in use ${by}\\. Stop that program`));
    const suggested = Number(/PORT=(\d+) npm start/.exec(String(failure))?.[1]);
    await expect(requireFreePorts([suggested, suggested + 1], { base: suggested })).resolves.toBeUndefined();
    taken.free();
  },
);

test('free ports pass and are free afterwards', async () => {
  const probe = await occupied('127.0.0.1');
  probe.free();

  await requireFreePorts([probe.port], { base: probe.port });
  await requireFreePorts([probe.port], { base: probe.port });
});
