import type { OidcVerdict } from '../../adapters/oidc/verdict.ts';
import { inOneMessage, withTenant, type Db } from '../../db/index.ts';
import { nameIdSource } from '../../onboarding/attributes.ts';
import { readClaims } from '../../onboarding/claims.ts';
import {
  completeForApp,
  completeSignIn,
  passed,
  type Completion,
  type CompletionInput,
  type ProvenAnswer,
} from './complete-sign-in.ts';
import { readPerson, type ReadPerson } from './read-person.ts';
import { failAttempt } from './record-outcome.ts';

export interface OidcCompletionInput extends CompletionInput {
  readonly verdict: OidcVerdict;
}

/**
 * Reads the person out of verified claims and completes the sign-in, or ends the attempt with what stood against it. A
 * sign-in for an app that nothing stands against is one statement, in one message with its commit.
 */
export async function completeOidcSignIn(db: Db, input: OidcCompletionInput): Promise<Completion> {
  const { connection, attempt, verdict, now } = input;
  // The whole environment, because a domain may be another organization's.
  const environment = { environmentId: connection.environmentId };
  const trail = [...attempt.trail, ...verdict.trail];
  if (!verdict.ok) {
    const { cause, facts, checks } = verdict;
    const failure = { cause, facts, checks, trail, now };
    const failed = await withTenant(db, environment, (tx) => failAttempt(tx, connection, attempt, failure));
    return { kind: 'refused', cause: failed?.cause ?? cause, attempt: failed ?? attempt };
  }
  const { attributes, sessionId, isEmailUnverified } = readClaims(verdict.claims);
  const answer: ProvenAnswer = {
    // A person is (issuer, sub), whatever else the claims say, unless the connection's people map it [IDB-01].
    person: withSubjectsClaim(
      readPerson(
        { nameId: verdict.claims.sub, nameIdFormat: null, attributes },
        { id: nameIdSource, ...connection.attributeMapping },
        input.rules.customAttributes,
      ),
    ),
    checks: [...verdict.checks, passed('browser'), passed('replay')],
    kept: { signed: null, signedBy: verdict.keyId, trail },
    sessionIndex: sessionId,
    sessionEndsAt: null,
    floor: { signed: 'one', encrypted: false },
    isEmailUnverified,
  };
  return (
    (await inOneMessage(db, environment, (tx) => completeForApp(tx, input, answer))) ??
    (await withTenant(db, environment, (tx) => completeSignIn(tx, input, answer)))
  );
}

/** There is no Name ID in OpenID Connect: what came from the subject came from the claim `sub`. */
function withSubjectsClaim(person: ReadPerson): ReadPerson {
  const sources = Object.entries(person.shown.sources).map(([field, source]) => [
    field,
    source === nameIdSource ? 'sub' : source,
  ]);
  return { ...person, shown: { ...person.shown, sources: Object.fromEntries(sources) } };
}
