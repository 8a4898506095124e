import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { pumpQueueOf } from '../onboarding/workflow-names.ts';
import { streamWoken, type LogStreamInput } from './messages.ts';

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
      const sleepMs = Math.max(1, Date.parse(pumped.nextTryAt) - Date.now());
      await wf.condition(() => woken, sleepMs, { summary: 'next try' });
    }
  }
}
