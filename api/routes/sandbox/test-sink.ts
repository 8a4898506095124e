import { insertAudit } from '../../../db/index.ts';
import type { AuditAction } from '../../../onboarding/audit-actions.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { testSinkBody, testSinkQuery, testSinkState } from '../../contract/sandbox-sink.ts';
import type { ApiDeps, TestSinkPanel } from '../../deps.ts';
import { route, type Callers, type Commit, type RequestFacts } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';

/** The test sink: what arrived there, and how it behaves. It forgets everything when its process ends. */

const get = route({
  method: 'GET',
  path: '/sandbox/test-sink',
  who: 'sandbox',
  role: 'viewer',
  summary: 'The test sink: its addresses, its switches, and what arrived',
  query: testSinkQuery,
  answers: { 200: testSinkState },
  handler: ({ deps, caller, query }) =>
    Promise.resolve(
      ok(embeddedOf(deps).testSink.getState(caller.environment.id, deps.urls.api, query.find ?? '')),
    ),
});

const put = route({
  method: 'PUT',
  path: '/sandbox/test-sink',
  who: 'sandbox',
  role: 'developer',
  summary: 'Turns faults on and off, or gives the secret to verify with; what is not given stays',
  body: testSinkBody,
  answers: { 200: testSinkState },
  handler: ({ body, ...act }) =>
    turn(act, 'test_sink.switched', (panel, environmentId) => panel.change(environmentId, body)),
});

const reset = route({
  method: 'POST',
  path: '/sandbox/test-sink/reset',
  who: 'sandbox',
  role: 'developer',
  summary: 'Forgets everything that arrived, and turns every fault off',
  answers: { 200: testSinkState },
  handler: (act) => turn(act, 'test_sink.reset', (panel, environmentId) => panel.reset(environmentId)),
});

export const testSinkRoutes = [get, put, reset];

interface Act {
  deps: ApiDeps;
  caller: Callers['sandbox'];
  commit: Commit;
  request: RequestFacts;
}

function turn(
  { deps, caller, commit, request }: Act,
  action: AuditAction,
  change: (panel: TestSinkPanel, environmentId: string) => void,
) {
  const panel = embeddedOf(deps).testSink;
  const environmentId = caller.environment.id;
  return commit(async (tx) => {
    const whose = { environmentId, organizationId: null };
    await insertAudit(tx, audited(acting(caller.by, request), whose, { action }));
    change(panel, environmentId);
    return ok(panel.getState(environmentId, deps.urls.api, ''));
  });
}
