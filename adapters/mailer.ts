/**
 * Hands one message for one person to the mail server [MAIL-02], [MAIL-03], [MAIL-05]. What comes back is the server's
 * word: accepted, refused for good (`mail_refused`, with what it said), or not now (`MailServerUnavailable`, to be tried
 * again). Delivery itself is known only from later notices.
 */
import type { NodemailerError } from 'nodemailer';
import { OnboardingError } from '../onboarding/errors.ts';
import { parseEmail } from './email-address.ts';
import { nameLength, singleLine } from './mail/safe-text.ts';

export interface MailerOptions {
  /** `smtp://user:password@host:587` or `smtps://…`; query parameters are ignored */
  smtpUrl: string;
  /** false is accepted for a server on this machine, or without a login, only */
  requireTls: boolean;
  /** who the mail is from, where the message names nobody; its domain must be aligned for DMARC */
  from: Mailbox;
  /** The embedded default's mailbox keeps mails apart by it. */
  namesEnvironment?: boolean;
  now: () => Date;
}

export interface Mailbox {
  name?: string;
  address: string;
}

export interface OutgoingMail {
  to: Mailbox;
  /** Whose mail it is; told to nobody but the mailbox of the embedded default. */
  environmentId: string;
  from?: Mailbox;
  replyTo?: Mailbox;
  subject: string;
  html: string;
  text: string;
  /** `<…@…>`; the same for every try of one mail */
  messageId: string;
  /** the Message-ID of the mail before this one in its thread */
  inReplyTo?: string;
  references?: readonly string[];
  /** `X-…` and `List-…` headers */
  headers?: Readonly<Record<string, string>>;
  /** where bounces go; the address of `from` unless given */
  envelopeFrom?: string;
}

export interface Mailer {
  /** Throws `mail_refused` {status, words}, `email_invalid` {email} or `MailServerUnavailable`. */
  send(mail: OutgoingMail): Promise<{ accepted: true; response: string }>;
  /** Connects and signs in without sending; throws `MailServerUnavailable`. */
  verify(): Promise<void>;
  close(): void;
}

/** The mail server could not be reached, is busy, or does not let us in: nobody's address is at fault. */
export class MailServerUnavailable extends Error {
  /** Why, for the log, in a word that names nobody: `ETLS` no TLS, `EAUTH` login refused, `EDNS`, `ESOCKET` … */
  readonly code: string | undefined;
  /** What kept us from connecting: a certificate, a port that nobody listens on. Later words of a server may name people. */
  readonly reason: string | undefined;

  constructor(cause: unknown) {
    super(`the mail server did not take the mail: ${cause instanceof Error ? cause.message : ''}`, { cause });
    this.name = 'MailServerUnavailable';
    if (cause instanceof Error && 'code' in cause) this.code = String(cause.code);
    if (cause instanceof Error && 'command' in cause && cause.command === 'CONN')
      this.reason = singleLine(cause.message, serverWordsLength);
  }
}

/** Names the environment of a mail to the mailbox of the embedded default. */
export const environmentHeader = 'X-Vestibule-Environment';

const subjectLength = 200;
const serverWordsLength = 300;

export function createMailer(options: MailerOptions): Mailer {
  const connection = connectionOf(options);
  let opened: ReturnType<typeof openTransport> | undefined;
  const transport = () => (opened ??= openTransport(connection));
  return {
    async send(mail) {
      const to = mailboxOf(mail.to);
      const from = mailboxOf(mail.from ?? options.from);
      const sender = await transport();
      try {
        const { response } = await sender.sendMail({
          from,
          to,
          ...(mail.replyTo ? { replyTo: mailboxOf(mail.replyTo) } : {}),
          subject: singleLine(mail.subject, subjectLength),
          html: mail.html,
          text: mail.text,
          date: options.now(),
          messageId: messageIdOf(mail.messageId),
          ...(mail.inReplyTo === undefined ? {} : { inReplyTo: messageIdOf(mail.inReplyTo) }),
          ...(mail.references === undefined ? {} : { references: mail.references.map(messageIdOf) }),
          headers: {
            ...extraHeaders(mail.headers),
            ...(options.namesEnvironment ? { [environmentHeader]: mail.environmentId } : {}),
            'Auto-Submitted': 'auto-generated',
          },
          envelope: { from: parseEmail(mail.envelopeFrom ?? from.address), to: to.address },
        });
        return { accepted: true, response };
      } catch (error) {
        throw translate(error);
      }
    },
    async verify() {
      const sender = await transport();
      try {
        await sender.verify();
      } catch (error) {
        throw new MailServerUnavailable(error);
      }
    },
    close() {
      void opened?.then((sender) => sender.close());
    },
  };
}

/** The library is loaded with the first mail: it is large, and most processes of the api never send one. */
async function openTransport(connection: ReturnType<typeof connectionOf>) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    ...connection,
    pool: true,
    maxConnections: 4,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function connectionOf({ smtpUrl, requireTls }: MailerOptions) {
  const url = new URL(smtpUrl);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = /^(localhost|.+\.localhost|::1|127(\.\d+){3})$/.test(host);
  const user = decodeURIComponent(url.username);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error('SMTP_URL must start with smtp:// or smtps://');
  if (!requireTls && !isLoopback && user !== '')
    throw new Error(`a login at ${host} must be sent over TLS [MAIL-05]`);
  const isSecure = url.protocol === 'smtps:';
  return {
    host,
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    requireTLS: requireTls,
    tls: { minVersion: 'TLSv1.2' as const },
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
  };
}

// Always an object: a string would be read as a list of addresses (trap T8).
function mailboxOf({ name, address }: Mailbox): { name: string; address: string } {
  return { name: singleLine(name ?? '', nameLength), address: parseEmail(address) };
}

function messageIdOf(id: string): string {
  if (!/^<[^<>\s\p{Cc}]+@[^<>\s\p{Cc}]+>$/u.test(id)) throw new Error('a Message-ID must read <…@…>');
  return id;
}

function extraHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!/^(X|List)-[A-Za-z-]+$/.test(name))
        throw new Error(`the header "${name}" is not for callers to set`);
      return [name, singleLine(value, subjectLength)];
    }),
  );
}

/**
 * Only a 5xx answer to the recipient or the message itself says that this mail will never be taken; refused credentials,
 * a refused sender, or a server that passes nothing on for us are ours to repair, and the mail waits for that.
 */
function translate(error: unknown): Error {
  if (!isPermanent(error)) return new MailServerUnavailable(error);
  const words = singleLine(error.response ?? error.message, serverWordsLength);
  return new OnboardingError('mail_refused', { status: error.responseCode ?? 500, words }, { cause: error });
}

function isPermanent(error: unknown): error is NodemailerError {
  return (
    error instanceof Error &&
    'permanent' in error &&
    error.permanent === true &&
    'command' in error &&
    (error.command === 'RCPT TO' || error.command === 'DATA') &&
    !passesNothingOn.test(('response' in error && String(error.response)) || '')
  );
}

/**
 * How servers say that they relay for others only: Postfix and Exchange `Relay access denied`, Exim `relay not permitted`,
 * Exchange `Unable to relay`, qmail `not in my list of allowed rcpthosts`. Exchange and others ask for a login instead;
 * what its resolver asks one for is a group that strangers may not write to, and that stays so.
 */
const passesNothingOn =
  /relay\w* (access )?(denied|not permitted|not allowed|prohibited)|(unable|not (permitted|allowed)) to relay|rcpthosts|client was not authenticated|(?<!RESOLVER\S* )authentication required/i;
