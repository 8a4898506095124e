/** Sign-in tries. One in progress is also the pending request of SAML: answered once, by the browser that began it. */
import { sql, type Insertable } from 'kysely';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { AttemptRow, AttemptsTable } from '../tables/attempts.ts';
import { toJson } from '../tables/columns.ts';
import type { SamlReplayRow } from '../tables/saml-replays.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

export type NewAttempt = Pick<
  Insertable<AttemptsTable>,
  | 'id'
  | 'environmentId'
  | 'organizationId'
  | 'connectionId'
  | 'protocol'
  | 'revisionId'
  | 'reference'
  | 'origin'
  | 'settingsRevision'
  | 'requestId'
  | 'relayStateDigest'
  | 'bindingDigest'
  | 'testDigest'
  | 'clientId'
  | 'redirectUri'
  | 'clientState'
  | 'codeChallenge'
  | 'forceAuthn'
  | 'requestXml'
> & { trail?: readonly object[]; startedAt: Date };

export async function insertAttempt(tx: Tx, { trail, ...attempt }: NewAttempt): Promise<AttemptRow> {
  const row = await tx
    .insertInto('attempts')
    .values({ ...attempt, ...(trail && { trail: toJson(trail) }), state: 'in_progress' })
    .returningAll()
    .executeTakeFirstOrThrow();
  notifyChange(tx, row, 'attempt', row.id);
  return row;
}

/** Throws `not_found`. */
export async function getAttempt(tx: Tx, tenant: Tenant, attemptId: string): Promise<AttemptRow> {
  const attempt = await attemptsOf(tx, tenant).where('attempts.id', '=', attemptId).executeTakeFirst();
  if (!attempt) throw new OnboardingError('not_found', { kind: 'attempt' });
  return attempt;
}

/** How many sign-ins that began at the provider this browser has been sent off with and brought no answer to. */
export async function countUnanswered(
  tx: Tx,
  tenant: Tenant,
  of: { connectionId: string; bindingDigest: string; since: Date },
): Promise<number> {
  const found = await attemptsOf(tx, tenant)
    .where('attempts.connectionId', '=', of.connectionId)
    .where('attempts.bindingDigest', '=', of.bindingDigest)
    .where('attempts.origin', '=', 'provider')
    .where('attempts.answeredAt', 'is', null)
    .where('attempts.startedAt', '>', of.since)
    .execute();
  return found.length;
}

const testAddressLifeMs = 15 * 60_000;

/**
 * Uses the address of a test sign-in up and binds the attempt to the request that now goes out. Undefined when the
 * address was used, is older than 15 minutes, or the attempt has ended.
 */
export async function takeTestAddress(
  tx: Tx,
  tenant: Tenant,
  attemptId: string,
  request: {
    requestId: string | null;
    relayStateDigest: string | null;
    bindingDigest: string | null;
    requestXml: string | null;
    forceAuthn: boolean;
    trail: readonly object[];
    settingsRevision: number;
    now: Date;
  },
): Promise<AttemptRow | undefined> {
  const { now, trail, ...sent } = request;
  return (
    tx
      .updateTable('attempts')
      // The clocks of an attempt begin when its request goes out, however late the address was opened.
      .set({ ...sent, trail: toJson(trail), startedAt: now, testDigest: null })
      .where('id', '=', attemptId)
      .where('testDigest', 'is not', null)
      .where('state', '=', 'in_progress')
      .where('startedAt', '>', new Date(now.getTime() - testAddressLifeMs))
      .where(ownedBy('attempts', tenant))
      .returningAll()
      .executeTakeFirst()
  );
}

/** How long a request may be answered. */
export const requestLifeMs = 10 * 60_000;

const storeOutcome = fixedStatement<{ id: string }>(`
  update attempts
  set pending_outcome = :pendingOutcome::jsonb, response_xml = :responseXml, answered_at = :now
  where id = :attemptId and environment_id = :environmentId and organization_id = :organizationId
    and consumed_at is null and state in ('in_progress', 'timed_out') and started_at > :begunAfter
  returning id
`);

/** Keeps a verdict until the browser has shown its cookie [SAML-16]. False when the request has been answered already. */
export async function storePendingOutcome(
  tx: Tx,
  { environmentId, organizationId }: Tenant & { organizationId: string },
  attemptId: string,
  { pendingOutcome, responseXml, now }: { pendingOutcome: object; responseXml: string; now: Date },
): Promise<boolean> {
  const stored = await storeOutcome(tx, {
    environmentId,
    organizationId,
    attemptId,
    responseXml,
    now,
    pendingOutcome: toJson(pendingOutcome),
    begunAfter: new Date(now.getTime() - requestLifeMs),
  });
  return stored.length > 0;
}

