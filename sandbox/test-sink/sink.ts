/**
 * The test sink: one address that plays Splunk, Datadog, an S3 store and a receiver of HTTPS posts and webhooks, and
 * remembers what arrived. In memory: with its process all of it is gone, its faults too.
 */
import { createHash } from 'node:crypto';
import { receivers, type Receiver, type SinkFault } from './faults.ts';
import {
  receive,
  type Read,
  type Reply,
  type SinkCredentials,
  type SinkRequest,
  type Stand,
} from './receivers.ts';
import { createTally, type Tally } from './tally.ts';

/** One request as the page shows it. */
export interface Arrival {
  readonly id: number;
  readonly at: string;
  readonly receiver: Receiver;
  readonly path: string;
  readonly status: number;
  readonly records: number;
  readonly bytes: number;
  readonly signature: Read['signature'];
}

export interface ArrivedRecord {
  readonly id: number;
  readonly at: string;
  readonly receiver: Receiver;
  /** Laid out, at most 8 KB of it. */
  readonly text: string;
}

export interface ReceiverState {
  readonly receiver: Receiver;
  readonly requests: number;
  readonly refused: number;
  readonly records: number;
  readonly badSignatures: number;
  /** Records without a sequence number, such as webhooks and test events, and how often one of them came again. */
  readonly loose: number;
  readonly looseDuplicates: number;
  readonly tallies: readonly Tally[];
}

const mostArrivals = 100;
const mostRecords = 500;
const mostShown = 50;
const mostText = 8_192;
const mostLoose = 200_000;

export type Sink = ReturnType<typeof createSink>;

export function createSink({
  token,
  now,
  slowMs = 2_000,
}: {
  token: string;
  now: () => Date;
  slowMs?: number;
}) {
  const credentials = credentialsOf(token);
  const faults = new Set<SinkFault>();
  let signingSecret: string | null = null;
  let acks = 0;
  let lastId = 0;
  let arrivals: Arrival[] = [];
  let records: ArrivedRecord[] = [];
  let books = emptyBooks();

  const stand: Stand = {
    credentials,
    now,
    has: (fault) => faults.has(fault),
    get signingSecret() {
      return signingSecret;
    },
    nextAck: () => (acks += 1),
    objects: new Map(),
  };

  function readAs(receiver: Receiver, request: SinkRequest): Read {
    const refuse = (status: number, headers = {}): Read => ({
      reply: { status, headers, body: 'A fault of the test sink is on.' },
      records: [],
      signature: null,
    });
    if (faults.has('errors')) return refuse(503);
    if (faults.has('rate_limit')) return refuse(429, { 'retry-after': '2' });
    try {
      return receive[receiver](request, stand);
    } catch {
      return { ...refuse(400), reply: { status: 400, body: 'The body is not what it says.' } };
    }
  }

  function note(receiver: Receiver, request: SinkRequest, read: Read): void {
    const at = now().toISOString();
    const { reply, signature } = read;
    const facts = { receiver, path: request.path, status: reply.status, signature };
    const arrival = {
      id: (lastId += 1),
      at,
      ...facts,
      records: read.records.length,
      bytes: request.body.length,
    };
    arrivals = [arrival, ...arrivals.slice(0, mostArrivals - 1)];
    books[receiver].note(read);
    const newest = read.records.slice(-mostRecords).map((record) => ({
      id: (lastId += 1),
      at,
      receiver,
      text: JSON.stringify(record, null, 2).slice(0, mostText),
    }));
    records = [...newest.reverse(), ...records].slice(0, mostRecords);
  }

  return {
    token,
    credentials,

    /** Answers as the receiver would, after it has read and noted what came. */
    async receive(receiver: Receiver, request: SinkRequest): Promise<Reply> {
      if (faults.has('slow')) await new Promise((resolve) => setTimeout(resolve, slowMs));
      const read = readAs(receiver, request);
      note(receiver, request, read);
      return read.reply;
    },

    /** `find` narrows the newest records to those that hold it. */
    read({ find = '' }: { find?: string } = {}) {
      const wanted = find.trim().toLowerCase();
      const isWanted = ({ text }: ArrivedRecord) => wanted === '' || text.toLowerCase().includes(wanted);
      return {
        faults: [...faults],
        hasSigningSecret: signingSecret !== null,
        receivers: receivers.map((receiver) => ({ receiver, ...books[receiver].read() })),
        arrivals,
        records: records.filter(isWanted).slice(0, mostShown),
      };
    },

    /** Those that are on from now. */
    setFaults(on: readonly SinkFault[]): void {
      faults.clear();
      for (const fault of on) faults.add(fault);
    },

    setSigningSecret(secret: string | null): void {
      signingSecret = secret;
    },

    /** Forgets everything that arrived, and turns every fault off. */
    reset(): void {
      faults.clear();
      acks = 0;
      signingSecret = null;
      stand.objects.clear();
      arrivals = [];
      records = [];
      books = emptyBooks();
    },
  };
}

const emptyBooks = () => ({
  splunk: createBook(),
  datadog: createBook(),
  s3: createBook(),
  https: createBook(),
});

/** What one receiver has got. */
function createBook() {
  const tallies = new Map<string, ReturnType<typeof createTally>>();
  const looseIds = new Set<string>();
  const counts = { requests: 0, refused: 0, records: 0, badSignatures: 0, loose: 0, looseDuplicates: 0 };

  function noteRecord(record: Record<string, unknown>): void {
    counts.records += 1;
    const { organization_id: organizationId, sequence, id } = record;
    if (typeof organizationId === 'string' && typeof sequence === 'number' && sequence > 0) {
      const tally = tallies.get(organizationId) ?? createTally(organizationId);
      tallies.set(organizationId, tally);
      tally.take(sequence);
      return;
    }
    counts.loose += 1;
    if (typeof id !== 'string') return;
    if (looseIds.has(id)) counts.looseDuplicates += 1;
    else if (looseIds.size < mostLoose) looseIds.add(id);
  }

  return {
    note({ reply, records, signature }: Read): void {
      counts.requests += 1;
      if (reply.status >= 300) counts.refused += 1;
      if (signature === 'bad') counts.badSignatures += 1;
      for (const record of records) noteRecord(record);
    },
    read: (): Omit<ReceiverState, 'receiver'> => ({
      ...counts,
      tallies: [...tallies.values()].map((tally) => tally.read()),
    }),
  };
}

/** The same for one token for good: they stand in the settings of streams. */
function credentialsOf(token: string): SinkCredentials {
  const hex = (what: string) => createHash('sha256').update(`${what} ${token}`).digest('hex');
  const guid = hex('splunk');
  return {
    splunkToken: [
      guid.slice(0, 8),
      guid.slice(8, 12),
      guid.slice(12, 16),
      guid.slice(16, 20),
      guid.slice(20, 32),
    ].join('-'),
    datadogKey: hex('datadog').slice(0, 32),
    accessKeyId: `AKIASINK${hex('s3').slice(0, 12).toUpperCase()}`,
    secretAccessKey: hex('s3-secret').slice(0, 40),
  };
}
