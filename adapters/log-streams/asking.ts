import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { locationLine, readRetryAfter } from '../../onboarding/webhooks.ts';
import type { Egress, EgressRequest, EgressSockets } from '../egress.ts';
import type { StreamHosts } from './hosts.ts';
import { causeOfStatus, NotTaken } from './not-taken.ts';
import type { StreamTarget } from './stream-types.ts';
import type { TokenCache } from './token-cache.ts';

/** What the senders work with. */
export interface SenderDeps {
  readonly egress: Egress & EgressSockets;
  readonly now: () => Date;
  readonly hosts: StreamHosts;
  readonly tokens: TokenCache;
  readonly aws: AwsIdentity | null;
  /** What we are called as a machine: in Splunk's `host`, in syslog's HOSTNAME. */
  readonly hostName: string;
  readonly pause: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Who we are at AWS: only an installation that has this can assume customers' roles. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** The ARN that customers' trust policies name. */
  readonly principal: string;
}

/** One act of sending, with the stream it is for. */
export interface Sending extends SenderDeps {
  readonly target: StreamTarget;
  readonly signal: AbortSignal | undefined;
  /** Values that must not be shown when the destination says them back. */
  readonly hidden: Set<string>;
}

export interface StreamRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly isCompressed?: boolean;
  readonly feature?: EgressRequest['feature'];
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly bytes: Buffer;
  readonly ms: number;
}

const zip = promisify(gzip);

/** Fast, and the same bytes for the same text. */
export const compressed = (body: string): Promise<Buffer> => zip(body, { level: 3 });

/** Asks once, by the guard of outbound connections [STR-01]. Throws `NotTaken` where there was no answer. */
export async function ask(sending: Sending, request: StreamRequest): Promise<Answered> {
  const { egress, target, signal } = sending;
  const { url, method = 'POST', feature = 'stream', isCompressed, headers, body } = request;
  const startedMs = performance.now();
  try {
    const answer = await egress.fetch(url, {
      feature,
      method,
      organizationId: target.organizationId,
      sandboxLoopback: target.isSandbox,
      headers: { ...headers, ...(isCompressed === true ? { 'content-encoding': 'gzip' } : {}) },
      body: typeof body === 'string' && isCompressed === true ? await compressed(body) : body,
      ...(signal === undefined ? {} : { signal }),
      ...privateAuthority(target),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      text: answer.body.toString('utf8'),
      bytes: answer.body,
      ms: Math.round(performance.now() - startedMs),
    };
  } catch (error) {
    throw error instanceof OnboardingError ? notReached(error) : error;
  }
}

/** The CA that the customer gave for a server of their own [NET-08]. */
export function privateAuthority({ settings }: StreamTarget): { ca?: string } {
  const ca = settings['certificateAuthority'];
  return ca === undefined ? {} : { ca };
}

const ownCapsPauseMs = 5_000;

/** What the guard says of a connection that came to nothing. */
export function notReached({ code, facts }: OnboardingError): NotTaken {
  if (code === 'too_many_requests') return new NotTaken('held_back', { retryAfterMs: ownCapsPauseMs });
  switch (facts['reason']) {
    case 'not_https':
      return new NotTaken('address_refused');
    case 'tls_failed':
      return new NotTaken('tls_failed');
    case 'too_slow':
      return new NotTaken('too_slow');
    case 'too_large':
    case 'unreadable':
      return new NotTaken('answer_unexpected');
    default:
      return new NotTaken('unreachable');
  }
}

/** The answer as a refusal, by what the destination's own words mean, else by its status. */
export function refusal({ now }: Pick<Sending, 'now'>, answer: Answered, cause?: StreamCause): NotTaken {
  const elsewhere = locationLine(answer);
  return new NotTaken(cause ?? causeOfStatus(answer.status), {
    status: answer.status,
    answer: elsewhere === undefined ? answer.text : `${elsewhere} ${answer.text}`,
    retryAfterMs: readRetryAfter(answer.headers['retry-after'], now()),
  });
}

export const isTaken = ({ status }: Answered): boolean => status >= 200 && status < 300;

/** The object that an answer holds; an empty one where it holds none. */
export function objectIn({ text }: Pick<Answered, 'text'>): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A setting that has to be there. Throws `NotTaken` where it is not: nothing is sent half. */
export function settingOf({ target }: Pick<Sending, 'target'>, name: string): string {
  const value = target.settings[name];
  if (value === undefined || value === '') throw new NotTaken('settings_incomplete');
  return value;
}

export function secretOf({ target }: Pick<Sending, 'target'>, name: string): string {
  const value = target.secrets[name];
  if (value === undefined || value === '') throw new NotTaken('settings_incomplete');
  return value;
}
