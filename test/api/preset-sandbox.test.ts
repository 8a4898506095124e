import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../config.ts';
import { seedSandbox } from '../../sandbox/seed.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { caller } from '../support/builders.ts';

/** `SANDBOX_API_KEY` and `SANDBOX_CLIENT_ID`: what scripts set to know key and client before the first start. */

let api: TestApi;
let dataDir: string;
beforeAll(async () => {
  [api, dataDir] = await Promise.all([startTestApi(), mkdtemp(path.join(tmpdir(), 'preset-sandbox-'))]);
});
afterAll(async () => {
  await api.close();
  await rm(dataDir, { recursive: true });
});

const shortest = `sk_test_${'a1'.repeat(8)}`;

test('every key that the settings take opens the sandbox, at the api and at the exchange of codes', async () => {
  const { sandbox } = readConfig('test', { SANDBOX_API_KEY: shortest, SANDBOX_CLIENT_ID: 'client_preset' });
  await start(sandbox);

  expect((await reads(shortest)).status).toBe(200);
  expect((await reads(`${shortest}b`)).status).toBe(401);
  const exchanged = await caller(api)('POST', '/sso/token', {
    client_id: sandbox.clientId,
    client_secret: shortest,
    grant_type: 'authorization_code',
    code: 'never given out',
  });
  // The client and its secret are right; only the code is not.
  expect(exchanged.body.error).toBe('invalid_grant');
});

test('another key that is preset later opens the sandbox that is there, and the former one still does', async () => {
  const later = `sk_test_${'B2'.repeat(12)}`;
  await start({ apiKey: shortest, clientId: 'client_preset' });

  await start({ apiKey: later, clientId: 'client_preset' });

  expect([(await reads(later)).status, (await reads(shortest)).status]).toEqual([200, 200]);
});

async function start(preset: { apiKey: string | undefined; clientId: string | undefined }): Promise<void> {
  await seedSandbox({
    db: api.systemDb,
    secrets: api.deps.secrets,
    now: api.deps.now,
    dataDir,
    ...preset,
    redirectUri: 'http://127.0.0.1:1/callback',
  });
}

const reads = (secret: string) => caller(api, { authorization: `Bearer ${secret}` })('GET', '/organizations');
