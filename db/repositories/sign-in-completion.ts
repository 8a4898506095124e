/**
 * The good end of a sign-in as one statement: the request is spent, its messages are remembered, the attempt ends, the
 * profile is brought up to date, the code is there and the vendor is told, or nothing of it.
 */
import { ssoEventObject } from '../../onboarding/wire-objects.ts';
import { isKeptOut } from '../directories/sign-in-refusal.ts';
import { notifyAfterCommit, notifyChange, type Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { toJson } from '../tables/columns.ts';
import type { AttemptRow } from '../tables/attempts.ts';
import type { ConnectionRow } from '../tables/connections.ts';
import { requestLifeMs } from './attempts.ts';

export interface SignInCompletion {
  readonly attempt: AttemptRow;
  readonly connection: Pick<ConnectionRow, 'connectionType'>;
  readonly checks: readonly { check: string; passed: boolean }[];
  readonly trail: readonly object[];
  /** What the attempt keeps of the person. */
  readonly shown: object;
  readonly signedBy: string | null;
  readonly signed: string | null;
  readonly person: {
    readonly idpId: string;
    readonly email: string;
    readonly firstName: string | null;
    readonly lastName: string | null;
    readonly name: string | null;
    readonly groups: readonly string[];
    readonly rawAttributes: object;
    readonly customAttributes: object;
  };
  /** A domain that no other organization of the environment may hold; null where that is of no account. */
  readonly domainHeldByNobodyElse: string | null;
  readonly signInId: string;
  readonly profileId: string;
  readonly eventId: string;
  readonly sessionIndex: string | null;
  readonly nameId: Readonly<Record<string, string>> | null;
  readonly codeDigest: string;
  readonly codeExpiresAt: Date;
  readonly expiresAt: Date | null;
  readonly now: Date;
}

/** What only answers of SAML have: their request is spent with them, by the browser that began it [SAML-17] [SAML-18]. */
export interface SpentMessages {
  readonly bindingDigest: string | null;
  readonly assertionId: string;
  readonly responseId: string;
  readonly rememberUntil: Date;
}

const ended = `state = 'success', cause = null, checks = :checks::jsonb, trail = :trail::jsonb,
  profile = :shown::jsonb, email = :email, idp_id = :idpId, signed_by = :signedBy, signed = :signed,
  pending_outcome = null, test_digest = null, consumed_at = coalesce(consumed_at, :now),
  answered_at = coalesce(answered_at, :now), ended_at = :now`;

const keptOut = isKeptOut('(select directory_policy from environments where id = :environmentId)', {
  organizationId: ':organizationId',
  idpId: ':idpId',
  email: ':email',
});

// The row is locked first, so of any number of simultaneous answers one goes on.
const pending = (condition: string) => `pending as (
    select id from attempts
    where id = :attemptId and environment_id = :environmentId and organization_id = :organizationId
      and state in ('in_progress', 'timed_out') and ${condition}
      and not exists (
        select from organization_domains
        where environment_id = :environmentId and domain = :domainHeldByNobodyElse and state = 'verified'
          and organization_id <> :organizationId
      )
      and not ${keptOut}
    for update
  )`;

/**
 * Whoever a directory has anew, after it had nobody of that id or address for so long, is taken for another person: the
 * profile of the one before keeps what it has, and the name goes to a new one [IDB-05].
 */
const forgottenAfter = `interval '90 days'`;
const ofThatName = `directory_users.organization_id = :organizationId
      and (directory_users.external_id = :idpId or directory_users.email_key = lower(:email))`;
const passedOn = `passed_on as (
    update profiles set passed_on_at = :now
    from ended, (
      select min(created_at) as since from directory_users
      where ${ofThatName} and state = 'active' and deleted_at is null
    ) as back
    where profiles.connection_id = :connectionId and profiles.idp_id = :idpId and profiles.passed_on_at is null
      and profiles.last_sign_in_at < back.since
      and back.since - ${forgottenAfter} >= (
        select max(coalesce(deleted_at, 'infinity')) from directory_users
        where ${ofThatName} and created_at < back.since
      )
    returning profiles.id
  )`;

const kept = `${passedOn}, person as (
    insert into profiles (id, environment_id, organization_id, connection_id, connection_type, idp_id, email,
      first_name, last_name, name, groups, raw_attributes, custom_attributes, created_at, updated_at, last_sign_in_at)
    select :profileId, :environmentId, :organizationId, :connectionId, :connectionType, :idpId, :email,
      :firstName, :lastName, :name, :groups::text[], :rawAttributes::jsonb, :customAttributes::jsonb, :now, :now, :now
    -- Counted so that the name is free by now.
    from ended, (select count(*) from passed_on) as freed
    on conflict (connection_id, idp_id) where passed_on_at is null do update set connection_type = excluded.connection_type,
      email = excluded.email, first_name = excluded.first_name, last_name = excluded.last_name, name = excluded.name,
      groups = excluded.groups, raw_attributes = excluded.raw_attributes,
      custom_attributes = excluded.custom_attributes, updated_at = excluded.updated_at,
      last_sign_in_at = excluded.last_sign_in_at
    returning id
  ), event as (
    insert into events (id, environment_id, organization_id, name, data, created_at)
    select :eventId, :environmentId, :organizationId, 'authentication.sso_succeeded', :eventData::jsonb, :now
    from ended
  )
  insert into sign_ins (id, environment_id, organization_id, connection_id, profile_id, attempt_id, session_index,
    name_id, code_digest, code_expires_at, client_id, redirect_uri, code_challenge, created_at, expires_at)
  select :signInId, :environmentId, :organizationId, :connectionId, person.id, :attemptId, :sessionIndex,
    :nameId::jsonb, :codeDigest, :codeExpiresAt, :clientId, :redirectUri, :codeChallenge, :now, :expiresAt
  from person
  returning id`;

const spendAndComplete = fixedStatement<{ id: string }>(`
  with ${pending('consumed_at is null and binding_digest = :bindingDigest and started_at > :begunAfter')},
  seen as (
    insert into saml_replays (connection_id, environment_id, organization_id, kind, message_id, expires_at)
    select :connectionId, :environmentId, :organizationId, message.kind, message.id, :rememberUntil
    from pending, (values ('assertion', :assertionId), ('response', :responseId)) as message (kind, id)
    on conflict (connection_id, kind, message_id) do nothing
    returning message_id
  ), ended as (
    update attempts set ${ended}
    where id = (select id from pending) and (select count(*) from seen) = 2
    returning id
  ), ${kept}
`);

const completeSpent = fixedStatement<{ id: string }>(`
  with ${pending('consumed_at is not null')},
  ended as (update attempts set ${ended} where id = (select id from pending) returning id),
  ${kept}
`);

/**
 * Spends the pending request of SAML and completes its sign-in. False when it may not be spent, the address's domain is
 * another's, or a directory keeps the person out: then nothing is changed but that fresh messages of a replay are remembered, and the caller asks why.
 */
export async function spendAndCompleteSignIn(
  tx: Tx,
  completion: SignInCompletion,
  messages: SpentMessages,
): Promise<boolean> {
  const begunAfter = new Date(completion.now.getTime() - requestLifeMs);
  return completed(
    tx,
    completion,
    await spendAndComplete(tx, { ...valuesOf(completion), ...messages, begunAfter }),
  );
}

/** The same where the request was spent before its code was exchanged. False when something stands against it. */
export async function completeSpentSignIn(tx: Tx, completion: SignInCompletion): Promise<boolean> {
  return completed(tx, completion, await completeSpent(tx, valuesOf(completion)));
}

function completed(tx: Tx, { attempt }: SignInCompletion, rows: readonly { id: string }[]): boolean {
  if (rows.length === 0) return false;
  notifyChange(tx, attempt, 'attempt', attempt.id);
  notifyAfterCommit(tx, { channel: 'events', payload: attempt.environmentId });
  return true;
}

function valuesOf({ attempt, connection, person, ...completion }: SignInCompletion) {
  const { environmentId, organizationId, connectionId, clientId, redirectUri, codeChallenge } = attempt;
  const { checks, trail, shown, nameId, ...rest } = completion;
  const event = ssoEventObject({ ...attempt, email: person.email, cause: null }, 'succeeded');
  return {
    ...rest,
    environmentId,
    organizationId,
    connectionId,
    clientId,
    redirectUri,
    codeChallenge,
    ...person,
    attemptId: attempt.id,
    connectionType: connection.connectionType,
    rawAttributes: toJson(person.rawAttributes),
    customAttributes: toJson(person.customAttributes),
    checks: toJson(checks),
    trail: toJson(trail),
    shown: toJson(shown),
    nameId: nameId && toJson(nameId),
    eventData: toJson(event),
  };
}
