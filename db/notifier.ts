import type pg from 'pg';
import type { DatabaseLog } from './pool.ts';

/**
 * A hint that something has changed; the tables are the truth.
 * `outbox`: a command is due. `events`: an event waits for its position, payload = environment id.
 * `audit`: an audit event waits for its place in the chain, payload = environment id.
 * `portal:<organization id>` and `staff:<environment id>`: pages may be stale, payload = `<kind>:<id>`.
 */
export interface Notice {
  channel: 'outbox' | 'events' | 'audit' | `portal:${string}` | `staff:${string}`;
  payload?: string;
}

const pauseMs = 50;

/**
 * Sends hints at most every 50 ms a process, equal ones once: NOTIFY takes a lock of the whole database when its
 * transaction commits, so hot transactions must not carry it themselves.
 */
export function createNotifier({ pool, log }: { pool: pg.Pool; log: DatabaseLog }) {
  const waiting = new Map<string, Required<Notice>>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  function notify({ channel, payload = '' }: Notice): void {
    waiting.set(`${channel} ${payload}`, { channel, payload });
    if (!timer) flush();
  }

  function flush(): void {
    timer = undefined;
    if (waiting.size === 0) return;
    const notices = [...waiting.values()];
    waiting.clear();
    timer = setTimeout(flush, pauseMs);
    timer.unref();
    sending = send(notices);
  }

  async function send(notices: Required<Notice>[]): Promise<void> {
    try {
      await pool.query(
        'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as notice (channel, payload)',
        [notices.map(({ channel }) => channel), notices.map(({ payload }) => payload)],
      );
    } catch (error) {
      // Whoever waits looks by itself every few seconds.
      log.warn({ err: error }, 'listeners could not be told of a change');
    }
  }

  return {
    notify,
    /** Sends what still waits. */
    async close(): Promise<void> {
      clearTimeout(timer);
      flush();
      clearTimeout(timer);
      await sending;
    },
  };
}
