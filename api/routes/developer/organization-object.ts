import type { z } from 'zod';
import type { ApiDeps } from '../../deps.ts';
import { parseDomain } from '../../domains.ts';
import type { updateOrganizationBody } from '../../contract/developer-organizations.ts';
import { findVerifiedHolder, type EnvironmentRow, type OrganizationRow, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { organizationDomainObject, type DomainFacts } from '../../../onboarding/wire-objects.ts';

/** The organization as answers and events show it. */
export function organizationObject(
  row: Omit<OrganizationRow, 'environmentId' | 'deletedAt'>,
  domains: readonly DomainFacts[],
) {
  return {
    object: 'organization' as const,
    id: row.id,
    name: row.name,
    domains: domains.map(organizationDomainObject),
    metadata: row.metadata,
    external_id: row.externalId,
    ...(row.stripeCustomerId === null ? {} : { stripe_customer_id: row.stripeCustomerId }),
    allow_profiles_outside_organization: row.allowProfilesOutsideOrganization,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

type DomainsOfBody = Pick<z.infer<typeof updateOrganizationBody>, 'domain_data' | 'domains'>;

export const wantsDomains = ({ domain_data: given = [], domains: legacy = [] }: DomainsOfBody): boolean =>
  given.length + legacy.length > 0;

export interface WantedDomain {
  domain: string;
  vouched: 'manual' | 'legacy' | undefined;
}

/**
 * The domains a body asks for, each once, in their one form. Throws what is wrong with them, and
 * `domain_held_elsewhere` where another organization of the environment has proved one.
 */
export async function wantedDomains(
  tx: Tx,
  deps: Pick<ApiDeps, 'settings'>,
  environment: EnvironmentRow,
  { domain_data: given = [], domains: legacy = [] }: DomainsOfBody,
  organizationId: string | null,
): Promise<WantedDomain[]> {
  const wanted = new Map<string, WantedDomain>();
  for (const typed of legacy) {
    const domain = parseDomain(deps, environment, typed);
    wanted.set(domain, { domain, vouched: 'legacy' });
  }
  for (const { domain: typed, state } of given) {
    const domain = parseDomain(deps, environment, typed);
    wanted.set(domain, { domain, vouched: state === 'verified' ? 'manual' : undefined });
  }
  for (const { domain } of wanted.values()) {
    const holder = await findVerifiedHolder(tx, environment.id, domain);
    if (holder !== undefined && holder.organizationId !== organizationId) {
      throw new OnboardingError('domain_held_elsewhere', { domain });
    }
  }
  return [...wanted.values()];
}

const metadataLimits = { keys: 50, key: 40, value: 600 } as const;

/** Metadata after a change: merged key by key, a null takes a key away, null or `{}` takes all. Throws `metadata_limits`. */
export function metadataOf(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, string | null>> | null | undefined,
): Record<string, string> {
  if (change === undefined) return { ...before };
  if (change === null || Object.keys(change).length === 0) return {};
  const merged = Object.entries({ ...before, ...change }).flatMap(([key, value]) =>
    value === null ? [] : [[key, value] as const],
  );
  const isTooMuch =
    merged.length > metadataLimits.keys ||
    merged.some(([key, value]) => key.length > metadataLimits.key || value.length > metadataLimits.value);
  if (isTooMuch) throw new OnboardingError('metadata_limits');
  return Object.fromEntries(merged);
}
