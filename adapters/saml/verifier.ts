import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { ArrivedLogout, LogoutMessage, LogoutTrust } from './logout-messages.ts';
import type { MetadataOptions, MetadataReading } from './metadata.ts';
import type { SamlVerdict, VerifyInput } from './verdict.ts';

export type VerifierJob =
  | { readonly kind: 'logout'; readonly arrived: ArrivedLogout; readonly trust: LogoutTrust }
  | { readonly kind: 'response'; readonly input: VerifyInput }
  | { readonly kind: 'metadata'; readonly document: string | Uint8Array; readonly options: MetadataOptions };

export type VerifierAnswer =
  | { readonly ok: true; readonly kind: 'logout'; readonly message: LogoutMessage | undefined }
  | { readonly ok: true; readonly kind: 'response'; readonly verdict: SamlVerdict }
  | { readonly ok: true; readonly kind: 'metadata'; readonly reading: MetadataReading }
  | { readonly ok: false; readonly message: string };

export interface SamlVerifier {
  /** @throws OnboardingError `service_unavailable` when the queue is full: answer 503 with Retry-After. */
  verify(input: VerifyInput): Promise<SamlVerdict>;
  /** @throws OnboardingError `service_unavailable` when the queue is full or the document took too long. */
  readMetadata(document: string | Uint8Array, options: MetadataOptions): Promise<MetadataReading>;
  /**
   * Undefined for what is not to be believed [SLO-01].
   *
   * @throws OnboardingError `service_unavailable` when the queue is full or the message took too long.
   */
  readLogout(arrived: ArrivedLogout, trust: LogoutTrust): Promise<LogoutMessage | undefined>;
  /** Refuses what waits, ends the threads. */
  close(): Promise<void>;
}

export interface VerifierOptions {
  readonly threads: number;
  readonly queueLimit: number;
  readonly deadlineMs?: number;
  /** A thread without work ends after this time, so that a process at rest is small. */
  readonly idleMs?: number;
}

interface Waiting {
  readonly job: VerifierJob;
  readonly settle: (outcome: VerifierAnswer | 'overdue' | 'closed') => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  current: Waiting | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Loading the libraries takes part of a second; a busy machine gets more. */
const startMs = 30_000;

/**
 * Runs everything that parses documents of strangers in worker threads [SAML-04]: the event loop stays free, a job
 * that takes longer than the deadline is given up together with its thread, and a full queue refuses at once. The
 * first job starts the first thread.
 */
export function createSamlVerifier(options: VerifierOptions): SamlVerifier {
  const { threads: limit, queueLimit, deadlineMs = 2000, idleMs = 60_000 } = options;
  const threads = new Set<Thread>();
  const queue: Waiting[] = [];
  let isClosed = false;

  function start(): void {
    const thread: Thread = { worker: startWorker(), isReady: false, current: undefined, timer: undefined };
    threads.add(thread);
    thread.timer = setTimeout(() => drop(thread, 'overdue'), startMs);
    thread.worker.on('message', (message: VerifierAnswer | 'ready') => {
      if (message === 'ready') thread.isReady = true;
      else finish(thread, message);
      feed();
    });
    thread.worker.on('error', (error) => drop(thread, { ok: false, message: error.message }));
    thread.worker.on('exit', () => drop(thread, { ok: false, message: 'The thread ended' }));
  }

  function feed(): void {
    for (const thread of threads) {
      if (!thread.isReady || thread.current) continue;
      const next = queue.shift();
      clearTimeout(thread.timer);
      if (next) {
        thread.current = next;
        thread.worker.ref();
        thread.timer = setTimeout(() => drop(thread, 'overdue'), deadlineMs);
        thread.worker.postMessage(next.job);
      } else {
        // Nobody waits for an idle thread, so it holds no process open.
        thread.worker.unref();
        thread.timer = setTimeout(() => drop(thread, 'closed'), idleMs).unref();
      }
    }
    const starting = [...threads].filter((thread) => !thread.isReady).length;
    if (queue.length > starting && threads.size < limit) start();
  }

  function finish(thread: Thread, outcome: VerifierAnswer | 'overdue' | 'closed'): void {
    clearTimeout(thread.timer);
    thread.current?.settle(outcome);
    thread.current = undefined;
  }

  function drop(thread: Thread, outcome: VerifierAnswer | 'overdue' | 'closed'): void {
    if (!threads.delete(thread)) return;
    // A thread that never came up would come up as badly again: those who wait are told, not kept.
    if (!thread.isReady) for (const waiting of queue.splice(0)) waiting.settle(outcome);
    finish(thread, outcome);
    void thread.worker.terminate();
    if (!isClosed) feed();
  }

  function run(job: VerifierJob): Promise<VerifierAnswer | 'overdue' | 'closed'> {
    if (isClosed || queue.length >= queueLimit) throw new OnboardingError('service_unavailable');
    return new Promise((settle) => {
      queue.push({ job, settle });
      feed();
    });
  }

  return {
    async verify(input) {
      const answer = await run({ kind: 'response', input });
      if (answer === 'closed') throw new OnboardingError('service_unavailable');
      if (answer === 'overdue') return internalVerdict('deadline_passed');
      if (!answer.ok) return internalVerdict('thread_failed');
      return answer.kind === 'response' ? answer.verdict : internalVerdict('thread_failed');
    },
    async readMetadata(document, metadataOptions) {
      const answer = await run({ kind: 'metadata', document, options: metadataOptions });
      if (answer === 'overdue' || answer === 'closed' || !answer.ok || answer.kind !== 'metadata') {
        throw new OnboardingError('service_unavailable');
      }
      return answer.reading;
    },
    async readLogout(arrived, trust) {
      const answer = await run({ kind: 'logout', arrived, trust });
      if (answer === 'overdue' || answer === 'closed' || !answer.ok || answer.kind !== 'logout') {
        throw new OnboardingError('service_unavailable');
      }
      return answer.message;
    },
    async close() {
      isClosed = true;
      for (const waiting of queue.splice(0)) waiting.settle('closed');
      const ending = [...threads].map(({ worker }) => worker);
      for (const thread of threads) drop(thread, 'closed');
      await Promise.all(ending.map((worker) => worker.terminate()));
    },
  };
}

function internalVerdict(reason: string): SamlVerdict {
  return { ok: false, cause: 'internal', facts: { reason }, checks: [] };
}

/** From `dist/` the thread runs JavaScript; from the sources (tsx, vitest) it has to load tsx for itself first. */
function startWorker(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: 192 };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./verifier-worker.js', import.meta.url), { resourceLimits });
  }
  // Only the ES module of tsx registers itself in a thread, so it is found beside the one that resolves.
  const resolved = createRequire(import.meta.url).resolve('tsx/esm/api');
  const loader = new URL('./index.mjs', pathToFileURL(resolved)).href;
  const file = new URL('./verifier-worker.ts', import.meta.url).href;
  return new Worker(
    `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}); })`,
    { eval: true, execArgv: [], resourceLimits },
  );
}
