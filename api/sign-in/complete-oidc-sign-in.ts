import type { OidcVerdict } from '../../adapters/oidc/verdict.ts';
import type { Tx } from '../../db/index.ts';
import { nameIdSource } from '../../onboarding/attributes.ts';
import { readClaims } from '../../onboarding/claims.ts';
import { completeSignIn, passed, type Completion, type CompletionInput } from './complete-sign-in.ts';
import { readPerson } from './read-person.ts';
import { failAttempt } from './record-outcome.ts';

export interface OidcCompletionInput extends CompletionInput {
  readonly verdict: OidcVerdict;
}

/** Reads the person out of verified claims and completes the sign-in, or ends the attempt with what stood against it. */
export async function completeOidcSignIn(tx: Tx, input: OidcCompletionInput): Promise<Completion> {
  const { connection, attempt, verdict, now } = input;
  const trail = [...attempt.trail, ...verdict.trail];
  const checks = [...verdict.checks, passed('browser'), passed('replay')];
  if (!verdict.ok) {
    const { cause, facts } = verdict;
    const failed = await failAttempt(tx, connection, attempt, {
      cause,
      facts,
      checks: verdict.checks,
      trail,
      now,
    });
    return { kind: 'refused', cause, attempt: failed ?? attempt };
  }
  const { attributes, sessionId, isEmailUnverified } = readClaims(verdict.claims);
  return completeSignIn(tx, input, {
    // A person is (issuer, sub), whatever else the claims say, unless the connection's people map it [IDB-01].
    person: readPerson(
      { nameId: verdict.claims.sub, nameIdFormat: null, attributes },
      { id: nameIdSource, ...connection.attributeMapping },
      input.environment.customAttributes,
    ),
    checks,
    kept: { signed: null, signedBy: verdict.keyId, trail },
    sessionIndex: sessionId,
    sessionEndsAt: null,
    floor: { signed: 'one', encrypted: false },
    isEmailUnverified,
  });
}
