import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import type { TestIdpKeys } from './keys.ts';
import type { ResponsePlan } from './response.ts';

/** Where a fault stands on the page of the switches. */
type FaultGroup = 'time' | 'identity' | 'signature' | 'attributes' | 'protocol';

/** What changes the verdict on one and the same answer. */
type Circumstance =
  /** A passed test has set what has to be signed. */
  | 'after_passed_test'
  /** A passed test has come encrypted. */
  | 'after_encrypted_test'
  /** We have published a key to encrypt for. */
  | 'encrypting'
  /** The request asked for a fresh sign-in. */
  | 'fresh_sign_in_asked'
  /** The key to roll over to is trusted already. */
  | 'next_key_trusted'
  /** The organization has verified the domain of the address. */
  | 'own_domain_verified';

/** What every fault says of itself, by whichever protocol: the verdict is `ok` for a variation that must be accepted. */
export interface FaultFacts {
  readonly group: FaultGroup;
  readonly expected: SignInCause | 'ok';
  readonly also?: { readonly when: Circumstance; readonly expected: SignInCause | 'ok' };
}

/**
 * A way in which the Test IdP can answer wrongly by SAML: a change to a good plan together with the verdict that the
 * service provider owes it [TIDP-05]. The pairs are a regression suite of their own.
 */
export interface Fault extends FaultFacts {
  /** Who finds it: the verifier, the mapping of attributes to a profile, or the state in the database. */
  readonly foundBy: 'verifier' | 'profile' | 'state';
  readonly change: (plan: ResponsePlan, keys: TestIdpKeys) => ResponsePlan;
}

const minutes = (count: number) => count * 60_000;
const shifted = (date: Date, ms: number) => new Date(date.getTime() + ms);

/** All times of the answer, as a provider's clock that runs ahead (or, negative, behind) would write them. */
function withClock(plan: ResponsePlan, ms: number): ResponsePlan {
  return {
    ...plan,
    issueInstant: shifted(plan.issueInstant, ms),
    notBefore: shifted(plan.notBefore, ms),
    notOnOrAfter: shifted(plan.notOnOrAfter, ms),
    authnInstant: shifted(plan.authnInstant, ms),
    sessionNotOnOrAfter: shifted(plan.sessionNotOnOrAfter, ms),
  };
}

/** With a key that only the Test IdP has. */
const forNobody = (keys: TestIdpKeys) => ({ certificatePem: keys.unpublished.certificatePem });

