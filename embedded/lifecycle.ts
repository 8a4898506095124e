/**
 * When and how a program ends. It lets go in order (`stop`) on SIGINT, SIGTERM and SIGHUP, when its terminal is gone, and
 * when npm, which started it, was killed. Somebody who asks a second time gets out at once.
 */
export interface LifecycleOptions {
  /** Releases everything in order; called once. */
  stop: (reason: string) => Promise<void>;
  /** Receives what went wrong while stopping. */
  report: (line: string) => void;
  /** `npm_lifecycle_event` is set: our parent is npm, and when it goes we were meant to go too. */
  isChildOfNpm: boolean;
  /** How long `stop` may take before the process ends anyhow. */
  graceMs?: number;
}

/** Installs the rules for this process and gives back the way to stop it from inside. */
export function installLifecycle(o: LifecycleOptions): { stopNow(reason: string, exitCode?: number): void } {
  let askedAt: number | undefined;

  function begin(reason: string, exitCode: number): void {
    if (askedAt !== undefined) return;
    askedAt = performance.now();
    clearInterval(parentCheck);
    setTimeout(() => process.exit(exitCode || 1), o.graceMs ?? 45_000).unref();
    o.stop(reason).then(
      () => process.exit(exitCode),
      (error: unknown) => {
        o.report(
          `Stopping failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        process.exit(1);
      },
    );
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // One Ctrl-C arrives twice within milliseconds: from the terminal and from npm.
      if (askedAt !== undefined && performance.now() - askedAt >= 1_000) process.exit(130);
      begin(signal, 0);
    });
  }
  // A closed terminal or pipe answers every write with an error, which would end us mid-way.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EIO' || error.code === 'EPIPE') begin('output closed', 0);
    });
  }
  const parent = process.ppid;
  const parentCheck = setInterval(() => {
    if (o.isChildOfNpm && process.ppid !== parent) begin('npm ended', 0);
  }, 500);
  parentCheck.unref();

  return { stopNow: (reason, exitCode = 0) => begin(reason, exitCode) };
}