/** A message that must not be accepted twice, until the instant after which it could not be accepted anyway. */
export type SeenMessage = Pick<SamlReplayRow, 'kind' | 'messageId' | 'expiresAt'>;

export type ConsumedRequest =
  | { outcome: 'consumed'; attempt: AttemptRow }
  | {
      outcome: Extract<
        SignInCause,
        'in_response_to_unknown' | 'request_expired' | 'browser_differs' | 'replayed'
      >;
    };

/**
 * Spends the pending request and remembers the messages that answered it, in one transaction [SAML-17] [SAML-18]: of
 * any number of simultaneous answers one gets the attempt. Whatever is refused here leaves the request unspent. Answers
 * of OpenID Connect have no messages: whatever names a spent request again is a replay [OIDC-02].
 * `bindingDigest` is that of the cookie the browser has shown, null when it showed none.
 */
export async function consumeRequest(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  answer: {
    connectionId: string;
    requestId: string;
    bindingDigest: string | null;
    messages: readonly SeenMessage[];
    now: Date;
  },
): Promise<ConsumedRequest> {
  const { connectionId, requestId, bindingDigest, messages, now } = answer;
  const pending = await attemptsOf(tx, tenant)
    .where('attempts.connectionId', '=', connectionId)
    .where('attempts.requestId', '=', requestId)
    .forUpdate()
    .executeTakeFirst();
  if (!pending) return { outcome: 'in_response_to_unknown' };
  if (pending.consumedAt !== null) {
    return {
      outcome:
        messages.length === 0 || (await isSeen(tx, tenant, connectionId, messages))
          ? 'replayed'
          : 'in_response_to_unknown',
    };
  }
  if (pending.state === 'success' || pending.state === 'failed') return { outcome: 'in_response_to_unknown' };
  if (pending.startedAt.getTime() + requestLifeMs <= now.getTime()) return { outcome: 'request_expired' };
  if (pending.bindingDigest !== bindingDigest) return { outcome: 'browser_differs' };
  if (messages.length > 0 && !(await rememberMessages(tx, tenant, connectionId, messages))) {
    return { outcome: 'replayed' };
  }
  const attempt = await tx
    .updateTable('attempts')
    .set({ consumedAt: now, pendingOutcome: null })
    .where('id', '=', pending.id)
    .where(ownedBy('attempts', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
  return { outcome: 'consumed', attempt };
}

/** Remembers messages of a sign-in that nobody asked for. False when one of them was seen before [SAML-18]. */
export async function rememberMessages(
  tx: Tx,
  { environmentId, organizationId }: Tenant & { organizationId: string },
  connectionId: string,
  messages: readonly SeenMessage[],
): Promise<boolean> {
  const inserted = await tx
    .insertInto('samlReplays')
    .values(messages.map((message) => ({ ...message, connectionId, environmentId, organizationId })))
    .onConflict((conflict) => conflict.columns(['connectionId', 'kind', 'messageId']).doNothing())
    .returning('messageId')
    .execute();
  return inserted.length === messages.length;
}

export interface AttemptOutcome {
  state: 'success' | 'failed';
  cause?: SignInCause | null;
  facts?: SignInFacts;
  checks?: readonly { check: string; passed: boolean }[];
  responseXml?: string | null;
  email?: string | null;
  idpId?: string | null;
  profile?: object | null;
  signedBy?: string | null;
  signed?: string | null;
  /** The whole of it: what was there before is replaced. */
  trail?: readonly object[];
  now: Date;
}

/** Ends an attempt, once; one that timed out may still end well. Undefined when it had ended before. */
export async function finishAttempt(
  tx: Tx,
  tenant: Tenant,
  attemptId: string,
  { cause = null, facts, checks, profile, trail, now, ...outcome }: AttemptOutcome,
): Promise<AttemptRow | undefined> {
  const attempt = await tx
    .updateTable('attempts')
    .set({
      ...outcome,
      cause,
      ...(facts && { facts: toJson(facts) }),
      ...(checks && { checks: toJson(checks) }),
      ...(profile && { profile: toJson(profile) }),
      ...(trail && { trail: toJson(trail) }),
      pendingOutcome: null,
      testDigest: null,
      answeredAt: sql<Date>`coalesce(answered_at, ${now})`,
      endedAt: now,
    })
    .where('id', '=', attemptId)
    .where('state', 'in', ['in_progress', 'timed_out'])
    .where(ownedBy('attempts', tenant))
    .returningAll()
    .executeTakeFirst();
  if (attempt) notifyChange(tx, attempt, 'attempt', attempt.id);
  return attempt;
}

export interface AttemptFilter {
  connectionId?: string;
  state?: AttemptRow['state'];
  cause?: string;
  origin?: AttemptRow['origin'];
  reference?: string;
}

export type ListedAttempt = AttemptRow & { organizationName: string; providerId: string | null };

/** With the names that a list shows, by start. */
export async function listAttempts(
  tx: Tx,
  tenant: Tenant,
  filter: AttemptFilter,
  request: PageRequest,
): Promise<Page<ListedAttempt>> {
  const { connectionId, state, cause, origin, reference } = filter;
  let query = attemptsOf(tx, tenant)
    .innerJoin('organizations', 'organizations.id', 'attempts.organizationId')
    .innerJoin('connections', 'connections.id', 'attempts.connectionId')
    .select(['organizations.name as organizationName', 'connections.providerId']);
  if (connectionId) query = query.where('attempts.connectionId', '=', connectionId);
  if (state) query = query.where('attempts.state', '=', state);
  if (cause) query = query.where(sql<boolean>`attempts.cause = ${cause}`);
  if (origin) query = query.where('attempts.origin', '=', origin);
  if (reference) query = query.where('attempts.reference', '=', reference);
  const keys = [sql.ref('attempts.startedAt'), sql.ref('attempts.id')];
  return pageOf(tx, query, { table: 'attempts', keys, owned: ownedBy('attempts', tenant) }, request);
}

/** How attempts ended, by UTC day as `YYYY-MM-DD`, oldest first; days without any are left out. */
export async function countAttemptsPerDay(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  since: Date,
): Promise<{ day: string; worked: number; failed: number }[]> {
  const { rows } = await sql<{ day: string; worked: number; failed: number }>`
    select to_char(started_at at time zone 'UTC', 'YYYY-MM-DD') as day,
      count(*) filter (where state = 'success') as worked,
      count(*) filter (where state in ('failed', 'timed_out')) as failed
    from attempts
    where ${ownedBy('attempts', tenant)} and connection_id = ${connectionId} and started_at >= ${since}
    group by day order by day
  `.execute(tx);
  return rows;
}

/** The newest sign-in since then that was refused for this cause. Tests do not count. */
export async function findNewestRefusal(
  tx: Tx,
  tenant: Tenant,
  {
    connectionId,
    cause,
    since,
    otherThan = '',
  }: { connectionId: string; cause: SignInCause; since: Date; otherThan?: string },
): Promise<AttemptRow | undefined> {
  return attemptsOf(tx, tenant)
    .where('attempts.connectionId', '=', connectionId)
    .where('attempts.id', '<>', otherThan)
    .where('attempts.cause', '=', cause)
    .where('attempts.origin', '<>', 'test')
    .where('attempts.startedAt', '>=', since)
    .orderBy('attempts.startedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** How often sign-ins through the connection failed since then, and mostly why. Tests do not count. */
export async function summarizeFailures(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  since: Date,
): Promise<{ failures: number; topCause: SignInCause | null }> {
  const { rows } = await sql<{ failures: number; topCause: SignInCause | null }>`
    select count(*) as failures, mode() within group (order by cause) as top_cause
    from attempts
    where ${ownedBy('attempts', tenant)} and connection_id = ${connectionId} and started_at >= ${since}
      and state = 'failed' and origin <> 'test'
  `.execute(tx);
  return rows[0] ?? { failures: 0, topCause: null };
}

async function isSeen(
  tx: Tx,
  tenant: Tenant,
  connectionId: string,
  messages: readonly SeenMessage[],
): Promise<boolean> {
  const ids = messages.map(({ messageId }) => messageId);
  const seen = await tx
    .selectFrom('samlReplays')
    .select('messageId')
    .where(ownedBy('samlReplays', tenant))
    .where('connectionId', '=', connectionId)
    .where(sql<boolean>`message_id = any(${ids}::text[])`)
    .limit(1)
    .executeTakeFirst();
  return seen !== undefined;
}

function attemptsOf(tx: Tx, tenant: Tenant) {
  return tx.selectFrom('attempts').selectAll('attempts').where(ownedBy('attempts', tenant));
}
