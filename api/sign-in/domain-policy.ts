import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import { findVerifiedHolder, type ConnectionRow, type SignInRules, type Tx } from '../../db/index.ts';

export interface DomainRefusal {
  readonly cause: Extract<
    SignInCause,
    'email_outside_domains' | 'email_domain_held_elsewhere' | 'email_domain_not_chosen' | 'email_unverified'
  >;
  readonly facts: SignInFacts;
}

export interface Who {
  readonly email: string;
  readonly isTest: boolean;
  /** The provider itself says that nobody has proved the address. */
  readonly isUnverified: boolean;
}

/**
 * Whether an address may sign in to its organization [IDB-02]: its domain is one that the organization has verified,
 * or the policy asks for none, and in no case one that another organization holds. Only the vendor's
 * `allow_profiles_outside_organization` lifts that. A test before the first domain is verified may have any address:
 * the policy is then checked before going live. A domain whose record has gone counts for a time yet [DOM-06], unless
 * another organization has proved it since. An address that the provider calls unverified needs a domain of the
 * organization's own, whatever the policy. Where the customer chose domains for the connection, it is for those alone.
 */
export type Standing = 'inside' | 'inside_unless_held_elsewhere' | 'not_chosen' | 'outside' | 'unverified';

export function standingOf(
  { allowedDomains: chosen }: Pick<ConnectionRow, 'allowedDomains'>,
  rules: SignInRules,
  { email, isTest, isUnverified }: Who,
): Standing {
  const { verifiedDomains, lapsedDomains, domainPolicy, allowProfilesOutsideOrganization } = rules;
  const domain = domainOf(email);
  const isOwn = verifiedDomains.includes(domain);
  const wasOwn = lapsedDomains.includes(domain);
  // What the customer chose narrows what the vendor allows, and nothing of the vendor's widens it again.
  if (chosen !== null && !((isOwn || wasOwn) && chosen.includes(domain))) return 'not_chosen';
  if (isOwn) return 'inside';
  if (wasOwn) return 'inside_unless_held_elsewhere';
  if (isUnverified) return 'unverified';
  if (allowProfilesOutsideOrganization) return 'inside';
  const hasDomains = verifiedDomains.length > 0 || lapsedDomains.length > 0;
  const mustBeOwn = domainPolicy === 'required' && !isTest ? true : domainPolicy !== 'none' && hasDomains;
  return mustBeOwn ? 'outside' : 'inside_unless_held_elsewhere';
}

export const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/** Why an address may not sign in, if so. `tx` must see the whole environment. */
export async function refuseOutsider(
  tx: Tx,
  connection: Pick<ConnectionRow, 'environmentId' | 'allowedDomains'>,
  rules: SignInRules,
  who: Who,
): Promise<DomainRefusal | undefined> {
  const { environmentId, allowedDomains } = connection;
  const standing = standingOf(connection, rules, who);
  const { email } = who;
  if (standing === 'inside') return undefined;
  if (standing === 'not_chosen') {
    return {
      cause: 'email_domain_not_chosen',
      facts: { email, domains: (allowedDomains ?? []).slice(0, 20) },
    };
  }
  if (standing === 'unverified') return { cause: 'email_unverified', facts: { email } };
  if (await findVerifiedHolder(tx, environmentId, domainOf(email))) {
    return { cause: 'email_domain_held_elsewhere', facts: { email } };
  }
  return standing === 'outside'
    ? { cause: 'email_outside_domains', facts: { email, domains: rules.verifiedDomains.slice(0, 20) } }
    : undefined;
}
