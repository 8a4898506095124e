/** An HTTP source of Sumo Logic: its address is the credential. */
import { sumoLogic } from '../../onboarding/log-streams/destinations/sumo-logic.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import { ask, isTaken, refusal, secretOf, type Answered, type Sending } from './asking.ts';
import { takeBatch } from './record-text.ts';
import type { Sender } from './sender.ts';

export const sumoLogicSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, sumoLogic.limits, plainJson);
    onCount(batch.length);
    const answer = await post(sending, batch.map(({ line }) => line).join('\n'));
    return {
      count: batch.length,
      level: 'accepted',
      status: answer.status,
      ms: answer.ms,
      answer: answer.text,
    };
  },

  /** An empty message is taken and not kept. */
  async probe(sending) {
    const answer = await post(sending, '');
    return { level: 'accepted', status: answer.status, ms: answer.ms, answer: answer.text };
  },
};

async function post(sending: Sending, body: string): Promise<Answered> {
  const { category } = sending.target.settings;
  const answer = await ask(sending, {
    url: secretOf(sending, 'sourceUrl'),
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-sumo-name': 'vestibule',
      'x-sumo-host': sending.hostName,
      ...(category === undefined ? {} : { 'x-sumo-category': category }),
    },
    body,
    isCompressed: body !== '',
  });
  if (!isTaken(answer))
    throw refusal(sending, answer, answer.status === 403 ? 'credential_refused' : undefined);
  return answer;
}
