/** Domains in every state, as the dashboard shows them. */
import type { z } from 'zod';
import type * as dashboard from '../../api/contract/dashboard.ts';
import { day, hour, minute, timesAround, type World } from './fake-world.ts';

export function fakeDomains(world: World) {
  const { ago, ahead, some } = timesAround(world);

  const domains = some<z.infer<typeof dashboard.domainRow>>([
    {
      id: 'dom_1',
      domain: 'acme.example',
      unicode: 'acme.example',
      chip: 'not_right',
      state: 'pending',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.acme.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=8c1f0a54d1e24f0bb2a7',
      },
      since: ago(3 * hour),
      verifiedAt: null,
      expiresAt: ahead(29 * day),
      lastLookedAt: ago(40_000),
      nextLookAt: ahead(50_000),
      verdict: {
        kind: 'domain_twice',
        facts: { name: '_northwind-challenge.acme.example.acme.example', host: '_northwind-challenge' },
        answers: [
          {
            server: 'ns1, ns2.cloudflare.example',
            name: '_northwind-challenge.acme.example',
            answer: [],
            meaning: 'not_there',
          },
          {
            server: 'ns1.cloudflare.example',
            name: '_northwind-challenge.acme.example.acme.example',
            answer: ['northwind-verify=8c1f0a54d1e24f0bb2a7'],
            meaning: 'domain_twice',
          },
        ],
      },
      organizationId: 'org_1',
      organizationName: 'Acme Corporation',
    },
    {
      id: 'dom_2',
      domain: 'globex.example',
      unicode: 'globex.example',
      chip: 'verified',
      state: 'verified',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.globex.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=11aa',
      },
      since: ago(30 * day),
      verifiedAt: ago(30 * day),
      expiresAt: null,
      lastLookedAt: ago(5 * hour),
      nextLookAt: ahead(19 * hour),
      verdict: {
        kind: 'found',
        facts: {},
        answers: [
          {
            server: 'ns1, ns2.hetzner.example',
            name: '_northwind-challenge.globex.example',
            answer: ['northwind-verify=11aa'],
            meaning: 'found',
          },
        ],
      },
      organizationId: 'org_2',
      organizationName: 'Globex',
    },
    {
      id: 'dom_3',
      domain: 'xn--mnchen-3ya.example',
      unicode: 'münchen.example',
      chip: 'waiting',
      state: 'pending',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.xn--mnchen-3ya.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=77de',
      },
      since: ago(20 * minute),
      verifiedAt: null,
      expiresAt: ahead(30 * day),
      lastLookedAt: null,
      nextLookAt: ahead(minute),
      verdict: null,
      organizationId: 'org_3',
      organizationName: 'Stadtwerke München Beteiligungs- und Verwaltungsgesellschaft mbH & Co. KG',
    },
    {
      id: 'dom_4',
      domain: 'initech.example',
      unicode: 'initech.example',
      chip: 'verified',
      state: 'verified',
      strategy: 'manual',
      record: null,
      since: ago(80 * day),
      verifiedAt: ago(80 * day),
      expiresAt: null,
      lastLookedAt: null,
      nextLookAt: null,
      verdict: null,
      organizationId: 'org_4',
      organizationName: 'Initech',
    },
    {
      id: 'dom_5',
      domain: 'initech.example',
      unicode: 'initech.example',
      chip: 'conflict',
      state: 'conflict',
      strategy: 'dns',
      record: {
        type: 'TXT',
        name: '_northwind-challenge.initech.example',
        host: '_northwind-challenge',
        value: 'northwind-verify=19ab',
      },
      since: ago(3 * 60 * minute),
      verifiedAt: null,
      expiresAt: null,
      lastLookedAt: ago(3 * 60 * minute),
      nextLookAt: null,
      verdict: { kind: 'found', facts: {}, answers: [] },
      organizationId: 'org_5',
      organizationName: 'Umbrella Health',
    },
  ]);

  return domains;
}
