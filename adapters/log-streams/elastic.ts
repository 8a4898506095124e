/** The bulk API of Elasticsearch and OpenSearch. */
import { isDeepStrictEqual } from 'node:util';
import type { StreamCause } from '../../onboarding/log-streams/causes.ts';
import { elastic } from '../../onboarding/log-streams/destinations/elastic.ts';
import { plainJson } from '../../onboarding/plain-json.ts';
import {
  ask,
  isObject,
  isTaken,
  objectIn,
  refusal,
  secretOf,
  settingOf,
  type Answered,
  type Sending,
} from './asking.ts';
import { takeBatch, type SentRecord } from './record-text.ts';
import type { Sender } from './sender.ts';

export const elasticSender: Sender = {
  async send(sending, records, onCount) {
    const batch = takeBatch(records, elastic.limits, documentOf);
    onCount(batch.length);
    const answer = await ask(sending, {
      url: `${baseOf(sending)}/${encodeURIComponent(settingOf(sending, 'index'))}/_bulk?filter_path=${toldOf(batch.length)}`,
      headers: { ...authorization(sending), 'content-type': 'application/x-ndjson' },
      body: batch.map(({ line }) => `${line}\n`).join(''),
      isCompressed: elastic.limits.isCompressed,
    });
    if (!isTaken(answer)) throw refusal(sending, answer, causeOf(answer));
    const bad = badItems(answer, batch.length);
    if (bad === undefined) throw refusal(sending, answer, 'answer_unexpected');
    if (bad.length > 0) throw refusal(sending, { ...answer, text: wordsOf(bad) }, causeOfItems(bad));
    return {
      count: batch.length,
      level: 'stored',
      status: answer.status,
      ms: answer.ms,
      answer: 'errors: false',
    };
  },

  /** OpenSearch has no such page; that it knows of none says that somebody is there. */
  async probe(sending) {
    const answer = await ask(sending, {
      url: `${baseOf(sending)}/_security/_authenticate`,
      method: 'GET',
      headers: authorization(sending),
    });
    if (!isTaken(answer) && ![400, 404, 405].includes(answer.status)) {
      throw refusal(sending, answer, causeOf(answer));
    }
    return { level: 'accepted', status: answer.status, ms: answer.ms, answer: '' };
  },

  /** By a search, since a data stream gives no document by its id; a key that may only write is refused. */
  async look(sending, record) {
    const answer = await ask(sending, {
      url: `${baseOf(sending)}/${encodeURIComponent(settingOf(sending, 'index'))}/_search?filter_path=hits.hits._source.id,hits.hits._source.metadata`,
      headers: { ...authorization(sending), 'content-type': 'application/json' },
      body: JSON.stringify({ size: 1, query: { ids: { values: [record.id] } } }),
    });
    if (answer.status === 401 || answer.status === 403) return 'not_permitted';
    if (!isTaken(answer)) return 'not_found';
    return isDeepStrictEqual(foundIn(answer), { id: record.id, metadata: record.metadata })
      ? 'found'
      : 'not_found';
  },
};

/** What the first hit of a search holds. */
function foundIn(answer: Answered): unknown {
  const { hits: found } = objectIn(answer);
  const [first]: unknown[] = isObject(found) && Array.isArray(found['hits']) ? found['hits'] : [];
  return isObject(first) ? first['_source'] : undefined;
}

/** With the record's own id, one that comes again is known and not stored twice. */
function documentOf(record: SentRecord): string {
  const action = plainJson({ create: { _id: record.id } });
  return `${action}\n${plainJson({ '@timestamp': record.occurred_at, ...record })}`;
}

const baseOf = (sending: Sending) => settingOf(sending, 'url').replace(/\/$/, '');
const authorization = (sending: Sending) => ({ authorization: `ApiKey ${secretOf(sending, 'apiKey')}` });

function causeOf({ status }: Answered): StreamCause | undefined {
  // 400 to a bulk of well-formed lines is about the index; its documents are refused one by one.
  return status === 400 ? 'place_unknown' : undefined;
}

/** Reasons may be long: with those of a thousand documents an answer would be more than we read. */
const mostWithReasons = 100;

const toldOf = (count: number): string =>
  [
    'errors',
    'items.*.status',
    'items.*.error.type',
    ...(count > mostWithReasons ? [] : ['items.*.error.reason']),
  ].join(',');

/** What was not taken of a batch. */
interface BadItem {
  readonly status: unknown;
  readonly error: unknown;
  readonly type: unknown;
}

/**
 * A good answer may hold bad news, item by item: 409 is one that we sent before. Undefined where there is not an item for each:
 * then nothing is known of any.
 */
function badItems(answer: Answered, count: number): BadItem[] | undefined {
  const { errors, items } = objectIn(answer);
  if (errors === false) return [];
  if (!Array.isArray(items) || items.length !== count) return undefined;
  return items
    .flatMap((item: unknown) => (isObject(item) ? Object.values(item) : [undefined]))
    .map((done): BadItem => {
      const { status, error } = isObject(done) ? done : {};
      return { status, error, type: isObject(error) ? error['type'] : undefined };
    })
    .filter(({ status }) => status !== 200 && status !== 201 && status !== 409);
}

/** What is not about a document and says 400 or 403 all the same: another document would fare no better. */
const causeOfType: Readonly<Record<string, StreamCause>> = {
  cluster_block_exception: 'destination_busy',
  index_closed_exception: 'place_unknown',
  invalid_index_name_exception: 'place_unknown',
  // More shards than the cluster may have.
  validation_exception: 'over_quota',
};

function causeOfItems(bad: readonly BadItem[]): StreamCause {
  const statuses = bad.map(({ status }) => status);
  if (statuses.includes(429)) return 'rate_limited';
  if (statuses.some((status) => typeof status !== 'number' || status >= 500)) return 'destination_busy';
  for (const { type } of bad) {
    const cause = typeof type === 'string' ? causeOfType[type] : undefined;
    if (cause !== undefined) return cause;
  }
  if (statuses.includes(403)) return 'not_allowed';
  return statuses.includes(404) ? 'place_unknown' : 'records_refused';
}

/** The first that was not taken, in Elastic's own words: not those of the ones that were. */
function wordsOf([first]: readonly BadItem[]): string {
  return first === undefined ? '' : JSON.stringify({ status: first.status, error: first.error });
}
