/** Any receiver of JSON: an array or a record a line, signed as Standard Webhooks says. */
import { createHash } from 'node:crypto';
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { https } from '../../onboarding/log-streams/destinations/https.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import { signatureHeaders } from '../webhook-signatures.ts';
import { ask, isTaken, refusal, secretOf, settingOf, type Answered, type Sending } from './asking.ts';
import { takeBatch } from './record-text.ts';
import type { Sender } from './sender.ts';

export const httpsSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, https.limits, plainJson);
    onCount(batch.length);
    const answer = await post(
      sending,
      batch.map(({ line }) => line),
    );
    if (!isTaken(answer)) throw refusal(sending, answer, causeOf(answer));
    return {
      count: batch.length,
      level: 'accepted',
      status: answer.status,
      ms: answer.ms,
      answer: answer.text,
    };
  },

  /** An empty batch: the guide asks receivers to answer it like any other. */
  async probe(sending) {
    const answer = await post(sending, []);
    // One that wants records is none the worse for having been asked.
    if (!isTaken(answer) && answer.status !== 400 && answer.status !== 422) {
      throw refusal(sending, answer, causeOf(answer));
    }
    return { level: 'accepted', status: answer.status, ms: answer.ms, answer: answer.text };
  },
};

function post(sending: Sending, lines: readonly string[]): Promise<Answered> {
  const { target, now } = sending;
  const isArray = target.settings['format'] !== 'ndjson';
  const body = isArray ? `[${lines.join(',')}]` : lines.map((line) => `${line}\n`).join('');
  return ask(sending, {
    url: settingOf(sending, 'url'),
    headers: {
      ...ownHeader(sending),
      'content-type': isArray ? 'application/json' : 'application/x-ndjson',
      'user-agent': 'Vestibule-Log-Streams/1',
      ...signatureHeaders(
        { id: batchId(target.streamId, body), body },
        [secretOf(sending, 'signingSecret')],
        now(),
      ),
    },
    body,
  });
}

function ownHeader({ target }: Sending): Record<string, string> {
  const name = target.settings['headerName'];
  const value = target.secrets['headerValue'];
  return name === undefined || value === undefined ? {} : { [name.toLowerCase()]: value };
}

/** The same for the same bytes of a stream, so that a receiver knows a batch that comes again. */
function batchId(streamId: string, body: string): string {
  const digest = createHash('sha256').update(`${streamId}.${body}`).digest('hex');
  return `batch_${digest.slice(0, 32)}`;
}

/** Here 403 is about who we are as well: there is nothing else that a receiver of one address could refuse. */
const causeOf = ({ status }: Answered): StreamCause | undefined =>
  status === 403 ? 'credential_refused' : undefined;
