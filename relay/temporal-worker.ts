import { setTimeout as pause } from 'node:timers/promises';
import {
  NativeConnection,
  type NativeConnectionOptions,
  Runtime,
  Worker,
  type RuntimeOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { DataConverter } from '@temporalio/common';
import type { Logger } from 'pino';

/**
 * Runs the workflows and activities. Survives an engine that is away (connecting is tried until it answers) and a
 * worker that ends by a fatal error (a new one is made, with back-off); only `stop` ends it.
 */

export type TemporalWorkerOptions = {
  address: string;
  /** Undefined: in clear. */
  tls?: NativeConnectionOptions['tls'] | undefined;
  /** Undefined: none, as of a server of one's own. */
  apiKey?: string | undefined;
  namespace: string;
  taskQueue: string;
  /** The bundle made at build time, or one from memory in tests; without one it runs activities alone. */
  workflowBundle?: WorkflowBundleOption;
  activities: object;
  dataConverter: DataConverter;
  log: Logger;
  /** Where the process shows Prometheus how its tasks do; the first worker of a process decides. */
  metrics?: { host: string; port: number } | null;
  /** How many activities run at once. */
  slots?: number;
  /** How long running activities may take to end after `stop`. */
  graceMs?: number;
};

export type TemporalWorker = {
  /** `running` once tasks are polled; `waiting` while the engine is away or the worker is being restarted. */
  state(): 'waiting' | 'running' | 'stopped';
  stop(): Promise<void>;
};

const firstPauseMs = 250;
const longestPauseMs = 15_000;

let isRuntimeInstalled = false;

/** Starts the worker in the background. Signals are the program's business, not the SDK's. */
export function startTemporalWorker(options: TemporalWorkerOptions): TemporalWorker {
  installRuntime(options.log, options.metrics);
  let state: ReturnType<TemporalWorker['state']> = 'waiting';
  let current: Worker | undefined;
  const stopping = new AbortController();

  async function runOnce(): Promise<void> {
    const { address, tls = null, apiKey } = options;
    const connection = await NativeConnection.connect({ address, tls, ...(apiKey && { apiKey }) });
    try {
      current = await Worker.create({
        connection,
        namespace: options.namespace,
        taskQueue: options.taskQueue,
        workflowBundle: options.workflowBundle,
        activities: options.activities,
        dataConverter: options.dataConverter,
        shutdownGraceTime: options.graceMs ?? 25_000,
        shutdownForceTime: (options.graceMs ?? 25_000) + 15_000,
        maxConcurrentActivityTaskExecutions: options.slots ?? 100,
        maxCachedWorkflows: 300,
      });
      if (stopping.signal.aborted) return;
      state = 'running';
      await current.run();
    } finally {
      current = undefined;
      await connection.close();
    }
  }

  async function keepRunning(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      const startedAt = performance.now();
      try {
        await runOnce();
      } catch (error) {
        // An engine that is away is news once, not at every try.
        options.log[failures === 0 ? 'warn' : 'debug'](
          { err: error },
          'the worker is not running; trying again',
        );
      }
      if (stopping.signal.aborted) break;
      state = 'waiting';
      if (performance.now() - startedAt > longestPauseMs) failures = 0;
      const ms = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10));
      await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    state = 'stopped';
  }

  const finished = keepRunning();
  return {
    state: () => state,
    async stop() {
      stopping.abort();
      if (current?.getState() === 'RUNNING') current.shutdown();
      await finished;
    },
  };
}

/**
 * The SDK's runtime exists once a process: installed at the first worker, with our log and without its signals. An
 * address for its figures that another program of this machine has is given up with a warning: work goes on.
 */
export function installRuntime(log: Logger, metrics?: TemporalWorkerOptions['metrics']): void {
  if (isRuntimeInstalled) return;
  isRuntimeInstalled = true;
  // Through our log too: by itself the engine's part writes lines of another form between ours.
  const logging = { forward: {}, filter: { core: 'WARN', other: 'ERROR' } as const };
  const write = (level: keyof typeof pinoLevels, message: string, meta?: object) =>
    log[message === runsNoWorkflows ? 'debug' : pinoLevels[level]]({ ...meta }, message);
  const options: RuntimeOptions = {
    shutdownSignals: [],
    telemetryOptions: { logging },
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
  };
  if (metrics == null) {
    Runtime.install(options);
    return;
  }
  const bindAddress = `${metrics.host}:${metrics.port}`;
  const prometheus = {
    bindAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
  try {
    Runtime.install({ ...options, telemetryOptions: { logging, metrics: { prometheus } } });
  } catch (error) {
    log.warn(
      { err: error, address: bindAddress },
      'the worker shows no figures: WORKER_METRICS_ADDRESS is not free',
    );
    Runtime.install(options);
  }
}

/** What the SDK warns of wherever a worker is without workflows on purpose. */
const runsNoWorkflows = 'No workflows registered, not polling for workflow tasks';

const pinoLevels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
