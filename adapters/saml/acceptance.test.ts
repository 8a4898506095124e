import { describe, expect, it } from 'vitest';
import { acceptanceChecks, acceptedConfirmation, type ResponseReading } from './acceptance.ts';
import type { AssertionReading, SubjectConfirmation } from './assertion.ts';
import { ResponseRefused } from './response-refused.ts';
import type { VerifyInput } from './verdict.ts';

/** The rules alone, on plain values; `verify-response.test.ts` proves the same doors on signed messages. */
const now = new Date('2026-11-25T12:00:00.000Z');
const skewMs = 60_000;
const hour = 60 * 60_000;
const at = (offsetMs: number) => new Date(now.getTime() + offsetMs).toISOString();

const idp = 'https://idp.test/saml';
const sp = 'https://vestibule.test/sso/saml/conn_1';
const acsUrl = `${sp}/acs`;
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const entity = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';

type Input = Omit<VerifyInput, 'samlResponse'>;

const input = (change: Partial<Input> = {}, trust: Partial<Input['trust']> = {}): Input => ({
  trust: {
    idpEntityId: idp,
    spEntityId: sp,
    acsUrl,
    signingCertificates: [],
    expiryGraceMs: 0,
    floor: { signed: 'one', encrypted: false },
    allowUnsolicited: false,
    ...trust,
  },
  request: { id: '_request', issuedAt: new Date(now.getTime() - 30_000), forceAuthn: false },
  clockSkewMs: skewMs,
  now,
  ...change,
});

const confirmation = (change: Partial<SubjectConfirmation> = {}): SubjectConfirmation => ({
  method: bearer,
  dataCount: 1,
  recipient: acsUrl,
  inResponseTo: '_request',
  notBefore: undefined,
  notOnOrAfter: at(5 * 60_000),
  ...change,
});

const conditions = (change: Partial<NonNullable<AssertionReading['conditions']>> = {}) => ({
  notBefore: at(-1000),
  notOnOrAfter: at(5 * 60_000),
  audienceRestrictions: [[sp]],
  hasUnknown: false,
  ...change,
});

const statement = (change: Partial<AssertionReading['authnStatements'][number]> = {}) => ({
  authnInstant: at(-1000),
  sessionIndex: '_session',
  sessionNotOnOrAfter: at(hour),
  ...change,
});

const nameId = (value: string) => ({
  value,
  format: undefined,
  nameQualifier: undefined,
  spNameQualifier: undefined,
});

const issuer = (value: string, format?: string) => ({ value, format });

const assertion = (change: Partial<AssertionReading> = {}): AssertionReading => ({
  id: '_assertion',
  issueInstant: at(-1000),
  issuers: [issuer(idp)],
  subjectCount: 1,
  nameIds: [nameId('anna@people.test')],
  hasEncryptedId: false,
  confirmations: [confirmation()],
  conditions: conditions(),
  conditionsCount: 1,
  authnStatements: [statement()],
  attributes: new Map(),
  ...change,
});

const reading = (
  inner: Partial<AssertionReading> = {},
  outer: Partial<Omit<ResponseReading, 'assertion'>> = {},
): ResponseReading => ({
  outerIsSigned: true,
  status: { codes: [success], message: undefined },
  issuers: [issuer(idp)],
  destination: acsUrl,
  inResponseTo: '_request',
  assertion: assertion(inner),
  ...outer,
});

/** The first refusal and the check it came from, or "accepted". */
function judge(message: ResponseReading, given: Input = input()) {
  for (const [check, run] of acceptanceChecks) {
    const refusal = run(message, given);
    if (refusal) return { check, cause: refusal.reason, facts: refusal.facts };
  }
  return 'accepted';
}

it('a refusal names itself and its cause where it is logged', () => {
  expect(String(new ResponseRefused('expired'))).toBe('ResponseRefused: expired');
});

it('a good answer is accepted', () => {
  expect(judge(reading())).toBe('accepted');
});

it('the checks run in the order in which they are reported', () => {
  expect(acceptanceChecks.map(([check]) => check)).toEqual([
    'status',
    'issuer',
    'destination',
    'subject_confirmation',
    'conditions',
    'audience',
    'authn_statement',
    'name_id',
    'in_response_to',
  ]);
});

