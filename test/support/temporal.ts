import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe } from 'vitest';
import { askForServer } from './ask-for-server.ts';

/** The run's Temporal server, as one group of tests uses it. */
export interface TestTemporal {
  address: string;
  /** Of this group alone, so fixed task queues and workflow ids of the product do not meet those of other files. */
  namespace: string;
  /** The product's workflows, bundled once a run: `workflowBundle: { codePath: bundlePath }`. */
  bundlePath: string;
  /** A client of the namespace; give it the data converter that the worker has. */
  client(dataConverter?: DataConverter): Client;
  /**
   * For `Worker.create`. Installs the SDK's runtime, so a file that starts the product's own worker (`worker.ts`) does
   * without it: there is one runtime a process.
   */
  nativeConnection(): Promise<NativeConnection>;
  /** Lets one workflow's clock jump from timer to timer while nothing of it is in flight; a jump takes 0.2 s. */
  skipTime(workflowId: string): Promise<void>;
}

/**
 * A `describe` whose tests run against a real Temporal server; await it at the top of the file. Where no server can be
 * had they are skipped, and their names say why. `temporal()` answers inside hooks and tests.
 */
export async function describeWithTemporal(
  title: string,
  tests: (temporal: () => TestTemporal) => void,
): Promise<void> {
  const server = await askForServer('temporal');
  if (!server.isThere) {
    describe.skip(`${title} [skipped: ${server.reason}]`, () => tests(notThere));
    return;
  }
  const { address, bundlePath } = server;
  describe(title, () => {
    let current: TestTemporal | undefined;
    let close: (() => Promise<unknown>) | undefined;

    beforeAll(async () => {
      const connection = await Connection.connect({ address });
      const namespace = await registerNamespace(connection);
      const native = once(async () => {
        installQuietRuntime();
        return await NativeConnection.connect({ address });
      });
      current = {
        ...{ address, namespace, bundlePath },
        client: (dataConverter) => new Client({ connection, namespace, dataConverter }),
        nativeConnection: native.get,
        skipTime: (workflowId) => skipTime(connection, namespace, workflowId),
      };
      close = async () => {
        await (await native.started())?.close();
        await connection.close();
      };
    });
    afterAll(async () => {
      await close?.();
    });

    tests(() => current ?? notThere());
  });
}

function notThere(): never {
  throw new Error('the Temporal server is there in hooks and tests only');
}

/** Usable at once: the development server asks its database instead of waiting for its caches. */
async function registerNamespace(connection: Connection): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: proto.google.protobuf.Duration.fromObject({ seconds: 86_400 }),
  });
  return namespace;
}

async function skipTime(connection: Connection, namespace: string, workflowId: string): Promise<void> {
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, maxSessionSkipCount: 1_000 } },
  });
}

let hasRuntime = false;

function installQuietRuntime(): void {
  if (hasRuntime) return;
  hasRuntime = true;
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
}

function once<T>(start: () => Promise<T>): { get(): Promise<T>; started(): Promise<T | undefined> } {
  let value: Promise<T> | undefined;
  return { get: () => (value ??= start()), started: async () => await value };
}
