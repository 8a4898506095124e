import { newId } from '../../../adapters/ids.ts';
import { insertAudit, saveGuideReport } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { findGuide } from '../../../onboarding/providers/sign-in/index.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { guideReportBody, saved } from '../../contract/setup.ts';
import { route } from '../../route.ts';
import { findEdited } from './edited.ts';
import { requireChange, tenantOf } from './scope.ts';

/** P6: "This screen changed". One report a step, day and session; a second one takes the first one's place. */
const report = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/guide-reports',
  who: 'portal_session',
  summary: 'Tells the vendor that a step of the guide no longer fits the console',
  body: guideReportBody,
  answers: { 200: saved },
  handler: async (context) => {
    const { deps, caller, body, request } = context;
    const { session } = caller;
    await deps.limits.spend('guide_reports', session.id);
    return context.commit(async (tx) => {
      const tenant = tenantOf(context);
      const link = await requireChange(tx, context, 'sso');
      const connection = await findEdited(tx, context, link);
      const guide = findGuide(connection?.providerId ?? '');
      const step = guide?.steps.find(({ id }) => id === body.stepId);
      if (connection === undefined || guide === undefined || step === undefined) {
        throw new OnboardingError('not_found', { kind: 'guide_step' });
      }
      const kept = await saveGuideReport(tx, {
        id: newId('guide_report_'),
        ...tenant,
        connectionId: connection.id,
        providerId: guide.id,
        stepId: step.id,
        checkedOn: guide.checkedOn,
        note: body.note ?? '',
        sessionId: session.id,
        reportedOn: request.now.toISOString().slice(0, 10),
        createdAt: request.now,
      });
      const target = { type: 'guide_report', id: kept.id };
      const after = { provider_id: guide.id, step_id: step.id };
      const by = acting(caller, request);
      await insertAudit(tx, audited(by, tenant, { action: 'guide_report.made', target, after }));
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

export const guideReportRoutes = [report];
