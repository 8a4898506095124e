/** What customers reported of guides. */
import type { z } from 'zod';
import type * as dashboard from '../../api/contract/dashboard.ts';
import { day, hour, timesAround, type World } from './fake-world.ts';

export function fakeGuideReports(world: World) {
  const { ago, some } = timesAround(world);

  const guideReports = some<z.infer<typeof dashboard.guideReportRow>>([
    {
      id: 'guide_report_1',
      guide: 'sign_in',
      providerId: 'okta',
      providerName: 'Okta',
      way: 'SAML',
      stepId: 'attributes',
      stepTitle: 'Send the attributes',
      note: 'The tab is called Authentication now.',
      organizationId: 'org_1',
      organizationName: 'Acme Corporation',
      subjectId: 'conn_1',
      checkedOn: '2026-10-12',
      checkedNowOn: '2026-10-12',
      createdAt: ago(2 * hour),
      seenAt: null,
    },
    {
      id: 'guide_report_2',
      guide: 'directory',
      providerId: 'rippling',
      providerName: 'Rippling',
      way: null,
      stepId: 'access',
      stepTitle: 'Let the people in',
      note: '',
      organizationId: 'org_2',
      organizationName: 'Globex',
      subjectId: 'directory_1',
      checkedOn: '2026-06-01',
      checkedNowOn: '2026-10-12',
      createdAt: ago(9 * day),
      seenAt: ago(8 * day),
    },
  ]);

  return guideReports;
}
