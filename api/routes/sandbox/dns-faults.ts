import { insertAudit } from '../../../db/index.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { sandboxDnsFaults, sandboxDnsFaultsBody } from '../../contract/sandbox.ts';
import { route } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** What the sandbox's name servers do wrong. It ends when their process does. */

const get = route({
  method: 'GET',
  path: '/sandbox/dns/faults',
  who: 'sandbox',
  role: 'viewer',
  summary: 'The faults of the name servers, and which are on',
  answers: { 200: sandboxDnsFaults },
  handler: ({ deps }) => Promise.resolve(ok({ faults: embeddedOf(deps).dns.listFaults() })),
});

const put = route({
  method: 'PUT',
  path: '/sandbox/dns/faults',
  who: 'sandbox',
  role: 'developer',
  summary: 'Turns on the faults that are given, and off all others',
  body: sandboxDnsFaultsBody,
  answers: { 200: sandboxDnsFaults },
  handler: ({ deps, caller, body, commit, request }) => {
    const { dns } = embeddedOf(deps);
    return commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: null };
      const act = { action: 'sandbox.dns_switched', after: body } as const;
      await insertAudit(tx, audited(acting(caller.by, request), whose, act));
      dns.setFaults(body.faults);
      return ok({ faults: dns.listFaults() });
    });
  },
});

export const dnsFaultRoutes = [get, put];
