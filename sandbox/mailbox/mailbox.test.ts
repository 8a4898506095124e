import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMailbox, type MailSummary, type SandboxMailbox } from './mailbox.ts';

let folder: string;
let mailbox: SandboxMailbox;
let port: number;
let time = Date.parse('2026-03-03T09:12:00Z');

const open = async () => {
  mailbox = createMailbox({ folder, port: 0, host: '127.0.0.1', now: () => new Date(time) });
  port = await mailbox.start();
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-'));
  await open();
});

afterEach(async () => {
  await mailbox.stop();
  await rm(folder, { recursive: true });
});

async function post(
  to: string,
  more: { subject?: string; html?: string; text?: string } = {},
): Promise<void> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false });
  await transport.sendMail({ from: 'Acme <a@vendor.test>', to, subject: 'Hello', text: 'Hi', ...more });
}

it('a mail is kept whole, with its headers, both parts and every link', async () => {
  await post('dana@corp.test', {
    subject: 'Grüße',
    text: 'Open http://127.0.0.1:1/setup/x?a=1&b=2 now',
    html: '<a href="http://127.0.0.1:1/setup/x?a=1&amp;b=2">Open</a> <a href="http://127.0.0.1:1/other">o</a>',
  });

  const [summary] = mailbox.list();
  const message = await mailbox.get(summary?.id ?? '');

  expect(summary).toEqual({
    id: expect.stringMatching(/^mail_/),
    at: '2026-03-03T09:12:00.000Z',
    from: 'a@vendor.test',
    to: 'dana@corp.test',
    subject: 'Grüße',
    environmentId: null,
  });
  expect(message?.links).toEqual(['http://127.0.0.1:1/setup/x?a=1&b=2', 'http://127.0.0.1:1/other']);
  expect(message?.headers['from']).toContain('a@vendor.test');
});

it('mails are listed newest first, by recipient, as many as asked', async () => {
  await post('dana@corp.test', { subject: 'one' });
  await post('kim@corp.test', { subject: 'two' });
  await post('Dana@corp.test', { subject: 'three' });

  expect(mailbox.list().map((mail) => mail.subject)).toEqual(['three', 'two', 'one']);
  expect(mailbox.list({ to: 'DANA@corp.test' }).map((mail) => mail.subject)).toEqual(['three', 'one']);
  expect(mailbox.list({ limit: 1 })).toHaveLength(1);
});

it('the box survives a restart, and what a crash left half written is not listed', async () => {
  await post('dana@corp.test');
  const [before] = mailbox.list();
  await mailbox.stop();
  await writeFile(join(folder, 'mail_01ARZ3NDEKTSV4RRFFQ69G5FAV.json.part'), '{"id":');

  await open();

  expect(mailbox.list()).toEqual([before]);
  expect((await mailbox.get(before?.id ?? ''))?.text.trim()).toBe('Hi');
});

it('a page learns of each new mail until it stops listening', async () => {
  const seen: MailSummary[] = [];
  const stop = mailbox.subscribe((mail) => seen.push(mail));

  await post('dana@corp.test');
  stop();
  await post('dana@corp.test');

  expect(seen).toHaveLength(1);
});

it('bounce@ is refused for good, busy@ for now, so both can be tried', async () => {
  await expect(post('bounce+1@corp.test')).rejects.toMatchObject({ responseCode: 550 });
  await expect(post('busy@corp.test')).rejects.toMatchObject({ responseCode: 451 });

  expect(mailbox.list()).toEqual([]);
});

it('a mail over 1 MB is refused and leaves no file', async () => {
  await expect(post('dana@corp.test', { text: 'x'.repeat(1_200_000) })).rejects.toMatchObject({
    responseCode: 552,
  });

  expect(await readdir(folder)).toEqual([]);
});

it('an id that is a path finds nothing', async () => {
  expect(await mailbox.get('../mail/secret')).toBeUndefined();
});

it('only the newest five hundred mails are kept', async () => {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    pool: true,
    maxMessages: 1000,
  });
  for (let i = 0; i < 502; i += 1) {
    time += 1000;
    await transport.sendMail({ from: 'a@vendor.test', to: 'dana@corp.test', subject: `${i}`, text: '' });
  }
  transport.close();

  expect(mailbox.list({ limit: 1000 })).toHaveLength(500);
  expect(await readdir(folder)).toHaveLength(1000);
  expect(mailbox.list()[0]?.subject).toBe('501');
});
