import { toUnicodeDomain } from '../adapters/domain-names.ts';
import type { OrganizationDomainRow, TimelineEntryRow } from '../db/index.ts';
import { findDirectoryGuide } from '../onboarding/providers/directory/index.ts';
import { findDestination } from '../onboarding/log-streams/destinations/index.ts';
import { providerNameOf } from '../onboarding/providers/sign-in/index.ts';

/**
 * The facts of an entry as pages need them. Entries hold ids: a provider comes with its name, and so does a domain that is
 * among `domains`, those that the reader may see. One that is gone has none.
 */
export function factsForPages(
  { kind, facts }: TimelineEntryRow,
  domains: readonly Pick<OrganizationDomainRow, 'id' | 'domain'>[],
): Record<string, TimelineEntryRow['facts'][string]> {
  const provider = typeof facts['provider'] === 'string' ? nameOf(kind, facts['provider']) : null;
  const domain = domains.find(({ id }) => id === facts['domain_id']);
  return {
    ...facts,
    ...(provider !== null && { provider_name: provider }),
    ...(domain !== undefined && { domain: toUnicodeDomain(domain.domain) }),
  };
}

function nameOf(kind: string, id: string): string | null {
  if (kind === 'directory_chosen') return findDirectoryGuide(id)?.name ?? null;
  return kind === 'destination_chosen' ? (findDestination(id)?.name ?? null) : providerNameOf(id);
}
