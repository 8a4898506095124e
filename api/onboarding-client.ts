import type { WorkflowClient } from '../adapters/workflow-client.ts';
import {
  hasOlderUndelivered,
  insertCommand,
  markCommandApplied,
  markCommandRefused,
  withTenant,
  type CommandRow,
  type Db,
  type Tx,
} from '../db/index.ts';
import type { Command } from '../onboarding/commands.ts';
import type { OnboardingView } from '../onboarding/view.ts';
import { actRow } from '../onboarding/workflow-names.ts';
import type { Metrics } from './metrics.ts';

/**
 * The one place of the api that talks to Temporal. A command is first a row of the outbox, written with the change it is
 * about; after the commit it is offered to its workflow at once (the fast path). Whatever does not get through within
 * 2.5 s is queued: the relay delivers it, in order.
 */
export interface OnboardingClient {
  /** Offers commands of one workflow, oldest first. Answers the outcome of the last one. Never throws. */
  deliver(commands: readonly QueuedCommand[]): Promise<Delivered>;
  /** Whether the engine answers, for `/readyz` and the banner of the pages. */
  isReachable(): Promise<boolean>;
}

export type Delivered =
  | { status: 'applied'; view: OnboardingView | null }
  | { status: 'refused'; code: string }
  | { status: 'queued' };

/** A stored command; one that has older company in the outbox must not overtake it. */
export interface QueuedCommand {
  row: CommandRow;
  mustWait: boolean;
}

const deadlineMs = 2_500;
/** Temporal takes ten updates of a workflow at once; more would delay the innocent. */
const maxInFlight = 8;

export function createOnboardingClient(deps: {
  db: Db;
  workflows: Pick<WorkflowClient, 'deliver' | 'isReachable'>;
  now: () => Date;
  metrics: Metrics;
}): OnboardingClient {
  const inFlight = new Map<string, number>();

  async function deliverOne({ row, mustWait }: QueuedCommand): Promise<Delivered> {
    const running = inFlight.get(row.workflowId) ?? 0;
    if (mustWait || running >= maxInFlight) return { status: 'queued' };
    inFlight.set(row.workflowId, running + 1);
    try {
      const delivery = await deps.workflows.deliver(deliverable(row), deadlineMs);
      if (delivery.status === 'unknown') return { status: 'queued' };
      return await settle(row, delivery);
    } finally {
      const left = (inFlight.get(row.workflowId) ?? 1) - 1;
      if (left === 0) inFlight.delete(row.workflowId);
      else inFlight.set(row.workflowId, left);
    }
  }

  async function settle(
    row: CommandRow,
    delivery: { status: 'applied'; result: unknown } | { status: 'refused'; code: string },
  ): Promise<Delivered> {
    const tenant = { environmentId: row.environmentId };
    const settled: Delivered =
      delivery.status === 'applied'
        ? { status: 'applied', view: isView(delivery.result) ? delivery.result : null }
        : delivery;
    await withTenant(deps.db, tenant, (tx) =>
      settled.status === 'applied'
        ? markCommandApplied(tx, tenant, row.id, settled.view, deps.now())
        : markCommandRefused(tx, tenant, row.id, settled.code, deps.now()),
    );
    return settled;
  }

  return {
    async deliver(commands) {
      let last: Delivered = { status: 'queued' };
      for (const command of commands) {
        // A settled command that could not be marked is offered again by the relay; the workflow knows its key.
        last = await deliverOne(command).catch((): Delivered => ({ status: 'queued' }));
        deps.metrics.deliveries.inc({ outcome: last.status });
        if (last.status === 'queued') return last;
      }
      return last;
    },
    isReachable: () => deps.workflows.isReachable(1_000),
  };
}

/**
 * Writes commands of one onboarding to the outbox, in order, after `earlier` ones of the same transaction. Give the
 * result to `deliver` after the commit.
 */
export async function queueCommands(
  tx: Tx,
  onboarding: Parameters<typeof actRow>[0],
  commands: readonly Command[],
  now: Date,
  earlier: readonly QueuedCommand[] = [],
): Promise<QueuedCommand[]> {
  const queued = [...earlier];
  for (const command of commands) {
    const { command: row } = await insertCommand(tx, actRow(onboarding, command, now));
    const mustWait = queued[0]?.mustWait ?? (await hasOlderUndelivered(tx, row));
    queued.push({ row, mustWait });
  }
  return queued;
}

function deliverable(row: CommandRow) {
  const { start } = row;
  return {
    id: row.id,
    workflowId: row.workflowId,
    delivery: row.delivery,
    message: row.message,
    start: start === null ? null : { type: String(start.type), input: start.input },
    body: row.body,
  };
}

function isView(result: unknown): result is OnboardingView {
  return typeof result === 'object' && result !== null && 'revision' in result && 'features' in result;
}
