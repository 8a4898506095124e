import type { Client, TLSConfig } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { openDelivery } from './workflow-delivery.ts';

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

export type WorkflowState = 'running' | 'ended' | 'lost';

/** What a command needs whose workflow is lost: its start, and whether other commands have to go before it. */
export type Resumption = { start: { type: string; input: unknown }; commandsAgain: number };

export type WorkflowClient = {
  namespace: string;
  /** The engine's own client, for what is no delivery. */
  client(): Promise<Client>;
  deliver(command: DeliverableCommand, deadlineMs: number): Promise<Delivery>;
  /** Whether a workflow runs, has ended as it should, or is lost: unknown to the engine, or broken off. Throws while the engine is away. */
  stateOf(workflowId: string): Promise<WorkflowState>;
  /** Deletes what the engine remembers of a workflow, all its runs, ended or not. Throws while the engine is away. */
  forget(workflowId: string): Promise<void>;
  /** Whether the engine answers within `deadlineMs`. */
  isReachable(deadlineMs: number): Promise<boolean>;
  close(): Promise<void>;
};

export type WorkflowClientOptions = {
  address: string;
  /** Undefined: in clear. */
  tls?: TLSConfig | undefined;
  /** Undefined: none, as of a server of one's own. */
  apiKey?: string | undefined;
  namespace: string;
  taskQueue: string;
  dataConverter: DataConverter;
  /**
   * The client's own retry waits up to 20 s and is not bounded by a deadline, so the fast path goes without it and
   * learns within milliseconds that nothing listens (`docs/decisions/0004-commands-go-through-an-outbox.md`).
   */
  retry: boolean;
  /** How a workflow goes on that the engine has lost; undefined where there is nothing to go on with. */
  resume: (lost: { workflowId: string }) => Promise<Resumption | undefined>;
  now: () => Date;
};

/** Loads the engine's library and connects at first use: a program starts without either, and while the engine is away. */
export function createWorkflowClient(options: WorkflowClientOptions): WorkflowClient {
  let opened: Promise<ReturnType<typeof openDelivery>> | undefined;
  const open = () =>
    (opened ??= import('./workflow-delivery.ts').then((engine) => engine.openDelivery(options)));

  return {
    namespace: options.namespace,
    client: async () => (await open()).client,
    deliver: async (command, deadlineMs) => (await open()).deliver(command, deadlineMs),
    stateOf: async (workflowId) => (await open()).stateOf(workflowId),
    forget: async (workflowId) => (await open()).forget(workflowId),
    isReachable: async (deadlineMs) => (await open()).isReachable(deadlineMs),
    close: async () => (await opened)?.close(),
  };
}
