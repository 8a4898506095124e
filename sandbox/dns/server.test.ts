import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDnsPanel } from './panel.ts';
import { createSandboxDns } from './server.ts';
import { sandboxDnsSource } from './source.ts';
import { aZone } from '../../test/support/dns.ts';

let zone: Awaited<ReturnType<typeof aZone>>;
beforeEach(async () => {
  zone = await aZone();
});
afterEach(() => zone.stop());

/** Node's own DNS client, which shares no code with our server. */
function clientOf(server: 1 | 2): Resolver {
  const { host, port } = zone.servers[server - 1] ?? { host: '', port: 0 };
  const client = new Resolver({ timeout: 500, tries: 1 });
  client.setServers([`${host}:${port}`]);
  return client;
}

describe('the name servers of .test', () => {
  it('answer what the source lists at that moment', async () => {
    await expect(clientOf(1).resolveTxt('_x.acme.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    zone.add(
      { name: '_x.acme.test', type: 'TXT', value: 'one' },
      { name: '_x.acme.test', type: 'TXT', value: '"two "' },
    );
    expect(await clientOf(1).resolveTxt('_X.acme.TEST')).toEqual([['one'], ['"two "']]);
    zone.remove('_x.acme.test');
    await expect(clientOf(2).resolveTxt('_x.acme.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('tell a name without this kind of record from a name that does not exist', async () => {
    zone.add({ name: 'www.acme.test', type: 'TXT', value: 'hello' });
    await expect(clientOf(1).resolveMx('www.acme.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(clientOf(1).resolveTxt('acme.test')).rejects.toMatchObject({ code: 'ENODATA' });
  });

  it('know every name directly below .test as a zone, and its servers', async () => {
    expect(await clientOf(1).resolveSoa('acme.test')).toMatchObject({ nsname: 'ns1.sandbox-dns.test' });
    expect(await clientOf(1).resolveNs('acme.test')).toEqual([
      'ns1.sandbox-dns.test',
      'ns2.sandbox-dns.test',
    ]);
    zone.add({ name: 'acme.test', type: 'NS', value: 'kate.ns.cloudflare.com' });
    expect(await clientOf(1).resolveNs('acme.test')).toEqual(['kate.ns.cloudflare.com']);
  });

  it('refuse every other ending', async () => {
    await expect(clientOf(1).resolveTxt('acme.com')).rejects.toMatchObject({ code: 'EREFUSED' });
    await expect(clientOf(1).resolveTxt('test')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('give mail hosts with their priority', async () => {
    zone.add({ name: 'acme.test', type: 'MX', value: 'mx.acme.test', priority: 5 });
    // Newer versions of Node add the type.
    expect(await clientOf(1).resolveMx('acme.test')).toMatchObject([
      { exchange: 'mx.acme.test', priority: 5 },
    ]);
  });

  it('follow aliases inside .test, and end a loop of them', async () => {
    zone.add(
      { name: 'a.acme.test', type: 'CNAME', value: 'b.acme.test' },
      { name: 'b.acme.test', type: 'TXT', value: 'end' },
    );
    expect(await clientOf(1).resolveTxt('a.acme.test')).toEqual([['end']]);
    zone.add({ name: 'l.acme.test', type: 'CNAME', value: 'l.acme.test' });
    expect(await clientOf(1).resolveTxt('l.acme.test')).toEqual([]);
  });

  it('let a wildcard answer for names that nobody made', async () => {
    zone.add(
      { name: '*.acme.test', type: 'TXT', value: 'any' },
      { name: 'www.acme.test', type: 'TXT', value: 'own' },
    );
    expect(await clientOf(1).resolveTxt('deep.er.acme.test')).toEqual([['any']]);
    expect(await clientOf(1).resolveTxt('www.acme.test')).toEqual([['own']]);
  });

  it('send a long value in segments, over TCP when it does not fit a datagram', async () => {
    const value = 'x'.repeat(2_000);
    zone.add({ name: 'long.acme.test', type: 'TXT', value });
    const [segments = []] = await clientOf(1).resolveTxt('long.acme.test');
    expect(segments.map(({ length }) => length)).toEqual([255, 255, 255, 255, 255, 255, 255, 215]);
    expect(segments.join('')).toBe(value);
  });

  it('disagree where a record is on one of them only', async () => {
    zone.add({ name: '_x.acme.test', type: 'TXT', value: 'here', onlyOn: 2 });
    await expect(clientOf(1).resolveTxt('_x.acme.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(await clientOf(2).resolveTxt('_x.acme.test')).toEqual([['here']]);
  });

  it.each([
    ['servfail', 'ESERVFAIL'],
    ['refused', 'EREFUSED'],
    ['silent', 'ETIMEOUT'],
    ['slow', 'ETIMEOUT'],
  ] as const)('can be made to rehearse %s, on one of them or on both', async (fault, code) => {
    zone.add({ name: '_x.acme.test', type: 'TXT', value: 'one' });
    zone.rehearse({ fault, onlyOn: 1 });
    await expect(clientOf(1).resolveTxt('_x.acme.test')).rejects.toMatchObject({ code });
    expect(await clientOf(2).resolveTxt('_x.acme.test')).toEqual([['one']]);
  });

  it('can be made to answer over TCP only', async () => {
    zone.add({ name: '_x.acme.test', type: 'TXT', value: 'one' });
    zone.rehearse({ fault: 'truncated' });
    expect(await clientOf(1).resolveTxt('_x.acme.test')).toEqual([['one']]);
  });

  it('live through nonsense', async () => {
    const { host, port } = zone.servers[0] ?? { host: '', port: 0 };
    const socket = connect(port, host);
    socket.end(Buffer.from([0, 40, ...Array.from({ length: 40 }, (_, index) => (index * 71) % 256)]));
    socket.resume();
    await once(socket, 'close').catch(() => undefined);
    expect(await clientOf(1).resolveSoa('acme.test')).toMatchObject({ nsname: 'ns1.sandbox-dns.test' });
  });
});

it('answers SERVFAIL when the source cannot be read', async () => {
  const dns = createSandboxDns({
    ports: [0, 0],
    source: {
      listRecords: () => Promise.reject(new Error('database away')),
      listFaults: () => Promise.resolve([]),
    },
  });
  await dns.start();
  const client = new Resolver({ timeout: 500, tries: 1 });
  client.setServers(dns.addresses().map(({ host, port }) => `${host}:${port}`));
  await expect(client.resolveTxt('acme.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  await dns.stop();
});

it('does what its switches say, from the next question on', async () => {
  const panel = createDnsPanel();
  const source = sandboxDnsSource(() => undefined, panel.faultsOn);
  const dns = createSandboxDns({ ports: [0, 0], source });
  await dns.start();
  const client = new Resolver({ timeout: 500, tries: 1 });
  client.setServers(dns.addresses().map(({ host, port }) => `${host}:${port}`));

  panel.setFaults(['refused']);
  await expect(client.resolveSoa('acme.test')).rejects.toMatchObject({ code: 'EREFUSED' });
  panel.setFaults([]);
  expect(await client.resolveSoa('acme.test')).toMatchObject({ nsname: 'ns1.sandbox-dns.test' });
  await dns.stop();
});

it('says which port is taken', async () => {
  const taken = zone.servers[0]?.port ?? 0;
  const source = { listRecords: () => Promise.resolve([]), listFaults: () => Promise.resolve([]) };
  await expect(createSandboxDns({ ports: [0, taken], source }).start()).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
