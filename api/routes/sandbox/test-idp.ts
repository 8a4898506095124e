import { insertAudit, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import {
  testClient,
  testClientBody,
  testIdpBody,
  testIdpState,
  type TestIdpState,
} from '../../contract/sandbox.ts';
import type { ApiDeps, TestIdpPanel } from '../../deps.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** S20: the switches of the Test IdP. A fault reaches every connection of the sandbox that has it as its provider. */

const get = route({
  method: 'GET',
  path: '/sandbox/test-idp',
  who: 'sandbox',
  role: 'viewer',
  summary: 'The Test IdP: its addresses, its people and its switches',
  answers: { 200: testIdpState },
  handler: ({ deps, caller, read }) => {
    const testIdp = embeddedOf(deps).testIdp;
    const tenant = { environmentId: caller.environment.id };
    return read(async (tx) => ok(await testIdp.getState(tx, tenant, deps.urls.testIdp)));
  },
});

const put = route({
  method: 'PUT',
  path: '/sandbox/test-idp',
  who: 'sandbox',
  role: 'developer',
  summary: 'Turns a fault on or off, or rolls the signing key over; what is not given stays',
  body: testIdpBody,
  answers: { 200: testIdpState },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => ok(await turn(tx, deps, caller, body, request))),
});

const retireKey = route({
  method: 'POST',
  path: '/sandbox/test-idp/retire-key',
  who: 'sandbox',
  role: 'developer',
  summary: 'Ends a rollover: forgets the first key, once the next one signs',
  answers: { 200: testIdpState },
  handler: ({ deps, caller, commit, request }) =>
    commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: null };
      const hands = { secrets: deps.secrets, now: request.now };
      const isRetired = await embeddedOf(deps).testIdp.retireKey(tx, whose, hands);
      if (!isRetired) throw new OnboardingError('conflict');
      const act = { action: 'test_idp.key_retired' } as const;
      await insertAudit(tx, audited(acting(caller.by, request), whose, act));
      return ok(await embeddedOf(deps).testIdp.getState(tx, whose, deps.urls.testIdp));
    }),
});

const registerClient = route({
  method: 'POST',
  path: '/sandbox/test-idp/clients',
  who: 'sandbox',
  role: 'developer',
  summary: 'Registers a connection as an OpenID Connect client; again, it answers with what there is',
  body: testClientBody,
  answers: { 201: testClient },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const whose = { environmentId: caller.environment.id, organizationId: null };
      const hands = { secrets: deps.secrets, now: request.now };
      const client = await embeddedOf(deps).testIdp.registerClient(tx, whose, body.connectionId, hands);
      if (client === undefined) throw new OnboardingError('not_found', { kind: 'connection' });
      const target = { type: 'connection', id: body.connectionId };
      const act = { action: 'test_idp.client_registered', target } as const;
      await insertAudit(tx, audited(acting(caller.by, request), whose, act));
      const { discoveryUrl } = await embeddedOf(deps).testIdp.getState(tx, whose, deps.urls.testIdp);
      return { ...created({ ...client, discoveryUrl }), holdsSecret: true };
    }),
});

export const testIdpRoutes = [get, put, retireKey, registerClient];

async function turn(
  tx: Tx,
  deps: ApiDeps,
  { environment, by }: Callers['sandbox'],
  change: Parameters<TestIdpPanel['putSwitches']>[2],
  request: RequestFacts,
) {
  const whose = { environmentId: environment.id, organizationId: null };
  const switchesOf = ({ fault, rollover }: TestIdpState) => ({ fault, rollover });
  const before = switchesOf(await embeddedOf(deps).testIdp.getState(tx, whose, deps.urls.testIdp));
  await embeddedOf(deps).testIdp.putSwitches(tx, whose, change, request.now);
  const state = await embeddedOf(deps).testIdp.getState(tx, whose, deps.urls.testIdp);
  const act = { action: 'test_idp.switched', before, after: switchesOf(state) } as const;
  await insertAudit(tx, audited(acting(by, request), whose, act));
  return state;
}
