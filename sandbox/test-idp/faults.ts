import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import type { ResponsePlan } from './response.ts';

/**
 * The ways in which the Test IdP can answer wrongly, each a change to a good plan together with the verdict that the
 * service provider owes it [TIDP-05]: the pair is a regression suite of its own.
 */
export interface Fault {
  /** `ok` where the fault is a variation that must be accepted. */
  readonly expected: SignInCause | 'ok';
  /** The verdict once a test in good mode has set the signature floor; the same as `expected` when left out. */
  readonly expectedAfterPassedTest?: SignInCause;
  /** Who finds it: the verifier, the mapping of attributes to a profile, or the state in the database. */
  readonly foundBy: 'verifier' | 'profile' | 'state';
  readonly change: (plan: ResponsePlan) => ResponsePlan;
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

export const faults = {
  wrong_audience: {
    expected: 'audience_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, audience: `${plan.audience}/` }),
  },
  wrong_recipient: {
    expected: 'recipient_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, recipient: `${plan.recipient}/` }),
  },
  wrong_destination: {
    expected: 'destination_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, destination: plan.destination.replace(/\/[^/]*$/, '/other') }),
  },
  wrong_issuer: {
    expected: 'issuer_differs',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, issuer: `${plan.issuer}/other` }),
  },
  expired: {
    expected: 'expired',
    foundBy: 'verifier',
    change: (plan) => withClock(plan, -minutes(9)),
  },
  clock_ahead: {
    expected: 'not_yet_valid',
    foundBy: 'verifier',
    change: (plan) => withClock(plan, minutes(7)),
  },
  unsigned: {
    expected: 'signature_missing',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sign: 'none' }),
  },
  signed_response_only: {
    expected: 'ok',
    expectedAfterPassedTest: 'signed_less',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sign: 'response' }),
  },
  signed_assertion_only: {
    expected: 'ok',
    expectedAfterPassedTest: 'signed_less',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, sign: 'assertion' }),
  },
  altered: {
    expected: 'signature_invalid',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, alterAfterSigning: true }),
  },
  wrapped: {
    expected: 'structure_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, wrapAfterSigning: true }),
  },
  other_key: {
    expected: 'signature_unknown_key',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, key: 'unpublished' }),
  },
  two_keys_published: {
    expected: 'ok',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, key: 'next' }),
  },
  sha1: {
    expected: 'signature_algorithm_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, algorithm: 'sha1' }),
  },
  status_denied: {
    expected: 'status_not_success',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, status: 'denied' }),
  },
  missing_name_id: {
    expected: 'name_id_refused',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, nameId: undefined }),
  },
  unsolicited: {
    expected: 'unsolicited',
    foundBy: 'verifier',
    change: (plan) => ({ ...plan, inResponseTo: undefined }),
  },
  missing_email: {
    expected: 'email_missing',
    foundBy: 'profile',
    change: (plan) => ({
      ...plan,
      nameId: plan.nameId && {
        value: plan.persistentId,
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      },
      attributes: plan.attributes.filter(([name]) => !/mail/i.test(name)),
    }),
  },
  /** Needs the ids of an earlier answer (`previousIds`); without them it is a good answer. */
  replayed: {
    expected: 'replayed',
    foundBy: 'state',
    change: (plan) => ({ ...plan, ...plan.previousIds }),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames: readonly FaultName[] = Object.keys(faults).filter(isFaultName);

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}
