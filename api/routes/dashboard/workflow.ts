import { z } from 'zod';
import { getShownOnboarding, insertAudit } from '../../../db/index.ts';
import type { WorkflowReading } from '../../../adapters/workflow-history.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { onboardingWorkflowId } from '../../../onboarding/workflow-names.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { rawEvents, workflowView, type WorkflowView } from '../../contract/dashboard.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';
import { effectTitle, foldHistory } from '../../workflow-history/fold.ts';

/** S6, Workflow: what the engine does for one onboarding, in words; and its raw events, whose viewing is kept. */

const get = route({
  method: 'GET',
  path: '/dashboard/api/onboardings/:id/workflow',
  who: 'staff',
  role: 'viewer',
  summary: 'The workflow of an onboarding: what is tried now, and its history folded per intent',
  answers: { 200: workflowView },
  handler: async ({ deps, caller, params, read }) => {
    const tenant = { environmentId: caller.environment.id };
    const onboarding = await read((tx) => getShownOnboarding(tx, tenant, params.id));
    const workflowId = onboardingWorkflowId(onboarding.organizationId, onboarding.number);
    const reading = await deps.workflowHistories?.read(workflowId, readWithinMs);
    const temporalUrl = urlOf(deps, workflowId);
    if (reading === undefined || reading.state === 'away') {
      return ok({ ...nothing, available: false, temporalUrl } satisfies WorkflowView);
    }
    const value = reading.state === 'read' ? reading.value : undefined;
    return ok({ ...viewOf(value), temporalUrl } satisfies WorkflowView);
  },
});

const events = route({
  method: 'GET',
  path: '/dashboard/api/onboardings/:id/workflow/events',
  who: 'staff',
  role: 'viewer',
  summary: 'Raw events of a run, decoded; who looks at them is kept in the audit log',
  query: z.strictObject({
    runId: z.string().max(60),
    ids: z.array(z.string().regex(/^\d{1,6}$/)).max(2_000),
  }),
  answers: { 200: rawEvents },
  handler: async ({ deps, caller, params, query, read, request }) => {
    const tenant = { environmentId: caller.environment.id };
    const { runId } = query;
    const eventIds = query.ids.map(Number);
    const workflowId = await read(async (tx) => {
      const onboarding = await getShownOnboarding(tx, tenant, params.id);
      const target = { type: 'onboarding', id: onboarding.id };
      const after = { run_id: runId, event_ids: eventIds };
      const viewed = { action: 'onboarding.history_decoded', target, after } as const;
      await insertAudit(tx, audited(acting(caller, request), onboarding, viewed));
      return onboardingWorkflowId(onboarding.organizationId, onboarding.number);
    });
    const reading = await deps.workflowHistories?.readEvents({ workflowId, runId, eventIds }, readWithinMs);
    if (reading === undefined || reading.state === 'away') throw new OnboardingError('service_unavailable');
    if (reading.state === 'missing')
      throw new OnboardingError('not_found', { kind: 'workflow_run', id: runId });
    return ok({ events: reading.value });
  },
});

export const workflowRoutes = [get, events];

/** Thousands of events come in pages; a history page that takes longer is read in the engine's own UI. */
const readWithinMs = 8_000;

const nothing = { currentDetails: null, status: null, runs: [], pending: [], folded: [] };

/** A workflow that the engine does not know is one that has not begun, or was forgotten after its retention. */
function viewOf(reading: WorkflowReading | undefined): Omit<WorkflowView, 'temporalUrl'> {
  if (reading === undefined) return { ...nothing, available: true };
  return {
    available: true,
    currentDetails: reading.currentDetails,
    status: reading.status,
    runs: reading.runs.map(({ runId, startedAt, closedAt, status }) => ({
      runId,
      startedAt: startedAt.toISOString(),
      closedAt: closedAt?.toISOString() ?? null,
      status,
    })),
    pending: reading.pending.map(({ activity, attempt, lastFailure, nextAttemptAt }) => ({
      activity: effectTitle(activity),
      attempt,
      lastFailure,
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    })),
    folded: foldHistory(reading.runs),
  };
}

function urlOf({ embedded, workflowHistories }: ApiDeps, workflowId: string): string | null {
  const ui = embedded?.temporalUiUrl;
  if (ui == null || workflowHistories === null) return null;
  return `${ui}/namespaces/${encodeURIComponent(workflowHistories.namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
