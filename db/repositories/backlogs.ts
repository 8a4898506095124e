import { sql } from 'kysely';
import type { Tx } from '../database.ts';

/** What waits and what fails in all environments together. */
interface Backlogs {
  commands: { waiting: number; dead: number };
  /** Since when the first of them waits, or should have been sent; null where none does. */
  waitsSince: Record<
    'command' | 'event' | 'audit_row' | 'webhook_delivery' | 'held_change' | 'mail',
    Date | null
  >;
  /** How many have taken nothing for a while. */
  failing: Record<'webhook_endpoint' | 'log_stream', number>;
}

/** An hour is the longest between two tries; what nobody sends any more, such as an invitation called off, waits for nothing. */
const mailsAreTriedWithinMs = 70 * 60_000;

/**
 * Measures them, for figures and alerts. Each is found at the end of an index, but for the commands and the numbers,
 * which count what waits. Needs `withSystem`.
 */
export async function measureBacklogs(tx: Tx, now: Date): Promise<Backlogs> {
  const stillTried = new Date(now.getTime() - mailsAreTriedWithinMs);
  const { rows } = await sql<Row>`
    select
      (select count(*)::int from commands where state = 'accepted') as waiting,
      (select count(*)::int from commands where state = 'dead') as dead,
      (select min(created_at) from commands where state = 'accepted') as command,
      (select min(first.created_at) from environments, lateral (
        select created_at from events
        where environment_id = environments.id and position is null order by ordinal limit 1) as first) as event,
      (select min(first.at) from environments, lateral (
        select at from audit_events
        where environment_id = environments.id and chain_number is null order by ordinal limit 1) as first) as audit_row,
      (select min(first.next_try_at) from webhook_endpoints as endpoints, lateral (
        select next_try_at from webhook_deliveries
        where endpoint_id = endpoints.id and state = 'waiting' order by next_try_at limit 1) as first
        where endpoints.status = 'enabled' and endpoints.deleted_at is null
          and first.next_try_at <= ${now}) as webhook_delivery,
      (select min(created_at) from directory_holds where state = 'open') as held_change,
      (select min(created_at) from mails where state = 'sending' and tried_at > ${stillTried}) as mail,
      (select count(*)::int from webhook_endpoints
        where failing_since is not null and status = 'enabled' and deleted_at is null) as webhook_endpoint,
      (select count(*)::int from log_streams
        where failing_since is not null and deleted_at is null) as log_stream
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was measured');
  const { waiting, dead, webhookEndpoint, logStream, ...since } = row;
  return {
    commands: { waiting, dead },
    waitsSince: {
      command: since.command,
      event: since.event,
      audit_row: since.auditRow,
      webhook_delivery: since.webhookDelivery,
      held_change: since.heldChange,
      mail: since.mail,
    },
    failing: { webhook_endpoint: webhookEndpoint, log_stream: logStream },
  };
}

type Row = {
  waiting: number;
  dead: number;
  command: Date | null;
  event: Date | null;
  auditRow: Date | null;
  webhookDelivery: Date | null;
  heldChange: Date | null;
  mail: Date | null;
  webhookEndpoint: number;
  logStream: number;
};
