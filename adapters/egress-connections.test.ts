import { getEventListeners, once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OnboardingError } from '../onboarding/errors.ts';
import { makeCertificate } from '../test/support/certificates.ts';
import { createEgress, type EgressDeps, type EgressRequest } from './egress.ts';

const methods: string[] = [];
const answers: Record<string, http.RequestListener> = {
  '/ok': (_, res) => res.end('fine'),
  '/late': (_, res) => void setTimeout(() => res.end('fine'), 150),
  '/later': (_, res) => void setTimeout(() => res.end('fine'), 700),
  '/slow-body': (_, res) => res.write('begin'),
  '/hangs-up': (req) => req.socket.destroy(),
  '/missing': (_, res) => res.writeHead(404).end(),
  '/to-nowhere': (_, res) => res.writeHead(302).end(),
  '/to-no-address': (_, res) => res.writeHead(302, { location: 'https://[' }).end(),
};
function serve(req: http.IncomingMessage, res: http.ServerResponse): void {
  methods.push(req.method ?? '');
  answers[req.url ?? '']?.(req, res);
}

const plain = http.createServer(serve);
const silent = net.createServer((socket) => socket.on('error', () => undefined).resume());
let secure: https.Server;
let ca: string;
let connections = 0;

beforeAll(async () => {
  const made = await makeCertificate('idp.test');
  ca = made.cert;
  secure = https.createServer(made, serve);
  for (const server of [plain, silent, secure]) {
    server.on('connection', () => (connections += 1));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  }
});
afterAll(() => {
  plain.closeAllConnections();
  secure.closeAllConnections();
  for (const server of [plain, silent, secure]) server.close();
});
beforeEach(() => {
  connections = 0;
  methods.length = 0;
});

const portOf = (server: net.Server) => (server.address() as AddressInfo).port;
const local = (path: string) => `http://127.0.0.1:${portOf(plain)}${path}`;
const budgetsMs = { connect: 3000, headers: 3000, total: 5000 };
const guard = (deps: Partial<EgressDeps> = {}) =>
  createEgress({ allow: [], loopback: true, ownAddresses: [], now: () => new Date(0), budgetsMs, ...deps });
const open = (...addresses: string[]) =>
  guard({ allow: ['127.0.0.1', '127.0.0.2'], resolve: async () => addresses });
const request = (more: Partial<EgressRequest> = {}): EgressRequest => ({
  feature: 'metadata',
  organizationId: 'org_1',
  sandboxLoopback: true,
  ...more,
});

async function refusalOf(work: Promise<unknown>): Promise<OnboardingError> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof OnboardingError) return thrown;
  throw new Error('expected a refusal', { cause: thrown });
}
const openConnections = (server: net.Server) => () =>
  new Promise<number>((resolve) => {
    server.getConnections((_, count) => {
      resolve(count);
    });
  });

describe('[NET-09] logs learn the true cause, tenants do not', () => {
  const at = (...addresses: string[]) => ({ resolve: async () => addresses });
  it.each<[cause: string, address: string, deps?: Partial<EgressDeps>]>([
    ['could_not_connect: not a URL', 'idp.test/metadata'],
    ['not_https: scheme gopher:', 'gopher://idp.test/'],
    ['could_not_connect: user information', 'https://user@idp.test/'],
    ['could_not_connect: host name too long', `https://${'a.'.repeat(130)}test/`],
    ['could_not_connect: idp.test is at 10.0.0.1', 'https://idp.test/', at('10.0.0.1')],
    ['not_https: idp.test is not on this machine', 'http://idp.test/', at('93.184.215.14')],
    [
      'could_not_connect: idp.test:22 is a bare address, or a port we do not use',
      ...(['https://idp.test:22/', at('93.184.215.14')] as const),
    ],
    ['could_not_connect: 93.184.215.14 is a bare address, or a port we do not use', 'https://93.184.215.14/'],
    ['could_not_connect: no address for idp.test', 'https://idp.test/', at()],
  ])('%s', async (cause, address, deps) => {
    const refusal = await refusalOf(guard(deps).fetch(address, request()));

    expect(refusal.cause).toMatchObject({ message: cause });
    expect(refusal.message).not.toContain(cause);
  });

  it('an answer that is none: the address that gave it, and where it pointed', async () => {
    const causeOf = async (path: string) => (await refusalOf(guard().fetch(local(path), request()))).cause;

    expect(await causeOf('/missing')).toMatchObject({ message: `answered_4xx: ${local('/missing')}` });
    expect(await causeOf('/to-nowhere')).toMatchObject({
      message: `redirected: ${local('/to-nowhere')} to nowhere`,
    });
    expect(await causeOf('/to-no-address')).toMatchObject({
      message: `redirected: ${local('/to-no-address')} to https://[`,
    });
  });

  it('a certificate: the host, and what TLS said', async () => {
    const work = open('127.0.0.1').fetch(`https://idp.test:${portOf(secure)}/ok`, request());

    expect((await refusalOf(work)).cause).toMatchObject({
      message: 'tls_failed: idp.test',
      cause: expect.any(Error) as Error,
    });
    await expect.poll(openConnections(secure)).toBe(0);
  });

  it('[NET-07] a clock: which, and how long it was', async () => {
    const quick = (soon: Partial<typeof budgetsMs>) =>
      guard({
        allow: ['127.0.0.1'],
        resolve: async () => ['127.0.0.1'],
        budgetsMs: { ...budgetsMs, ...soon },
      });
    const toSilence = { feature: 'syslog', organizationId: null, port: portOf(silent) } as const;
    const causes = await Promise.all([
      refusalOf(quick({ connect: 120 }).fetch(`https://idp.test:${portOf(silent)}/`, request())),
      refusalOf(quick({ headers: 130 }).fetch(`http://127.0.0.1:${portOf(silent)}/`, request())),
      refusalOf(quick({ total: 60 }).fetch(local('/slow-body'), request())),
      refusalOf(quick({ connect: 120 }).connect('idp.test', toSilence)),
    ]);

    expect(causes.map(({ cause }) => (cause as Error).message)).toEqual([
      'too_slow: connecting took more than 120 ms',
      'too_slow: headers took more than 130 ms',
      'too_slow: the request took more than 60 ms',
      'too_slow: connecting took more than 120 ms',
    ]);
    await expect.poll(openConnections(silent)).toBe(0);
  });
});

