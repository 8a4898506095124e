import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe } from 'vitest';

/** A program that somebody else wrote, at the place that a variable of the environment names. */
export interface Program {
  /** The variable. */
  readonly variable: string;
  /** A file that the program's folder has. */
  readonly has: string;
}

/**
 * A `describe` whose tests need the program. Without it they are skipped, and their names say why. `tests` gets the
 * program's folder.
 */
export function describeWithProgram(
  title: string,
  { variable, has }: Program,
  tests: (home: string) => void,
): void {
  const home = process.env[variable] ?? '';
  const reason =
    home === ''
      ? `${variable} does not say where it is`
      : existsSync(path.join(home, has))
        ? undefined
        : `${path.join(home, has)} is not there`;
  if (reason === undefined) describe(title, () => tests(home));
  else describe.skip(`${title} [skipped: ${reason}]`, () => tests(home));
}

export interface Running {
  stop(): Promise<void>;
}

/** Starts a server and waits until `url` answers. What it has said is in the error when it doesn't. */
export async function startServer(
  [command, ...args]: readonly [string, ...string[]],
  { url, env, withinMs }: { url: string; env: Record<string, string>; withinMs: number },
): Promise<Running> {
  // A group of its own: the program may be a script that starts the server.
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-8_000)));
  }
  const deadline = performance.now() + withinMs;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await end(child);
      throw new Error(`${command} did not start:\n${said}`);
    }
    await pause(200);
  }
  return { stop: () => end(child) };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ status }) => status < 500,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await exited;
}
