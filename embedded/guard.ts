import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { StartError } from './start-error.ts';

/**
 * Waits for the server and, beside it, for the end of file descriptor 3, which only our process holds open: however we
 * die, the kernel closes it and the server gets SIGINT. Output goes to a file, because a server that outlives the reader
 * of its pipe dies at its next line.
 */
const script = `"$@" 3<&- & p=$!
[ -z "$PID_FILE" ] || echo $p > "$PID_FILE"
trap "" INT HUP
{ read _ <&3; kill -INT $p; } 2>/dev/null & r=$!
exec 3<&-
wait $p; c=$?
kill $r 2>/dev/null
exit $c`;

/** A server program that cannot outlive us. */
export interface GuardedServer {
  /** Leads the process group of the server. */
  pid: number;
  /** Resolves when the server has ended, whoever ended it. */
  exited: Promise<void>;
  hasExited(): boolean;
  /** Sends SIGINT, waits up to `graceMs`, then kills the group. Safe to call twice. */
  stop(): Promise<void>;
}

export interface GuardedCommand {
  command: string;
  args: readonly string[];
  /** Receives both output streams, appended. */
  logFile: string;
  env: Record<string, string>;
  /** Receives the process id of the server itself, so that a later start can find an orphan. */
  pidFile?: string;
  uid?: number;
  gid?: number;
  graceMs?: number;
}

/**
 * Starts a server in its own process group, so that Ctrl-C reaches it only when we decide, after the programs that use
 * it have drained.
 *
 * @throws StartError when the program cannot be run at all.
 */
export async function spawnGuarded(o: GuardedCommand): Promise<GuardedServer> {
  const log = openSync(o.logFile, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', script, 'guard', o.command, ...o.args], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log, 'pipe'],
    env: { ...o.env, PID_FILE: o.pidFile ?? '' },
    uid: o.uid,
    gid: o.gid,
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  await Promise.race([
    once(child, 'spawn'),
    once(child, 'error').then(([cause]) => {
      throw new StartError(`${o.command} could not be started: ${String(cause)}`, { cause });
    }),
  ]);
  const pid = child.pid;
  const lifeline = child.stdio[3];
  if (pid === undefined || !lifeline || !('end' in lifeline)) {
    throw new StartError(`${o.command} could not be started: it has no process id.`);
  }

  let running = true;
  void exited.then(() => (running = false));
  // The server must never be what keeps our process alive.
  child.unref();
  lifeline.on('error', () => undefined);
  if ('unref' in lifeline && typeof lifeline.unref === 'function') lifeline.unref();

  return {
    pid,
    exited,
    hasExited: () => !running,
    stop: async () => {
      if (!running) return;
      child.ref();
      lifeline.end();
      const inTime = await Promise.race([
        exited.then(() => true),
        wait(o.graceMs ?? 10_000, false, { ref: false }),
      ]);
      if (!inTime) {
        killGroup(pid);
        await exited;
      }
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
