/**
 * The clocks of the design (§7): each statement ends or removes what its time has come for and answers how many rows that
 * were. Safe to run at any time, by several at once. Needs `withSystem`.
 */
import { sql } from 'kysely';
import { forgetContacts } from './contact-erasure.ts';
import { notifyChange, type Tx } from './database.ts';
import { toJson } from './tables/columns.ts';
import type { AttemptRow } from './tables/attempts.ts';
import type { LinkRow } from './tables/links.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const rowsAtOnce = 1_000;

/** Links past their date, with their tokens forgotten; the rows, so that their onboardings can be told. */
export async function expireLinks(tx: Tx, now: Date): Promise<LinkRow[]> {
  return tx
    .updateTable('links')
    .set({ state: 'expired', endedAt: now, tokenSealed: null })
    .where('expiresAt', '<=', now)
    .where('endedAt', 'is', null)
    .returningAll()
    .execute();
}

/** Sessions of staff and portal past their idle or hard end. */
export async function endSessions(tx: Tx, now: Date): Promise<number> {
  const isOver = sql<boolean>`ended_at is null and least(idle_expires_at, expires_at) <= ${now}`;
  const portal = await tx
    .updateTable('portalSessions')
    .set({ endedAt: sql<Date>`least(idle_expires_at, expires_at)` })
    .where(isOver)
    .returning('id')
    .execute();
  const staff = await tx
    .updateTable('staffSessions')
    .set({ endedAt: sql<Date>`least(idle_expires_at, expires_at)` })
    .where(isOver)
    .returning('id')
    .execute();
  return portal.length + staff.length;
}

const attemptShownMs = 5 * minuteMs;
const testAddressMs = 15 * minuteMs;

/** Attempts without an answer for 5 minutes; tests that nobody has begun keep the 15 minutes of their address. */
export async function timeOutAttempts(tx: Tx, now: Date): Promise<AttemptRow[]> {
  const attempts = await tx
    .updateTable('attempts')
    .set({ state: 'timed_out', cause: 'timed_out', endedAt: now })
    .where('state', '=', 'in_progress')
    .where(
      sql<boolean>`started_at <= case when test_digest is null
        then ${new Date(now.getTime() - attemptShownMs)}::timestamptz
        else ${new Date(now.getTime() - testAddressMs)}::timestamptz end`,
    )
    .returningAll()
    .execute();
  for (const attempt of attempts) notifyChange(tx, attempt, 'attempt', attempt.id);
  return attempts;
}

/** What only serves until its date: replayed messages, stored answers, counters, codes, sign-in links of staff. */
export async function removeExpired(tx: Tx, now: Date): Promise<number> {
  const replays = await tx
    .deleteFrom('samlReplays')
    .where('expiresAt', '<=', now)
    .returning('messageId')
    .execute();
  const answers = await tx
    .deleteFrom('idempotencyKeys')
    .where('expiresAt', '<=', now)
    .returning('key')
    .execute();
  const counters = await tx
    .deleteFrom('rateLimits')
    .where('expire', '<', now.getTime())
    .returning('key')
    .execute();
  const signIns = await tx
    .deleteFrom('staffSignIns')
    .where('expiresAt', '<=', new Date(now.getTime() - dayMs))
    .returning('id')
    .execute();
  const actCodes = await tx
    .deleteFrom('actCodes')
    .where('expiresAt', '<=', new Date(now.getTime() - dayMs))
    .returning('id')
    .execute();
  return replays.length + answers.length + counters.length + signIns.length + actCodes.length;
}

/** Attempts, with the sign-ins that came of them, past their retention; in batches, call until it answers 0. */
export async function removeOldAttempts(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  const old = sql`
    select old.id from environments cross join lateral (
      select id from attempts where environment_id = environments.id and started_at < ${before}
      order by started_at, id limit ${rowsAtOnce}
    ) as old order by old.id limit ${rowsAtOnce}
  `;
  await sql`delete from sign_ins where attempt_id in (${old})`.execute(tx);
  const removed = await sql`delete from attempts where id in (${old}) returning id`.execute(tx);
  return removed.rows.length;
}

/** Numbered events past their retention; in batches, call until it answers 0. Positions go on where they were. */
export async function removeOldEvents(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  const removed = await sql`
    delete from events where id in (
      select old.id from environments cross join lateral (
        select id from events
        where environment_id = environments.id and created_at < ${before} and position is not null
        order by created_at limit ${rowsAtOnce}
      ) as old limit ${rowsAtOnce}
    ) returning id
  `.execute(tx);
  return removed.rows.length;
}

/** Deleted connections that cannot be brought back any more: their secrets are forgotten, attempts keep what they had. */
export async function endRestorable(tx: Tx, now: Date): Promise<number> {
  const ended = await tx
    .updateTable('connections')
    .set({ restorableUntil: null, oidcClientSecretSealed: null })
    .where('restorableUntil', '<=', now)
    .returning('id')
    .execute();
  return ended.length;
}

