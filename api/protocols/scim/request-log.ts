import { newId } from '../../../adapters/ids.ts';
import { ourTokenPattern } from '../../../adapters/tokens.ts';
import { insertDirectoryRequests, withTenant, type Db, type DirectoryRequestRow } from '../../../db/index.ts';

/** A call as it ended. What it costs to make it fit to be kept is paid when it is written, not while the client waits. */
interface DirectoryCallMade extends Pick<
  DirectoryRequestRow,
  | 'environmentId'
  | 'organizationId'
  | 'directoryId'
  | 'at'
  | 'method'
  | 'path'
  | 'status'
  | 'milliseconds'
  | 'kind'
  | 'cause'
> {
  /** Null where the token was none. */
  tokenId: string | null;
  userAgent: string | null;
  subject: string | null;
  requestBody: unknown;
  responseBody: string | null;
}

/**
 * Writes the calls of directories' clients beside them, many at once, a few times a second. When nobody can be written to
 * for a while the oldest are given up: a log is no reason to refuse people.
 */
export interface DirectoryRequestLog {
  add(call: DirectoryCallMade): void;
  /** Writes what is waiting. */
  flush(): Promise<void>;
  /** Writes the last of them and ends. */
  close(): Promise<void>;
}

const everyMs = 250;
const waitingAtMost = 20_000;
const atOnce = 500;
/** When directories and tokens were last used is written at most so often. */
const touchedEveryMs = 20_000;
const longestBody = 8_192;

export function createDirectoryRequestLog({
  db,
  onFailure,
}: {
  db: Db;
  onFailure: (error: unknown) => void;
}): DirectoryRequestLog {
  let waiting: DirectoryCallMade[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const touched = new Map<string, number>();

  function schedule(): void {
    if (timer !== undefined || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      void flush();
    }, everyMs);
    timer.unref();
  }

  function flush(): Promise<void> {
    writing = writing.then(writeWaiting).catch(onFailure).finally(schedule);
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const taken = waiting.slice(0, atOnce);
      waiting = waiting.slice(atOnce);
      for (const [environmentId, calls] of byEnvironment(taken)) {
        const written = {
          requests: calls.map(rowOf),
          directories: due(
            calls
              .filter(({ tokenId }) => tokenId !== null)
              .map(({ directoryId, at }) => ({ id: directoryId, at })),
          ),
          tokens: due(calls.flatMap(({ tokenId, at }) => (tokenId === null ? [] : [{ id: tokenId, at }]))),
        };
        await withTenant(db, { environmentId }, (tx) =>
          insertDirectoryRequests(tx, { environmentId }, written),
        );
      }
    }
  }

  /** The newest use of each thing, where the last one written is old enough. */
  function due(uses: readonly { id: string; at: Date }[]): { id: string; at: Date }[] {
    const newest = new Map(uses.map(({ id, at }) => [id, at]));
    const late = [...newest].filter(
      ([id, at]) => at.getTime() - (touched.get(id) ?? Number.NEGATIVE_INFINITY) >= touchedEveryMs,
    );
    for (const [id, at] of late) touched.set(id, at.getTime());
    if (touched.size > waitingAtMost) touched.clear();
    return late.map(([id, at]) => ({ id, at }));
  }

  return {
    add(call) {
      waiting.push(call);
      if (waiting.length > waitingAtMost) waiting.splice(0, waiting.length - waitingAtMost);
      schedule();
    },
    flush,
    async close() {
      clearTimeout(timer);
      await flush();
      clearTimeout(timer);
    },
  };
}

function byEnvironment(calls: readonly DirectoryCallMade[]): Map<string, DirectoryCallMade[]> {
  const found = new Map<string, DirectoryCallMade[]>();
  for (const call of calls) {
    const known = found.get(call.environmentId);
    if (known === undefined) found.set(call.environmentId, [call]);
    else known.push(call);
  }
  return found;
}

function rowOf(call: DirectoryCallMade): Omit<DirectoryRequestRow, 'environmentId'> {
  const { organizationId, directoryId, at, method, path, status, milliseconds, kind, cause } = call;
  return {
    id: newId('directory_request_'),
    organizationId,
    directoryId,
    at,
    method,
    status,
    milliseconds,
    kind,
    cause,
    path: withoutSecrets(path).slice(0, 500),
    client: call.userAgent === null ? null : withoutSecrets(call.userAgent).slice(0, 200),
    subject: call.subject === null ? null : withoutSecrets(call.subject).slice(0, 200),
    requestBody: call.requestBody === undefined ? null : keptBody(call.requestBody),
    responseBody: call.responseBody === null ? null : cut(withoutSecrets(call.responseBody)),
  };
}

/** The body as it came, without what must not be kept. */
function keptBody(body: unknown): string {
  const text = JSON.stringify(body, (name, value: unknown) =>
    isSecret(name) ? '•••' : withoutSecretValue(value),
  );
  return cut(withoutSecrets(text));
}

const isSecret = (name: string) => /passw(or)?d|secret|token|credential|private.?key/i.test(name);

/** `{ "op": "replace", "path": "password", "value": … }` names the secret beside it. */
function withoutSecretValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('value' in value)) return value;
  return typeof value.path === 'string' && isSecret(value.path) ? { ...value, value: '•••' } : value;
}

const unstorable = /\0|\p{Surrogate}/gu;

const withoutSecrets = (text: string): string =>
  text.replace(ourTokenPattern, '•••').replace(unstorable, '\u{fffd}');

/** 8 KB at most, whole characters. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= longestBody) return text;
  return (
    Buffer.from(text)
      .subarray(0, longestBody - 4)
      .toString('utf8')
      .replace(/\u{fffd}$/u, '') + '…'
  );
}
