import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { buildProduct } from '../test/support/product.ts';
import { describeWithTemporal } from '../test/support/temporal.ts';

await describeWithTemporal('what the worker program prints, as a collector of logs reads it', (temporal) => {
  const secretsKey = `test:${randomBytes(32).toString('base64')}`;
  let database: TestDatabase;
  beforeAll(async () => {
    await buildProduct();
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  /** The lines of a worker that is ended as soon as it has said `words`. */
  async function printedUntil(words: string, settings: Record<string, string>): Promise<string[]> {
    const program = path.join(import.meta.dirname, '..', 'dist', 'scripts', 'worker.js');
    const worker = spawn(process.execPath, [program], {
      env: {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: '1',
        OPS_ADDRESS: '127.0.0.1:0',
        DATABASE_URL: database.url,
        SECRETS_KEY: secretsKey,
        TEMPORAL_ADDRESS: temporal().environment.address,
        TEMPORAL_NAMESPACE: temporal().namespace,
        PUBLIC_URL: 'https://vestibule.example.com',
        SMTP_URL: 'smtps://mail.example.com',
        MAIL_FROM: 'no-reply@example.com',
        ...settings,
      },
    });
    let output = '';
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    await expect.poll(() => output).toContain(words);
    worker.kill();
    await once(worker, 'close');
    return output.split('\n').filter(Boolean);
  }

  test('every line is JSON, those of the engine’s own part too', async () => {
    const lines = await printedUntil('describing namespace for heartbeat', { TEMPORAL_NAMESPACE: 'no-such' });

    expect(lines.filter((line) => !line.startsWith('{"level":'))).toEqual([]);
    expect(lines.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 'warn', sdkComponent: 'core' }),
    );
  });

  test('a public address may be a number, of IPv6 too', async () => {
    const lines = await printedUntil('"worker is ready"', { PUBLIC_URL: 'https://[2001:db8::1]' });

    expect(lines).toContainEqual(expect.stringContaining('"worker is ready"'));
  });

  test('that two of its queues have no workflows, which is on purpose, is no warning', async () => {
    const lines = await printedUntil('No workflows registered', { LOG_LEVEL: 'debug' });

    const said = lines.find((line) => line.includes('No workflows registered'));
    expect(said).toContain('"level":"debug"');
  });
});
