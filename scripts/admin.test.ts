import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../adapters/ids.ts';
import { createLogger } from '../adapters/logger.ts';
import {
  createDatabase,
  findCommand,
  insertCommand,
  listEnvironments,
  markCommandDead,
  withSystem,
  type Db,
} from '../db/index.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/postgres.ts';
import { buildProduct } from '../test/support/product.ts';

/** What an operator types, and what is printed: by the built program, as `npm run admin` starts it. */

let database: TestDatabase;
let db: Db;
let secretsKey = `test:${randomBytes(32).toString('base64')}`;
beforeAll(async () => {
  await buildProduct();
  database = await createTestDatabase();
  db = await createDatabase({
    databaseUrl: database.url,
    role: 'vestibule_system',
    poolSize: 1,
    applicationName: 'test',
    log: createLogger({ level: 'fatal', program: 'test' }),
  });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Printed = { code: number; out: string; complaint: string };
const admin = (...words: string[]): Promise<Printed> =>
  new Promise((resolve) => {
    const program = path.join(import.meta.dirname, '..', 'dist', 'scripts', 'admin.js');
    const env = {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      SECRETS_KEY: secretsKey,
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      SMTP_URL: 'smtps://mail.example.com',
      MAIL_FROM: 'Acme <no-reply@example.com>',
      PUBLIC_URL: 'https://vestibule.example.com',
      NODE_NO_WARNINGS: '1',
    };
    execFile(process.execPath, [program, ...words], { env }, (error, out, complaint) =>
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

/** What the log says that the operator has done, the newest last. */
const acts = async () => {
  const rows = await withSystem(db, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select('action')
      .where('actorId', '=', 'operator')
      .orderBy('ordinal')
      .execute(),
  );
  return rows.map(({ action }) => action);
};

test('invite-staff lets a colleague in, once, and is in the log', async () => {
  const words = ['invite-staff', '--environment', 'acme', '--email', 'Kim@acme.com', '--role', 'support'];

  expect((await admin(...words)).out).toBe('Kim@acme.com may sign in to acme as support.\n');
  expect((await admin(...words)).complaint).toContain('Kim@acme.com is a member of acme already.');
  expect((await admin(...words.slice(0, -1), 'owner')).complaint).toContain('--role is one of admin,');
  expect(await acts()).toContain('member.invited');
});

test('sign-in-link prints an address for a member, which is good once, and is in the log', async () => {
  const link = ['sign-in-link', '--environment', 'acme', '--email'];

  expect((await admin(...link, 'kim@acme.com')).out).toMatch(
    /^https:\/\/vestibule\.example\.com\/dashboard\/sign-in\/vb_signin_\S+\nGood once, for 15 minutes\.\n$/,
  );
  expect((await admin(...link, 'eve@acme.com')).complaint).toContain('eve@acme.com is not a member of acme.');
  expect(await acts()).toContain('member.sign_in_link_made');
});

test('mail-secret, link-confirmation, allow-address and keep-audit change what they say, and are in the log', async () => {
  const acme = ['--environment', 'acme'];

  expect((await admin('mail-secret', ...acme)).out).toMatch(
    /^client_id client_\S+\nbearer {4}vb_mail_\S+ {2}\(shown once\)\n$/,
  );
  expect((await admin('link-confirmation', ...acme, '--mode', 'email_code')).out).toBe(
    'Links of acme open after a code mailed to their contact.\n',
  );
  expect((await admin('allow-address', ...acme, '--email', 'it@acme.com')).out).toBe(
    'Nothing keeps mails from it@acme.com.\n',
  );
  expect((await admin('keep-audit', ...acme, '--days', '800')).out).toBe(
    'Audit rows of acme are kept for 800 days.\n',
  );
  expect((await admin('keep-audit', ...acme, '--days', '7')).complaint).toContain('a number of 30 or more');
  const all = await withSystem(db, (tx) => listEnvironments(tx));
  const environment = all.find(({ handle }) => handle === 'acme');
  expect(environment).toMatchObject({
    linkConfirmation: 'email_code',
    mailNoticeDigest: expect.any(String),
  });
  expect(await acts()).toEqual(
    expect.arrayContaining([
      'environment.mail_secret_made',
      'environment.link_confirmation_changed',
      'audit_log.retention_changed',
    ]),
  );
});

test('deliver-again says how many of the commands that were given up are due again', async () => {
  const given = await withSystem(db, async (tx) => {
    const [environment] = await listEnvironments(tx);
    const of = { environmentId: environment?.id ?? '', organizationId: null, workflowId: 'hook/we_1' };
    const row = { id: newId('cmd_'), ...of, delivery: 'signal', message: 'webhookWoken', body: {} } as const;
    const at = new Date();
    const { command } = await insertCommand(tx, { ...row, nextAttemptAt: at, createdAt: at });
    await markCommandDead(tx, command, command.id, 'no answer');
    return command;
  });

  expect((await admin('deliver-again')).out).toMatch(/^Due again: 1\./);
  expect((await admin('deliver-again')).out).toBe('No command was given up.\n');
  expect(await withSystem(db, (tx) => findCommand(tx, given, given.id))).toMatchObject({ state: 'accepted' });
});

test('verify-audit walks the chains of one environment or of all, and fails when there is none', async () => {
  const [all, one, none] = await Promise.all([
    admin('verify-audit'),
    admin('verify-audit', '--environment', 'acme'),
    admin('verify-audit', '--environment', 'nowhere'),
  ]);

  expect([all.code, all.out.trim().split('\n')]).toEqual([0, expect.any(Array)]);
  expect(all.out).toMatch(/^acme: \{/m);
  expect(all.out).toMatch(/^acme-staging: \{/m);
  expect(one.out).not.toContain('acme-staging');
  expect(none.code).toBe(1);
});

test('rewrap brings every stored value under the first key, and says so', async () => {
  const next = `next:${randomBytes(32).toString('base64')}`;
  const under = async () => {
    const rows = await withSystem(db, (tx) =>
      tx.selectFrom('tokenKeys').select('privateKeySealed').execute(),
    );
    return new Set(rows.map(({ privateKeySealed }) => privateKeySealed.split('.')[1]));
  };
  expect((await admin('rewrap')).out).toBe('Every stored value is under "test".\n');

  secretsKey = `${next},${secretsKey}`;
  const { code, out } = await admin('rewrap');

  expect([code, out]).toEqual([0, '2 values re-wrapped …\nEvery stored value is under "next".\n']);
  expect([...(await under())]).toEqual(['next']);
});

test('[SEC-02] rewrap waits for a value that somebody holds, and says that all are done only when they are', async () => {
  secretsKey = `third:${randomBytes(32).toString('base64')},${secretsKey}`;
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const holding = withSystem(db, async (tx) => {
    await tx.selectFrom('tokenKeys').select('id').limit(1).forUpdate().execute();
    await held;
  });
  setTimeout(letGo, 4_000);

  const { code, out } = await admin('rewrap');

  await holding;
  expect([code, out.split('\n').at(-2)]).toEqual([0, 'Every stored value is under "third".']);
  const rows = await withSystem(db, (tx) => tx.selectFrom('tokenKeys').select('privateKeySealed').execute());
  expect(rows.map(({ privateKeySealed }) => privateKeySealed.split('.')[1])).toEqual(rows.map(() => 'third'));
});

test('a key that this database was not written with, or none of those, changes nothing and is one sentence', async () => {
  const right = secretsKey;
  const made = ['create-environment', '--name', 'Sealed', '--kind', 'sandbox'];

  secretsKey = `test:${randomBytes(32).toString('base64')}`;
  const wrong = await admin(...made);
  secretsKey = `other:${randomBytes(32).toString('base64')}`;
  const missing = await admin(...made);
  secretsKey = right;

  expect([wrong.code, wrong.complaint]).toEqual([
    1,
    'SECRETS_KEY "test" is not the key this database was written with. Give the right one, or another id for a new key.\n',
  ]);
  expect([missing.code, missing.complaint]).toEqual([
    1,
    expect.stringMatching(
      /^SECRETS_KEY lacks "third", which \d+ stored values still need\. Add it again, .*\n$/,
    ),
  ]);
  const environments = await withSystem(db, (tx) => listEnvironments(tx));
  expect(environments.map(({ name }) => name)).not.toContain('Sealed');
});

test('rotate-key says what it takes, and what there is not', async () => {
  const key = ['rotate-key', '--environment', 'acme', '--connection', 'conn_none', '--use', 'signing'];

  expect((await admin(...key)).complaint).toContain('--step is one of publish');
  expect((await admin(...key, '--step', 'publish')).complaint).toMatch(/connection/i);
});

test('a word that is no command prints what there is', async () => {
  const { code, complaint } = await admin('restart');

  expect(code).toBe(1);
  expect(complaint).toContain('create-environment --name Production');
});
