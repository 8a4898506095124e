import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { pumpQueueOf } from '../onboarding/workflow-names.ts';
import { streamWoken, type LogStreamInput } from './messages.ts';
import { tooEarlyMs, untilNamed } from './until-named.ts';

/**
 * Sends the audit records of an organization to one destination. How far it has come, its tries and their times are a row of
 * Postgres: this workflow only runs the pump when it is woken or the next try is due, one at a time, and holds no record
 * in its history. It ends with its stream.
 */

const act = wf.proxyActivities<Pick<Activities, 'pumpLogStream'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const newRunAtEvents = 1_000;

export async function runLogStream(input: LogStreamInput): Promise<void> {
  let woken = false;
  wf.setHandler(streamWoken, () => {
    woken = true;
  });

  let current = input;
  let lastNamed: string | undefined;
  for (;;) {
    woken = false;
    const taskQueue = pumpQueueOf(wf.workflowInfo().taskQueue, current.isSlow);
    const pumped = await act.pumpLogStream.executeWithOptions({ summary: 'Send what waits', taskQueue }, [
      current,
    ]);
    if (pumped.state === 'gone') return;
    current = { ...input, isSlow: pumped.isSlow };
    wf.setCurrentDetails(pumped.nextTryAt === null ? 'Nothing waits.' : `Next try ${pumped.nextTryAt}.`);
    if (wf.workflowInfo().continueAsNewSuggested || wf.workflowInfo().historyLength > newRunAtEvents) {
      await wf.continueAsNew<typeof runLogStream>(current);
    }
    if (pumped.nextTryAt === null) {
      await wf.condition(() => woken);
    } else {
      const leastMs = pumped.nextTryAt === lastNamed ? tooEarlyMs : 1;
      lastNamed = pumped.nextTryAt;
      await wf.condition(() => woken, untilNamed(pumped.nextTryAt, leastMs), { summary: 'next try' });
    }
  }
}
