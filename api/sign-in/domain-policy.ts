import type { DomainPolicy } from '../../onboarding/commands.ts';
import type { SignInCause, SignInFacts } from '../../onboarding/sign-in-causes.ts';
import {
  findOrganization,
  findVerifiedHolder,
  listDomains,
  type ConnectionRow,
  type Tx,
} from '../../db/index.ts';
import { tenantOf } from './usable-connection.ts';

export interface DomainRefusal {
  readonly cause: Extract<
    SignInCause,
    'email_outside_domains' | 'email_domain_held_elsewhere' | 'email_domain_not_chosen' | 'email_unverified'
  >;
  readonly facts: SignInFacts;
}

/**
 * Whether an address may sign in to its organization [IDB-02]: its domain is one that the organization has verified,
 * or the policy asks for none, and in no case one that another organization holds. Only the vendor's
 * `allow_profiles_outside_organization` lifts that. A test before the first domain is verified may have any address:
 * the policy is then checked before going live. An address that the provider calls unverified needs a domain of the
 * organization's own, whatever the policy. Where the customer chose domains for the connection, it is for those alone.
 *
 * `tx` must see the whole environment.
 */
export async function refuseOutsider(
  tx: Tx,
  connection: ConnectionRow,
  who: { email: string; policy: DomainPolicy; isTest: boolean; isUnverified: boolean },
): Promise<DomainRefusal | undefined> {
  const { email, policy, isTest, isUnverified } = who;
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const tenant = tenantOf(connection);
  const verified = (await listDomains(tx, tenant)).filter(({ state }) => state === 'verified');
  const isOwn = verified.some((own) => own.domain === domain);
  const { allowedDomains: chosen } = connection;
  // What the customer chose narrows what the vendor allows, and nothing of the vendor's widens it again.
  if (chosen !== null && !(isOwn && chosen.includes(domain))) {
    return { cause: 'email_domain_not_chosen', facts: { email, domains: chosen.slice(0, 20) } };
  }
  if (isOwn) return undefined;
  if (isUnverified) return { cause: 'email_unverified', facts: { email } };

  const holder = await findVerifiedHolder(tx, connection.environmentId, domain);
  const mustBeOwn = policy === 'required' && !isTest ? true : policy !== 'none' && verified.length > 0;
  if (!holder && !mustBeOwn) return undefined;

  const organization = await findOrganization(tx, tenant, connection.organizationId);
  if (organization?.allowProfilesOutsideOrganization) return undefined;
  return holder
    ? { cause: 'email_domain_held_elsewhere', facts: { email } }
    : {
        cause: 'email_outside_domains',
        facts: { email, domains: verified.map((own) => own.domain).slice(0, 20) },
      };
}
