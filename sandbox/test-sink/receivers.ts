/** How each receiver answers a request, and what it reads in it, as its documentation has it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { signedHeaders } from '../../adapters/log-streams/aws-signature.ts';
import type { Receiver, SinkFault } from './faults.ts';

export interface SinkRequest {
  readonly method: string;
  /** Behind the receiver's name. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The whole address as it was asked for. */
  readonly url: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Read {
  readonly reply: Reply;
  /** What it took, in the order of the request. */
  readonly records: readonly Record<string, unknown>[];
  /** Null where nothing was signed, or there is nothing to verify it with. */
  readonly signature: 'good' | 'bad' | null;
}

/** What the sink is reached with: shown on its page, made from its token. */
export interface SinkCredentials {
  readonly splunkToken: string;
  readonly datadogKey: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Stand {
  readonly credentials: SinkCredentials;
  readonly has: (fault: SinkFault) => boolean;
  /** Of the HTTPS receiver: what the portal shows as the signing secret; null while nobody has given it. */
  readonly signingSecret: string | null;
  readonly now: () => Date;
  /** The next acknowledgement of Splunk. */
  readonly nextAck: () => number;
  /** The newest small objects of the store, by their path. */
  readonly objects: Map<string, Buffer>;
}

/** Throws where the body is not what it says: the sink answers 400. */
export const receive: Record<Receiver, (request: SinkRequest, stand: Stand) => Read> = {
  splunk(request, stand) {
    const { path, headers } = request;
    if (path === '/services/collector/health/1.0') return bare(200, { text: 'HEC is healthy', code: 17 });
    if (headers['authorization'] === undefined) return bare(401, { text: 'Token is required', code: 2 });
    if (
      headers['authorization'] !== `Splunk ${stand.credentials.splunkToken}` ||
      stand.has('wrong_credentials')
    ) {
      return bare(403, { text: 'Invalid token', code: 4 });
    }
    if (path === '/services/collector/ack') return acknowledge(request, stand);
    if (!/^\/services\/collector(\/event(\/1\.0)?)?$/.test(path)) return notFound;
    const text = textOf(request);
    if (text.trim() === '') return bare(400, { text: 'No data', code: 5 });
    const records = objectsBehindEachOther(text).map((object) => recordIn(object['event']));
    const ack = headers['x-splunk-request-channel'] === undefined ? {} : { ackId: stand.nextAck() };
    return { ...bare(200, { text: 'Success', code: 0, ...ack }), records };
  },

  datadog({ method, path, headers, ...request }, stand) {
    const isGood = headers['dd-api-key'] === stand.credentials.datadogKey && !stand.has('wrong_credentials');
    if (!isGood) return bare(403, { errors: ['Forbidden'] });
    if (method === 'GET' && path === '/api/v1/validate') return bare(200, { valid: true });
    if (path !== '/api/v2/logs') return notFound;
    const entries = listIn(textOf({ headers, ...request }));
    return { ...bare(202, {}), records: entries.map((entry) => recordIn(recordIn(entry)['message'])) };
  },

  s3(request, stand) {
    const { method, path, headers, body } = request;
    if ((method !== 'PUT' && method !== 'GET') || !/^\/[^/]+\/.+/.test(path)) return notFound;
    const { accessKeyId } = stand.credentials;
    if (
      !(headers['authorization'] ?? '').includes(`Credential=${accessKeyId}/`) ||
      stand.has('wrong_credentials')
    ) {
      return { ...store(403, 'InvalidAccessKeyId'), signature: 'bad' };
    }
    if (!isSignedByUs(request, stand)) return { ...store(403, 'SignatureDoesNotMatch'), signature: 'bad' };
    if (method === 'GET') return objectAt(path, stand);
    if (headers['content-md5'] !== createHash('md5').update(body).digest('base64'))
      return store(400, 'BadDigest');
    keepObject(path, body, stand);
    const records = path.endsWith('.ndjson.gz') ? linesIn(gunzipSync(body).toString('utf8')) : [];
    return { reply: { status: 200, body: '' }, records, signature: 'good' };
  },

  https(request, stand) {
    if (request.method !== 'POST') return notFound;
    const text = textOf(request);
    const signature = signatureOf(request, stand);
    if (signature === 'bad' || stand.has('wrong_credentials')) {
      return { ...bare(401, { message: 'The signature is not right.' }), signature };
    }
    const records = /^\s*\[/.test(text) ? listIn(text).map((one) => recordIn(one)) : linesIn(text);
    return { ...bare(200, { received: records.length }), records, signature };
  },
};

const bare = (status: number, body: object): Read => ({
  reply: { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  records: [],
  signature: null,
});

const store = (status: number, code: string): Read => ({
  reply: {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
  },
  records: [],
  signature: null,
});

const notFound: Read = bare(404, { message: 'The test sink plays nothing at this address.' });

const mostObjects = 100;
const mostObjectBytes = 64 * 1024;

/** Small ones are enough: what is read back is a test event. */
function keepObject(path: string, body: Buffer, { objects }: Stand): void {
  if (body.length > mostObjectBytes) return;
  objects.set(path, body);
  const [oldest] = objects.keys();
  if (objects.size > mostObjects && oldest !== undefined) objects.delete(oldest);
}

function objectAt(path: string, { objects }: Stand): Read {
  const body = objects.get(path);
  if (body === undefined) return { ...store(404, 'NoSuchKey'), signature: 'good' };
  const headers = { 'content-type': 'application/gzip' };
  return { reply: { status: 200, headers, body }, records: [], signature: 'good' };
}

/** With half of them kept back, every other batch is never acknowledged, although it was taken. */
function acknowledge(request: SinkRequest, stand: Stand): Read {
  const { acks } = recordIn(JSON.parse(textOf(request)));
  const asked = Array.isArray(acks) ? acks.filter((id) => typeof id === 'number') : [];
  const isKept = (id: number) => stand.has('half_acknowledgements') && id % 2 === 1;
  return bare(200, { acks: Object.fromEntries(asked.map((id) => [id, !isKept(id)])) });
}

function textOf({ headers, body }: Pick<SinkRequest, 'headers' | 'body'>): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
}

/** The collector takes objects with or without line ends between them, and an array of them. */
function objectsBehindEachOther(text: string): Record<string, unknown>[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return listIn(trimmed).map((one) => recordIn(one));
  return linesIn(trimmed);
}

const linesIn = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => recordIn(JSON.parse(line)));

function listIn(text: string): unknown[] {
  const read: unknown = JSON.parse(text);
  if (!Array.isArray(read)) throw new Error('no list');
  return read;
}

function recordIn(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
  return { ...value };
}

/** Signs the request again with the key that it names, and compares. */
function isSignedByUs({ method, url, headers, body }: SinkRequest, { credentials }: Stand): boolean {
  const [, region, names] =
    /Credential=[^/]+\/\d{8}\/([^/]+)\/s3\/aws4_request, *SignedHeaders=([^,]+),/.exec(
      headers['authorization'] ?? '',
    ) ?? [];
  const [, ...time] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '') ?? [];
  if (region === undefined || names === undefined || time.length === 0) return false;
  const [year, month, day, hour, minute, second] = time.map(Number);
  const at = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second));
  const given = names
    .split(';')
    .filter((name) => !['host', 'x-amz-date', 'x-amz-content-sha256'].includes(name));
  const again = signedHeaders(
    {
      method: method === 'GET' ? 'GET' : 'PUT',
      url,
      body,
      headers: Object.fromEntries(given.map((name) => [name, headers[name] ?? ''])),
    },
    { ...credentials, region, service: 's3', scheme: 'AWS4' },
    at,
  );
  return isSame(again['authorization'] ?? '', headers['authorization'] ?? '');
}

const toleranceMs = 5 * 60_000;

/** Standard Webhooks over the bytes as they came. */
function signatureOf({ headers, body }: SinkRequest, { signingSecret, now }: Stand): Read['signature'] {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': given } = headers;
  if (signingSecret === null || id === undefined || seconds === undefined || given === undefined) return null;
  if (Math.abs(now().getTime() - Number(seconds) * 1_000) > toleranceMs) return 'bad';
  const key = Buffer.from(signingSecret.replace(/^whsec_/, ''), 'base64');
  const right = `v1,${createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64')}`;
  return given.split(' ').some((one) => isSame(one, right)) ? 'good' : 'bad';
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
