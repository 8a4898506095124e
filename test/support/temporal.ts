import { randomBytes } from 'node:crypto';
import { Client, type Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { installRuntime } from '../../relay/temporal-worker.ts';
import { askForServer } from './ask-for-server.ts';

/** The run's Temporal server, as one group of tests uses it. */
export interface TestTemporal {
  /** The SDK's test environment on that server: `client` and `connection`, and `nativeConnection` for `Worker.create`. */
  environment: TestWorkflowEnvironment;
  /** Of this group alone, so fixed task queues and workflow ids of the product do not meet those of other files. */
  namespace: string;
  /** The product's workflows, bundled once a run: `workflowBundle: { codePath: bundlePath }`. */
  bundlePath: string;
  /** A client that reads and writes payloads as the product does. */
  clientWith(dataConverter: DataConverter): Client;
  /** Lets one workflow's clock jump from timer to timer while nothing of it is in flight; a jump takes 0.2 s. */
  skipTime(workflowId: string): Promise<void>;
}

/**
 * A `describe` whose tests run against a real Temporal server; await it at the top of the file. Where no server can be
 * had they are skipped, and their names say why. `temporal()` answers inside hooks and tests.
 */
export async function describeWithTemporal(title: string, tests: GroupOfTests): Promise<void> {
  await describeOn({ before: beforeAll, after: afterAll }, title, tests);
}

/**
 * The same with a namespace for every test, for one that uses its product up: where CI tries it once more, with a product
 * made in `beforeEach`, nothing of the first try is there.
 */
export async function describeEachWithTemporal(title: string, tests: GroupOfTests): Promise<void> {
  await describeOn({ before: beforeEach, after: afterEach }, title, tests);
}

type GroupOfTests = (temporal: () => TestTemporal) => void;
type Hooks = {
  before: typeof beforeAll | typeof beforeEach;
  after: typeof afterAll | typeof afterEach;
};

async function describeOn({ before, after }: Hooks, title: string, tests: GroupOfTests): Promise<void> {
  const server = await askForServer('temporal');
  if (!server.isThere) {
    describe.skip(`${title} [skipped: ${server.reason}]`, () => tests(notThere));
    return;
  }
  const { address, bundlePath } = server;
  describe(title, () => {
    let current: TestTemporal | undefined;

    before(async () => {
      // There is one a process; without this the environment installs a talkative one that catches signals.
      installRuntime(pino({ level: 'warn' }));
      const namespace = `test-${randomBytes(6).toString('hex')}`;
      const environment = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
      const { connection } = environment;
      await registerNamespace(connection, namespace);
      current = {
        environment,
        namespace,
        bundlePath,
        clientWith: (dataConverter) => new Client({ connection, namespace, dataConverter }),
        skipTime: (workflowId) => skipTime(connection, namespace, workflowId),
      };
    });
    after(async () => {
      await current?.environment.teardown();
    });

    tests(() => current ?? notThere());
  });
}

function notThere(): never {
  throw new Error('the Temporal server is there in hooks and tests only');
}

/** Usable at once: the development server asks its database instead of waiting for its caches. */
async function registerNamespace(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: proto.google.protobuf.Duration.fromObject({ seconds: 86_400 }),
  });
}

async function skipTime(connection: Connection, namespace: string, workflowId: string): Promise<void> {
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true, maxSessionSkipCount: 1_000 } },
  });
}
