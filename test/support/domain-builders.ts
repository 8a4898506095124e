import type { DomainDetail } from '../../api/contract/setup-domains.ts';
import type { DomainView } from '../../api/contract/shared.ts';
import { at } from './setup-builders.ts';

/** Domains, as the portal's endpoints answer them. */

const minute = 60_000;
const day = 24 * 60 * minute;

export function aDomain(change: Partial<DomainView> = {}): DomainView {
  return {
    id: 'dom_1',
    domain: 'acme.com',
    unicode: 'acme.com',
    chip: 'waiting',
    state: 'pending',
    strategy: 'dns',
    record: {
      type: 'TXT',
      name: '_vestibule-challenge.acme.com',
      host: '_vestibule-challenge',
      value: 'vestibule-verify=8c1f2a9d4e7b60315c8fd2e41a7b9036',
    },
    since: at(-20 * minute),
    verifiedAt: null,
    expiresAt: at(30 * day),
    missingSince: null,
    worksUntil: null,
    lastLookedAt: null,
    nextLookAt: at(40_000),
    verdict: null,
    ...change,
  };
}

export function aDomainDetail(
  change: Partial<DomainView> = {},
  rest: Partial<DomainDetail> = {},
): DomainDetail {
  return {
    domain: aDomain(change),
    host: {
      id: 'cloudflare',
      name: 'Cloudflare',
      detectedFrom: ['dana.ns.cloudflare.com', 'rob.ns.cloudflare.com'],
      chosen: false,
      steps: [
        'Open the zone **acme.com**.',
        'Go to **DNS → Records** and choose **Add record**.',
        'Paste name and value, then **Save**.',
      ],
      note: 'Cloudflare adds .acme.com to the name by itself.',
      consoleUrl: 'https://dash.cloudflare.com',
    },
    hosts: [
      { id: 'cloudflare', name: 'Cloudflare' },
      { id: 'route53', name: 'Amazon Route 53' },
      { id: 'godaddy', name: 'GoDaddy' },
    ],
    mayCheckAt: null,
    ...rest,
  };
}
