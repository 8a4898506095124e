import { newId } from '../../../adapters/ids.ts';
import { getDomain, getLink, getLogStream, insertAudit, saveGuideReport } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { findAnyGuide, type GuideKind } from '../../../onboarding/providers/guides.ts';
import type { OfferedFeature } from '../../../onboarding/steps.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { guideReportBody, saved } from '../../contract/setup.ts';
import { route } from '../../route.ts';
import { findCurrentDirectory } from './directory.ts';
import { domainDetailOf } from './domain-host.ts';
import { findEdited } from './edited.ts';
import { requireChange, tenantOf, type SetupContext } from './scope.ts';

/** P6: "This screen changed", of any guide. One report a step, day and session; a second one takes the first one's place. */
const report = route({
  method: 'POST',
  path: '/setup/:handle/api/guide-reports',
  who: 'portal_session',
  summary: 'Tells the vendor that a step of a guide no longer fits the console',
  body: guideReportBody,
  answers: { 200: saved },
  handler: async (context) => {
    const { deps, caller, body, read, request } = context;
    await deps.limits.spend('guide_reports', caller.session.id);
    await read((tx) => requireChange(tx, context, features[body.guide]));
    const shown = await finders[body.guide](context, body.subjectId ?? '');
    const guide = shown && findAnyGuide(body.guide, shown.providerId);
    const step = guide?.steps.find(({ id }) => id === body.stepId);
    if (shown === undefined || guide === undefined || step === undefined) {
      throw new OnboardingError('not_found', { kind: 'guide_step' });
    }
    return context.commit(async (tx) => {
      const tenant = tenantOf(context);
      const kept = await saveGuideReport(tx, {
        id: newId('guide_report_'),
        ...tenant,
        guide: body.guide,
        subjectId: shown.subjectId,
        providerId: guide.id,
        stepId: step.id,
        checkedOn: guide.checkedOn,
        note: body.note ?? '',
        sessionId: caller.session.id,
        reportedOn: request.now.toISOString().slice(0, 10),
        createdAt: request.now,
      });
      const target = { type: 'guide_report', id: kept.id };
      const after = { guide: body.guide, provider_id: guide.id, step_id: step.id };
      const by = acting(caller, request);
      await insertAudit(tx, audited(by, tenant, { action: 'guide_report.made', target, after }));
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

export const guideReportRoutes = [report];

const features: Readonly<Record<GuideKind, OfferedFeature>> = {
  sign_in: 'sso',
  directory: 'directory_sync',
  log_stream: 'log_streams',
  dns_host: 'domain_verification',
};

interface Shown {
  readonly subjectId: string;
  readonly providerId: string;
}

/** Which guide the page shows, and of what; undefined where nothing is chosen yet. */
const finders: Readonly<
  Record<GuideKind, (context: SetupContext, subjectId: string) => Promise<Shown | undefined>>
> = {
  sign_in: (context) =>
    context.read(async (tx) => {
      const link = await getLink(tx, tenantOf(context), context.caller.session.linkId);
      const edited = await findEdited(tx, context, link);
      return edited && { subjectId: edited.id, providerId: edited.providerId ?? '' };
    }),
  directory: (context) =>
    context.read(async (tx) => {
      const directory = await findCurrentDirectory(tx, context);
      return directory && { subjectId: directory.id, providerId: directory.providerId ?? '' };
    }),
  log_stream: (context, streamId) =>
    context.read(async (tx) => {
      const { id, destination } = await getLogStream(tx, tenantOf(context), streamId);
      return { subjectId: id, providerId: destination };
    }),
  dns_host: async (context, domainId) => {
    const row = await context.read((tx) => getDomain(tx, tenantOf(context), domainId));
    const { host } = await domainDetailOf(context.deps, row);
    return host === null ? undefined : { subjectId: row.id, providerId: host.id };
  },
};
