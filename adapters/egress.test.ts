import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OnboardingError } from '../onboarding/errors.ts';
import { makeCertificate } from '../test/support/certificates.ts';
import { createEgress, type EgressConnection, type EgressDeps, type EgressRequest } from './egress.ts';

let connections = 0;
let paths: string[] = [];
let lastHeaders: http.IncomingHttpHeaders = {};
let lastBody = '';

const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));

const answers: Record<string, http.RequestListener> = {
  '/ok': (_, res) => res.setHeader('set-cookie', 'a=b').end('fine'),
  '/gzip': (_, res) => res.setHeader('content-encoding', 'gzip').end(gzipSync('fine')),
  '/bomb': (_, res) => res.setHeader('content-encoding', 'gzip').end(bomb),
  '/twice': (_, res) => res.setHeader('content-encoding', 'gzip, gzip').end(gzipSync(gzipSync('fine'))),
  '/broken-gzip': (_, res) => res.setHeader('content-encoding', 'gzip').end('not gzip at all'),
  '/endless': (_, res) => {
    const more = (): void => {
      if (res.destroyed) return;
      if (res.write(Buffer.alloc(64 * 1024, 'x'))) setImmediate(more);
      else res.once('drain', more);
    };
    more();
  },
  '/no-headers': () => undefined,
  '/slow-body': (_, res) => res.write('begin'),
  '/missing': (_, res) => res.writeHead(404).end('no'),
  '/unchanged': (_, res) => res.writeHead(304).end(),
  '/broken': (_, res) => res.writeHead(503).end('no'),
  '/choices': (_, res) => res.writeHead(300).end(),
  '/wrong': (_, res) => res.writeHead(400).end(),
  '/failed': (_, res) => res.writeHead(500).end(),
  '/to-private': (_, res) => res.writeHead(302, { location: 'https://10.0.0.1/' }).end(),
  '/to-metadata-service': (_, res) =>
    res.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
  '/to-nowhere': (_, res) => res.writeHead(302).end(),
  '/hop': (req, res) => {
    const left = Number(new URL(req.url ?? '', 'http://x').searchParams.get('left'));
    res
      .writeHead(left % 2 === 0 ? 308 : 301, { location: left === 0 ? '/ok' : `/hop?left=${left - 1}` })
      .end();
  },
};

function serve(req: http.IncomingMessage, res: http.ServerResponse): void {
  paths.push(req.url ?? '');
  lastHeaders = req.headers;
  lastBody = '';
  req.on('data', (chunk: Buffer) => (lastBody += chunk.toString()));
  req.on('end', () => answers[(req.url ?? '').replace(/\?.*/, '')]?.(req, res));
}

const plain = http.createServer(serve);
let secure: https.Server;
let ca: string;
let plainPort: number;
let securePort: number;

beforeAll(async () => {
  const made = await makeCertificate('idp.test');
  ca = made.cert;
  secure = https.createServer(made, serve);
  for (const server of [plain, secure]) {
    server.on('connection', () => (connections += 1));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  }
  plainPort = portOf(plain);
  securePort = portOf(secure);
});

afterAll(() => {
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
});

beforeEach(() => {
  connections = 0;
  paths = [];
});

const budgetsMs = { connect: 3000, headers: 3000, total: 5000 };
const guard = (deps: Partial<EgressDeps> = {}) =>
  createEgress({ allow: [], loopback: false, ownAddresses: [], now: () => new Date(0), budgetsMs, ...deps });
/** A guard as `npm start` has it, and a request of its sandbox environment. */
const sandboxed = (deps: Partial<EgressDeps> = {}) => guard({ loopback: true, ...deps });
const request = (more: Partial<EgressRequest> = {}): EgressRequest => ({
  feature: 'metadata',
  organizationId: 'org_1',
  ...more,
});
const inSandbox = (more: Partial<EgressRequest> = {}) => request({ sandboxLoopback: true, ...more });
const local = (path: string) => `http://127.0.0.1:${plainPort}${path}`;

async function failureOf(work: Promise<unknown>): Promise<OnboardingError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof OnboardingError) return error;
  throw new Error('expected a refusal', { cause: error });
}

