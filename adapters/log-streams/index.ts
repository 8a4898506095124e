/** The door to the destinations of log streams: one call, whatever the destination, and every end of it an outcome. */
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import { isOfClass } from '../../onboarding/log-streams/causes.ts';
import type { DestinationId } from '../../onboarding/log-streams/destination.ts';
import { getDestination } from '../../onboarding/log-streams/destinations/index.ts';
import type { Sighting } from '../../onboarding/log-streams.ts';
import type { Egress, EgressSockets } from '../egress.ts';
import { amazonKeysSender, amazonRoleSender, compatibleSender } from './amazon-s3.ts';
import type { AwsIdentity, SenderDeps, Sending } from './asking.ts';
import { datadogSender } from './datadog.ts';
import { elasticSender } from './elastic.ts';
import { googleHmacSender, googleStorageSender } from './google-cloud-storage.ts';
import { streamHosts, type StreamHosts } from './hosts.ts';
import { httpsSender } from './https.ts';
import { sentinelSender } from './microsoft-sentinel.ts';
import { newRelicSender } from './new-relic.ts';
import { NotTaken } from './not-taken.ts';
import { cutText } from './record-text.ts';
import type { Sender, Taken } from './sender.ts';
import { splunkSender } from './splunk.ts';
import type { SendOutcome, StreamSenders, StreamTarget } from './stream-types.ts';
import { sumoLogicSender } from './sumo-logic.ts';
import { syslogSender } from './syslog.ts';
import { createTokenCache } from './token-cache.ts';

export type { AwsIdentity } from './asking.ts';
export type { SendOutcome, StreamSenders, StreamTarget } from './stream-types.ts';

const senders: Record<DestinationId, Sender> = {
  splunk: splunkSender,
  datadog: datadogSender,
  'microsoft-sentinel': sentinelSender,
  'amazon-s3': amazonRoleSender,
  'amazon-s3-keys': amazonKeysSender,
  's3-compatible': compatibleSender,
  'google-cloud-storage': googleStorageSender,
  'google-cloud-storage-hmac': googleHmacSender,
  'new-relic': newRelicSender,
  elastic: elasticSender,
  'sumo-logic': sumoLogicSender,
  https: httpsSender,
  syslog: syslogSender,
};

export interface StreamSendersDeps {
  egress: Egress & EgressSockets;
  now: () => Date;
  /** Null: roles of customers cannot be assumed, and that way is not offered. */
  aws: AwsIdentity | null;
  /** What destinations show as the host that records come from: that of our API. */
  hostName: string;
  /** The products' own unless told. */
  hosts?: StreamHosts;
  pause?: SenderDeps['pause'];
}

/** How long some take until they show what they took: looked for once more after each. */
const lookPausesMs = [500, 1_500, 3_000] as const;

export function createStreamSenders(deps: StreamSendersDeps): StreamSenders {
  const parts: SenderDeps = {
    hosts: streamHosts,
    tokens: createTokenCache(deps.now),
    pause: (ms, signal) => pause(ms, undefined, { signal }),
    ...deps,
  };

  const sendingTo = (target: StreamTarget, signal: AbortSignal | undefined): Sending => ({
    ...parts,
    target,
    signal,
    hidden: new Set(Object.values(target.secrets)),
  });

  async function outcomeOf(
    target: StreamTarget,
    signal: AbortSignal | undefined,
    act: (sending: Sending, sender: Sender, onCount: (count: number) => void) => Promise<Taken>,
  ): Promise<SendOutcome> {
    const sending = sendingTo(target, signal);
    let count = 0;
    try {
      const taken = await act(sending, senders[target.destination], (counted) => {
        count = counted;
      });
      return { kind: 'sent', ...taken, answer: shown(taken.answer, sending.hidden) };
    } catch (error) {
      return refused(target, notTaken(error, signal), count, sending.hidden);
    }
  }

  async function sightingOf(
    target: StreamTarget,
    record: AuditRecord,
    signal: AbortSignal | undefined,
  ): Promise<Sighting> {
    const sender = senders[target.destination];
    if (sender.look === undefined) return 'not_offered';
    const sending = sendingTo(target, signal);
    const lookOnce = async (): Promise<Sighting> => {
      try {
        return (await sender.look?.(sending, record)) ?? 'not_offered';
      } catch (error) {
        notTaken(error, signal);
        return 'not_found';
      }
    };
    let sighting = await lookOnce();
    for (const pauseMs of lookPausesMs) {
      if (sighting !== 'not_found') return sighting;
      await parts.pause(pauseMs, signal);
      sighting = await lookOnce();
    }
    return sighting;
  }

  return {
    send: (target, records, signal) =>
      outcomeOf(target, signal, (sending, sender, onCount) => sender.send(sending, records, onCount)),
    probe: (target, signal) =>
      outcomeOf(target, signal, async (sending, sender) => ({ count: 0, ...(await sender.probe(sending)) })),
    look: sightingOf,
  };
}

/** Why it was not taken; everything else is thrown on, the signal's own reason before all. */
function notTaken(error: unknown, signal: AbortSignal | undefined): NotTaken {
  signal?.throwIfAborted();
  if (!(error instanceof NotTaken)) throw error;
  return error;
}

function refused(
  target: StreamTarget,
  error: NotTaken,
  count: number,
  hidden: ReadonlySet<string>,
): SendOutcome {
  const { streamCause: cause, facts } = error;
  const said = {
    count,
    status: facts.status ?? null,
    answer: facts.answer === undefined ? null : shown(facts.answer, hidden),
  };
  if (isOfClass(cause, 'retry'))
    return { kind: 'retry', ...said, cause, retryAfterMs: facts.retryAfterMs ?? null };
  if (isOfClass(cause, 'rejected')) return { kind: 'rejected', ...said, cause };
  const field = facts.field ?? getDestination(target.destination).blames[cause] ?? null;
  return { kind: 'invalid', ...said, cause, field, suggested: facts.suggested ?? null };
}

const mostShown = 1_024;

/** The beginning of an answer, as a page may show it: text only, and no secret that was said back [NET-09]. */
function shown(answer: string, hidden: ReadonlySet<string>): string {
  let text = answer.slice(0, 16_384);
  for (const secret of hidden) if (secret.length >= 6) text = text.replaceAll(secret, '•••');
  return cutText(text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' '), mostShown).trim();
}
