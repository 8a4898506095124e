/** Splunk's HTTP Event Collector, with indexer acknowledgement where the token has it. */
import { createHash } from 'node:crypto';
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { splunk } from '../../onboarding/log-streams/destinations/splunk.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import {
  ask,
  isObject,
  isTaken,
  objectIn,
  refusal,
  secretOf,
  settingOf,
  type Answered,
  type Sending,
} from './asking.ts';
import { NotTaken } from './not-taken.ts';
import { takeBatch, type SentRecord } from './record-text.ts';
import type { Sender } from './sender.ts';

/** What the collector's own codes mean (`providers-siem` §2). */
const causeOfCode: Readonly<Record<number, StreamCause>> = {
  1: 'credential_disabled',
  2: 'credential_refused',
  3: 'credential_refused',
  4: 'credential_refused',
  5: 'records_refused',
  6: 'records_refused',
  7: 'index_refused',
  8: 'destination_busy',
  9: 'destination_busy',
  10: 'acknowledgement_needed',
  11: 'acknowledgement_needed',
  12: 'records_refused',
  13: 'records_refused',
  14: 'acknowledgement_off',
  15: 'records_refused',
  18: 'destination_busy',
  19: 'destination_busy',
  20: 'destination_busy',
};

/** How long an index may take to tell of a batch before it is sent again: with the pauses below, about 25 s. */
const acknowledgementPausesMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000] as const;

export const splunkSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, splunk.limits, (record) => eventOf(sending, record));
    onCount(batch.length);
    const answer = await ask(sending, {
      url: collectorAt(sending, 'event'),
      headers: headersOf(sending),
      body: batch.map(({ line }) => line).join('\n'),
      isCompressed: splunk.limits.isCompressed,
    });
    const said = objectIn(answer);
    // A load balancer's page answers 200 too: only the collector says that it was code 0.
    if (!isTaken(answer)) throw refusal(sending, answer, causeOf(answer));
    if (said['code'] !== 0) throw refusal(sending, answer, 'address_refused');
    const taken = { count: batch.length, status: answer.status, answer: answer.text };
    if (!isAcknowledging(sending)) return { ...taken, level: 'accepted', ms: answer.ms };
    const ackId = said['ackId'];
    if (typeof ackId !== 'number') throw refusal(sending, answer, 'acknowledgement_off');
    const waitedMs = await acknowledged(sending, ackId);
    return { ...taken, level: 'acknowledged', ms: answer.ms + waitedMs };
  },

  /** No event: "No data" says that address and token are right, and nothing is written. */
  async probe(sending) {
    const answer = await ask(sending, {
      url: collectorAt(sending, 'event'),
      headers: headersOf(sending),
      body: '',
    });
    if (objectIn(answer)['code'] !== 5) {
      throw refusal(sending, answer, isTaken(answer) ? 'address_refused' : causeOf(answer));
    }
    return { level: 'accepted', status: answer.status, ms: answer.ms, answer: answer.text };
  },
};

function eventOf({ target, hostName }: Sending, record: SentRecord): string {
  const { index } = target.settings;
  return plainJson({
    time: Date.parse(record.occurred_at) / 1_000,
    host: hostName,
    source: 'vestibule',
    sourcetype: '_json',
    ...(index === undefined ? {} : { index }),
    event: record,
  });
}

function headersOf(sending: Sending): Record<string, string> {
  return {
    authorization: `Splunk ${secretOf(sending, 'token')}`,
    'content-type': 'application/json',
    ...(isAcknowledging(sending) ? { 'x-splunk-request-channel': channelOf(sending) } : {}),
  };
}

const isAcknowledging = ({ target }: Sending): boolean => target.settings['acknowledgement'] === 'on';

/** A GUID that is the stream's for good: acknowledgements are kept by channel. */
function channelOf({ target }: Sending): string {
  const hex = createHash('sha256').update(target.streamId).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function collectorAt(sending: Sending, what: 'event' | 'ack'): string {
  const url = new URL(settingOf(sending, 'url'));
  url.pathname = `${url.pathname.replace(/\/(services\/collector.*)?$/, '')}/services/collector/${what}`;
  if (what === 'ack') url.searchParams.set('channel', channelOf(sending));
  return url.href;
}

function causeOf(answer: Answered): StreamCause | undefined {
  const { code } = objectIn(answer);
  return typeof code === 'number' ? causeOfCode[code] : undefined;
}

/** Asks until the index has the batch. One that it never tells of is sent again: twice is better than never. */
async function acknowledged(sending: Sending, ackId: number): Promise<number> {
  const startedMs = performance.now();
  for (const pauseMs of acknowledgementPausesMs) {
    await sending.pause(pauseMs, sending.signal);
    const answer = await ask(sending, {
      url: collectorAt(sending, 'ack'),
      headers: headersOf(sending),
      body: JSON.stringify({ acks: [ackId] }),
    });
    if (!isTaken(answer)) throw refusal(sending, answer, causeOf(answer));
    const { acks } = objectIn(answer);
    if (isObject(acks) && acks[String(ackId)] === true) return Math.round(performance.now() - startedMs);
  }
  throw new NotTaken('not_acknowledged');
}
