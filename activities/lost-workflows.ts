import { log } from '@temporalio/activity';
import type { WorkflowClient } from '../adapters/workflow-client.ts';
import { newId } from '../adapters/ids.ts';
import {
  countExpected,
  insertCommand,
  listAwaitedWorkflows,
  listExpected,
  withSystem,
  type Db,
  type Expected,
} from '../db/index.ts';
import {
  auditExportRow,
  certificateRow,
  directoryRow,
  domainRow,
  logStreamRow,
  nudgeRow,
  webhookRow,
  type OutboxRow,
} from '../onboarding/workflow-names.ts';

export type LostWorkflowDeps = {
  systemDb: Db;
  workflows: Pick<WorkflowClient, 'stateOf'>;
  now: () => Date;
};

/** How many workflows a round asks the engine about while all are there. */
const askedAtOnce = 2_000;
const askedSideBySide = 10;
const hourMs = 3_600_000;

/**
 * Begins anew what should be at work and is not: the engine's store was lost, or a workflow was terminated or broke off.
 * Rows in Postgres say what should be there. Large installations are looked at in slices, one an hour; what is missing in
 * one has all others looked at, too. Answers how many workflows were begun anew.
 */
export async function restartLost(deps: LostWorkflowDeps): Promise<number> {
  const expected = await withSystem(deps.systemDb, (tx) => countExpected(tx));
  const slices = Math.max(1, Math.ceil(expected / askedAtOnce));
  const first = Math.floor(deps.now().getTime() / hourMs) % slices;
  let restarted = await restartSlice(deps, { slice: first, slices });
  if (restarted === 0) return 0;
  for (let slice = 0; slice < slices; slice += 1) {
    if (slice !== first) restarted += await restartSlice(deps, { slice, slices });
  }
  log.warn('workflows that the engine had lost are begun anew', { restarted });
  return restarted;
}

async function restartSlice(
  { systemDb, workflows, now }: LostWorkflowDeps,
  which: { slice: number; slices: number },
): Promise<number> {
  const at = now();
  const { things, awaited } = await withSystem(systemDb, async (tx) => ({
    things: await listExpected(tx, which),
    awaited: await listAwaitedWorkflows(tx),
  }));
  // A command that is under way begins its workflow by itself.
  const rows = things
    .map((thing) => rowThatStarts(thing, at))
    .filter(({ workflowId }) => !awaited.has(workflowId));
  let restarted = 0;
  for (let i = 0; i < rows.length; i += askedSideBySide) {
    const asked = await Promise.all(
      rows
        .slice(i, i + askedSideBySide)
        .map(async (row) => ({ row, state: await workflows.stateOf(row.workflowId) })),
    );
    const lost = asked.filter(({ state }) => state === 'lost').map(({ row }) => row);
    if (lost.length === 0) continue;
    await withSystem(systemDb, async (tx) => {
      for (const row of lost) await insertCommand(tx, row);
    });
    restarted += lost.length;
  }
  return restarted;
}

/** All of them may come to a workflow that is there: it only looks once more. */
function rowThatStarts(thing: Expected, now: Date): OutboxRow {
  const key = newId('cmd_');
  switch (thing.kind) {
    case 'onboarding':
      return nudgeRow({ key, ...thing }, now);
    case 'domain':
      return domainRow({ key, ...thing, domainId: thing.id }, 'nudge', now);
    case 'certificate':
      return certificateRow({ key, ...thing, connectionId: thing.id }, 'certificatesChanged', now);
    case 'directory':
      return directoryRow({ key, ...thing, directoryId: thing.id }, 'directoryChanged', now);
    case 'log_stream':
      return logStreamRow({ key, ...thing, streamId: thing.id }, now);
    case 'audit_export':
      return auditExportRow({ key, ...thing, exportId: thing.id }, now);
    case 'webhook':
      return webhookRow({ key, ...thing, endpointId: thing.id }, now);
  }
}