describe('[NET-03] which address of a name is taken', () => {
  const ask = (egress: ReturnType<typeof guard>, more: Partial<EgressRequest> = { ca }) =>
    egress.fetch(`https://idp.test:${portOf(secure)}/ok`, request(more));

  it('that of IPv4 first, and that of IPv6 where it does not answer', async () => {
    expect((await ask(open('::1', '127.0.0.1'))).status).toBe(200);
    expect((await ask(open('127.0.0.2', '::ffff:127.0.0.1'))).status).toBe(200);
  });

  it('only one where a certificate was refused: another address makes it no better', async () => {
    const refusal = await refusalOf(ask(open('127.0.0.1', '::ffff:127.0.0.2'), {}));

    expect(refusal.facts['reason']).toBe('tls_failed');
    expect(connections).toBe(1);
  });

  it('a bare address itself, which no resolver is asked for', async () => {
    const resolve = () => Promise.reject(new Error('asked'));

    expect((await guard({ resolve }).fetch(local('/ok'), request())).status).toBe(200);
  });
});

describe('what the other side sees', () => {
  it('[NET-08] is the name that was asked for, never an address, and HTTP/1.1', async () => {
    const hellos: string[] = [];
    const listener = net.createServer((socket) => {
      socket.once('data', (hello) => {
        hellos.push(hello.toString('latin1'));
        socket.destroy();
      });
    });
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
    for (const host of ['idp.test', '127.0.0.1']) {
      await refusalOf(open('127.0.0.1').fetch(`https://${host}:${portOf(listener)}/`, request()));
    }
    listener.close();

    const [toName, toAddress] = hellos;
    expect(toName).toContain('idp.test');
    expect(toAddress).not.toContain('127.0.0.1');
    for (const hello of hellos) expect(hello).toContain('http/1.1');
  });

  it('is the method of the caller, or GET', async () => {
    await guard().fetch(local('/ok'), request());
    await guard().fetch(local('/ok'), request({ method: 'PUT', body: 'x' }));

    expect(methods).toEqual(['GET', 'PUT']);
  });

  it('is one connection, even when it hangs up on us', async () => {
    const refusal = await refusalOf(guard().fetch(local('/hangs-up'), request()));

    expect(refusal.facts['reason']).toBe('could_not_connect');
    expect(connections).toBe(1);
  });

  it('[NET-07] is the end of its connection when we give up its body', async () => {
    const hasty = guard({ budgetsMs: { ...budgetsMs, total: 400 } });
    const refusal = await refusalOf(hasty.fetch(local('/slow-body'), request()));

    expect(refusal.facts['reason']).toBe('too_slow');
    await expect.poll(openConnections(plain)).toBe(0);
  });
});

describe('[NET-07] clocks', () => {
  it('are those of the feature where none are given', async () => {
    const egress = createEgress({ allow: [], loopback: true, ownAddresses: [], now: () => new Date(0) });

    expect((await egress.fetch(local('/late'), request())).body.toString()).toBe('fine');
    const connection = { feature: 'sftp', organizationId: null, port: portOf(silent) } as const;
    const socket = await egress.connect('localhost', { ...connection, sandboxLoopback: true });
    expect(socket.remotePort).toBe(portOf(silent));
    socket.destroy();
  });

  it('of a connection end with it: what is read afterwards may take longer', async () => {
    const egress = guard({ budgetsMs: { ...budgetsMs, connect: 500 } });

    expect((await egress.fetch(local('/later'), request())).body.toString()).toBe('fine');
  });

  it('leave nothing with the caller’s signal, which lives on', async () => {
    const { signal } = new AbortController();
    await guard().fetch(local('/ok'), request({ signal }));
    const connection = { feature: 'sftp', organizationId: null, port: portOf(silent), signal } as const;
    const socket = await open('127.0.0.1').connect('files.test', connection);
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

it('[MD-08] a redirect answers no conditional request', async () => {
  const conditional = request({ headers: { 'if-none-match': '"v1"' } });

  expect((await refusalOf(guard().fetch(local('/to-nowhere'), conditional))).facts).toMatchObject({
    reason: 'redirected',
    status: 302,
  });
});
