import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../test/support/postgres.ts';

/** What an operator types, and what is printed. */

let database: TestDatabase;
const secretsKey = `test:${randomBytes(32).toString('base64')}`;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type Printed = { code: number; out: string; complaint: string };
const admin = (...words: string[]): Promise<Printed> =>
  new Promise((resolve) => {
    const program = path.join(import.meta.dirname, 'admin.ts');
    const env = {
      ...{ PATH: process.env.PATH, DATABASE_URL: database.url, SECRETS_KEY: secretsKey },
      ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', SMTP_URL: 'smtps://mail.example.com' },
      ...{ MAIL_FROM: 'Acme <no-reply@example.com>' },
      ...{ PUBLIC_URL: 'https://vestibule.example.com', NODE_NO_WARNINGS: '1' },
    };
    execFile(process.execPath, ['--import', 'tsx', program, ...words], { env }, (error, out, complaint) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, complaint }),
    );
  });

test('create-environment needs a name alone, prints client id and key once, and derives the rest', async () => {
  const first = await admin('create-environment', '--name', 'Acme', '--kind', 'production');
  const second = await admin(
    ...['create-environment', '--name', 'Staging', '--kind', 'sandbox', '--email', 'a@acme.com'],
  );

  expect([first.code, first.complaint]).toEqual([0, '']);
  expect(first.out).toMatch(
    /^Environment acme\n {2}client id {2}client_\S+\n {2}API key {4}sk_live_\S+ {2}\(shown once\)\n/,
  );
  expect(first.out).toContain('invite-staff --environment acme');
  expect(second.out).toMatch(/^Environment acme-staging\n[^]*sk_test_/);
  expect(second.out).not.toContain('Nobody may sign in');
});

test.each([
  [['create-environment'], '--name is missing.'],
  [['create-environment', '--name', 'x'.repeat(81)], '--name is 1 to 80 characters.'],
  [['create-environment', '--name', 'Other', '--kind', 'live'], '--kind is one of production, sandbox.'],
  [['create-environment', '--name', 'Other', '--handle', 'A!'], '--handle is 3 to 40 of a-z, 0-9'],
  [['create-environment', '--name', 'Other', '--handle', 'acme'], 'There is an environment "acme" already.'],
  [['create-environment', '--name', 'Other', '--email', 'nobody'], '"nobody" is not an e-mail address.'],
  [['create-key', '--environment', 'nowhere', '--name', 'x'], 'There is no environment "nowhere".'],
  [['create-key', '--environment', 'acme', '--name', 'x', '--scopes', 'all'], 'There is no scope "all".'],
  [
    ['create-key', '--environment', 'acme', '--name', 'x', '--days', '0'],
    '--days is a whole number of 1 or more.',
  ],
])('%j is refused in words', async (words, complaint) => {
  const refused = await admin(...words);

  expect([refused.code, refused.out]).toEqual([1, '']);
  expect(refused.complaint).toContain(complaint);
  expect(refused.complaint).not.toMatch(/^\s+at /m);
});

test('create-key gives a key some scopes and an end', async () => {
  const { code, out } = await admin(
    ...['create-key', '--environment', 'acme', '--name', 'CI', '--scopes', 'read,events', '--days', '90'],
  );

  expect([code, out]).toEqual([0, expect.stringMatching(/^sk_live_\S+ {2}\(shown once\)\n$/)]);
});
