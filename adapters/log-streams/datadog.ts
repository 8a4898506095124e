/** Datadog's log intake, and the finder of the site that a key belongs to. */
import { datadog, datadogSites } from '../../onboarding/log-streams/destinations/datadog.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import { ask, isTaken, refusal, secretOf, settingOf, type Answered, type Sending } from './asking.ts';
import { NotTaken } from './not-taken.ts';
import { takeBatch, type SentRecord } from './record-text.ts';
import type { Sender } from './sender.ts';

/** Datadog drops what is dated earlier than 18 hours ago: an older record is dated by its arrival and keeps its own time inside. */
const datedForMs = 17 * 3_600_000;

export const datadogSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, datadog.limits, (record) => entryOf(sending, record));
    onCount(batch.length);
    const answer = await ask(sending, {
      url: `${sending.hosts.datadogIntake(settingOf(sending, 'site'))}/api/v2/logs`,
      headers: { 'dd-api-key': secretOf(sending, 'apiKey'), 'content-type': 'application/json' },
      body: `[${batch.map(({ line }) => line).join(',')}]`,
      isCompressed: datadog.limits.isCompressed,
    });
    if (answer.status !== 202 && answer.status !== 200) throw await keyRefusal(sending, answer);
    return {
      count: batch.length,
      level: 'accepted',
      status: answer.status,
      ms: answer.ms,
      answer: answer.text,
    };
  },

  async probe(sending) {
    const answer = await validate(sending, settingOf(sending, 'site'));
    if (!isTaken(answer)) throw await keyRefusal(sending, answer);
    return { level: 'accepted', status: answer.status, ms: answer.ms, answer: answer.text };
  },
};

function entryOf({ target, hostName, now }: Sending, record: SentRecord): string {
  const occurredMs = Date.parse(record.occurred_at);
  const isDated = now().getTime() - occurredMs < datedForMs;
  return plainJson({
    message: record,
    ddsource: 'vestibule',
    service: 'audit-logs',
    hostname: hostName,
    ddtags: `organization_id:${target.organizationId}`,
    ...(isDated ? { timestamp: occurredMs } : {}),
  });
}

const validate = (sending: Sending, site: string): Promise<Answered> =>
  ask(sending, {
    url: `${sending.hosts.datadogApi(site)}/api/v1/validate`,
    method: 'GET',
    headers: { 'dd-api-key': secretOf(sending, 'apiKey') },
  });

/**
 * A refused key may be a good one of another site: all of them are Datadog's, so each may be asked. One of the test sink
 * belongs to no site.
 */
async function keyRefusal(sending: Sending, answer: Answered): Promise<NotTaken> {
  if (answer.status !== 403 && answer.status !== 401) return refusal(sending, answer);
  const chosen = settingOf(sending, 'site');
  if (!datadogSites.some(({ value }) => value === chosen))
    return refusal(sending, answer, 'credential_refused');
  for (const { value: site } of datadogSites) {
    if (site === chosen) continue;
    const elsewhere = await validate(sending, site).catch((error: unknown) => {
      if (error instanceof NotTaken) return undefined;
      throw error;
    });
    if (elsewhere !== undefined && isTaken(elsewhere)) {
      return new NotTaken('wrong_site', { status: answer.status, answer: answer.text, suggested: site });
    }
  }
  return refusal(sending, answer, 'credential_refused');
}
