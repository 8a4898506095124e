/**
 * The only code that opens connections to addresses that came from outside [NET-01]–[NET-11]: metadata and discovery
 * documents, keys, token endpoints, webhooks, log destinations. The address is resolved here, every resolved address is
 * judged, the socket goes to exactly a judged one, and each redirect starts over. There is no way to switch off
 * certificate checks, no proxy, no cookie and no connection that outlives its request.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Client } from 'undici';
import { OnboardingError } from '../onboarding/errors.ts';
import { createAddressRules, isSameAddress, judgeAddress, type AddressVerdict } from './egress/addresses.ts';
import { readBody } from './egress/answer-body.ts';
import { startClock, untilAborted } from './egress/clock.ts';
import { EgressFailure, refusalOf } from './egress/failures.ts';
import { incomingHeaders, outgoingHeaders, redirectedHeaders } from './egress/headers.ts';
import { hostOf, portOf, resolveHost } from './egress/hosts.ts';
import { connectMs, createCaps, featureLimits, headersMs, type EgressFeature } from './egress/limits.ts';

export interface EgressDeps {
  /** CIDRs, addresses and host names the operator opens for on-premises targets [NET-10]; empty by default */
  allow: readonly string[];
  /** `SANDBOX_LOOPBACK`: requests of sandbox environments may go to this machine */
  loopback: boolean;
  /** addresses, CIDRs and host names of our own ingress, which nobody may reach through us */
  ownAddresses: readonly string[];
  /** every A and AAAA of a name; DNS itself unless told */
  resolve?: (host: string) => Promise<string[]>;
  now: () => Date;
  /** shorter clocks than those of `egress/limits.ts` */
  budgetsMs?: { connect: number; headers: number; total: number };
}

export interface EgressRequest {
  feature: EgressFeature;
  /** whose request this is, for the caps of [NET-11]; null when it is ours */
  organizationId: string | null;
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** true for a sandbox environment; counts only while the operator's switch is on */
  sandboxLoopback?: boolean;
  /** PEM of a private CA that this destination's certificate must come from, instead of the public ones [NET-08] */
  ca?: string;
}

/** Which host to open a connection to that speaks no HTTP, and for whom. */
export interface EgressConnection extends Pick<
  EgressRequest,
  'organizationId' | 'signal' | 'sandboxLoopback' | 'ca'
> {
  /** `sftp` brings its own proof of whom it talks to; everything else is told by a certificate. */
  feature: 'syslog' | 'sftp';
  port: number;
}

export interface EgressAnswer {
  status: number;
  /** lower-case names, without cookies */
  headers: Record<string, string>;
  /** decoded and within the cap of the feature */
  body: Buffer;
  /** the address that answered, after redirects */
  url: string;
}

export interface Egress {
  /**
   * One request, redirects followed where the feature has them. Throws `metadata_unreachable` (features `metadata` and
   * `discovery`) or `egress_refused` (all others) with the facts `reason` (`EgressReason`), `host` and, for answers,
   * `status`; `too_many_requests` at a cap; the signal's own reason when the caller aborts.
   */
  fetch(address: string, request: EgressRequest): Promise<EgressAnswer>;
}

export type EgressSocket = net.Socket;

/** The same guard for what is no HTTP. */
export interface EgressSockets {
  /**
   * A connection to a host, by the same rules, for whoever speaks something else than HTTP: under TLS but for `sftp`. The
   * caller ends it. Throws as `fetch` does.
   */
  connect(host: string, connection: EgressConnection): Promise<net.Socket>;
}

