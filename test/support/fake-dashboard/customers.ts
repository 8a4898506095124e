import * as leavingContract from '../../../api/contract/dashboard-leaving.ts';
import * as dashboard from '../../../api/contract/dashboard.ts';
import { fakeLeaving } from '../fake-leaving.ts';
import { api, noContent, ok, problemOf, type FakeRoutes, type FakeWorld } from './routes.ts';

/** Organizations: made, invited, deleted, brought back and erased. */
export function answerCustomers({ get, on, take }: FakeRoutes, { data, now, isEmpty, at }: FakeWorld): void {
  const leaving = fakeLeaving(now, isEmpty);

  get(`${api}/organizations`, dashboard.organizationList, (_id, query) => {
    const wanted = (query.get('search') ?? '').toLowerCase();
    return {
      organizations: data.organizations.filter(({ name }) => name.toLowerCase().includes(wanted)),
      next: null,
    };
  });
  take('POST', `${api}/organizations`, dashboard.newOrganizationBody, (body) => {
    const refused = body.domains.find((domain) => domain === 'gmail.com');
    if (refused !== undefined) {
      const fields = { domains: 'domain_public_mail' };
      return problemOf(422, 'domain_public_mail', fields, { field: 'domains', line: refused });
    }
    data.organization.name = body.name;
    return ok(dashboard.createdOrganization, { id: data.organization.id }, 201);
  });
  get(`${api}/organizations/:id`, dashboard.organizationDetail, (id) =>
    id === data.organization.id || data.organizations.some((row) => row.id === id)
      ? data.organization
      : undefined,
  );
  take('POST', `${api}/organizations/:id/invitations`, dashboard.invitationBody, (body) =>
    ok(dashboard.invitationResult, data.invitation(body.delivery)),
  );

  take('DELETE', `${api}/organizations/:id`, dashboard.deleteOrganizationBody, (body) => {
    const { id, name } = data.organization;
    const isNamed = body.name === name;
    if (!isNamed) return problemOf(422, 'invalid_request');
    leaving.deleted.unshift({ id, name, deletedAt: at(), erasedAt: leaving.inDays(30) });
    return noContent;
  });
  on('POST', `${api}/organizations/:id/restore`, ({ id = '' }) => {
    leaving.deleted = leaving.deleted.filter((one) => one.id !== id);
    return ok(dashboard.createdOrganization, { id: data.organization.id });
  });
  get(`${api}/deleted-organizations`, leavingContract.deletedOrganizations, () => ({
    organizations: leaving.deleted,
  }));
  get(`${api}/erasures`, leavingContract.erasureList, () => ({ erasures: leaving.erasures }));
  take('POST', `${api}/erasures`, leavingContract.newErasureBody, () => {
    const asked = { id: 'erasure_new', state: 'waiting' as const, erased: {}, createdAt: at() };
    leaving.erasures.unshift({ ...asked, finishedAt: null });
    return ok(leavingContract.erasureView, { ...asked, finishedAt: null }, 201);
  });
}
