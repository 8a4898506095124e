/** Syslog (RFC 5424) over TLS with octet counting (RFC 5425). */
import { syslog } from '../../onboarding/log-streams/destinations/syslog.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import type { EgressSocket } from '../egress.ts';
import { notReached, privateAuthority, settingOf, type Sending } from './asking.ts';
import { NotTaken } from './not-taken.ts';
import { cutText, takeBatch, type SentRecord } from './record-text.ts';
import type { Sender } from './sender.ts';

/** Facility 13, log audit; severity 6, informational. */
const priority = 13 * 8 + 6;

/** RFC 5612 keeps this number for examples; who registers their own replaces it in a rule of the collector. */
const enterprise = 32_473;

export const syslogSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, syslog.limits, (record) => frame(messageOf(sending, record)));
    onCount(batch.length);
    const startedMs = performance.now();
    await writeAll(sending, batch.map(({ line }) => line).join(''));
    const ms = Math.round(performance.now() - startedMs);
    return { count: batch.length, level: 'accepted', status: null, ms, answer: '' };
  },

  async probe(sending) {
    const startedMs = performance.now();
    await whileOpen(sending, async (socket) => {
      await staysOpen(socket);
      await closedAfter(socket, '', sending.signal);
    });
    return { level: 'accepted', status: null, ms: Math.round(performance.now() - startedMs), answer: '' };
  },
};

const frame = (message: string) => `${Buffer.byteLength(message)} ${message}`;

function messageOf({ hostName }: Sending, record: SentRecord): string {
  const parameters = {
    id: record.id,
    sequence: String(record.sequence),
    organization: record.organization_id,
    action: record.action,
    actor: record.actor.id,
  };
  const data = Object.entries(parameters).map(([name, value]) => `${name}="${parameterValue(value)}"`);
  return [
    `<${priority}>1`,
    new Date(record.occurred_at).toISOString(),
    printable(hostName, 255),
    'vestibule',
    '-',
    printable(record.action, 32),
    `[audit@${enterprise} ${data.join(' ')}]`,
    plainJson(record),
  ].join(' ');
}

/** Header fields have printable ASCII only (RFC 5424 §6). */
function printable(text: string, most: number): string {
  return text.replace(/[^\x21-\x7e]/g, '_').slice(0, most) || '-';
}

/** `"`, `\` and `]` are escaped (RFC 5424 §6.3.3), after everything that would act on a reader of lines is spelled out. */
function parameterValue(text: string): string {
  return plainJson(cutText(text, 1_000))
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll('\\\\', '\\')
    .replace(/["\\\]]/g, (character) => `\\${character}`);
}

const closingMs = 10_000;

/** A collector that does not want us may say so by its leave only, right behind the handshake. */
const leaveMs = 500;

/**
 * Writes everything and waits until the other side has closed too: it has no word for "taken", but closes in order only
 * after it has read all there was.
 */
const writeAll = (sending: Sending, text: string) =>
  whileOpen(sending, (socket) => closedAfter(socket, text, sending.signal));

async function whileOpen(sending: Sending, use: (socket: EgressSocket) => Promise<void>): Promise<void> {
  const socket = await open(sending);
  try {
    await use(socket);
  } catch (cause) {
    sending.signal?.throwIfAborted();
    if (cause instanceof NotTaken) throw cause;
    throw new NotTaken(asksWhoWeAre(cause) ? 'client_certificate_asked' : 'broken_off');
  } finally {
    socket.destroy();
  }
}

/** A collector that wants a client certificate says so in TLS 1.3 only after the handshake, when we have begun to write. */
const asksWhoWeAre = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';

async function open({ egress, target, signal, ...sending }: Sending): Promise<EgressSocket> {
  try {
    return await egress.connect(settingOf({ target, ...sending }, 'host'), {
      port: Number(settingOf({ target, ...sending }, 'port')),
      feature: 'syslog',
      organizationId: target.organizationId,
      sandboxLoopback: target.isSandbox,
      ...(signal === undefined ? {} : { signal }),
      ...privateAuthority(target),
    });
  } catch (error) {
    throw error instanceof OnboardingError ? notReached(error) : error;
  }
}

/** Whether the other side keeps the connection while nothing has been sent yet. */
function staysOpen(socket: EgressSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, leaveMs);
    socket.once('error', reject);
    socket.once('end', () => {
      reject(new NotTaken('broken_off'));
    });
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new NotTaken('broken_off'));
    });
    socket.resume();
  });
}

function closedAfter(socket: EgressSocket, text: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new NotTaken('too_slow'));
    }, closingMs);
    const onAbort = () => {
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    let isWritten = false;
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (isWritten) resolve();
      else reject(new NotTaken('broken_off'));
    });
    // What it says is read and dropped, or the end behind it would never come.
    socket.resume();
    socket.end(text, () => {
      isWritten = true;
    });
  });
}
