import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import path from 'node:path';
import { expect, test } from 'vitest';

/** A program that takes `stopMs` to let go and says what it is told. */
function program(o: { stopMs: number; through?: 'npm' }): {
  child: ChildProcess;
  output: Promise<string>;
  closed: Promise<unknown>;
  ready: Promise<unknown>;
} {
  const script = `
    import { installLifecycle } from ${JSON.stringify(path.resolve('embedded/lifecycle.ts'))};
    installLifecycle({
      stop: async (reason) => {
        process.stdout.write('stopping: ' + reason + ' ');
        await new Promise((resolve) => setTimeout(resolve, ${o.stopMs}));
        process.stdout.write('stopped ');
      },
      report: (line) => process.stdout.write(line),
      isChildOfNpm: ${o.through === 'npm'},
    });
    setInterval(() => {}, 1000);
    process.stdout.write('ready ');
  `;
  const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script];
  const [command = '', ...args] =
    o.through === 'npm' ? ['/bin/sh', '-c', '"$@" & wait', 'npm', ...node] : node;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.stdout === null) throw new Error('the output is a pipe');
  return {
    child,
    ready: once(child.stdout, 'readable'),
    output: text(child.stdout),
    closed: once(child, 'close'),
  };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s lets the program stop in order', async (signal) => {
  const { child, ready, output, closed } = program({ stopMs: 50 });
  await ready;

  child.kill(signal);

  expect(await output).toBe(`ready stopping: ${signal} stopped `);
  expect(await closed).toEqual([0, null]);
});

test('a Ctrl-C that arrives twice at once is one', async () => {
  const { child, ready, output } = program({ stopMs: 300 });
  await ready;

  child.kill('SIGINT');
  child.kill('SIGINT');

  expect(await output).toBe('ready stopping: SIGINT stopped ');
});

test('somebody who asks again a second later gets out at once', async () => {
  const { child, ready } = program({ stopMs: 60_000 });
  await ready;
  const ended = once(child, 'exit');

  const again = setInterval(() => child.kill('SIGINT'), 550);

  expect(await ended).toEqual([130, null]);
  clearInterval(again);
});

test('a killed npm takes the program with it, in order', async () => {
  const { child, ready, output } = program({ stopMs: 50, through: 'npm' });
  await ready;

  child.kill('SIGKILL');

  expect(await output).toBe('ready stopping: npm ended stopped ');
});
