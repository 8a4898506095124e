import { insertAudit, type Tx } from '../../../db/index.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { sandboxSwitches, type SandboxSwitches } from '../../contract/sandbox.ts';
import type { ApiDeps } from '../../deps.ts';
import { route, type Callers } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** S20: what of the sandbox misbehaves at the moment, wherever it was turned on, and all of it off at once. */

const get = route({
  method: 'GET',
  path: '/sandbox/switches',
  who: 'sandbox',
  role: 'viewer',
  summary:
    'How many switches are on: of the Test IdP, the test directory, the name servers and the test sink',
  answers: { 200: sandboxSwitches },
  handler: ({ deps, caller, read }) => read(async (tx) => ok(await switchesOf(tx, deps, caller))),
});

const reset = route({
  method: 'POST',
  path: '/sandbox/switches/reset',
  who: 'sandbox',
  role: 'developer',
  summary: 'Turns every switch off; people, groups, records and what arrived stay',
  answers: { 200: sandboxSwitches },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const { testIdp, testDirectory, dns, testSink } = embeddedOf(deps);
      const environmentId = caller.environment.id;
      const before = await switchesOf(tx, deps, caller);
      const off = { fault: null, rollover: 'one_key' } as const;
      await testIdp.putSwitches(tx, { environmentId }, off, request.now);
      await testDirectory.setFaults(tx, { environmentId }, [], request.now);
      dns.setFaults([]);
      testSink.change(environmentId, { faults: [] });
      const after = await switchesOf(tx, deps, caller);
      const whose = { environmentId, organizationId: null };
      const act = { action: 'sandbox.switches_reset', before, after } as const;
      await insertAudit(tx, audited(acting(caller.by, request), whose, act));
      return ok(after);
    }),
});

export const switchRoutes = [get, reset];

async function switchesOf(
  tx: Tx,
  deps: ApiDeps,
  { environment }: Callers['sandbox'],
): Promise<SandboxSwitches> {
  const { testIdp, testDirectory, dns, testSink } = embeddedOf(deps);
  const tenant = { environmentId: environment.id };
  const { fault, rollover } = await testIdp.getState(tx, tenant, deps.urls.testIdp);
  const directory = await testDirectory.getState(tx, tenant);
  const sink = testSink.getState(environment.id, deps.urls.api, '');
  const countOf = (faults: readonly { isOn: boolean }[]) => faults.filter(({ isOn }) => isOn).length;
  return {
    places: [
      { place: 'test_idp', on: Number(fault !== null) + Number(rollover !== 'one_key') },
      { place: 'test_directory', on: countOf(directory.faults) },
      { place: 'dns', on: countOf(dns.listFaults()) },
      { place: 'test_sink', on: countOf(sink.faults) },
    ],
  };
}
