import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import type { AssertionReading, StatusReading, SubjectConfirmation } from './assertion.ts';
import { readInstant } from './instants.ts';
import { quoted, ResponseRefused } from './response-refused.ts';
import type { SamlCheck, VerifyInput } from './verdict.ts';

/**
 * What a verified response must say to be accepted (SAML profiles §4.1.4.2 to §4.1.4.5): [SAML-12] to [SAML-15] and
 * the message's half of [SAML-17]. Pure comparisons in the order in which they are reported.
 */
export interface ResponseReading {
  /** Whether the outer values below lie inside a signature. Unsigned ones can refuse, never accept [SAML-09]. */
  readonly outerIsSigned: boolean;
  readonly status: StatusReading;
  readonly issuers: AssertionReading['issuers'];
  readonly destination: string | undefined;
  readonly inResponseTo: string | undefined;
  readonly assertion: AssertionReading;
}

type Verify = Omit<VerifyInput, 'samlResponse'>;
type Check = (reading: ResponseReading, input: Verify) => ResponseRefused | undefined;

export const acceptanceChecks: readonly (readonly [SamlCheck, Check])[] = [
  ['status', ({ status }) => checkStatus(status)],
  ['issuer', checkIssuer],
  ['destination', checkDestination],
  ['subject_confirmation', checkSubjectConfirmation],
  ['conditions', checkConditions],
  ['audience', checkAudience],
  ['authn_statement', checkAuthnStatement],
  ['name_id', checkNameId],
  ['in_response_to', checkInResponseTo],
];

const refuse = (cause: SignInCause, facts: SignInFacts = {}) => new ResponseRefused(cause, facts);

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

export function checkStatus(status: StatusReading): ResponseRefused | undefined {
  if (status.codes[0] === success) return undefined;
  return refuse('status_not_success', {
    received: status.codes.map((code) => quoted(code)),
    message: quoted(status.message),
  });
}

const entityFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

function checkIssuer(
  { issuers, assertion }: ResponseReading,
  { trust }: Verify,
): ResponseRefused | undefined {
  const expected = trust.idpEntityId;
  const counts = issuers.length <= 1 && assertion.issuers.length === 1;
  const wrong = [...issuers, ...assertion.issuers].find(
    ({ value, format }) => value !== expected || (format !== undefined && format !== entityFormat),
  );
  if (counts && !wrong) return undefined;
  return refuse('issuer_differs', { expected, received: quoted(wrong?.value) });
}

function checkDestination(reading: ResponseReading, { trust }: Verify): ResponseRefused | undefined {
  const { destination, outerIsSigned } = reading;
  const matches = destination === undefined ? !outerIsSigned : destination === trust.acsUrl;
  return matches
    ? undefined
    : refuse('destination_differs', { expected: trust.acsUrl, received: quoted(destination) });
}

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const longestLifeMs = 60 * 60_000;

function checkSubjectConfirmation(reading: ResponseReading, input: Verify): ResponseRefused | undefined {
  const { confirmations } = reading.assertion;
  const bearers = confirmations.filter(({ method }) => method === bearer);
  if (bearers.length === 0) {
    const received = confirmations.map(({ method }) => quoted(method));
    return refuse('subject_confirmation_refused', { reason: 'no_bearer', expected: bearer, received });
  }
  const refusals = bearers.map((confirmation) => checkBearer(confirmation, reading.assertion, input));
  return refusals.includes(undefined) ? undefined : refusals[0];
}

function checkBearer(
  confirmation: SubjectConfirmation,
  assertion: AssertionReading,
  input: Verify,
): ResponseRefused | undefined {
  if (confirmation.dataCount !== 1) return refuse('subject_confirmation_refused', { reason: 'no_data' });
  if (confirmation.recipient !== input.trust.acsUrl) {
    return refuse('recipient_differs', {
      expected: input.trust.acsUrl,
      received: quoted(confirmation.recipient),
    });
  }
  if (confirmation.notBefore !== undefined) {
    return refuse('subject_confirmation_refused', { reason: 'not_before' });
  }
  if (confirmation.notOnOrAfter === undefined) {
    return refuse('subject_confirmation_refused', { reason: 'no_end' });
  }
  const field = 'SubjectConfirmationData NotOnOrAfter';
  const ends = readInstant(confirmation.notOnOrAfter);
  if (!ends) return unreadable(field, confirmation.notOnOrAfter);
  if (isOver(ends, input)) return outOfTime('expired', field, ends, input);
  const issued = readInstant(assertion.issueInstant ?? '');
  if (!issued) return unreadable('IssueInstant', assertion.issueInstant);
  if (ends.getTime() - issued.getTime() > longestLifeMs + skewOf(input)) {
    return refuse('subject_confirmation_refused', {
      reason: 'lives_too_long',
      limitSeconds: longestLifeMs / 1000,
    });
  }
  return undefined;
}

/** The one bearer confirmation that counts: the first that passes. */
export function acceptedConfirmation(
  assertion: AssertionReading,
  input: Verify,
): SubjectConfirmation | undefined {
  return assertion.confirmations.find(
    (confirmation) => confirmation.method === bearer && !checkBearer(confirmation, assertion, input),
  );
}

const oldestAssertionMs = 10 * 60_000;

