import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { OnboardingView } from '../onboarding/view.ts';
import type { DeliverableCommand, WorkflowClient } from '../adapters/workflow-client.ts';
import { withSystem, type Db } from '../db/index.ts';
import {
  claimDueCommands,
  markCommandApplied,
  markCommandDead,
  markCommandRefused,
  retryCommandLater,
} from '../db/index.ts';

/**
 * Delivers the commands that the api's fast path could not: oldest first per workflow, different workflows side by
 * side, any number of relays at once. Woken by a notice, and by a look every few seconds in case one was lost.
 *
 * What nobody waits for (`unhurriedMessages`) is delivered when nothing else is due, and ten a second: a vendor that
 * moves in with ten thousand connections keeps neither its customers nor the engine waiting.
 */

export type OutboxRelayDeps = {
  /** As `vestibule_system`: the outbox of all environments. */
  db: Db;
  workflows: Pick<WorkflowClient, 'deliver' | 'isReachable'>;
  now: () => Date;
  log: Logger;
  /** Calls back on a notice; returns how to stop listening. */
  onNotice: (wake: () => void) => Promise<() => Promise<void>>;
  /** In case a notice was lost. */
  lookEveryMs?: number;
};

const batch = 20;
const unhurriedBatch = 5;
const unhurriedEveryMs = 500;
const leaseMs = 30_000;
const deadlineMs = 10_000;
const askMs = 2_000;
const shortestPauseMs = 1_000;
const longestPauseMs = 60_000;
/** With the longest pause between them, a day of tries. Those that the engine was away for are not counted. */
const deadAfterAttempts = 1_440;

export type OutboxRelay = { stop(): Promise<void> };

/** Starts the loop; errors of the database or the engine are logged and tried again. */
export async function startOutboxRelay(deps: OutboxRelayDeps): Promise<OutboxRelay> {
  const { lookEveryMs = 2_000 } = deps;
  const stopping = new AbortController();
  let woken = new AbortController();
  const stopListening = await deps.onNotice(() => woken.abort());

  const deliver = (hurried: boolean) =>
    deliverDue(deps, hurried).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'the outbox could not be read; trying again');
      return 0;
    });

  async function loop(): Promise<void> {
    let unhurriedFrom = 0;
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      if ((await deliver(true)) > 0) continue;
      let lookAgainMs = Math.min(lookEveryMs, Math.max(0, unhurriedFrom - performance.now()));
      if (lookAgainMs === 0) {
        const delivered = await deliver(false);
        unhurriedFrom = performance.now() + unhurriedEveryMs;
        lookAgainMs = delivered > 0 ? unhurriedEveryMs : lookEveryMs;
      }
      const signal = AbortSignal.any([woken.signal, stopping.signal]);
      await pause(lookAgainMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const finished = loop();
  return {
    async stop() {
      stopping.abort();
      await stopListening();
      await finished;
    },
  };
}

/**
 * One round: claims what is due, of what somebody may wait for or of the rest, and delivers it. Answers how many
 * commands got an answer.
 */
export async function deliverDue(deps: Omit<OutboxRelayDeps, 'onNotice'>, hurried: boolean): Promise<number> {
  const claimed = await withSystem(deps.db, (tx) =>
    claimDueCommands(tx, { hurried, limit: hurried ? batch : unhurriedBatch, leaseMs, now: deps.now() }),
  );
  const answers = await Promise.all(claimed.map((command) => deliverOne(deps, command)));
  return answers.filter(Boolean).length;
}

type ClaimedCommand = Awaited<ReturnType<typeof claimDueCommands>>[number];

async function deliverOne(
  deps: Omit<OutboxRelayDeps, 'onNotice'>,
  command: ClaimedCommand,
): Promise<boolean> {
  const delivery = await deps.workflows.deliver(deliverable(command), deadlineMs);
  const isAway = delivery.status === 'unknown' && !(await deps.workflows.isReachable(askMs));
  const at = deps.now();
  await withSystem(deps.db, async (tx) => {
    if (delivery.status === 'applied') {
      return markCommandApplied(tx, command, command.id, viewOf(delivery.result), at);
    }
    if (delivery.status === 'refused') {
      return markCommandRefused(tx, command, command.id, delivery.code, at);
    }
    const { attempts, createdAt } = command;
    if (!isAway && attempts >= deadAfterAttempts) {
      deps.log.error({ command: command.id, reason: delivery.reason }, 'a command was given up');
      return markCommandDead(tx, command, command.id, delivery.reason);
    }
    // Tries that do not count cannot space themselves out: while the engine is away, as long as it has waited already.
    const spacedMs = isAway ? at.getTime() - createdAt.getTime() : 500 * 2 ** Math.min(attempts, 10);
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, spacedMs));
    return retryCommandLater(tx, command, command.id, {
      error: delivery.reason,
      attempts: isAway ? attempts - 1 : attempts,
      nextAttemptAt: new Date(at.getTime() + pauseMs),
    });
  });
  return delivery.status !== 'unknown';
}

/** An update answers with the onboarding's view; a signal with nothing. */
function viewOf(result: unknown): OnboardingView | null {
  return isView(result) ? result : null;
}

function isView(result: unknown): result is OnboardingView {
  return typeof result === 'object' && result !== null && 'revision' in result && 'features' in result;
}

function deliverable(command: ClaimedCommand): DeliverableCommand {
  return {
    id: command.id,
    workflowId: command.workflowId,
    delivery: command.delivery,
    message: command.message,
    start: startOf(command.start),
    body: command.body,
  };
}

function startOf(start: Record<string, unknown> | null): DeliverableCommand['start'] {
  if (start === null || typeof start.type !== 'string') return null;
  return { type: start.type, input: start.input };
}
