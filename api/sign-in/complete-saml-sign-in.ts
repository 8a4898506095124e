import {
  consumeRequest,
  inOneMessage,
  touchCertificate,
  withTenant,
  type AttemptRow,
  type Db,
  type Tx,
} from '../../db/index.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import {
  completeForApp,
  completeSignIn,
  passed,
  type Completion,
  type CompletionInput,
  type ProvenAnswer,
} from './complete-sign-in.ts';
import type { AcceptedOutcome } from './pending-outcome.ts';
import { readPerson } from './read-person.ts';
import { failAttempt, keepRefused, tellOnboarding } from './record-outcome.ts';
import { tenantOf } from './usable-connection.ts';

/** Beyond the instant after which a message could not be accepted anyway: clocks, and an hour to be sure [SAML-18]. */
const replayMarginMs = 60 * 60_000 + 180_000;

export interface SamlCompletionInput extends CompletionInput {
  readonly attempt: AttemptRow & { requestId: string };
  readonly outcome: AcceptedOutcome;
  /** Digest of the cookie that the browser has shown; null when it showed none. */
  readonly bindingDigest: string | null;
}

/**
 * Spends the request, remembers the messages, reads the person and completes the sign-in in one act. A sign-in for an
 * app that nothing stands against is one statement, in one message with its commit.
 */
export async function completeSamlSignIn(db: Db, input: SamlCompletionInput): Promise<Completion> {
  const { connection, outcome, bindingDigest, rules, now } = input;
  // The whole environment, because a domain may be another organization's.
  const environment = { environmentId: connection.environmentId };
  const answer: ProvenAnswer = {
    person: readPerson(outcome, connection.attributeMapping, rules.customAttributes),
    checks: [...outcome.checks, passed('browser'), passed('replay')],
    kept: { signed: outcome.signed, signedBy: outcome.signedBy },
    sessionIndex: outcome.sessionIndex,
    nameId: namedSubject(outcome),
    sessionEndsAt: outcome.sessionEndsAt,
    floor: { signed: outcome.signed, encrypted: outcome.encrypted },
  };
  const { assertionId, responseId } = outcome;
  const rememberUntil = new Date(new Date(outcome.replayableUntil).getTime() + replayMarginMs);
  const spends = { bindingDigest, assertionId, responseId, rememberUntil };
  const completion =
    (await inOneMessage(db, environment, (tx) => completeForApp(tx, input, answer, spends))) ??
    (await withTenant(db, environment, (tx) => spendAndComplete(tx, input, answer, rememberUntil)));
  const isSignedIn = completion.kind === 'code' || completion.kind === 'tested';
  if (isSignedIn && outcome.notesKey) {
    const tenant = tenantOf(connection);
    await withTenant(db, tenant, async (tx) => {
      if (await touchCertificate(tx, tenant, connection.id, outcome.signedBy, now))
        await tellOnboarding(
          tx,
          connection,
          { kind: 'certificate_proven', connectionId: connection.id },
          now,
        );
    });
  }
  return completion;
}

/** The same step by step: for tests, and to find out what stands in the way. */
async function spendAndComplete(
  tx: Tx,
  input: SamlCompletionInput,
  answer: ProvenAnswer,
  expiresAt: Date,
): Promise<Completion> {
  const { connection, attempt, outcome, bindingDigest, now } = input;
  const consumed = await consumeRequest(tx, tenantOf(connection), {
    connectionId: connection.id,
    requestId: attempt.requestId,
    bindingDigest,
    messages: [
      { kind: 'assertion', messageId: outcome.assertionId, expiresAt },
      { kind: 'response', messageId: outcome.responseId, expiresAt },
    ],
    now,
  });
  return consumed.outcome === 'consumed'
    ? completeSignIn(tx, input, answer)
    : refuseUnconsumed(tx, input, consumed.outcome);
}

/** Too late is this attempt's own end; everything else leaves it to the browser and the answer it waits for. */
async function refuseUnconsumed(
  tx: Tx,
  { connection, attempt, outcome, now }: SamlCompletionInput,
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

/** The subject in the provider's own words: a logout must name it so. */
function namedSubject({
  nameId,
  nameIdFormat,
  nameQualifier,
  spNameQualifier,
}: AcceptedOutcome): Record<string, string> {
  return {
    value: nameId,
    ...(nameIdFormat === null ? {} : { format: nameIdFormat }),
    ...(nameQualifier === null ? {} : { nameQualifier }),
    ...(spNameQualifier === null ? {} : { spNameQualifier }),
  };
}
