/** New Relic's Log API. */
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { newRelic } from '../../onboarding/log-streams/destinations/new-relic.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import { ask, isTaken, refusal, secretOf, settingOf, type Answered, type Sending } from './asking.ts';
import { NotTaken } from './not-taken.ts';
import { takeBatch, type SentRecord } from './record-text.ts';
import type { Sender } from './sender.ts';

/** Records dated earlier than 48 hours ago are dropped: older ones are dated by their arrival. */
const datedForMs = 47 * 3_600_000;

export const newRelicSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, newRelic.limits, (record) => entryOf(sending, record));
    onCount(batch.length);
    const answer = await post(
      sending,
      batch.map(({ line }) => line),
    );
    if (!isTaken(answer)) throw keyRefusal(sending, answer);
    return {
      count: batch.length,
      level: 'accepted',
      status: answer.status,
      ms: answer.ms,
      answer: answer.text,
    };
  },

  /** No log: the key is looked at before what it brings. */
  async probe(sending) {
    const answer = await post(sending, []);
    if (!isTaken(answer) && answer.status !== 400) throw keyRefusal(sending, answer);
    return { level: 'accepted', status: answer.status, ms: answer.ms, answer: answer.text };
  },
};

/** An attribute ends at 4,094 characters while a message may be long: the whole record is the message. */
function entryOf({ now }: Sending, record: SentRecord): string {
  const occurredMs = Date.parse(record.occurred_at);
  const isDated = now().getTime() - occurredMs < datedForMs;
  return plainJson({
    ...(isDated ? { timestamp: occurredMs } : {}),
    message: plainJson(record),
    attributes: {
      'audit.id': record.id,
      'audit.sequence': record.sequence,
      'audit.action': record.action,
      'audit.actor.id': record.actor.id,
      'audit.actor.type': record.actor.type,
      'audit.occurred_at': record.occurred_at,
    },
  });
}

function post(sending: Sending, lines: readonly string[]): Promise<Answered> {
  const common = plainJson({
    attributes: { logtype: 'vestibule_audit', 'audit.organization_id': sending.target.organizationId },
  });
  return ask(sending, {
    url: `${sending.hosts.newRelic(settingOf(sending, 'region'))}/log/v1`,
    headers: { 'api-key': secretOf(sending, 'licenseKey'), 'content-type': 'application/json' },
    body: `[{"common":${common},"logs":[${lines.join(',')}]}]`,
    isCompressed: newRelic.limits.isCompressed,
  });
}

/** A key of the EU says so at its beginning. */
function keyRefusal(sending: Sending, answer: Answered): NotTaken {
  const isKeyRefused = answer.status === 403 || answer.status === 401;
  const isOfEu = secretOf(sending, 'licenseKey').startsWith('eu01');
  if (isKeyRefused && isOfEu !== (settingOf(sending, 'region') === 'eu')) {
    const { status, text } = answer;
    return new NotTaken('wrong_site', { status, answer: text, ...(isOfEu ? { suggested: 'eu' } : {}) });
  }
  const cause: StreamCause | undefined = isKeyRefused ? 'credential_refused' : undefined;
  return refusal(sending, answer, cause);
}