/** The guard for one process. Throws at once when an entry of `allow` or `ownAddresses` cannot be read. */
export function createEgress(deps: EgressDeps): Egress & EgressSockets {
  const allow = createAddressRules(deps.allow);
  const own = createAddressRules(deps.ownAddresses);
  const resolve = deps.resolve ?? resolveHost;
  const caps = createCaps(deps.now);
  const mayLoop = (request: EgressRequest) => deps.loopback && request.sandboxLoopback === true;

  /** Refuses what the text of the address already gives away. */
  function parseAddress(address: string, request: EgressRequest): URL {
    if (!URL.canParse(address)) throw new EgressFailure('could_not_connect', 'not a URL');
    const url = new URL(address);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayLoop(request))) {
      throw new EgressFailure('not_https', `scheme ${url.protocol}`);
    }
    if (url.username !== '' || url.password !== '') {
      throw new EgressFailure('could_not_connect', 'user information');
    }
    if (hostOf(url).length > 253) throw new EgressFailure('could_not_connect', 'host name too long');
    return url;
  }

  /** The judged addresses of the host, resolved anew for every attempt, so a name that changes gains nothing. */
  async function admit(url: URL, request: EgressRequest): Promise<string[]> {
    const host = hostOf(url);
    const isLiteral = net.isIP(host) !== 0;
    const addresses = isLiteral ? [host] : await resolve(host);

    const verdicts = new Set<AddressVerdict>();
    for (const address of addresses) {
      const verdict = judgeAddress(address, host, { allow, own, loopback: mayLoop(request) });
      if (verdict === 'refused') throw new EgressFailure('could_not_connect', `${host} is at ${address}`);
      verdicts.add(verdict);
    }
    const isLoopback = verdicts.size === 1 && verdicts.has('loopback');
    if (url.protocol === 'http:' && !isLoopback) {
      throw new EgressFailure('not_https', `${host} is not on this machine`);
    }
    if (
      verdicts.has('public') &&
      (isLiteral || !featureLimits[request.feature].ports.includes(portOf(url)))
    ) {
      throw new EgressFailure('could_not_connect', `${url.host} is a bare address, or a port we do not use`);
    }
    return addresses;
  }

  async function ask(url: URL, request: EgressRequest, signal: AbortSignal): Promise<EgressAnswer> {
    // Large, and many processes fetch nothing: loaded with the first request, before its clocks start.
    const undici = await import('undici');
    const headers = outgoingHeaders(request.headers);
    const leave = caps.enter(request.organizationId, hostOf(url), request.feature);
    const connectClock = startClock('connecting', deps.budgetsMs?.connect ?? connectMs, signal);
    let headersClock: typeof connectClock | undefined;
    let socket: net.Socket | undefined;
    try {
      const addresses = await untilAborted(admit(url, request), signal);
      socket = await openSocket(url, addresses, request.ca, connectClock.signal);
      const { headersMs: longer } = featureLimits[request.feature];
      headersClock = startClock('headers', deps.budgetsMs?.headers ?? longer ?? headersMs, signal);
      const answer = await clientOn(undici.Client, url, socket).request({
        path: url.pathname + url.search,
        method: request.method ?? 'GET',
        headers,
        body: request.body === undefined ? null : Buffer.from(request.body),
        signal: headersClock.signal,
      });
      headersClock.stop();
      // A stopped clock no longer passes its parent on: the body is ended by the socket's end.
      signal.addEventListener('abort', () => socket?.destroy(signal.reason), { once: true });
      const answerHeaders = incomingHeaders(answer.headers);
      const encoding = answerHeaders['content-encoding'] ?? '';
      const body = await readBody(answer.body, encoding, featureLimits[request.feature]);
      return { status: answer.statusCode, headers: answerHeaders, body, url: url.href };
    } finally {
      leave();
      connectClock.stop();
      headersClock?.stop();
      socket?.destroy();
    }
  }

  async function open(url: URL, request: EgressRequest, signal: AbortSignal): Promise<net.Socket> {
    const leave = caps.enter(request.organizationId, hostOf(url), request.feature);
    try {
      const addresses = await untilAborted(admit(url, request), signal);
      const secured = request.feature !== 'sftp';
      const socket = await openSocket(url, addresses, request.ca, signal, secured);
      // It counts for as long as it is open [NET-11].
      return socket.once('close', leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function follow(address: string, request: EgressRequest, signal: AbortSignal): Promise<EgressAnswer> {
    const limits = featureLimits[request.feature];
    let url = parseAddress(address, request);
    let headers = request.headers;
    for (let hop = 0; ; hop += 1) {
      const answer = await ask(url, { ...request, headers }, signal);
      const { status } = answer;
      const isUnchanged = status === 304 && headers?.['if-none-match'] !== undefined;
      if (!limits.mustBe2xx || isUnchanged || (status >= 200 && status < 300)) return answer;
      if (status >= 400) {
        throw new EgressFailure(status < 500 ? 'answered_4xx' : 'answered_5xx', url.href, { status });
      }
      const next = answer.headers['location'];
      if (hop >= limits.redirects || next === undefined || !URL.canParse(next, url)) {
        throw new EgressFailure('redirected', `${url.href} to ${next ?? 'nowhere'}`, { status });
      }
      url = parseAddress(new URL(next, url).href, request);
      headers = redirectedHeaders(headers);
    }
  }

  return {
    async fetch(address, request) {
      const totalMs = deps.budgetsMs?.total ?? featureLimits[request.feature].totalMs;
      const clock = startClock('the request', totalMs, request.signal);
      try {
        return await untilAborted(follow(address, request, clock.signal), clock.signal);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof OnboardingError) throw error;
        throw refusalOf(address, request.feature, clock.signal.aborted ? clock.signal.reason : error);
      } finally {
        clock.stop();
      }
    },

    async connect(host, { port, ...connection }) {
      const address = `https://${host}:${port}`;
      const clock = startClock('connecting', deps.budgetsMs?.connect ?? connectMs, connection.signal);
      try {
        const url = parseAddress(address, connection);
        return await untilAborted(open(url, connection, clock.signal), clock.signal);
      } catch (error) {
        connection.signal?.throwIfAborted();
        if (error instanceof OnboardingError) throw error;
        throw refusalOf(address, connection.feature, clock.signal.aborted ? clock.signal.reason : error);
      } finally {
        clock.stop();
      }
    },
  };
}

/** Tries the judged addresses, IPv4 first, and keeps the first that connects. */
async function openSocket(
  url: URL,
  addresses: string[],
  ca: string | undefined,
  signal: AbortSignal,
  isSecured = url.protocol === 'https:',
) {
  const candidates = [addresses.find((it) => net.isIPv4(it)), addresses.find((it) => net.isIPv6(it))];
  let lastError: unknown = new EgressFailure('could_not_connect', `no address for ${url.host}`);
  for (const address of candidates) {
    signal.throwIfAborted();
    if (address === undefined) continue;
    try {
      const socket = await connectTo(address, portOf(url), signal);
      return isSecured ? await secure(socket, url, ca, signal) : socket;
    } catch (error) {
      if (error instanceof EgressFailure) throw error;
      lastError = error;
    }
  }
  throw lastError;
}

async function connectTo(address: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  const socket = await opened(net.connect({ host: address, port }), 'connect', signal);
  if (isSameAddress(socket.remoteAddress ?? '', address)) return socket;
  socket.destroy();
  throw new EgressFailure(
    'could_not_connect',
    `connected to ${String(socket.remoteAddress)}, not ${address}`,
  );
}

async function secure(socket: net.Socket, url: URL, ca: string | undefined, signal: AbortSignal) {
  const host = hostOf(url);
  const secured = tls.connect({
    socket,
    host,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  });
  try {
    return await opened(secured, 'secureConnect', signal);
  } catch (cause) {
    socket.destroy();
    if (signal.aborted) throw cause;
    throw new EgressFailure('tls_failed', host, { cause });
  }
}

function opened<Kind extends net.Socket>(
  socket: Kind,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<Kind> {
  return new Promise((resolve, reject) => {
    const giveUp = (error: unknown) => {
      // A late error of a socket we have given up must not end the process.
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const onAbort = () => {
      giveUp(signal.reason);
    };
    socket.once('error', giveUp);
    socket.once(event, () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', giveUp);
      resolve(socket);
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** A client that can only ever use the one socket we have judged. */
function clientOn(NewClient: typeof Client, url: URL, socket: net.Socket): Client {
  let isTaken = false;
  return new NewClient(url.origin, {
    pipelining: 1,
    connect: (_options, callback) => {
      const isFirst = !isTaken;
      isTaken = true;
      // Not at once: undici stalls when it gets its socket in the same turn.
      setImmediate(() => {
        if (isFirst) callback(null, socket);
        else callback(new Error('the connection ended before the answer'), null);
      });
    },
  });
}