describe('the status [SAML-12]', () => {
  const responder = 'urn:oasis:names:tc:SAML:2.0:status:Responder';

  it('must be success first, whatever is nested in it', () => {
    const status = { codes: [responder, success], message: 'No\u0000way' };

    expect(judge(reading({}, { status }))).toEqual({
      check: 'status',
      cause: 'status_not_success',
      facts: { received: [responder, success], message: 'No way' },
    });
  });

  it('must be there', () => {
    expect(judge(reading({}, { status: { codes: [], message: undefined } }))).toEqual({
      check: 'status',
      cause: 'status_not_success',
      facts: { received: [], message: '' },
    });
  });

  it('of success counts with a second code below it', () => {
    expect(judge(reading({}, { status: { codes: [success, responder], message: undefined } }))).toBe(
      'accepted',
    );
  });
});

describe('the issuer [SAML-12]', () => {
  const refusal = (received: string) => ({
    check: 'issuer',
    cause: 'issuer_differs',
    facts: { expected: idp, received },
  });

  it('may be left out of the Response, and say that it is an entity', () => {
    expect(judge(reading({}, { issuers: [] }))).toBe('accepted');
    expect(judge(reading({ issuers: [issuer(idp, entity)] }, { issuers: [issuer(idp, entity)] }))).toBe(
      'accepted',
    );
  });

  it('may not be left out of the assertion', () => {
    expect(judge(reading({ issuers: [] }))).toEqual(refusal(''));
  });

  it('is one in each place', () => {
    expect(judge(reading({ issuers: [issuer(idp), issuer(idp)] }))).toEqual(refusal(''));
    expect(judge(reading({}, { issuers: [issuer(idp), issuer(idp)] }))).toEqual(refusal(''));
  });

  it('is ours in each place', () => {
    expect(judge(reading({ issuers: [issuer('https://evil.test')] }))).toEqual(refusal('https://evil.test'));
    expect(judge(reading({}, { issuers: [issuer('https://evil.test')] }))).toEqual(
      refusal('https://evil.test'),
    );
  });

  it('has no other format than that of an entity', () => {
    const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

    expect(judge(reading({ issuers: [issuer(idp, persistent)] }))).toEqual(refusal(idp));
  });
});

describe('the destination [SAML-12]', () => {
  const refusal = (received: string) => ({
    check: 'destination',
    cause: 'destination_differs',
    facts: { expected: acsUrl, received },
  });

  it('may be left out of an unsigned Response only', () => {
    expect(judge(reading({}, { destination: undefined, outerIsSigned: false }))).toBe('accepted');
    expect(judge(reading({}, { destination: undefined }))).toEqual(refusal(''));
  });

  it('is ours where it is given, signed or not', () => {
    for (const outerIsSigned of [true, false]) {
      expect(judge(reading({}, { destination: sp, outerIsSigned }))).toEqual(refusal(sp));
      expect(judge(reading({}, { outerIsSigned }))).toBe('accepted');
    }
  });
});

