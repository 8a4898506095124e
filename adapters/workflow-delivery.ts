import {
  Client,
  Connection,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { messageNames } from '../onboarding/workflow-names.ts';
import type {
  DeliverableCommand,
  Delivery,
  WorkflowClientOptions,
  WorkflowState,
} from './workflow-client.ts';

/** What `workflow-client.ts` loads at its first use: the engine's library takes a third of a resting program's memory. */
export function openDelivery(options: WorkflowClientOptions) {
  // It dials at first use, so that a program works while the engine is away.
  const connection = Connection.lazy({
    address: options.address,
    tls: options.tls ?? null,
    ...(options.apiKey && { apiKey: options.apiKey }),
    ...(options.retry ? {} : { interceptors: [] }),
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 },
  });
  const client = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: options.dataConverter,
  });

  async function attempt(command: DeliverableCommand): Promise<Delivery> {
    if (command.delivery === 'signal') {
      await signal(client, options.taskQueue, command);
      return { status: 'applied', result: null };
    }
    const result = await update(client, options.taskQueue, command);
    return { status: 'applied', result };
  }

  /** Begins the workflow anew from what it told last, and tries again where no older command has to go before. */
  async function attemptAnew(command: DeliverableCommand, absence: unknown): Promise<Delivery> {
    const { workflowId } = command;
    if ((await stateOf(client, workflowId)) === 'ended') throw absence;
    const resumption = await options.resume({ workflowId });
    if (resumption === undefined) throw absence;
    const { start, commandsAgain } = resumption;
    const wake = {
      id: workflowId,
      workflowId,
      delivery: 'signal',
      message: messageNames.nudge,
      body: {},
    } as const;
    await signal(client, options.taskQueue, { ...wake, start });
    if (commandsAgain > 0) return { status: 'unknown', reason: 'the workflow is begun anew' };
    return attempt({ ...command, start: null });
  }

  return {
    client,
    async deliver(command: DeliverableCommand, deadlineMs: number): Promise<Delivery> {
      try {
        return await client.withDeadline(options.now().getTime() + deadlineMs, () =>
          attempt(command).catch((error: unknown) => {
            if (!isAbsence(error)) throw error;
            return attemptAnew(command, error);
          }),
        );
      } catch (error) {
        return deliveryOf(error, command);
      }
    },
    stateOf: (workflowId: string) => stateOf(client, workflowId),
    async forget(workflowId: string): Promise<void> {
      const runs = client.workflow.list({ query: `WorkflowId = '${workflowId}'` });
      for await (const { runId } of runs) await forgetRun(client, { workflowId, runId });
    },
    async isReachable(deadlineMs: number): Promise<boolean> {
      try {
        await connection.withDeadline(options.now().getTime() + deadlineMs, () =>
          connection.workflowService.describeNamespace({ namespace: options.namespace }),
        );
        return true;
      } catch {
        return false;
      }
    },
    close: (): Promise<void> => connection.close(),
  };
}

async function update(client: Client, taskQueue: string, command: DeliverableCommand): Promise<unknown> {
  if (command.start === null) {
    return client.workflow.getHandle(command.workflowId).executeUpdate(command.message, {
      args: [command.body],
      updateId: command.id,
    });
  }
  const start = new WithStartWorkflowOperation(command.start.type, {
    workflowId: command.workflowId,
    taskQueue,
    args: [command.start.input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
  });
  return client.workflow.executeUpdateWithStart(command.message, {
    args: [command.body],
    updateId: command.id,
    startWorkflowOperation: start,
  });
}

async function signal(client: Client, taskQueue: string, command: DeliverableCommand): Promise<void> {
  if (command.start === null) {
    await client.workflow.getHandle(command.workflowId).signal(command.message, command.body);
    return;
  }
  await client.workflow.signalWithStart(command.start.type, {
    workflowId: command.workflowId,
    taskQueue,
    args: [command.start.input],
    signal: command.message,
    signalArgs: [command.body],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
}

async function stateOf(client: Client, workflowId: string): Promise<WorkflowState> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === 'COMPLETED') return 'ended';
    return status.name === 'RUNNING' || status.name === 'PAUSED' ? 'running' : 'lost';
  } catch (error) {
    if (isAbsence(error)) return 'lost';
    throw error;
  }
}

/** No run of this workflow takes messages: there was none, it is over, or the engine has forgotten it. */
function isAbsence(error: unknown): boolean {
  return (
    error instanceof WorkflowExecutionAlreadyStartedError ||
    (error instanceof Error && error.name === 'WorkflowNotFoundError')
  );
}

/** The list of runs trails behind: one that is gone already is no failure. */
async function forgetRun(client: Client, run: { workflowId: string; runId: string }): Promise<void> {
  const { namespace } = client.options;
  try {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: run });
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== grpcNotFound) throw error;
  }
}

const grpcNotFound = 5;

/** What an error says about the command: a closed or missing workflow is an answer, everything else is not. */
function deliveryOf(error: unknown, command: DeliverableCommand): Delivery {
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'Refused') {
      return { status: 'refused', code: cause.message };
    }
    return { status: 'unknown', reason: cause?.message ?? error.message };
  }
  if (isAbsence(error)) {
    // A fact about a workflow that has ended has nobody left to hear it.
    return command.delivery === 'signal'
      ? { status: 'applied', result: null }
      : { status: 'refused', code: 'onboarding_ended' };
  }
  return { status: 'unknown', reason: error instanceof Error ? error.message : String(error) };
}