export const faults = {
  expired: {
    group: 'time',
    expected: 'expired',
    foundBy: 'verifier',
    change: (plan) => withClock(plan, -minutes(9)),
  },
  clock_ahead: {
    group: 'time',
    expected: 'not_yet_valid',
    foundBy: 'verifier',
    change: (plan) => withClock(plan, minutes(7)),
  },
  session_over: {
    group: 'time',
    expected: 'session_over',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sessionNotOnOrAfter: shifted(plan.issueInstant, -minutes(9)) }),
  },
  stale_sign_in: {
    group: 'time',
    expected: 'ok',
    also: { when: 'fresh_sign_in_asked', expected: 'authn_too_old' },
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, authnInstant: shifted(plan.issueInstant, -minutes(60)) }),
  },
  wrong_audience: {
    group: 'identity',
    expected: 'audience_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, audience: `${plan.audience}/` }),
  },
  wrong_recipient: {
    group: 'identity',
    expected: 'recipient_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, recipient: `${plan.recipient}/` }),
  },
  wrong_destination: {
    group: 'identity',
    expected: 'destination_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, destination: plan.destination.replace(/\/[^/]*$/, '/other') }),
  },
  wrong_issuer: {
    group: 'identity',
    expected: 'issuer_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, issuer: `${plan.issuer}/other` }),
  },
  another_request: {
    group: 'identity',
    expected: 'in_response_to_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, subjectInResponseTo: `${plan.responseId}-another` }),
  },
  /** Names a request that nobody made, and withholds the RelayState that would tell whose answer it is. */
  unknown_request: {
    group: 'identity',
    expected: 'in_response_to_unknown',
    foundBy: 'verifier',
    change: (plan) => ({
      ...plan,
      inResponseTo: `${plan.responseId}-unknown`,
      subjectInResponseTo: `${plan.responseId}-unknown`,
      returnsRelayState: false,
    }),
  },
  unsolicited: {
    group: 'identity',
    expected: 'unsolicited',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, inResponseTo: undefined, subjectInResponseTo: undefined }),
  },
  /** Needs the ids of an earlier answer (`previousIds`); without them it is a good answer. */
  replayed: {
    group: 'identity',
    expected: 'replayed',
    foundBy: 'state',
    change: (plan) => ({ ...plan, ...plan.previousIds }),
  },
  unsigned: {
    group: 'signature',
    expected: 'signature_missing',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sign: 'none' }),
  },
  signed_response_only: {
    group: 'signature',
    expected: 'ok',
    also: { when: 'after_passed_test', expected: 'signed_less' },
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sign: 'response' }),
  },
  signed_assertion_only: {
    group: 'signature',
    expected: 'ok',
    also: { when: 'after_passed_test', expected: 'signed_less' },
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sign: 'assertion', encryption: undefined }),
  },
  altered: {
    group: 'signature',
    expected: 'signature_invalid',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, alterAfterSigning: true }),
  },
  wrapped: {
    group: 'signature',
    expected: 'structure_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, wrapAfterSigning: true }),
  },
  other_key: {
    group: 'signature',
    expected: 'signature_unknown_key',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, key: 'unpublished' }),
  },
  next_key: {
    group: 'signature',
    expected: 'signature_unknown_key',
    also: { when: 'next_key_trusted', expected: 'ok' },
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, key: 'next' }),
  },
  sha1: {
    group: 'signature',
    expected: 'signature_algorithm_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, algorithm: 'sha1' }),
  },
  unencrypted: {
    group: 'signature',
    expected: 'ok',
    also: { when: 'after_encrypted_test', expected: 'signed_less' },
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, encryption: undefined }),
  },
  encrypted_for_another: {
    group: 'signature',
    expected: 'encrypted_without_key',
    also: { when: 'encrypting', expected: 'decryption_failed' },
    foundBy: 'verifier',
    change: (plan, keys) => ({ ...plan, encryption: forNobody(keys) }),
  },
  encrypted_weakly: {
    group: 'signature',
    expected: 'encryption_refused',
    foundBy: 'verifier',
    change: (plan, keys) => ({
      ...plan,
      encryption: { ...forNobody(keys), ...plan.encryption, content: 'aes256-cbc' },
    }),
  },
  missing_name_id: {
    group: 'attributes',
    expected: 'name_id_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, nameId: undefined }),
  },
  missing_email: {
    group: 'attributes',
    expected: 'email_missing',
    foundBy: 'profile',
    change: (plan) => ({ ...withPersistentId(plan), attributes: withoutEmail(plan) }),
  },
  invalid_email: {
    group: 'attributes',
    expected: 'email_invalid',
    foundBy: 'profile',
    change: (plan) => ({
      ...withPersistentId(plan),
      attributes: [...withoutEmail(plan), ['email', ['not an address']]],
    }),
  },
  status_denied: {
    group: 'protocol',
    expected: 'status_not_success',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, status: 'denied' }),
  },
  no_base64: {
    group: 'protocol',
    expected: 'request_malformed',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sentAs: 'no_base64' }),
  },
  with_doctype: {
    group: 'protocol',
    expected: 'xml_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sentAs: 'with_doctype' }),
  },
  logout_response: {
    group: 'protocol',
    expected: 'not_a_response',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sentAs: 'logout_response' }),
  },
  holder_of_key: {
    group: 'protocol',
    expected: 'subject_confirmation_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, confirmation: 'holder-of-key' }),
  },
  no_conditions: {
    group: 'protocol',
    expected: 'conditions_missing',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, hasConditions: false }),
  },
  no_authn_statement: {
    group: 'protocol',
    expected: 'authn_statement_missing',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, hasAuthnStatement: false }),
  },
} as const satisfies Record<string, Fault>;

function withPersistentId(plan: ResponsePlan): ResponsePlan {
  const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
  return { ...plan, nameId: plan.nameId && { value: plan.persistentId, format } };
}

const withoutEmail = ({ attributes }: ResponsePlan) => attributes.filter(([name]) => !/mail/i.test(name));

export type FaultName = keyof typeof faults;

export const faultNames: readonly FaultName[] = Object.keys(faults).filter(isFaultName);

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/**
 * The other ways in which a sign-in ends badly, and why no switch can bring them about. With the faults of both
 * protocols it names every cause there is; a test holds the two against the closed list.
 */
export const withoutFault: Readonly<Partial<Record<SignInCause, string>>> = {
  connection_not_usable: 'The connection is off or being deleted, which is decided on our side.',
  too_large: 'A post of that size is answered 413 before it belongs to an attempt.',
  no_keys: 'No certificate is trusted any more, which is decided on our side.',
  certificate_ended: 'The trusted certificate has to end; those of the Test IdP last for three years.',
  attribute_missing: 'Sign in as somebody without an attribute that the vendor has made required.',
  email_outside_domains: 'Sign in as the guest once the organization has verified a domain of its own.',
  email_domain_not_chosen: 'The customer has to have chosen other domains for the connection.',
  email_domain_held_elsewhere: 'Another organization has to hold the domain of the address.',
  request_expired: 'Leave the page of people open for ten minutes before choosing.',
  browser_differs: 'Post the answer from another browser than the one that began.',
  not_allowed: 'A directory has to have removed the person.',
  not_in_directory: 'The vendor has to let in members of the directory only, and the person be none.',
  timed_out: 'Close the page of people and wait for five minutes.',
  settings_switched: 'Begin a sign-in, switch the connection to a draft, then answer it.',
  internal: 'An error of ours, which must not be provoked.',
};
