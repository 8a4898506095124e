import { insertAudit, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { testIdpBody, testIdpState } from '../../contract/sandbox.ts';
import type { ApiDeps } from '../../deps.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';

/** S20: the switches of the Test IdP. A fault reaches every connection of the sandbox that has it as its provider. */

const get = route({
  method: 'GET',
  path: '/sandbox/test-idp',
  who: 'sandbox',
  role: 'viewer',
  summary: 'The Test IdP: its addresses, its people and its switches',
  answers: { 200: testIdpState },
  handler: ({ deps, caller, read }) => {
    const { testIdp } = sandboxOf(deps);
    const tenant = { environmentId: caller.environment.id };
    return read(async (tx) => ok(await testIdp.getState(tx, tenant, deps.urls.testIdp)));
  },
});

const put = route({
  method: 'PUT',
  path: '/sandbox/test-idp',
  who: 'sandbox',
  role: 'developer',
  summary: 'Turns a fault on or off; what is not given stays',
  body: testIdpBody,
  answers: { 200: testIdpState },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => ok(await turn(tx, deps, caller, body, request))),
});

const reset = route({
  method: 'POST',
  path: '/sandbox/test-idp/reset',
  who: 'sandbox',
  role: 'developer',
  summary: 'Turns every switch off',
  answers: { 200: testIdpState },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => ok(await turn(tx, deps, caller, { fault: null, twoKeys: false }, request))),
});

export const testIdpRoutes = [get, put, reset];

async function turn(
  tx: Tx,
  deps: ApiDeps,
  { environment, by }: Callers['sandbox'],
  change: { fault?: string | null | undefined; twoKeys?: boolean | undefined },
  request: RequestFacts,
) {
  const whose = { environmentId: environment.id, organizationId: null };
  const at = { url: deps.urls.testIdp, now: request.now };
  const state = await sandboxOf(deps).testIdp.putState(tx, whose, change, at);
  const after = { fault: state.fault, two_keys: state.twoKeys };
  await insertAudit(tx, audited(acting(by, request), whose, { action: 'test_idp.switched', after }));
  return state;
}

function sandboxOf({ embedded }: ApiDeps) {
  if (embedded === null) throw new OnboardingError('not_found');
  return embedded;
}
