import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnboardingError } from '../onboarding/errors.ts';
import { createMailbox, type MailboxMessage, type SandboxMailbox } from '../sandbox/mailbox/mailbox.ts';
import { createMailer, MailServerUnavailable, type Mailer, type OutgoingMail } from './mailer.ts';

let folder: string;
let mailbox: SandboxMailbox;
let mailer: Mailer;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailer-'));
  mailbox = createMailbox({
    folder,
    port: 0,
    host: '127.0.0.1',
    now: () => new Date('2026-03-03T09:12:00Z'),
  });
  port = await mailbox.start();
  mailer = mailerTo(port);
});

afterAll(async () => {
  mailer.close();
  await mailbox.stop();
  await rm(folder, { recursive: true });
});

function mailerTo(to: number, more: { requireTls?: boolean } = {}): Mailer {
  return createMailer({
    smtpUrl: `smtp://127.0.0.1:${to}`,
    requireTls: false,
    from: { name: 'Acme', address: 'set-up@vendor.test' },
    now: () => new Date('2026-03-03T09:12:00Z'),
    ...more,
  });
}

let number = 0;
function aMail(more: Partial<OutgoingMail> = {}): OutgoingMail {
  number += 1;
  return {
    environmentId: 'env_northwind',
    to: { name: 'Dana Ortiz', address: `dana${number}@corp.test` },
    subject: 'Connect Corp to Acme',
    html: '<p>Hello</p>',
    text: 'Hello',
    messageId: `<mail-${number}@vendor.test>`,
    ...more,
  };
}

async function deliver(mail: OutgoingMail): Promise<MailboxMessage> {
  await mailer.send(mail);
  const [newest] = mailbox.list({ to: mail.to.address });
  const message = newest && (await mailbox.get(newest.id));
  if (!message) throw new Error('nothing arrived');
  return message;
}

const attacks = ['\r\nBcc: thief@evil.test', '\nX-Evil: 1', '\r\n\r\nbody', '\u0000', '\u202egnp', '\u2028x'];

describe('a message', () => {
  it('[MAIL-05] carries what was given, once, and says that a program sent it', async () => {
    const mail = aMail({
      replyTo: { address: 'help@vendor.test' },
      inReplyTo: '<first@vendor.test>',
      references: ['<first@vendor.test>'],
      headers: { 'X-Vestibule-Mail': 'mail_1' },
      envelopeFrom: 'b+mail_1.abc@bounce.vendor.test',
    });

    const message = await deliver(mail);

    expect(message).toMatchObject({ from: 'set-up@vendor.test', to: mail.to.address, subject: mail.subject });
    expect(message.headers).toMatchObject({
      'message-id': mail.messageId,
      'in-reply-to': '<first@vendor.test>',
      references: '<first@vendor.test>',
      'reply-to': 'help@vendor.test',
      'auto-submitted': 'auto-generated',
      'x-vestibule-mail': 'mail_1',
      date: 'Tue, 03 Mar 2026 09:12:00 +0000',
    });
    expect(message.text).toContain('Hello');
    expect(message.html).toContain('<p>Hello</p>');
  });

  it.each(attacks)(
    '[MAIL-04] %j in names and subject adds neither a header nor a recipient',
    async (attack) => {
      const mail = aMail({
        subject: `Connect${attack}`,
        from: { name: `Acme${attack}`, address: 'set-up@vendor.test' },
      });
      mail.to.name = `Dana${attack}`;

      const message = await deliver(mail);

      expect(Object.keys(message.headers).filter((name) => /bcc|evil/.test(name))).toEqual([]);
      expect(message.to).toBe(mail.to.address);
      expect(message.subject).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
      expect(message.text.trim()).toBe('Hello');
    },
  );

  it.each([
    'victim@corp.test, attacker@evil.test',
    'victim@corp.test <attacker@evil.test>',
    'group: victim@corp.test, attacker@evil.test;',
    '"attacker@evil.test"@corp.test',
    'dana@corp.test\r\nRCPT TO:<attacker@evil.test>',
    'dаna@corp.test',
    '',
  ])('[MAIL-01] [MAIL-02] the recipient %j is refused, and nothing is sent', async (address) => {
    const before = mailbox.list().length;

    await expect(mailer.send(aMail({ to: { address } }))).rejects.toMatchObject({ code: 'email_invalid' });

    expect(mailbox.list()).toHaveLength(before);
  });

  it('[MAIL-02] a name that reads like a list stays a name', async () => {
    const mail = aMail();
    mail.to.name = 'x <attacker@evil.test>, "y';

    const message = await deliver(mail);

    expect(message.to).toBe(mail.to.address);
    expect(mailbox.list({ to: 'attacker@evil.test' })).toEqual([]);
  });

  it('[MAIL-04] a name of 10 KB is cut', async () => {
    const mail = aMail();
    mail.to.name = 'x'.repeat(10_000);

    const message = await deliver(mail);

    expect(message.headers['to']?.length).toBeLessThan(200);
  });

  it('[MAIL-03] a body that is not text opens no file', async () => {
    const mail = aMail();
    Object.assign(mail, { text: { path: '/etc/hostname' } });

    await expect(mailer.send(mail)).rejects.toBeInstanceOf(MailServerUnavailable);
  });

  it.each(['Bcc', 'To', 'Content-Type', 'X-a\r\nBcc'])(
    '[MAIL-04] the header %j cannot be set',
    async (name) => {
      await expect(mailer.send(aMail({ headers: { [name]: 'x' } }))).rejects.toThrow('not for callers');
    },
  );
});

