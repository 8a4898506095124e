/** Single sign-on of members as the dashboard's JSON shows it, from memory. */
import type { z } from 'zod';
import type { MembersSso, ways } from '../../api/contract/dashboard-members-sso.ts';

export interface FakeMembersSso {
  shown: MembersSso;
  ways: z.infer<typeof ways>;
}

/** Nobody comes in by it; the vendor's own organization is there, unless nothing has been made yet. */
export function fakeMembersSso(isEmpty: boolean): FakeMembersSso {
  return {
    shown: {
      rule: 'off',
      current: null,
      yourDomain: 'vendor.example',
      candidate: isEmpty
        ? null
        : {
            organization: { id: 'org_own', name: 'Vendor, our own people' },
            domains: ['vendor.example', 'vendor-research.example'],
            connections: [{ id: 'conn_own', name: 'Okta of Vendor' }],
            mark: 'the mark',
          },
      differs: false,
      mayRequire: false,
    },
    ways: { sso: 'off', environments: [] },
  };
}

/** What the rule makes of it, for pages that come after it was saved. */
export function allowed(sso: FakeMembersSso, rule: MembersSso['rule']): FakeMembersSso['shown'] {
  const { candidate } = sso.shown;
  if (candidate === null || rule === 'off') return { ...sso.shown, rule: 'off', current: null };
  return {
    ...sso.shown,
    rule,
    differs: false,
    mayRequire: rule === 'required' || sso.shown.mayRequire,
    current: {
      organization: candidate.organization,
      domains: candidate.domains,
      connections: candidate.connections.map((connection) => ({ ...connection, state: 'counts' as const })),
    },
  };
}
