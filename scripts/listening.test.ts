import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whyNotListening } from './listening.ts';
import { OperatorError } from './operator.ts';

/** What an operator reads when a program cannot listen where its settings say. */

let taken: Server;
let port: number;
beforeAll(async () => {
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  port = (taken.address() as AddressInfo).port;
});
afterAll(() => taken.close());

const settings = {
  server: { port: 1, hosts: ['127.0.0.1'], trustProxy: false as const },
  ops: { host: '127.0.0.1', port: 2 },
  sftp: null,
  mail: {} as Parameters<typeof whyNotListening>[1]['mail'],
};

async function sentence(host: string, at: number, change: Partial<typeof settings> | object = {}) {
  const [error] = (await once(createServer().listen(at, host), 'error')) as [Error];
  const words = whyNotListening(error, { ...settings, ...change });
  expect(words).toBeInstanceOf(OperatorError);
  return (words as Error).message;
}

test.each([
  ['PORT', () => ({ server: { ...settings.server, port } })],
  ['OPS_ADDRESS', () => ({ ops: { host: '127.0.0.1', port } })],
  ['SFTP_PORT', () => ({ sftp: { port, address: { host: 'files.example.com', port: 22 } } })],
  ['BOUNCE_PORT', () => ({ mail: { ...settings.mail, bouncePort: port } })],
])('a port that another program has is named by its setting: %s', async (name, change) => {
  expect(await sentence('127.0.0.1', port, change())).toBe(
    `${name}: another program listens on 127.0.0.1:${port} already. Stop it, or name another port.`,
  );
});

test('an address that the machine does not have is named by its setting', async () => {
  const server = { ...settings.server, hosts: ['192.0.2.1'] };

  expect(await sentence('192.0.2.1', 0, { server })).toBe('HOST: 192.0.2.1 is no address of this machine.');
  expect(await sentence('192.0.2.1', 0, { ops: { host: '192.0.2.1', port: 0 } })).toContain('OPS_ADDRESS');
});

test('a name without an address is named by its setting', async () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND ops.invalid'), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: 'ops.invalid',
  });

  expect(whyNotListening(error, { ...settings, ops: { host: 'ops.invalid', port: 2 } })).toHaveProperty(
    'message',
    'OPS_ADDRESS names ops.invalid, for which no address is known.',
  );
});

test('any other error stays what it is', () => {
  const error = new Error('something else');

  expect(whyNotListening(error, settings)).toBe(error);
});
