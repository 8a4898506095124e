/**
 * Signature Version 4 of AWS, and Google's of the same build for HMAC keys: a header over the exact request. One request at
 * a time, its body in memory.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  readonly service: string;
  /** `GOOG4` for HMAC keys of Google Cloud Storage. */
  readonly scheme: 'AWS4' | 'GOOG4';
}

export interface UnsignedRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Its path and query as they go over the wire. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const schemes = {
  AWS4: { algorithm: 'AWS4-HMAC-SHA256', prefix: 'x-amz', terminator: 'aws4_request' },
  GOOG4: { algorithm: 'GOOG4-HMAC-SHA256', prefix: 'x-goog', terminator: 'goog4_request' },
} as const;

/** The request's headers with those that sign all of them. `host` is signed too; it is sent by who opens the connection. */
export function signedHeaders(request: UnsignedRequest, key: SigningKey, at: Date): Record<string, string> {
  const { algorithm, prefix, terminator } = schemes[key.scheme];
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const bodyDigest = sha256(request.body);
  const url = new URL(request.url);
  const headers: Record<string, string> = {
    ...request.headers,
    [`${prefix}-date`]: time,
    ...(isStore(key) ? { [`${prefix}-content-sha256`]: bodyDigest } : {}),
    ...(key.sessionToken === undefined ? {} : { 'x-amz-security-token': key.sessionToken }),
  };
  const signed = Object.entries({ ...headers, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const canonical = [
    request.method,
    url.pathname,
    canonicalQuery(url),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    bodyDigest,
  ].join('\n');
  const scope = `${day}/${key.region}/${key.service}/${terminator}`;
  const signingKey = [day, key.region, key.service, terminator].reduce<string | Buffer>(
    (derived, part) => hmac(derived, part),
    `${key.scheme}${key.secretAccessKey}`,
  );
  const signature = hmac(signingKey, [algorithm, time, scope, sha256(canonical)].join('\n')).toString('hex');
  return {
    ...headers,
    authorization: `${algorithm} Credential=${key.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** A text as it stands in a path or a query: everything but letters, digits and `-._~` in percent form. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Stores want the digest of the body as a header of its own. */
const isStore = ({ service }: SigningKey) => service === 's3' || service === 'storage';

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .sort()
    .join('&');
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
