import { consumeRequest, touchCertificate, type AttemptRow, type Tx } from '../../db/index.ts';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import { completeSignIn, passed, type Completion, type CompletionInput } from './complete-sign-in.ts';
import type { AcceptedOutcome } from './pending-outcome.ts';
import { readPerson } from './read-person.ts';
import { failAttempt, keepRefused } from './record-outcome.ts';

/** Beyond the instant after which a message could not be accepted anyway: clocks, and an hour to be sure [SAML-18]. */
const replayMarginMs = 60 * 60_000 + 180_000;

export interface SamlCompletionInput extends CompletionInput {
  readonly attempt: AttemptRow & { requestId: string };
  readonly outcome: AcceptedOutcome;
  /** Digest of the cookie that the browser has shown; null when it showed none. */
  readonly bindingDigest: string | null;
}

/** Spends the request and remembers the messages in one act, reads the person, and completes the sign-in. */
export async function completeSamlSignIn(tx: Tx, input: SamlCompletionInput): Promise<Completion> {
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
  const completion = await completeSignIn(tx, input, {
    person: readPerson(outcome, connection.attributeMapping, input.environment.customAttributes),
    checks: [...outcome.checks, passed('browser'), passed('replay')],
    kept: { signed: outcome.signed, signedBy: outcome.signedBy },
    sessionIndex: outcome.sessionIndex,
    nameId: namedSubject(outcome),
    sessionEndsAt: outcome.sessionEndsAt,
    floor: { signed: outcome.signed, encrypted: outcome.encrypted },
  });
  const isSignedIn = completion.kind === 'code' || completion.kind === 'tested';
  if (isSignedIn && outcome.notesKey) {
    await touchCertificate(tx, { environmentId, organizationId }, connection.id, outcome.signedBy, now);
  }
  return completion;
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
