import * as expiringContract from '../../../api/contract/dashboard-expiring.ts';
import * as dashboard from '../../../api/contract/dashboard.ts';
import { attemptDetail } from '../../../api/contract/shared.ts';
import { expiringIn, fakeExpiring } from '../fake-expiring.ts';
import { api, fits, ok, problemOf, type FakeRoutes, type FakeWorld } from './routes.ts';

/** What sign-in stands on: connections, attempts, domains, and all that ends. */
export function answerSignIns({ get, on, take }: FakeRoutes, { data, now, isEmpty, at }: FakeWorld): void {
  const expiring = fakeExpiring(now, isEmpty);

  get(`${api}/connections/:id`, dashboard.connectionDetail, () => (isEmpty ? undefined : data.connection));
  get(`${api}/attempts`, dashboard.attemptPage, (_id, query) => ({
    attempts: data.attempts.filter(
      (attempt) =>
        fits(query, 'state', attempt.chip) &&
        fits(query, 'cause', attempt.cause) &&
        fits(query, 'origin', attempt.origin),
    ),
    next: null,
  }));
  get(`${api}/attempts/:id`, attemptDetail, (id) => data.attemptDetails.find((attempt) => attempt.id === id));
  get(`${api}/guide-reports`, dashboard.guideReportPage, (_id, query) => ({
    reports: data.guideReports.filter(({ seenAt }) => fits(query, 'state', seenAt === null ? 'new' : 'seen')),
    next: null,
  }));
  on('POST', `${api}/guide-reports/:id/seen`, ({ id }) => {
    const report = data.guideReports.find((one) => one.id === id);
    if (report === undefined) return problemOf(404, 'not_found');
    report.seenAt = at();
    return ok(dashboard.guideReportRow, report);
  });
  get(`${api}/domains`, dashboard.domainPage, (_id, query) => ({
    domains: data.domains.filter(({ state }) => fits(query, 'state', state)),
    next: null,
  }));
  const detailOf = (found: (typeof data.domains)[number]) => ({
    ...found,
    contest:
      found.state === 'conflict'
        ? {
            kind: found.chip === 'in_review' ? ('below' as const) : ('proved_twice' as const),
            holder: { organizationId: 'org_4', organizationName: 'Initech', domain: 'initech.example' },
          }
        : null,
  });
  get(`${api}/domains/:id`, dashboard.domainDetail, (id) => {
    const found = data.domains.find((domain) => domain.id === id);
    return found && detailOf(found);
  });
  take('POST', `${api}/domains/:id/decide`, dashboard.domainNoteBody, (_body, { id }) => {
    const found = data.domains.find((domain) => domain.id === id);
    if (found === undefined) return problemOf(404, 'not_found');
    Object.assign(found, { state: 'verified', chip: 'verified', strategy: 'manual', verifiedAt: at() });
    return ok(dashboard.domainDetail, detailOf(found));
  });
  take('POST', `${api}/domains/:id/refuse`, dashboard.domainNoteBody, (_body, { id }) => {
    const found = data.domains.find((domain) => domain.id === id);
    if (found === undefined) return problemOf(404, 'not_found');
    Object.assign(found, { state: 'failed', chip: 'refused' });
    return ok(dashboard.domainDetail, detailOf(found));
  });
  take('POST', `${api}/domains/:id/verify`, dashboard.domainNoteBody, (_body, { id }) => {
    const found = data.domains.find((domain) => domain.id === id);
    if (found === undefined) return problemOf(404, 'not_found');
    Object.assign(found, { state: 'verified', chip: 'verified', strategy: 'manual', verifiedAt: at() });
    for (const shown of data.connection.domains) if (shown.id === id) shown.chip = 'verified';
    return ok(dashboard.domainDetail, detailOf(found));
  });
  on('POST', `${api}/connections/:id/formers/:former/bring-back`, ({ former }) => {
    const { formers } = data.connection;
    if (!formers.some(({ id }) => id === former)) return problemOf(409, 'former_ended');
    data.connection.formers = formers.filter(({ id }) => id !== former);
    return ok(dashboard.connectionDetail, data.connection);
  });
  on('POST', `${api}/domains/:id/check`, ({ id }) => {
    const found = data.domains.find((domain) => domain.id === id);
    return found === undefined
      ? problemOf(404, 'not_found')
      : ok(dashboard.domainDetail, { ...detailOf(found), lastLookedAt: at() });
  });

  get(`${api}/expiring`, expiringContract.expiringList, (_id, query) => {
    const within = { ended: 0, two_weeks: 14, month: 30 }[query.get('view') ?? ''] ?? 90;
    const wanted = query.get('organization');
    const things = expiring.filter(({ organization }) => wanted === null || organization.id === wanted);
    return expiringIn(things, now, within);
  });
  get(`${api}/expiring/count`, expiringContract.expiringCount, () => ({
    soon: expiringIn(expiring, now, 30).things.length,
  }));
  take('POST', `${api}/connections/:id/renewal-links`, expiringContract.renewalLinkBody, ({ delivery }) => {
    const link = delivery === 'copy' ? 'https://setup.vendor.example/setup/acme/vb_setup_renewal' : null;
    return ok(expiringContract.renewalLinkMade, { link, endsAt: at() }, 201);
  });
}
