import type { Insertable } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import type { GuideReportRow, GuideReportsTable } from '../tables/guide-reports.ts';
import { ownedBy, type Tenant } from '../tenant.ts';

/** Keeps a report. A second one of the same session, step and day takes the first one's place and is new again. */
export async function saveGuideReport(
  tx: Tx,
  report: Omit<Insertable<GuideReportsTable>, 'createdAt' | 'seenAt'> & { note: string; createdAt: Date },
): Promise<GuideReportRow> {
  const { note, createdAt } = report;
  return tx
    .insertInto('guideReports')
    .values(report)
    .onConflict((conflict) =>
      conflict
        .columns(['sessionId', 'guide', 'providerId', 'stepId', 'reportedOn'])
        .doUpdateSet({ note, createdAt, seenAt: null }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

export type ShownGuideReport = GuideReportRow & { organizationName: string };

/** Reports about guides, newest first; those of deleted organizations left out. */
export async function listGuideReports(
  tx: Tx,
  tenant: Tenant,
  filter: { isSeen?: boolean },
  request: PageRequest,
): Promise<Page<ShownGuideReport>> {
  let query = reportsOf(tx, tenant);
  if (filter.isSeen !== undefined) {
    query = query.where('guideReports.seenAt', filter.isSeen ? 'is not' : 'is', null);
  }
  const owned = ownedBy('guideReports', tenant);
  return pageOf(tx, query, { table: 'guideReports', keys: byCreation('guideReports'), owned }, request);
}

/** Marks a report as seen, once. Throws `not_found`. */
export async function markGuideReportSeen(
  tx: Tx,
  tenant: Tenant,
  reportId: string,
  now: Date,
): Promise<ShownGuideReport> {
  await tx
    .updateTable('guideReports')
    .set({ seenAt: now })
    .where('id', '=', reportId)
    .where('seenAt', 'is', null)
    .where(ownedBy('guideReports', tenant))
    .execute();
  const report = await reportsOf(tx, tenant).where('guideReports.id', '=', reportId).executeTakeFirst();
  if (report === undefined) throw new OnboardingError('not_found', { kind: 'guide_report' });
  return report;
}

function reportsOf(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('guideReports')
    .innerJoin('organizations', 'organizations.id', 'guideReports.organizationId')
    .selectAll('guideReports')
    .select('organizations.name as organizationName')
    .where(ownedBy('guideReports', tenant))
    .where('organizations.deletedAt', 'is', null);
}
