/**
 * The mail server of the embedded default: takes every mail, delivers none, and keeps them to be read on a page or by a
 * script. Each mail is `<id>.eml` with a small `<id>.json` beside it, so the box survives a restart and the files open
 * in any mail program.
 *
 * To try what happens when a mail cannot be delivered: `bounce@…` (also `bounce+anything@…`) is refused for good with
 * 550, `busy@…` for now with 451.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { newId } from '../../adapters/ids.ts';
import { environmentHeader } from '../../adapters/mailer.ts';
import { readMail, type MailContent } from './read-mail.ts';

export interface MailboxOptions {
  folder: string;
  /** 0 takes a free one */
  port: number;
  host: string;
  now: () => Date;
}

/** One line of the list; times are ISO 8601. */
export interface MailSummary {
  id: string;
  at: string;
  from: string;
  to: string;
  subject: string;
  /** Whose it is; null for what came without a name, such as a test's own mail. */
  environmentId: string | null;
}

export interface MailboxMessage extends MailSummary, MailContent {}

export interface SandboxMailbox {
  /** Reads the folder, then listens; gives the port. */
  start(): Promise<number>;
  stop(): Promise<void>;
  /** Newest first. */
  list(filter?: { to?: string; environmentId?: string; limit?: number }): MailSummary[];
  get(id: string): Promise<MailboxMessage | undefined>;
  /** Removes the mails to these addresses, and those with these ids of their own (`<…@…>`); answers how many. */
  forget(wanted: { recipients: readonly string[]; messageIds: readonly string[] }): Promise<number>;
  /** Calls back for each new mail; the answer ends it. */
  subscribe(onMail: (mail: MailSummary) => void): () => void;
}

const mailBytes = 1024 * 1024;
const keptMails = 500;

export function createMailbox(options: MailboxOptions): SandboxMailbox {
  const mails = new Map<string, MailSummary>();
  const listeners = new Set<(mail: MailSummary) => void>();
  const pathOf = (id: string, kind: 'eml' | 'json') => join(options.folder, `${id}.${kind}`);

  const server = new SMTPServer({
    size: mailBytes,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    banner: 'Vestibule sandbox mailbox',
    onRcptTo({ address }, session, callback) {
      if (session.envelope.rcptTo.length >= 10) callback(answer(452, '4.5.3 Too many recipients'));
      else if (/^bounce(\+.*)?@/i.test(address)) callback(answer(550, '5.1.1 No such user here'));
      else if (/^busy@/i.test(address)) callback(answer(451, '4.3.2 Try again later'));
      else callback();
    },
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      collect(stream)
        .then((source) => keep(source, to.join(', ')))
        .then(
          () => {
            callback();
          },
          (error: unknown) => {
            callback(error instanceof Error ? error : answer(451, '4.3.0 Could not be stored'));
          },
        );
    },
  });

  async function keep(source: Buffer, to: string): Promise<void> {
    const { from, subject, headers } = await readMail(source);
    const environmentId = headers[environmentHeader.toLowerCase()] ?? null;
    const at = options.now().toISOString();
    const mail: MailSummary = { id: newId('mail_'), at, from, to, subject, environmentId };
    await writeFile(pathOf(mail.id, 'eml'), source, { mode: 0o600 });
    // The index entry comes last and whole: a mail half written at a crash is not listed.
    const unfinished = `${pathOf(mail.id, 'json')}.part`;
    await writeFile(unfinished, JSON.stringify(mail), { mode: 0o600 });
    await rename(unfinished, pathOf(mail.id, 'json'));
    mails.set(mail.id, mail);
    await forgetOldest();
    listeners.forEach((onMail) => {
      onMail(mail);
    });
  }

  async function forgetOldest(): Promise<void> {
    for (const id of [...mails.keys()].slice(0, Math.max(0, mails.size - keptMails))) await forgetOne(id);
  }

  async function forgetOne(id: string): Promise<void> {
    mails.delete(id);
    await rm(pathOf(id, 'json'), { force: true });
    await rm(pathOf(id, 'eml'), { force: true });
  }

  async function carriesOneOf(id: string, messageIds: readonly string[]): Promise<boolean> {
    if (messageIds.length === 0) return false;
    const { headers } = await readMail(await readFile(pathOf(id, 'eml')));
    return messageIds.includes(headers['message-id'] ?? '');
  }

  return {
    async start() {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      const names = (await readdir(options.folder)).filter((name) => /^mail_[0-9A-Z]{26}\.json$/.test(name));
      for (const name of names.sort()) {
        const mail: MailSummary = JSON.parse(await readFile(join(options.folder, name), 'utf8'));
        mails.set(mail.id, mail);
      }
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      // A client that hangs up in the middle is no reason to end the program.
      server.on('error', () => undefined);
      return (server.server.address() as AddressInfo).port;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
    list({ to, environmentId, limit = 100 } = {}) {
      const wanted = to?.toLowerCase();
      return [...mails.values()]
        .filter((mail) => environmentId === undefined || mail.environmentId === environmentId)
        .filter((mail) => wanted === undefined || mail.to.toLowerCase().split(', ').includes(wanted))
        .reverse()
        .slice(0, limit);
    },
    async get(id) {
      const mail = mails.get(id);
      if (!mail) return undefined;
      return { ...(await readMail(await readFile(pathOf(id, 'eml')))), ...mail };
    },
    async forget({ recipients, messageIds }) {
      let forgotten = 0;
      for (const { id, to } of [...mails.values()]) {
        const isTheirs = to
          .toLowerCase()
          .split(', ')
          .some((address) => recipients.includes(address));
        if (!isTheirs && !(await carriesOneOf(id, messageIds))) continue;
        await forgetOne(id);
        forgotten += 1;
      }
      return forgotten;
    },
    subscribe(onMail) {
      listeners.add(onMail);
      return () => {
        listeners.delete(onMail);
      };
    },
  };
}

async function collect(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    // The stream has to be read to its end even when nothing more is kept.
    if (length <= mailBytes) chunks.push(chunk);
  }
  if (stream.sizeExceeded || length > mailBytes) throw answer(552, '5.3.4 Message too big');
  return Buffer.concat(chunks);
}

function answer(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}