describe('the subject confirmation [SAML-13]', () => {
  const refused = (facts: object, cause = 'subject_confirmation_refused') => ({
    check: 'subject_confirmation',
    cause,
    facts,
  });
  const on = (...changes: Partial<SubjectConfirmation>[]) =>
    judge(reading({ confirmations: changes.map((change) => confirmation(change)) }));

  it('is by bearer', () => {
    const method = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key';

    expect(on({ method })).toEqual(refused({ reason: 'no_bearer', expected: bearer, received: [method] }));
    expect(on()).toEqual(refused({ reason: 'no_bearer', expected: bearer, received: [] }));
  });

  it('has its data once', () => {
    expect(on({ dataCount: 0 })).toEqual(refused({ reason: 'no_data' }));
    expect(on({ dataCount: 2 })).toEqual(refused({ reason: 'no_data' }));
  });

  it('is for our address', () => {
    const facts = { expected: acsUrl, received: 'https://evil.test/acs' };

    expect(on({ recipient: 'https://evil.test/acs' })).toEqual(refused(facts, 'recipient_differs'));
    expect(on({ recipient: undefined })).toEqual(
      refused({ expected: acsUrl, received: '' }, 'recipient_differs'),
    );
  });

  it('begins at once and ends', () => {
    expect(on({ notBefore: at(-hour) })).toEqual(refused({ reason: 'not_before' }));
    expect(on({ notOnOrAfter: undefined })).toEqual(refused({ reason: 'no_end' }));
  });

  it('ends at a time that can be read', () => {
    const facts = {
      reason: 'time_unreadable',
      field: 'SubjectConfirmationData NotOnOrAfter',
      received: 'tomorrow',
    };

    expect(on({ notOnOrAfter: 'tomorrow' })).toEqual(refused(facts, 'structure_refused'));
  });

  it('is over at its end plus the skew, to the millisecond', () => {
    const ends = at(-skewMs);

    expect(on({ notOnOrAfter: ends })).toEqual(
      refused(
        {
          field: 'SubjectConfirmationData NotOnOrAfter',
          expected: now.toISOString(),
          received: ends,
          differenceSeconds: 60,
        },
        'expired',
      ),
    );
    expect(on({ notOnOrAfter: at(-skewMs + 1) })).toBe('accepted');
  });

  it('lives an hour plus the skew at most, from the issue of the assertion', () => {
    const longest = -1000 + hour + skewMs;

    expect(on({ notOnOrAfter: at(longest) })).toBe('accepted');
    expect(on({ notOnOrAfter: at(longest + 1) })).toEqual(
      refused({ reason: 'lives_too_long', limitSeconds: 3600 }),
    );
  });

  it.each([undefined, 'today'])('needs a readable issue of the assertion, not %s', (issueInstant) => {
    expect(judge(reading({ issueInstant }))).toEqual(
      refused(
        { reason: 'time_unreadable', field: 'IssueInstant', received: issueInstant ?? '' },
        'structure_refused',
      ),
    );
  });

  it('that is good counts beside one that is not, and the first refusal is told when none is', () => {
    expect(on({ recipient: 'https://evil.test' }, {})).toBe('accepted');
    expect(
      on({ method: 'urn:other', recipient: 'https://evil.test' }, { dataCount: 0 }, { recipient: '' }),
    ).toEqual(refused({ reason: 'no_data' }));
  });

  it('that counts is the first that passes, never one by another method', () => {
    const confirmations = [
      confirmation({ method: 'urn:other', inResponseTo: '_other' }),
      confirmation({ recipient: 'https://evil.test', inResponseTo: '_evil' }),
      confirmation({ inResponseTo: '_first' }),
      confirmation({ inResponseTo: '_second' }),
    ];

    expect(acceptedConfirmation(assertion({ confirmations }), input())?.inResponseTo).toBe('_first');
  });
});

describe('the conditions [SAML-14]', () => {
  const refused = (cause: string, facts: object) => ({ check: 'conditions', cause, facts });
  const on = (change: Parameters<typeof conditions>[0]) => judge(reading({ conditions: conditions(change) }));
  const outOfTime = (field: string, received: string, differenceSeconds: number) => ({
    field,
    expected: now.toISOString(),
    received,
    differenceSeconds,
  });

  it('are there once', () => {
    const missing = refused('conditions_missing', { reason: 'conditions' });

    expect(judge(reading({ conditions: undefined, conditionsCount: 0 }))).toEqual(missing);
    expect(judge(reading({ conditionsCount: 2 }))).toEqual(missing);
  });

  it('hold nothing that we do not understand', () => {
    expect(on({ hasUnknown: true })).toEqual(refused('structure_refused', { reason: 'condition_unknown' }));
  });

  it('have an end, and need no beginning', () => {
    expect(on({ notOnOrAfter: undefined })).toEqual(refused('conditions_missing', { reason: 'no_end' }));
    expect(on({ notBefore: undefined })).toBe('accepted');
  });

  it('begin and end at times that can be read', () => {
    expect(on({ notBefore: '' })).toEqual(
      refused('structure_refused', { reason: 'time_unreadable', field: 'NotBefore', received: '' }),
    );
    expect(on({ notOnOrAfter: '' })).toEqual(
      refused('structure_refused', { reason: 'time_unreadable', field: 'NotOnOrAfter', received: '' }),
    );
  });

  it('have begun, give or take the skew', () => {
    expect(on({ notBefore: at(skewMs) })).toBe('accepted');
    expect(on({ notBefore: at(skewMs + 1) })).toEqual(
      refused('not_yet_valid', outOfTime('NotBefore', at(skewMs + 1), 60)),
    );
  });

  it('are not over, give or take the skew', () => {
    expect(on({ notOnOrAfter: at(1 - skewMs) })).toBe('accepted');
    expect(on({ notOnOrAfter: at(-skewMs) })).toEqual(
      refused('expired', outOfTime('NotOnOrAfter', at(-skewMs), 60)),
    );
  });

  it('belong to an assertion that was issued before now, and ten minutes ago at most', () => {
    const issued = (offsetMs: number) => judge(reading({ issueInstant: at(offsetMs) }));
    const oldest = -10 * 60_000 - skewMs;

    expect(issued(skewMs)).toBe('accepted');
    expect(issued(skewMs + 1)).toEqual(
      refused('not_yet_valid', outOfTime('IssueInstant', at(skewMs + 1), 60)),
    );
    expect(issued(oldest + 1)).toBe('accepted');
    expect(issued(oldest)).toEqual(refused('expired', outOfTime('IssueInstant', at(oldest), 660)));
  });

  it.each([undefined, 'today'])('belong to an assertion whose issue can be read, not %s', (issueInstant) => {
    const check = new Map(acceptanceChecks).get('conditions');
    const refusal = check?.(reading({ issueInstant }), input());

    expect(refusal?.reason).toBe('structure_refused');
    expect(refusal?.facts).toEqual({
      reason: 'time_unreadable',
      field: 'IssueInstant',
      received: issueInstant ?? '',
    });
  });
});