describe('[NET-01]–[NET-05] the SSRF list', () => {
  const hosts = [
    ['dotted', '127.0.0.1'],
    ['decimal', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['hex', '0x7f000001'],
    ['mixed', '0x7f.1'],
    ['short', '127.1'],
    ['full-width', '１２７.０.０.１'],
    ['circled digits', '①②⑦.⓪.⓪.①'],
    ['mapped', '[::ffff:127.0.0.1]'],
    ['mapped hex', '[::ffff:7f00:1]'],
    ['compatible', '[::127.0.0.1]'],
    ['NAT64', '[64:ff9b::127.0.0.1]'],
    ['6to4', '[2002:7f00:1::]'],
    ['Teredo', '[2001:0:7f00:1::]'],
    ['loopback v6', '[::1]'],
    ['unspecified', '0.0.0.0'],
    ['unspecified v6', '[::]'],
    ['zone', '[fe80::1%25eth0]'],
    ['AWS metadata', '169.254.169.254'],
    ['AWS metadata v6', '[fd00:ec2::254]'],
    ['Alibaba metadata', '100.100.100.200'],
    ['Oracle metadata', '192.0.0.192'],
    ['private', '192.168.0.1'],
    ['public literal', '93.184.215.14'],
    ['localhost', 'localhost'],
    ['localhost with dot', 'localhost.'],
    ['below localhost', 'app.localhost'],
  ] as const;

  it.each(hosts)('[NET-04] %s: https://%s is refused, and no connection is made', async (_, host) => {
    for (const port of [plainPort, securePort]) {
      const error = await failureOf(guard().fetch(`https://${host}:${port}/ok`, request()));

      expect(error.code).toBe('metadata_unreachable');
      expect(error.facts['reason']).toBe('could_not_connect');
    }
    expect(connections).toBe(0);
  });

  it.each([
    ['http', 'http://idp.test/'],
    ['gopher', 'gopher://127.0.0.1:6379/_x'],
    ['file', 'file:///etc/passwd'],
    ['data', 'data:text/xml,<a/>'],
    ['javascript', 'javascript:1'],
  ])('[NET-02] the scheme %s is refused', async (_, address) => {
    const error = await failureOf(guard().fetch(address, request()));

    expect(error.facts['reason']).toBe('not_https');
  });

  it.each([
    ['user information', 'https://user:secret@idp.test/'],
    ['a name before the at sign', 'https://idp.test@127.0.0.1/'],
    ['a backslash', 'https://127.0.0.1\\@idp.test/'],
    ['port 22', 'https://idp.test:22/'],
    ['port 25', 'https://idp.test:25/'],
    ['port 6379', 'https://idp.test:6379/'],
    ['no URL', 'idp.test/metadata'],
    ['a name over 253 characters', `https://${'a.'.repeat(130)}test/`],
  ])('[NET-02] %s is refused', async (_, address) => {
    const error = await failureOf(
      guard({ resolve: async () => ['93.184.215.14'] }).fetch(address, request()),
    );

    expect(error.facts['reason']).toBe('could_not_connect');
    expect(JSON.stringify(error.facts)).not.toContain('secret');
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['a public and a private address', ['93.184.215.14', '127.0.0.1']],
    ['a private address behind a mapped one', ['::ffff:127.0.0.1']],
    ['a loopback IPv6 address beside a public IPv4 one', ['93.184.215.14', '::1']],
    ['nothing', []],
  ])('[NET-03] a name that resolves to %s is refused', async (_, addresses) => {
    const egress = guard({ resolve: async () => addresses });

    const error = await failureOf(
      egress.fetch(`https://idp.test:${securePort}/ok`, request({ feature: 'jwks' })),
    );

    expect(error.code).toBe('egress_refused');
    expect(error.facts).toEqual({ reason: 'could_not_connect', host: 'idp.test' });
    expect(connections).toBe(0);
  });

  it('[NET-03] a name that turns private between two attempts is refused at the second', async () => {
    const turns = [['127.0.0.1'], ['127.0.0.2']];
    const asked: string[] = [];
    const egress = guard({
      allow: ['127.0.0.1/32'],
      resolve: async (host) => {
        asked.push(host);
        return turns.shift() ?? [];
      },
    });

    const first = await egress.fetch(`https://idp.test:${securePort}/ok`, request({ ca }));
    const second = await failureOf(egress.fetch(`https://idp.test:${securePort}/ok`, request({ ca })));

    expect(first.body.toString()).toBe('fine');
    expect(second.facts['reason']).toBe('could_not_connect');
    expect(asked).toEqual(['idp.test', 'idp.test']);
    expect(connections).toBe(1);
  });

  it('[NET-03] one attempt asks for the name once and connects to what was judged', async () => {
    let asked = 0;
    const egress = guard({
      allow: ['127.0.0.1/32'],
      resolve: async () => (asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']),
    });

    await egress.fetch(`https://idp.test:${securePort}/ok`, request({ ca }));

    expect(asked).toBe(1);
    expect(lastHeaders.host).toBe(`idp.test:${securePort}`);
  });

  it('[NET-09] a forbidden address and a dead one look alike', async () => {
    const dead = await freePort();
    const egress = guard({
      allow: ['127.0.0.1/32'],
      resolve: async (host) => (host === 'dead.test' ? ['127.0.0.1'] : ['10.0.0.1']),
    });

    const forbidden = await failureOf(egress.fetch('https://forbidden.test/', request()));
    const unreachable = await failureOf(egress.fetch(`https://dead.test:${dead}/`, request()));

    expect({ ...forbidden.facts, host: '' }).toEqual({ ...unreachable.facts, host: '' });
    expect(forbidden.message).toBe(unreachable.message);
  });
});

describe('[NET-02] what the text of an address gives away', () => {
  const open = () => guard({ allow: ['127.0.0.1'], resolve: async () => ['127.0.0.1'] });

  it.each(['user', ':secret', 'user:secret'])('"%s@" is refused where the host is allowed', async (who) => {
    const address = `https://${who}@idp.test:${securePort}/ok`;
    const error = await failureOf(open().fetch(address, request({ ca })));

    expect(error.facts['reason']).toBe('could_not_connect');
    expect(connections).toBe(0);
  });

  it('a name has 253 characters at most', async () => {
    const longest = `${'a.'.repeat(124)}aaaaa`;
    const reasonOf = async (host: string) => {
      const error = await failureOf(open().fetch(`https://${host}:${securePort}/ok`, request({ ca })));
      return error.facts['reason'];
    };

    expect(await reasonOf(`a${longest}`)).toBe('could_not_connect');
    expect(connections).toBe(0);
    expect(await reasonOf(longest)).toBe('tls_failed');
  });

  it('another scheme than http is none for this machine either', async () => {
    const error = await failureOf(sandboxed().fetch(`ftp://127.0.0.1:${plainPort}/ok`, inSandbox()));

    expect(error.facts['reason']).toBe('not_https');
  });

  it('http is for this machine alone: a name that is elsewhere, too, is refused', async () => {
    const both = sandboxed({ resolve: async () => ['127.0.0.1', '93.184.215.14'] });
    const error = await failureOf(both.fetch(`http://idp.test:${plainPort}/ok`, inSandbox()));

    expect(error.facts['reason']).toBe('not_https');
    expect(connections).toBe(0);
  });
});

describe('a connection that speaks no HTTP', () => {
  const open = (deps: Partial<EgressDeps> = {}) =>
    guard({ allow: ['127.0.0.1'], resolve: async () => ['127.0.0.1'], ...deps });
  const greeter = net.createServer((socket) => socket.on('error', () => undefined).write('SSH-2.0-test'));
  const silent = net.createServer((socket) => socket.on('error', () => undefined));
  beforeAll(async () => {
    for (const server of [greeter, silent]) {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    }
  });
  afterAll(() => {
    for (const server of [greeter, silent]) server.close();
  });
  const syslog = (more: Partial<EgressConnection> = {}): EgressConnection => ({
    feature: 'syslog',
    organizationId: 'org_1',
    port: securePort,
    ca,
    ...more,
  });
  const sftp = (): EgressConnection => ({ ...syslog(), feature: 'sftp', port: portOf(greeter) });

  it('[NET-08] is under TLS, with a certificate of the host that was asked for', async () => {
    const socket = await open().connect('idp.test', syslog());
    expect(socket).toMatchObject({ authorized: true });
    socket.destroy();

    const other = await failureOf(open().connect('other.test', syslog()));
    expect(other).toMatchObject({
      code: 'egress_refused',
      facts: { reason: 'tls_failed', host: 'other.test' },
    });
  });

  it('is as it comes for SFTP, which has a proof of its own', async () => {
    const socket = await open().connect('files.test', sftp());
    const [said] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();

    expect(said.toString()).toBe('SSH-2.0-test');
  });

  it('[NET-03] goes nowhere that no request may go', async () => {
    const error = await failureOf(guard({ resolve: async () => ['10.0.0.1'] }).connect('idp.test', syslog()));

    expect(error.facts).toEqual({ reason: 'could_not_connect', host: 'idp.test' });
  });

  it('[NET-11] counts for as long as it is open; a try that failed does not', async () => {
    const egress = open();
    const dead = { ...sftp(), port: await freePort() };
    for (let tries = 0; tries < 12; tries += 1) await failureOf(egress.connect('files.test', dead));
    const sockets: net.Socket[] = [];
    for (let opened = 0; opened < 10; opened += 1) sockets.push(await egress.connect('files.test', sftp()));

    expect((await failureOf(egress.connect('files.test', sftp()))).code).toBe('too_many_requests');
    const closed = once(sockets[0] ?? greeter, 'close');
    sockets[0]?.destroy();
    await closed;
    sockets.push(await egress.connect('files.test', sftp()));
    for (const socket of sockets) socket.destroy();
  });

  it('[NET-07] to a server that says nothing is given up, and when its caller leaves', async () => {
    const quiet = syslog({ port: portOf(silent) });
    const soon = open({ budgetsMs: { ...budgetsMs, connect: 300 } });
    const caller = new AbortController();
    const left = open().connect('idp.test', { ...quiet, signal: caller.signal });
    caller.abort(new Error('the caller left'));

    await expect(left).rejects.toThrow('the caller left');
    expect((await failureOf(soon.connect('idp.test', quiet))).facts['reason']).toBe('too_slow');
  });
});

describe('[NET-02] the loopback switch', () => {
  it('a sandbox request reaches this machine over http while the switch is on', async () => {
    const answer = await sandboxed().fetch(local('/ok'), inSandbox());

    expect(answer).toMatchObject({ status: 200, url: local('/ok') });
    expect(answer.body.toString()).toBe('fine');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('our own address is reachable for the Test IdP then', async () => {
    const answer = await sandboxed({ ownAddresses: ['127.0.0.1'] }).fetch(local('/ok'), inSandbox());

    expect(answer.status).toBe(200);
  });

  it.each([
    ['the switch is off', guard(), inSandbox()],
    ['the environment is not a sandbox', sandboxed(), request()],
  ])('nothing is reached when %s', async (_, egress, asked) => {
    const error = await failureOf(egress.fetch(local('/ok'), asked));

    expect(error.facts['reason']).toBe('not_https');
    expect(connections).toBe(0);
  });

  it('http to anything but this machine stays refused', async () => {
    const egress = sandboxed({ resolve: async () => ['93.184.215.14'] });

    const error = await failureOf(egress.fetch('http://idp.example/', inSandbox()));

    expect(error.facts['reason']).toBe('not_https');
  });
});

describe('[NET-06] redirects', () => {
  it('metadata follows three, each judged anew', async () => {
    const answer = await sandboxed().fetch(local('/hop?left=2'), inSandbox());

    expect(answer.url).toBe(local('/ok'));
    expect(paths).toEqual(['/hop?left=2', '/hop?left=1', '/hop?left=0', '/ok']);
  });

  it('the fourth is refused', async () => {
    const error = await failureOf(sandboxed().fetch(local('/hop?left=3'), inSandbox()));

    expect(error.facts).toMatchObject({ reason: 'redirected', status: 308 });
    expect(paths).toHaveLength(4);
  });

  it.each([
    ['/to-private', 'could_not_connect'],
    ['/to-metadata-service', 'could_not_connect'],
    ['/to-nowhere', 'redirected'],
  ])('%s ends there', async (path, reason) => {
    const error = await failureOf(sandboxed().fetch(local(path), inSandbox()));

    expect(error.facts['reason']).toBe(reason);
    expect(connections).toBe(1);
  });

  it('a credential is not carried to the next address', async () => {
    await sandboxed().fetch(
      local('/hop?left=0'),
      inSandbox({ headers: { Authorization: 'Bearer x', Accept: 'a/b' } }),
    );

    expect(lastHeaders.authorization).toBeUndefined();
  });

  it.each(['webhook', 'stream', 'token'] as const)('%s gets the redirect as its answer', async (feature) => {
    const answer = await sandboxed().fetch(local('/to-private'), inSandbox({ feature }));

    expect(answer.status).toBe(302);
    expect(connections).toBe(1);
  });

  it('keys are never fetched through a redirect', async () => {
    const error = await failureOf(sandboxed().fetch(local('/hop?left=0'), inSandbox({ feature: 'jwks' })));

    expect(error).toMatchObject({ code: 'egress_refused', facts: { reason: 'redirected' } });
    expect(paths).toHaveLength(1);
  });
});

describe('[NET-07] budgets', () => {
  it.each(['/endless', '/bomb'])('%s is refused at the cap', async (path) => {
    const error = await failureOf(sandboxed().fetch(local(path), inSandbox()));

    expect(error.facts['reason']).toBe('too_large');
  });

  it('a webhook answer is cut at 16 KB, and its status counts', async () => {
    const answer = await sandboxed().fetch(local('/endless'), inSandbox({ feature: 'webhook' }));

    expect(answer.status).toBe(200);
    expect(answer.body).toHaveLength(16 * 1024);
  });

  it('one encoding is decoded', async () => {
    const answer = await sandboxed().fetch(local('/gzip'), inSandbox());

    expect(answer.body.toString()).toBe('fine');
  });

  it.each(['/twice', '/broken-gzip'])('%s is refused', async (path) => {
    const error = await failureOf(sandboxed().fetch(local(path), inSandbox()));

    expect(error.facts['reason']).toBe('unreadable');
  });

  it.each(['/no-headers', '/slow-body'])('%s is given up', async (path) => {
    const egress = sandboxed({ budgetsMs: { connect: 500, headers: 100, total: 250 } });

    const error = await failureOf(egress.fetch(local(path), inSandbox()));

    expect(error.facts['reason']).toBe('too_slow');
  });

  it('a slow body may take longer than the headers may', async () => {
    answers['/later'] = (_, res) => {
      res.write('a');
      setTimeout(() => res.end('b'), 400);
    };
    const egress = sandboxed({ budgetsMs: { connect: 3000, headers: 300, total: 5000 } });

    const answer = await egress.fetch(local('/later'), inSandbox());

    expect(answer.body.toString()).toBe('ab');
  });

  it('a resolver that never answers is given up, and nothing is connected to', async () => {
    const egress = guard({
      resolve: () => new Promise(() => undefined),
      budgetsMs: { connect: 50, headers: 50, total: 80 },
    });

    const error = await failureOf(egress.fetch('https://idp.test/', request()));

    expect(error.facts['reason']).toBe('too_slow');
  });

  it('a server that takes the connection and says nothing to TLS is given up', async () => {
    const silent = net.createServer().listen(0, '127.0.0.1');
    await new Promise((done) => silent.once('listening', done));
    const egress = guard({ allow: ['127.0.0.1'], budgetsMs: { connect: 100, headers: 100, total: 1000 } });

    const error = await failureOf(egress.fetch(`https://127.0.0.1:${portOf(silent)}/`, request()));

    expect(error.facts['reason']).toBe('too_slow');
    silent.close();
  });

  it('the caller can abort, and gets its own reason', async () => {
    const controller = new AbortController();
    const work = sandboxed().fetch(local('/slow-body'), inSandbox({ signal: controller.signal }));
    controller.abort(new Error('shutting down'));

    await expect(work).rejects.toThrow('shutting down');
  });

  it('no connection outlives its request', async () => {
    const egress = sandboxed();
    await egress.fetch(local('/ok'), inSandbox());
    await egress.fetch(local('/ok'), inSandbox({ organizationId: 'org_2' }));

    expect(connections).toBe(2);
  });
});

describe('[NET-08] TLS', () => {
  const egress = () => guard({ allow: ['127.0.0.1'], resolve: async () => ['127.0.0.1'] });

  it('a certificate of a private CA counts where that CA was given', async () => {
    const answer = await egress().fetch(`https://idp.test:${securePort}/ok`, request({ ca }));

    expect(answer.status).toBe(200);
  });

  it('without it, or for another name, the connection is refused', async () => {
    const unknown = await failureOf(egress().fetch(`https://idp.test:${securePort}/ok`, request()));
    const otherName = await failureOf(egress().fetch(`https://other.test:${securePort}/ok`, request({ ca })));

    expect(unknown.facts['reason']).toBe('tls_failed');
    expect(otherName.facts['reason']).toBe('tls_failed');
    expect(paths).toEqual([]);
  });
});

describe('answers', () => {
  it('[MD-08] “not modified” answers a conditional request, and is no answer to any other', async () => {
    const conditional = inSandbox({ headers: { 'if-none-match': '"v1"' } });

    const answer = await sandboxed().fetch(local('/unchanged'), conditional);
    const error = await failureOf(sandboxed().fetch(local('/unchanged'), inSandbox()));

    expect(answer.status).toBe(304);
    expect(error.facts).toMatchObject({ reason: 'redirected', status: 304 });
  });

  it.each([
    ['/choices', 'redirected', 300],
    ['/wrong', 'answered_4xx', 400],
    ['/missing', 'answered_4xx', 404],
    ['/failed', 'answered_5xx', 500],
    ['/broken', 'answered_5xx', 503],
  ])('metadata at %s: %s', async (path, reason, status) => {
    const error = await failureOf(sandboxed().fetch(local(path), inSandbox()));

    expect(error).toMatchObject({
      code: 'metadata_unreachable',
      facts: { reason, status, host: '127.0.0.1' },
    });
  });

  it('a webhook reads the status itself', async () => {
    const answer = await sandboxed().fetch(
      local('/broken'),
      inSandbox({ feature: 'webhook', method: 'POST', headers: { 'webhook-id': 'm1' }, body: '{"a":1}' }),
    );

    expect(answer.status).toBe(503);
    expect(lastHeaders).toMatchObject({ 'webhook-id': 'm1', 'content-length': '7' });
    expect(lastBody).toBe('{"a":1}');
  });

  it.each(['Host', 'Connection', 'Transfer-Encoding', 'Cookie'])(
    'the header %s cannot be set',
    async (name) => {
      const error = await failureOf(sandboxed().fetch(local('/ok'), inSandbox({ headers: { [name]: 'x' } })));

      expect(error.code).toBe('metadata_unreachable');
      expect(connections).toBe(0);
    },
  );
});

describe('[NET-11] caps', () => {
  it('one organization asks one host so often a minute, and others are not held up by it', async () => {
    let time = 0;
    const egress = sandboxed({ now: () => new Date(time) });
    for (let i = 0; i < 30; i += 1) await egress.fetch(local('/ok'), inSandbox());

    const error = await failureOf(egress.fetch(local('/ok'), inSandbox()));
    const other = await egress.fetch(local('/ok'), inSandbox({ organizationId: 'org_2' }));
    time = 60_000;
    const later = await egress.fetch(local('/ok'), inSandbox());

    expect(error.code).toBe('too_many_requests');
    expect([other.status, later.status]).toEqual([200, 200]);
  });

  it('at most ten at a time go to one host', async () => {
    const egress = sandboxed({ budgetsMs: { connect: 500, headers: 400, total: 500 } });
    const hanging = Array.from({ length: 10 }, () =>
      failureOf(egress.fetch(local('/no-headers'), inSandbox())),
    );

    const eleventh = await failureOf(egress.fetch(local('/ok'), inSandbox()));
    await Promise.all(hanging);
    const afterwards = await egress.fetch(local('/ok'), inSandbox());

    expect(eleventh.code).toBe('too_many_requests');
    expect(afterwards.status).toBe(200);
  });
});

function portOf(server: net.Server): number {
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const port = portOf(server);
  await new Promise((done) => server.close(done));
  return port;
}
