import { z } from 'zod';
import {
  insertAudit,
  listGuideReports,
  markGuideReportSeen,
  type ShownGuideReport,
} from '../../../db/index.ts';
import { findAnyGuide } from '../../../onboarding/providers/guides.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { guideReportPage, guideReportRow } from '../../contract/dashboard.ts';
import { route } from '../../route.ts';
import { pageQuery, pageRequest } from './page-query.ts';

/** What admins say about guides that no longer fit a console. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/guide-reports',
  who: 'staff',
  role: 'viewer',
  summary: 'Reports about steps of guides, newest first',
  query: pageQuery.extend({ state: z.enum(['new', 'seen']).optional() }),
  answers: { 200: guideReportPage },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const filter = query.state === undefined ? {} : { isSeen: query.state === 'seen' };
      const tenant = { environmentId: caller.environment.id };
      const page = await listGuideReports(tx, tenant, filter, pageRequest(query));
      return ok({ reports: page.rows.map(rowOf), next: page.after });
    }),
});

const see = route({
  method: 'POST',
  path: '/dashboard/api/guide-reports/:id/seen',
  who: 'staff',
  role: 'support',
  summary: 'Marks a report as seen',
  answers: { 200: guideReportRow },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const report = await markGuideReportSeen(tx, tenant, params.id, request.now);
      const whose = { ...tenant, organizationId: report.organizationId };
      const target = { type: 'guide_report', id: report.id };
      await insertAudit(tx, audited(acting(caller, request), whose, { action: 'guide_report.seen', target }));
      return ok(rowOf(report));
    }),
});

export const guideReportRoutes = [list, see];

/** A guide or a step that is gone since is named by its id. */
function rowOf(report: ShownGuideReport): z.infer<typeof guideReportRow> {
  const { id, providerId, stepId, note, organizationId, organizationName, subjectId, checkedOn } = report;
  const guide = findAnyGuide(report.guide, providerId);
  const step = guide?.steps.find((one) => one.id === stepId);
  return {
    id,
    guide: report.guide,
    providerId,
    providerName: guide?.name ?? providerId,
    way: guide?.way ?? null,
    stepId,
    stepTitle: step?.title ?? stepId,
    note,
    organizationId,
    organizationName,
    subjectId,
    checkedOn,
    checkedNowOn: guide?.checkedOn ?? null,
    createdAt: report.createdAt.toISOString(),
    seenAt: report.seenAt?.toISOString() ?? null,
  };
}