function checkConditions({ assertion }: ResponseReading, input: Verify): ResponseRefused | undefined {
  const { conditions } = assertion;
  if (!conditions || assertion.conditionsCount !== 1)
    return refuse('conditions_missing', { reason: 'conditions' });
  if (conditions.hasUnknown) return refuse('structure_refused', { reason: 'condition_unknown' });
  if (conditions.notOnOrAfter === undefined) return refuse('conditions_missing', { reason: 'no_end' });

  if (conditions.notBefore !== undefined) {
    const starts = readInstant(conditions.notBefore);
    if (!starts) return unreadable('NotBefore', conditions.notBefore);
    if (isAhead(starts, input)) return outOfTime('not_yet_valid', 'NotBefore', starts, input);
  }
  const ends = readInstant(conditions.notOnOrAfter);
  if (!ends) return unreadable('NotOnOrAfter', conditions.notOnOrAfter);
  if (isOver(ends, input)) return outOfTime('expired', 'NotOnOrAfter', ends, input);

  const issued = readInstant(assertion.issueInstant ?? '');
  if (!issued) return unreadable('IssueInstant', assertion.issueInstant);
  if (isAhead(issued, input)) return outOfTime('not_yet_valid', 'IssueInstant', issued, input);
  if (isOver(new Date(issued.getTime() + oldestAssertionMs), input)) {
    return outOfTime('expired', 'IssueInstant', issued, input);
  }
  return undefined;
}

function checkAudience({ assertion }: ResponseReading, { trust }: Verify): ResponseRefused | undefined {
  const restrictions = assertion.conditions?.audienceRestrictions ?? [];
  const isForUs =
    restrictions.length > 0 && restrictions.every((audiences) => audiences.includes(trust.spEntityId));
  if (isForUs) return undefined;
  const received = restrictions.flat().map((audience) => quoted(audience));
  return refuse('audience_differs', { expected: trust.spEntityId, received: received.slice(0, 10) });
}

function checkAuthnStatement({ assertion }: ResponseReading, input: Verify): ResponseRefused | undefined {
  if (assertion.authnStatements.length === 0) return refuse('authn_statement_missing');
  for (const { authnInstant, sessionNotOnOrAfter } of assertion.authnStatements) {
    const authenticated = readInstant(authnInstant ?? '');
    if (!authenticated) return unreadable('AuthnInstant', authnInstant);
    if (isAhead(authenticated, input))
      return outOfTime('not_yet_valid', 'AuthnInstant', authenticated, input);
    const { request } = input;
    if (request?.forceAuthn && authenticated.getTime() + skewOf(input) < request.issuedAt.getTime()) {
      return refuse('authn_too_old', {
        expected: request.issuedAt.toISOString(),
        received: authenticated.toISOString(),
      });
    }
    if (sessionNotOnOrAfter !== undefined) {
      const ends = readInstant(sessionNotOnOrAfter);
      if (!ends) return unreadable('SessionNotOnOrAfter', sessionNotOnOrAfter);
      if (isOver(ends, input)) return outOfTime('session_over', 'SessionNotOnOrAfter', ends, input);
    }
  }
  return undefined;
}

const longestNameId = 1024;

function checkNameId({ assertion }: ResponseReading): ResponseRefused | undefined {
  if (assertion.hasEncryptedId) return refuse('name_id_refused', { reason: 'encrypted' });
  const [nameId, ...others] = assertion.nameIds;
  if (others.length > 0 || assertion.subjectCount !== 1)
    return refuse('name_id_refused', { reason: 'several' });
  if (!nameId || nameId.value === '') return refuse('name_id_refused', { reason: 'missing' });
  if (nameId.value.length > longestNameId) return refuse('name_id_refused', { reason: 'too_long' });
  return /\p{Cc}/u.test(nameId.value)
    ? refuse('name_id_refused', { reason: 'control_character' })
    : undefined;
}

function checkInResponseTo(reading: ResponseReading, input: Verify): ResponseRefused | undefined {
  const inner = acceptedConfirmation(reading.assertion, input)?.inResponseTo;
  const outer = reading.inResponseTo;
  const { request, trust } = input;
  if (inner === undefined && outer === undefined) {
    return trust.allowUnsolicited && !request ? undefined : refuse('unsolicited');
  }
  if (!request) return refuse('in_response_to_unknown', { received: quoted(inner ?? outer) });
  const outerFits = outer === request.id || (outer === undefined && !reading.outerIsSigned);
  if (outerFits && inner === request.id) return undefined;
  return refuse('in_response_to_differs', {
    expected: request.id,
    received: quoted(outerFits ? inner : outer),
  });
}

function skewOf({ clockSkewMs }: Verify): number {
  return Math.min(Math.max(clockSkewMs, 0), 180_000);
}

function isAhead(instant: Date, input: Verify): boolean {
  return instant.getTime() > input.now.getTime() + skewOf(input);
}

function isOver(end: Date, input: Verify): boolean {
  return end.getTime() <= input.now.getTime() - skewOf(input);
}

function outOfTime(cause: SignInCause, field: string, instant: Date, { now }: Verify): ResponseRefused {
  return refuse(cause, {
    field,
    expected: now.toISOString(),
    received: instant.toISOString(),
    differenceSeconds: Math.round(Math.abs(instant.getTime() - now.getTime()) / 1000),
  });
}

function unreadable(field: string, received: string | undefined): ResponseRefused {
  return refuse('structure_refused', { reason: 'time_unreadable', field, received: quoted(received) });
}