describe('the clock skew [SAML-14]', () => {
  const startsIn = (offsetMs: number, clockSkewMs: number) =>
    judge(reading({ conditions: conditions({ notBefore: at(offsetMs) }) }), input({ clockSkewMs }));

  it('is never more than 180 seconds, and never negative', () => {
    expect(startsIn(180_000, 600_000)).toBe('accepted');
    expect(startsIn(180_001, 600_000)).toMatchObject({ cause: 'not_yet_valid' });
    expect(startsIn(0, -5000)).toBe('accepted');
    expect(startsIn(1, -5000)).toMatchObject({ cause: 'not_yet_valid' });
  });
});

describe('the audience [SAML-14]', () => {
  const on = (...audienceRestrictions: string[][]) =>
    judge(reading({ conditions: conditions({ audienceRestrictions }) }));
  const refused = (...received: string[]) => ({
    check: 'audience',
    cause: 'audience_differs',
    facts: { expected: sp, received },
  });

  it('is named, and is us in every restriction', () => {
    expect(on()).toEqual(refused());
    expect(on([])).toEqual(refused());
    expect(on(['urn:x'])).toEqual(refused('urn:x'));
    expect(on([sp], ['urn:x\n'])).toEqual(refused(sp, 'urn:x '));
    expect(on(['urn:x', sp], [sp])).toBe('accepted');
  });

  it('is told with ten names at most', () => {
    const names = Array.from({ length: 12 }, (_, index) => `urn:${index}`);

    expect(on(names)).toEqual(refused(...names.slice(0, 10)));
  });

  it('cannot be read where there are no conditions', () => {
    const check = new Map(acceptanceChecks).get('audience');

    expect(check?.(reading({ conditions: undefined }), input())?.facts).toEqual({
      expected: sp,
      received: [],
    });
  });
});

describe('the authentication statement [SAML-15]', () => {
  const refused = (cause: string, facts: object = {}) => ({ check: 'authn_statement', cause, facts });
  const on = (change: Parameters<typeof statement>[0], given = input()) =>
    judge(reading({ authnStatements: [statement(change)] }), given);
  const outOfTime = (field: string, received: string) => ({
    field,
    expected: now.toISOString(),
    received,
    differenceSeconds: 60,
  });

  it('is there', () => {
    expect(judge(reading({ authnStatements: [] }))).toEqual(refused('authn_statement_missing'));
  });

  it('says when, readably', () => {
    for (const authnInstant of [undefined, 'today']) {
      expect(on({ authnInstant })).toEqual(
        refused('structure_refused', {
          reason: 'time_unreadable',
          field: 'AuthnInstant',
          received: authnInstant ?? '',
        }),
      );
    }
  });

  it('is not of the future', () => {
    expect(on({ authnInstant: at(skewMs) })).toBe('accepted');
    expect(on({ authnInstant: at(skewMs + 1) })).toEqual(
      refused('not_yet_valid', outOfTime('AuthnInstant', at(skewMs + 1))),
    );
  });

  it('is fresh where a fresh one was asked for, give or take the skew', () => {
    const issuedAt = new Date(now.getTime() - 30_000);
    const forced = input({ request: { id: '_request', issuedAt, forceAuthn: true } });

    expect(on({ authnInstant: at(-30_000 - skewMs) }, forced)).toBe('accepted');
    expect(on({ authnInstant: at(-30_001 - skewMs) }, forced)).toEqual(
      refused('authn_too_old', { expected: issuedAt.toISOString(), received: at(-30_001 - skewMs) }),
    );
    expect(on({ authnInstant: at(-hour) })).toBe('accepted');
  });

  it('of long ago counts where nothing was asked', () => {
    const unasked = input({ request: undefined }, { allowUnsolicited: true });
    const message = reading(
      {
        authnStatements: [statement({ authnInstant: at(-hour) })],
        confirmations: [confirmation({ inResponseTo: undefined })],
      },
      { inResponseTo: undefined },
    );

    expect(judge(message, unasked)).toBe('accepted');
  });

  it('need not end its session; where it does, the end can be read and is not over', () => {
    expect(on({ sessionNotOnOrAfter: undefined })).toBe('accepted');
    expect(on({ sessionNotOnOrAfter: '' })).toEqual(
      refused('structure_refused', { reason: 'time_unreadable', field: 'SessionNotOnOrAfter', received: '' }),
    );
    expect(on({ sessionNotOnOrAfter: at(1 - skewMs) })).toBe('accepted');
    expect(on({ sessionNotOnOrAfter: at(-skewMs) })).toEqual(
      refused('session_over', outOfTime('SessionNotOnOrAfter', at(-skewMs))),
    );
  });

  it('holds in each of several', () => {
    const authnStatements = [statement(), statement({ sessionNotOnOrAfter: at(-hour) })];

    expect(judge(reading({ authnStatements }))).toMatchObject({ cause: 'session_over' });
  });
});

