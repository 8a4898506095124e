import { newId } from '../../adapters/ids.ts';
import { digestToken, mintToken } from '../../adapters/tokens.ts';
import {
  consumeRequest,
  finishAttempt,
  insertSignIn,
  markConnectionTested,
  touchCertificate,
  upsertProfile,
  type AttemptRow,
  type ConnectionRow,
  type EnvironmentRow,
  type Tx,
} from '../../db/index.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { refuseOutsider } from './domain-policy.ts';
import type { AcceptedOutcome } from './pending-outcome.ts';
import { readPerson, type Person } from './read-person.ts';
import { failAttempt, keepRefused, tellOnboarding } from './record-outcome.ts';

/** How long a code may be exchanged [IDB-06]. */
const codeLifeMs = 5 * 60_000;
/** Beyond the instant after which a message could not be accepted anyway: clocks, and an hour to be sure [SAML-18]. */
const replayMarginMs = 60 * 60_000 + 180_000;

export type Completion =
  | { readonly kind: 'code'; readonly attempt: AttemptRow; readonly code: string }
  | { readonly kind: 'tested'; readonly attempt: AttemptRow }
  | { readonly kind: 'refused'; readonly cause: SignInCause; readonly attempt: AttemptRow }
  /** Not this attempt's doing: it stays as it is, and what came was kept under another reference. */
  | { readonly kind: 'not_this_one'; readonly cause: SignInCause; readonly kept: AttemptRow };

export interface CompletionInput {
  readonly connection: ConnectionRow;
  readonly environment: EnvironmentRow;
  readonly attempt: AttemptRow & { requestId: string };
  readonly outcome: AcceptedOutcome;
  /** Digest of the cookie that the browser has shown; null when it showed none. */
  readonly bindingDigest: string | null;
  readonly now: Date;
}

/**
 * Turns an accepted answer into a sign-in: spends the request and remembers the messages in one act, reads the person,
 * asks the domain policy, and ends with a code for the app or, in a test, with a proof for the connection. All in the
 * caller's transaction, which must see the whole environment; nothing waits for a workflow.
 */
export async function completeSignIn(tx: Tx, input: CompletionInput): Promise<Completion> {
  const { connection, attempt, outcome, bindingDigest, now } = input;
  const { environmentId, organizationId } = connection;
  const expiresAt = new Date(new Date(outcome.replayableUntil).getTime() + replayMarginMs);
  const consumed = await consumeRequest(
    tx,
    { environmentId, organizationId },
    {
      connectionId: connection.id,
      requestId: attempt.requestId,
      bindingDigest,
      messages: [
        { kind: 'assertion', messageId: outcome.assertionId, expiresAt },
        { kind: 'response', messageId: outcome.responseId, expiresAt },
      ],
      now,
    },
  );
  if (consumed.outcome !== 'consumed') return refuseUnconsumed(tx, input, consumed.outcome);

  const checks = [...outcome.checks, passed('browser'), passed('replay')];
  const found = readPerson(outcome, connection.attributeMapping);
  const message = { signed: outcome.signed, signedBy: outcome.signedBy, idpId: found.shown.idpId };
  const known = { ...message, profile: found.shown, email: found.shown.email, now };
  const refuse = async (cause: SignInCause, facts: SignInFacts, check: string): Promise<Completion> => {
    const failure = { ...known, cause, facts, checks: [...checks, { check, passed: false }] };
    return {
      kind: 'refused',
      cause,
      attempt: (await failAttempt(tx, connection, attempt, failure)) ?? attempt,
    };
  };
  if (!found.ok) return refuse(found.cause, found.facts, 'profile');
  checks.push(passed('profile'));

  const isTest = attempt.origin === 'test';
  const policy = input.environment.domainPolicy;
  const outsider = await refuseOutsider(tx, connection, { email: found.person.email, policy, isTest });
  if (outsider) return refuse(outsider.cause, outsider.facts, 'domains');
  checks.push(passed('domains'));

  if (outcome.notesKey) {
    await touchCertificate(tx, { environmentId, organizationId }, connection.id, outcome.signedBy, now);
  }
  const ended = await finishAttempt(tx, { environmentId, organizationId }, attempt.id, {
    ...known,
    state: 'success',
    checks,
  });
  if (!ended) throw new Error(`attempt ${attempt.id} was consumed and had ended`);
  if (isTest) {
    await proveConnection(tx, input, found.person);
    return { kind: 'tested', attempt: ended };
  }
  return { kind: 'code', attempt: ended, code: await issueCode(tx, input, found.person) };
}

const passed = (check: string) => ({ check, passed: true });

/** Too late is this attempt's own end; everything else leaves it to the browser and the answer it waits for. */
async function refuseUnconsumed(
  tx: Tx,
  { connection, attempt, outcome, now }: CompletionInput,
  cause: SignInCause,
): Promise<Completion> {
  const check = cause === 'replayed' ? 'replay' : 'browser';
  const checks = [...outcome.checks, { check, passed: false }];
  // What the provider signed for an attempt may end it when its time is over, or when it repeats an older answer.
  const endsAttempt = cause === 'request_expired' || (cause === 'replayed' && attempt.consumedAt === null);
  if (endsAttempt) {
    const failed = await failAttempt(tx, connection, attempt, { cause, checks, now });
    if (failed) return { kind: 'refused', cause, attempt: failed };
  }
  const { origin, responseXml } = attempt;
  const kept = await keepRefused(tx, connection, { origin, cause, checks, responseXml, now });
  return { kind: 'not_this_one', cause, kept };
}

async function proveConnection(
  tx: Tx,
  { connection, attempt, outcome, now }: CompletionInput,
  { email }: Person,
): Promise<void> {
  const { settingsRevision } = attempt;
  const tested = await markConnectionTested(
    tx,
    { environmentId: connection.environmentId, organizationId: connection.organizationId },
    connection.id,
    { settingsRevision, email, signedFloor: outcome.signed, encryptedFloor: outcome.encrypted, now },
  );
  if (!tested) return;
  await tellOnboarding(
    tx,
    connection,
    { kind: 'test_passed', connectionId: connection.id, attemptId: attempt.id, settingsRevision },
    now,
  );
}

/** The profile of (connection, idp id) [IDB-01], and a code that is kept as a digest. */
async function issueCode(tx: Tx, input: CompletionInput, person: Person): Promise<string> {
  const { connection, attempt, outcome, now } = input;
  const { environmentId, organizationId } = connection;
  const whose = { environmentId, organizationId, connectionId: connection.id };
  const profile = await upsertProfile(tx, {
    id: newId('prof_'),
    ...whose,
    ...person,
    groups: [...person.groups],
    connectionType: connection.connectionType,
    now,
  });
  const code = mintToken('vb_code_');
  await insertSignIn(tx, {
    id: newId('sign_in_'),
    ...whose,
    profileId: profile.id,
    attemptId: attempt.id,
    sessionIndex: outcome.sessionIndex,
    codeDigest: digestToken(code).toString('hex'),
    codeExpiresAt: new Date(now.getTime() + codeLifeMs),
    clientId: attempt.clientId,
    redirectUri: attempt.redirectUri,
    codeChallenge: attempt.codeChallenge,
    createdAt: now,
    expiresAt: outcome.sessionEndsAt === null ? null : new Date(outcome.sessionEndsAt),
  });
  return code;
}