/** Log streams that were removed before then cannot be brought back any more: their secrets are forgotten. */
export async function forgetRemovedStreams(tx: Tx, before: Date): Promise<number> {
  const ended = await tx
    .updateTable('logStreams')
    .set({ secretSealed: null, secretHints: toJson({}) })
    .where('deletedAt', '<=', before)
    .where('secretSealed', 'is not', null)
    .returning('id')
    .execute();
  return ended.length;
}

/** Former configurations whose time to be brought back is over: gone with their secrets; attempts keep what they had. */
export async function removeFormers(tx: Tx, now: Date): Promise<number> {
  const removed = await tx
    .deleteFrom('formerConfigurations')
    .where('keptUntil', '<=', now)
    .returning('id')
    .execute();
  return removed.length;
}

/** Delivered commands past their use; the ones still waiting and the dead stay. */
export async function removeOldCommands(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const removed = await tx
    .deleteFrom('commands')
    .where('state', 'in', ['applied', 'refused'])
    .where('deliveredAt', '<', new Date(now.getTime() - keptDays * dayMs))
    .returning('id')
    .execute();
  return removed.length;
}

/** Mails past their use. Those of an open onboarding stay: its next mail answers the first one. Call until it answers 0. */
export async function removeOldMails(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  const removed = await sql`
    delete from mails where id in (
      select mails.id from mails left join onboardings on onboardings.id = mails.onboarding_id
      where mails.created_at < ${before} and onboardings.is_open is not true
      order by mails.created_at limit ${rowsAtOnce}
    ) returning id
  `.execute(tx);
  return removed.rows.length;
}

/** Sessions of staff and portal that ended long ago, with the addresses and browsers they came from. */
export async function removeOldSessions(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  // A code of the last day may still name its session.
  const portal = await sql`
    delete from portal_sessions where ended_at < ${before}
      and not exists (select from act_codes where act_codes.session_id = portal_sessions.id)
    returning id
  `.execute(tx);
  const staff = await tx.deleteFrom('staffSessions').where('endedAt', '<', before).returning('id').execute();
  return portal.rows.length + staff.length;
}

/** Drafts that ended long ago and that no attempt names any more. */
export async function removeOldRevisions(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  const removed = await sql`
    delete from connection_revisions where ended_at < ${before}
      and not exists (select from attempts where attempts.revision_id = connection_revisions.id)
    returning id
  `.execute(tx);
  return removed.rows.length;
}

/**
 * Addresses that bounced long ago may be mailed again: mailboxes come back, and one that does not bounces once more.
 * Whoever complained stays out of it. Gives the environments they belong to, one for each address.
 */
export async function forgetOldBounces(tx: Tx, now: Date, keptDays: number): Promise<string[]> {
  const removed = await tx
    .deleteFrom('mailSuppressions')
    .where('reason', '=', 'bounced')
    .where('createdAt', '<', new Date(now.getTime() - keptDays * dayMs))
    .returning('environmentId')
    .execute();
  return removed.map(({ environmentId }) => environmentId);
}

/** Contacts that were removed long ago. What they received stays for its own time, without them. */
export async function removeOldContacts(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  // Those that went with their organization come back with it, or go with it.
  const old = await tx
    .selectFrom('itContacts')
    .innerJoin('organizations', 'organizations.id', 'itContacts.organizationId')
    .select('itContacts.id')
    .where('itContacts.removedAt', '<', before)
    .where('organizations.deletedAt', 'is', null)
    .limit(rowsAtOnce)
    .execute();
  await forgetContacts(
    tx,
    old.map(({ id }) => id),
  );
  return old.length;
}

/** Presses of "Send me a fresh link" past their use: staff look at the newest ones. */
export async function removeOldFreshLinkRequests(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const removed = await tx
    .deleteFrom('freshLinkRequests')
    .where('createdAt', '<', new Date(now.getTime() - keptDays * dayMs))
    .returning('id')
    .execute();
  return removed.length;
}

/** Deliveries of webhooks that ended and are past their retention; in batches, call until it answers 0. */
export async function removeOldDeliveries(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  const removed = await sql`
    delete from webhook_deliveries where id in (
      select id from webhook_deliveries where created_at < ${before} and state <> 'waiting'
      order by created_at limit ${rowsAtOnce}
    ) returning id
  `.execute(tx);
  return removed.rows.length;
}

/** Calls of directories' clients past their retention; in batches, call until it answers 0. */
export async function removeOldDirectoryRequests(tx: Tx, now: Date, keptDays: number): Promise<number> {
  const before = new Date(now.getTime() - keptDays * dayMs);
  const removed = await sql`
    delete from directory_requests where id in (
      select id from directory_requests where at < ${before} order by at limit ${rowsAtOnce}
    ) returning id
  `.execute(tx);
  return removed.rows.length;
}