describe('the NameID [SAML-15]', () => {
  const refused = (reason: string) => ({ check: 'name_id', cause: 'name_id_refused', facts: { reason } });

  it('is not encrypted', () => {
    expect(judge(reading({ hasEncryptedId: true, nameIds: [] }))).toEqual(refused('encrypted'));
  });

  it('is one, of one subject', () => {
    expect(judge(reading({ nameIds: [nameId('a'), nameId('b')] }))).toEqual(refused('several'));
    expect(judge(reading({ subjectCount: 2 }))).toEqual(refused('several'));
  });

  it('says something, in 1024 characters at most, without control characters', () => {
    const on = (value: string) => judge(reading({ nameIds: [nameId(value)] }));

    expect(judge(reading({ nameIds: [] }))).toEqual(refused('missing'));
    expect(on('')).toEqual(refused('missing'));
    expect(on('x'.repeat(1024))).toBe('accepted');
    expect(on('x'.repeat(1025))).toEqual(refused('too_long'));
    expect(on('anna\u0000')).toEqual(refused('control_character'));
  });
});

describe('InResponseTo [SAML-17] [SAML-19]', () => {
  const on = (inner: string | undefined, outer: string | undefined, given = input(), outerIsSigned = true) =>
    judge(
      reading(
        { confirmations: [confirmation({ inResponseTo: inner })] },
        { inResponseTo: outer, outerIsSigned },
      ),
      given,
    );
  const refused = (cause: string, facts: object = {}) => ({ check: 'in_response_to', cause, facts });
  const differs = (received: string) => refused('in_response_to_differs', { expected: '_request', received });
  const unasked = (allowUnsolicited: boolean) => input({ request: undefined }, { allowUnsolicited });

  it('is the request inside, and outside where the outside is signed', () => {
    expect(on('_request', '_request')).toBe('accepted');
    expect(on('_request', undefined, input(), false)).toBe('accepted');
    expect(on('_request', undefined)).toEqual(differs(''));
    expect(on(undefined, '_request')).toEqual(differs(''));
  });

  it('that differs in either place is refused, and told', () => {
    expect(on('_other', '_request')).toEqual(differs('_other'));
    expect(on('_request', '_other')).toEqual(differs('_other'));
    expect(on('_inner', '_outer')).toEqual(differs('_outer'));
    expect(on('_request', '_other', input(), false)).toEqual(differs('_other'));
  });

  it('may be missing only where nothing was asked and the connection allows that', () => {
    expect(on(undefined, undefined, unasked(true))).toBe('accepted');
    expect(on(undefined, undefined, unasked(false))).toEqual(refused('unsolicited'));
    expect(on(undefined, undefined, input({}, { allowUnsolicited: true }))).toEqual(refused('unsolicited'));
  });

  it('of nothing that was asked is refused, also where unasked answers are allowed', () => {
    const unknown = refused('in_response_to_unknown', { received: '_old' });

    expect(on('_old', undefined, unasked(true))).toEqual(unknown);
    expect(on(undefined, '_old', unasked(true))).toEqual(unknown);
  });

  it('is looked for in a confirmation that counts; where there is none, nothing was answered inside', () => {
    const check = new Map(acceptanceChecks).get('in_response_to');

    expect(check?.(reading({ confirmations: [] }), input())?.facts).toEqual({
      expected: '_request',
      received: '',
    });
  });
});
