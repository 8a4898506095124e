import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { ageingChanged, type AgeingInput } from './messages.ts';
import { untilNamed } from './until-named.ts';

/**
 * Sleeps to the next notice of one thing that ends: a client secret, a key of ours. Which day it is depends on where
 * each reader is, so the activity names the instants; what it finds at each wake is read afresh, because the thing may
 * have been replaced. It ends when the thing is gone or has a long life again; a sweep starts it anew in time.
 */

const act = wf.proxyActivities<Pick<Activities, 'lookAtAgeing' | 'announceAgeing'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '5s', maximumInterval: '1h' },
});

const newRunAtEvents = 1_000;
const minuteMs = 60_000;

export async function watchAgeing(input: AgeingInput): Promise<void> {
  const { environmentId, organizationId, kind, subjectId } = input;
  const thing = { environmentId, organizationId, kind, subjectId };
  let announced = input.announced;
  let changed = false;
  wf.setHandler(ageingChanged, () => {
    changed = true;
  });

  for (;;) {
    changed = false;
    const reading = await act.lookAtAgeing.executeWithOptions({ summary: 'Look at the end' }, [thing]);
    if (reading.state === 'gone') return;
    if (reading.due !== null && reading.due !== announced) {
      await act.announceAgeing.executeWithOptions({ summary: `Announce ${reading.due}` }, [thing]);
      announced = reading.due;
    }
    wf.setCurrentDetails(`Ends on ${reading.endsOn}; next look ${reading.nextLookAt}.`);
    if (wf.workflowInfo().continueAsNewSuggested || wf.workflowInfo().historyLength > newRunAtEvents) {
      await wf.continueAsNew<typeof watchAgeing>({ ...input, announced });
    }
    await wf.condition(() => changed, untilNamed(reading.nextLookAt, minuteMs), { summary: 'next notice' });
  }
}
