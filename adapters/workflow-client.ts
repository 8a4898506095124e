import {
  Client,
  Connection,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure, type DataConverter } from '@temporalio/common';

/**
 * How commands reach their workflows: one delivery, used by the api's fast path and by the relay. It is idempotent
 * (the command's id is the update's id and the workflow's own key), so both may try the same command.
 */

/** A row of the outbox, as far as delivery needs it. `start` names the workflow to begin when none is running. */
export type DeliverableCommand = {
  id: string;
  workflowId: string;
  delivery: 'update' | 'signal';
  message: string;
  start: { type: string; input: unknown } | null;
  body: unknown;
};

export type Delivery =
  | { status: 'applied'; result: unknown }
  /** A business answer: the workflow refused, or it has ended. */
  | { status: 'refused'; code: string }
  /** The engine did not say. Ask again with the same command. */
  | { status: 'unknown'; reason: string };

export type WorkflowClient = {
  client: Client;
  deliver(command: DeliverableCommand, deadlineMs: number): Promise<Delivery>;
  /** Whether the engine answers within `deadlineMs`. */
  isReachable(deadlineMs: number): Promise<boolean>;
  close(): Promise<void>;
};

export type WorkflowClientOptions = {
  address: string;
  namespace: string;
  taskQueue: string;
  dataConverter: DataConverter;
  /**
   * The client's own retry waits up to 20 s and is not bounded by a deadline, so the fast path goes without it and
   * learns within milliseconds that nothing listens (`docs/decisions/0004-commands-go-through-an-outbox.md`).
   */
  retry: boolean;
  now: () => Date;
};

/** Opens a lazy connection: it dials at first use, so that a program starts while the engine is away. */
export function createWorkflowClient(options: WorkflowClientOptions): WorkflowClient {
  const connection = Connection.lazy({
    address: options.address,
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

  return {
    client,
    async deliver(command, deadlineMs) {
      try {
        return await client.withDeadline(options.now().getTime() + deadlineMs, () => attempt(command));
      } catch (error) {
        return deliveryOf(error, command);
      }
    },
    async isReachable(deadlineMs) {
      try {
        await connection.withDeadline(options.now().getTime() + deadlineMs, () =>
          connection.workflowService.describeNamespace({ namespace: options.namespace }),
        );
        return true;
      } catch {
        return false;
      }
    },
    close: () => connection.close(),
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

/** What an error says about the command: a closed or missing workflow is an answer, everything else is not. */
function deliveryOf(error: unknown, command: DeliverableCommand): Delivery {
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'Refused') {
      return { status: 'refused', code: cause.message };
    }
    return { status: 'unknown', reason: cause?.message ?? error.message };
  }
  if (error instanceof WorkflowExecutionAlreadyStartedError)
    return { status: 'refused', code: 'onboarding_ended' };
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') {
    // A fact about a workflow that has ended has nobody left to hear it.
    return command.delivery === 'signal'
      ? { status: 'applied', result: null }
      : { status: 'refused', code: 'onboarding_ended' };
  }
  return { status: 'unknown', reason: error instanceof Error ? error.message : String(error) };
}
