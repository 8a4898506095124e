import { Packet } from 'dns2';
import { afterEach, describe, expect, it } from 'vitest';
import { aNameServer, record, reply } from '../../test/support/dns.ts';
import { hostOf, portOf, resolveHost } from './hosts.ts';

it.each([
  ['https://idp.test/x', 'idp.test'],
  ['https://idp.test./x', 'idp.test'],
  ['https://[2001:db8::1]:8443/', '2001:db8::1'],
])('the host of %s is %s', (url, host) => {
  expect(hostOf(new URL(url))).toBe(host);
});

it.each([
  ['https://idp.test/', 443],
  ['http://idp.test/', 80],
  ['https://idp.test:8443/', 8443],
])('the port of %s is %d', (url, port) => {
  expect(portOf(new URL(url))).toBe(port);
});

describe('the addresses of a name [NET-03]', () => {
  const running: { stop: () => Promise<unknown> }[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
  });

  /** Asks for the addresses of a host at a name server that answers so, and says what it was asked. */
  async function lookUp(host: string, does: 'has both' | 'has no AAAA' | 'is silent' = 'has both') {
    const asked: string[] = [];
    const server = await aNameServer(({ type, name }, request) => {
      asked.push(type === Packet.TYPE.A ? 'A' : 'AAAA');
      if (does === 'is silent') return null;
      if (type === Packet.TYPE.A) {
        return reply(request, { answers: [record(name, 'A', { address: '192.0.2.7' })] });
      }
      if (does === 'has no AAAA') return reply(request, {}, Packet.RCODE.NXDOMAIN);
      return reply(request, { answers: [record(name, 'AAAA', { address: '2001:db8::7' })] });
    });
    running.push(server);
    const addresses = await resolveHost(host, {
      servers: [`${server.address}:${server.port}`],
      ...(does === 'is silent' ? { patience: { timeout: 250, tries: 2 } } : {}),
    });
    return { addresses, asked };
  }

  it('are all that DNS has for it, of both kinds', async () => {
    expect((await lookUp('idp.example')).addresses).toEqual(['192.0.2.7', '2001:db8::7']);
  });

  it('are those of one kind where there are none of the other', async () => {
    expect((await lookUp('idp.example', 'has no AAAA')).addresses).toEqual(['192.0.2.7']);
  });

  it('are none where nobody answers, after each was asked for once more', async () => {
    const { addresses, asked } = await lookUp('idp.example', 'is silent');

    expect(addresses).toEqual([]);
    expect(asked.toSorted()).toEqual(['A', 'A', 'AAAA', 'AAAA']);
  });

  it.each(['localhost', 'idp.localhost'])('are this machine for %s, and nobody is asked', async (host) => {
    expect(await lookUp(host)).toEqual({ addresses: ['127.0.0.1', '::1'], asked: [] });
  });

  it.each(['localhost.example', 'notlocalhost'])('are what DNS says for %s', async (host) => {
    expect((await lookUp(host)).addresses).toEqual(['192.0.2.7', '2001:db8::7']);
  });
});
