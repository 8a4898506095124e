import pg from 'pg';
import type { Notice } from './notifier.ts';
import type { DatabaseLog, DatabaseRole } from './pool.ts';

export interface ListenerOptions {
  databaseUrl: string;
  role: DatabaseRole;
  applicationName: string;
  log: DatabaseLog;
}

type Handler = (payload: string) => void;

const firstPauseMs = 100;
const longestPauseMs = 5_000;

/**
 * Listens on a connection of its own and comes back by itself when that is lost. After each return every handler is
 * called once with an empty payload, because hints may have been missed meanwhile: a hint means "look", never "here it is".
 */
export function createListener(options: ListenerOptions) {
  const handlers = new Map<string, Set<Handler>>();
  let client: pg.Client | undefined;
  let isClosed = false;
  let missedHints = false;
  let pauseMs = firstPauseMs;
  let retry: NodeJS.Timeout | undefined;
  let connecting: Promise<void> = connect();
  let sending = Promise.resolve();

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: options.applicationName,
      options: `-c role=${options.role}`,
      keepAlive: true,
    });
    fresh.on('error', (error) => options.log.warn({ err: error }, 'the listening connection was lost'));
    fresh.on('end', () => {
      if (client === fresh) client = undefined;
      missedHints = true;
      reconnectLater();
    });
    fresh.on('notification', ({ channel, payload = '' }) => tell(channel, payload));
    try {
      await fresh.connect();
      for (const channel of handlers.keys()) await fresh.query(`listen ${quote(channel)}`);
    } catch (error) {
      options.log.warn({ err: error }, 'cannot listen for changes yet');
      await fresh.end().catch(() => undefined);
      missedHints = true;
      return reconnectLater();
    }
    if (isClosed) return fresh.end();
    client = fresh;
    pauseMs = firstPauseMs;
    if (missedHints) for (const channel of handlers.keys()) tell(channel, '');
    missedHints = false;
  }

  function reconnectLater(): void {
    if (isClosed || retry) return;
    retry = setTimeout(() => {
      retry = undefined;
      connecting = connect();
    }, pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  function tell(channel: string, payload: string): void {
    for (const handler of handlers.get(channel) ?? []) handler(payload);
  }

  /**
   * LISTEN or UNLISTEN, one after the other: a driver of tomorrow takes no second statement while one is under way. A lost
   * connection needs neither, it asks for all channels when it is back.
   */
  function send(statement: string): Promise<void> {
    sending = sending.then(async () => {
      await connecting;
      await client?.query(statement).catch((error: unknown) => {
        options.log.warn({ err: error }, 'a channel could not be changed');
      });
    });
    return sending;
  }

  return {
    /** Calls `handler` for every hint on the channel until the returned function is called. */
    async listen(channel: Notice['channel'], handler: Handler): Promise<() => Promise<void>> {
      const existing = handlers.get(channel);
      if (existing) existing.add(handler);
      else {
        handlers.set(channel, new Set([handler]));
        await send(`listen ${quote(channel)}`);
      }
      return async () => {
        const remaining = handlers.get(channel);
        if (!remaining?.delete(handler) || remaining.size > 0) return;
        handlers.delete(channel);
        await send(`unlisten ${quote(channel)}`);
      };
    },

    async close(): Promise<void> {
      isClosed = true;
      clearTimeout(retry);
      await connecting;
      await client?.end();
    },
  };
}

function quote(channel: string): string {
  return `"${channel.replaceAll('"', '""')}"`;
}
