import * as wf from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { directoryChanged, stopDirectory, readDirectory, type DirectoryInput } from './messages.ts';
import { tooEarlyMs, untilNamed } from './until-named.ts';

/**
 * Reads one directory for as long as there is one: what is pulled every half hour, what was uploaded when it has come.
 * One workflow for a directory, so that no two readings overlap. What is due is read afresh at every wake, because the
 * directory may have been set up anew meanwhile.
 */

const act = wf.proxyActivities<Pick<Activities, 'lookAtDirectory'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '5s', maximumInterval: '1h' },
});
const reading = wf.proxyActivities<Pick<Activities, 'runDirectory' | 'readDirectoryFiles'>>({
  startToCloseTimeout: '2h',
  heartbeatTimeout: '30s',
  retry: { initialInterval: '1m', maximumInterval: '30m' },
  cancellationType: wf.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

const newRunAtEvents = 300;
const minuteMs = 60_000;
/** However wrong the clock of the rows is, nothing is read more often unless somebody asks. */
const leastPauseMs = { pull: minuteMs, files: 5_000 };

export async function syncDirectory(input: DirectoryInput): Promise<void> {
  const { environmentId, organizationId, directoryId } = input;
  const whose = { environmentId, organizationId, directoryId };
  let asked = input.asked === true;
  let changed = false;
  let stopped = false;
  let mayReadAt = input.mayReadAt ?? 0;
  let running: wf.CancellationScope | undefined;
  wf.setHandler(readDirectory, () => {
    asked = true;
  });
  // A directory that is set up anew right after it was stopped is read again.
  wf.setHandler(directoryChanged, () => {
    changed = true;
    stopped = false;
  });
  wf.setHandler(stopDirectory, () => {
    stopped = true;
    running?.cancel();
  });

  for (;;) {
    changed = false;
    const wasAsked = asked;
    asked = false;
    const look = await act.lookAtDirectory.executeWithOptions({ summary: 'Look at the directory' }, [
      { ...whose, asked: wasAsked },
    ]);
    if (look.state === 'gone' || stopped) return;
    if (look.state === 'due' && (wasAsked || mayReadAt <= Date.now())) {
      wf.setCurrentDetails('A reading is under way.');
      await read(look.reads);
      mayReadAt = Date.now() + leastPauseMs[look.reads];
      continue;
    }
    const nextAt = look.state === 'due' ? new Date(mayReadAt).toISOString() : look.nextAt;
    wf.setCurrentDetails(
      nextAt === null
        ? 'Waits for new credentials, or for somebody to ask for a reading.'
        : `Next reading ${nextAt}.`,
    );
    if (wf.workflowInfo().continueAsNewSuggested || wf.workflowInfo().historyLength > newRunAtEvents) {
      await wf.continueAsNew<typeof syncDirectory>({ ...input, asked, mayReadAt });
    }
    const isWoken = () => asked || changed || stopped;
    if (nextAt === null) await wf.condition(isWoken);
    else await wf.condition(isWoken, untilNamed(nextAt, tooEarlyMs), { summary: 'next reading' });
    if (stopped) return;
  }

  /** A reading that is stopped ends by itself; the next look says what to do. */
  async function read(reads: 'pull' | 'files'): Promise<void> {
    const activity = reads === 'pull' ? reading.runDirectory : reading.readDirectoryFiles;
    const scope = new wf.CancellationScope();
    running = scope;
    try {
      await scope.run(() => activity.executeWithOptions({ summary: 'Read the directory' }, [whose]));
    } catch (error) {
      if (!wf.isCancellation(error) || !scope.consideredCancelled) throw error;
    } finally {
      running = undefined;
    }
  }
}
