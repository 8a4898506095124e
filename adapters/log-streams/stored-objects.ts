/**
 * Batches as objects of a store [STR-03]: compressed lines under a name that says which sequence numbers lie inside, never
 * written over, each with a manifest that has its count and digest.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import { objectLimits } from '../../onboarding/log-streams/destinations/object-steps.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import { compressed, isTaken, type Answered, type Sending } from './asking.ts';
import { percentEncoded } from './aws-signature.ts';
import { takeBatch } from './record-text.ts';
import type { Sender } from './sender.ts';

export interface StoredObject {
  /** Behind the bucket, in percent form. */
  readonly path: string;
  readonly body: Uint8Array;
  /** Stores with retention locks insist on the first. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One store, as one way into it has it. Both throw `NotTaken` where nothing was to be had. */
export interface ObjectStore {
  /** Writes one object where there is none yet; that there is one already is as good. */
  put(sending: Sending, object: StoredObject): Promise<Answered>;
  /** Asks for one; whatever the store answers is an answer. */
  get(sending: Sending, path: string): Promise<Answered>;
}

/** The sender of a store. */
export function objectSender({ put, get }: ObjectStore): Sender {
  return {
    async send(sending, records, onCount) {
      const { batch, text, digest, name } = batchOf(records);
      onCount(batch.length);
      const manifest = {
        object: `${name}.ndjson.gz`,
        stream: sending.target.streamId,
        organization_id: sending.target.organizationId,
        first_sequence: records[0]?.sequence,
        last_sequence: records[batch.length - 1]?.sequence,
        count: batch.length,
        bytes: Buffer.byteLength(text),
        sha256: digest,
      };
      const stored = await put(
        sending,
        objectOf(sending, `${name}.ndjson.gz`, await compressed(text), 'application/gzip'),
      );
      await put(
        sending,
        objectOf(
          sending,
          `${name}.manifest.json`,
          Buffer.from(`${plainJson(manifest)}\n`),
          'application/json',
        ),
      );
      return {
        count: batch.length,
        level: 'stored',
        status: stored.status,
        ms: stored.ms,
        answer: stored.text,
      };
    },

    /** A right to write and nothing else can be tried by writing only. */
    async probe(sending) {
      const at = sending.now().toISOString();
      const body = Buffer.from(`${JSON.stringify({ stream: sending.target.streamId, at })}\n`);
      const object = objectOf(
        sending,
        `_connection_test_${at.replace(/\W/g, '')}.json`,
        body,
        'application/json',
      );
      const { status, ms, text } = await put(sending, object);
      return { level: 'stored', status, ms, answer: text };
    },

    /** A right to write alone is refused: with an object that is not there a store says the same. */
    async look(sending, record) {
      const { text, name } = batchOf([record]);
      const answer = await get(sending, pathOf(sending, `${name}.ndjson.gz`));
      if (answer.status === 401 || answer.status === 403) return 'not_permitted';
      return isTaken(answer) && unpacked(answer.bytes) === text ? 'found' : 'not_found';
    },
  };
}

/** As many of the records as one object may hold, as its text and under its name. */
function batchOf(records: readonly AuditRecord[]) {
  const batch = takeBatch(records, objectLimits, plainJson);
  const text = batch.map(({ line }) => `${line}\n`).join('');
  const digest = createHash('sha256').update(text).digest('hex');
  return { batch, text, digest, name: nameOf(records.slice(0, batch.length), digest) };
}

/** Undefined where it is no object of ours, or one that grows. */
function unpacked(bytes: Buffer): string | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1024 * 1024 }).toString('utf8');
  } catch {
    return undefined;
  }
}

/**
 * An object that is there already was stored by a try whose answer was lost. What has a code of another kind has stored
 * nothing, whatever its status: Google tells of an organization's policy by 412 too, and some stores say an error in a 200.
 */
export function isStored(answer: Answered): boolean {
  const code = elementIn(answer.text, 'Code');
  if (answer.status === 412) return code === undefined || code === 'PreconditionFailed';
  return isTaken(answer) && code === undefined;
}

/** The same for the same records, another for others: so nothing is written over, and names sort by sequence. */
function nameOf(records: readonly AuditRecord[], digest: string): string {
  const [first] = records;
  const numbers = [first, records.at(-1)].map((record) => String(record?.sequence ?? 0).padStart(12, '0'));
  const [year, month, day] = (first?.occurred_at ?? '').slice(0, 10).split('-');
  return [year, month, day, `${numbers.join('-')}-${digest.slice(0, 12)}`].join('/');
}

function pathOf({ target }: Sending, name: string): string {
  const { prefix = '' } = target.settings;
  const folders = [...prefix.split('/').filter((part) => part !== ''), target.streamId];
  return [...folders, ...name.split('/')].map((part) => percentEncoded(part)).join('/');
}

function objectOf(
  sending: Sending,
  name: string,
  body: Uint8Array,
  type: 'application/gzip' | 'application/json',
): StoredObject {
  return {
    path: pathOf(sending, name),
    body,
    headers: {
      'content-md5': createHash('md5').update(body).digest('base64'),
      'content-type': type,
    },
  };
}

/** The text of an element of a store's answer. */
export function elementIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

/** A store that does not know the key's ID blames the ID, and not the secret beside it. */
export const keyField = ({ target }: Sending, code: string | undefined): { field?: string } =>
  code === 'InvalidAccessKeyId' && target.settings['accessKeyId'] !== undefined
    ? { field: 'accessKeyId' }
    : {};