describe('what the server says', () => {
  it('a recipient it refuses for good is mail_refused, with its words', async () => {
    const thrown: unknown = await mailer
      .send(aMail({ to: { address: 'bounce@corp.test' } }))
      .catch((e: unknown) => e);

    expect(thrown).toBeInstanceOf(OnboardingError);
    expect(thrown).toMatchObject({
      code: 'mail_refused',
      facts: { status: 550, words: '550 5.1.1 No such user here' },
    });
  });

  it.each([
    '5.7.1 <it@corp.test>: Relay access denied',
    '5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
    'relay not permitted',
    "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    '5.7.1 Client was not authenticated',
  ])(
    'a server that passes nothing on for us is ours to repair, not the recipient’s fault: %s',
    async (words) => {
      const server = new SMTPServer({
        disabledCommands: ['STARTTLS'],
        authOptional: true,
        onRcptTo: (_address, _session, callback) => {
          callback(Object.assign(new Error(words), { responseCode: 550 }));
        },
      });
      const ours = mailerTo(await listen(server));

      await expect(ours.send(aMail())).rejects.toBeInstanceOf(MailServerUnavailable);
      ours.close();
      server.close();
    },
  );

  it('a group that takes mail of its own company alone is the recipient’s refusal, whatever login it speaks of', async () => {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      onRcptTo: (_address, _session, callback) => {
        const words = '5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required';
        callback(Object.assign(new Error(words), { responseCode: 550 }));
      },
    });
    const ours = mailerTo(await listen(server));

    await expect(ours.send(aMail())).rejects.toMatchObject({ code: 'mail_refused' });
    ours.close();
    server.close();
  });

  it('a recipient it cannot take now is to be tried again', async () => {
    await expect(mailer.send(aMail({ to: { address: 'busy@corp.test' } }))).rejects.toBeInstanceOf(
      MailServerUnavailable,
    );
  });

  it('nobody listening is to be tried again', async () => {
    const lost = mailerTo(1);

    await expect(lost.send(aMail())).rejects.toBeInstanceOf(MailServerUnavailable);
    await expect(lost.verify()).rejects.toBeInstanceOf(MailServerUnavailable);
    lost.close();
  });

  it('refused credentials are ours to repair, not the recipient’s fault', async () => {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => {
        callback(Object.assign(new Error('5.7.8 wrong'), { responseCode: 535 }));
      },
    });
    const authPort = await listen(server);
    const wrong = createMailer({
      smtpUrl: `smtp://user:wrong@127.0.0.1:${authPort}`,
      requireTls: false,
      from: { address: 'a@vendor.test' },
      now: () => new Date(),
    });

    await expect(wrong.send(aMail())).rejects.toBeInstanceOf(MailServerUnavailable);
    wrong.close();
    server.close();
  });

  it('the server can be tried without sending', async () => {
    await expect(mailer.verify()).resolves.toBeUndefined();
  });
});

describe('[MAIL-05] TLS', () => {
  it('a server elsewhere is never told a login without it', () => {
    expect(() =>
      createMailer({
        smtpUrl: 'smtp://vendor:secret@mail.vendor.test',
        requireTls: false,
        from: { address: 'a@vendor.test' },
        now: () => new Date(),
      }),
    ).toThrow('over TLS');
  });

  it('where it is required, a server that does not offer it gets no mail, and the log can say why', async () => {
    const before = mailbox.list().length;
    const strict = mailerTo(port, { requireTls: true });

    const refusal: unknown = await strict.send(aMail()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MailServerUnavailable);
    expect(JSON.parse(JSON.stringify(refusal))).toEqual({ name: 'MailServerUnavailable', code: 'ETLS' });
    expect(mailbox.list()).toHaveLength(before);
    strict.close();
  });

  it('a certificate that nobody vouches for gets no mail', async () => {
    let received = 0;
    const server = new SMTPServer({
      authOptional: true,
      onData: (stream, _session, callback) => {
        received += 1;
        stream.resume().on('end', callback);
      },
    });
    const strict = mailerTo(await listen(server), { requireTls: true });

    const refusal: unknown = await strict.send(aMail()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MailServerUnavailable);
    // The log tells it from a server that is not there.
    expect(JSON.parse(JSON.stringify(refusal))).toMatchObject({
      code: 'ESOCKET',
      reason: expect.stringContaining('certificate'),
    });
    expect(received).toBe(0);
    strict.close();
    server.close();
  });
});

function listen(server: SMTPServer): Promise<number> {
  server.on('error', () => undefined);
  return new Promise((resolve) => {
    const net = server.listen(0, '127.0.0.1', () => {
      const address = net.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
