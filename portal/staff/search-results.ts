import type { Found } from './answers.ts';
import { placeOf } from './audit-places.ts';

/** What is found, in the order of what staff look for most; kinds that are few share the last group. */
const groups = [
  { id: 'organizations', kinds: ['organization'] },
  { id: 'domains', kinds: ['domain'] },
  { id: 'people', kinds: ['contact', 'person', 'directory_person', 'member'] },
  { id: 'connections', kinds: ['connection'] },
  { id: 'directories', kinds: ['directory', 'directory_group', 'directory_request'] },
  { id: 'onboardings', kinds: ['onboarding'] },
  { id: 'attempts', kinds: ['attempt'] },
  {
    id: 'more',
    kinds: [
      'link',
      'mail',
      'api_key',
      'redirect_uri',
      'guide_report',
      'event',
      'audit',
      'request',
      'environment',
    ],
  },
] as const;

export type FoundGroup = { id: (typeof groups)[number]['id']; found: Found[] };

export function groupsOf(all: readonly Found[]): FoundGroup[] {
  return groups
    .map(({ id, kinds }) => ({ id, found: all.filter(({ kind }) => kinds.some((known) => known === kind)) }))
    .filter(({ found }) => found.length > 0);
}

/** Where it is shown: on its own page, or on that of what it belongs to. */
export function pathOf({ kind, id, organizationId, onboardingId }: Found): string {
  const organization = organizationId === null ? '/organizations' : `/organizations/${organizationId}`;
  switch (kind) {
    case 'directory_person':
    case 'directory_group':
      return organization;
    case 'domain':
      return `/domains/${id}`;
    case 'person':
      return `/attempts?organization=${organizationId}`;
    case 'mail':
      return onboardingId === null ? organization : `/onboardings/${onboardingId}?tab=mail`;
    case 'link':
      return onboardingId === null ? organization : `/onboardings/${onboardingId}?tab=links`;
    case 'audit':
      return `/audit-log/${id}`;
    case 'request':
      return `/audit-log?request=${encodeURIComponent(id)}`;
    default:
      return placeOf(kind, id) ?? organization;
  }
}
