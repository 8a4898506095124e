import * as wf from '@temporalio/workflow';
import type { Activities, SweepKind } from '../activities/index.ts';

const act = wf.proxyActivities<Pick<Activities, 'sweep'>>({
  startToCloseTimeout: '5m',
  retry: { initialInterval: '10s', maximumInterval: '5m', maximumAttempts: 5 },
});

/** One round of the statements that keep the product's clocks, started by a schedule that never overlaps itself. */
export async function sweep(input: { kind: SweepKind }): Promise<Record<string, number>> {
  return act.sweep.executeWithOptions({ summary: `Sweep of the ${input.kind}` }, [input]);
}
