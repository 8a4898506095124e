/**
 * The dashboard's and the sandbox's JSON endpoints from memory, for the staff app's tests and screenshots. Every answer
 * is checked by the contract's own schema before it leaves, and every body before it is taken.
 */
import type { ZodType } from 'zod';
import * as dashboardEnvironment from '../../api/contract/dashboard-environment.ts';
import * as dashboardKeys from '../../api/contract/dashboard-keys.ts';
import {
  handBackBody,
  lookAlongLink,
  providerChoices,
  tailorBody,
} from '../../api/contract/dashboard-tailoring.ts';
import * as dashboard from '../../api/contract/dashboard.ts';
import { startAuditExportBody } from '../../api/contract/setup-audit.ts';
import * as auditContract from '../../api/contract/dashboard-audit.ts';
import * as searchContract from '../../api/contract/dashboard-search.ts';
import * as brandingContract from '../../api/contract/dashboard-branding.ts';
import * as directoriesContract from '../../api/contract/dashboard-directories.ts';
import * as leavingContract from '../../api/contract/dashboard-leaving.ts';
import { roleBook } from '../../api/contract/dashboard-roles.ts';
import * as expiringContract from '../../api/contract/dashboard-expiring.ts';
import * as membersContract from '../../api/contract/dashboard-members.ts';
import * as ssoContract from '../../api/contract/dashboard-members-sso.ts';
import * as eventContract from '../../api/contract/dashboard-events.ts';
import * as streamContract from '../../api/contract/dashboard-log-streams.ts';
import { saved } from '../../api/contract/setup.ts';
import * as webhookContract from '../../api/contract/dashboard-webhooks.ts';
import { ownEvents, webhookEvents } from '../../api/contract/event-names.ts';
import * as sandbox from '../../api/contract/sandbox.ts';
import { testSinkBody, testSinkState } from '../../api/contract/sandbox-sink.ts';
import { attemptDetail, stepResult, type Problem } from '../../api/contract/shared.ts';
import { anExport } from './fake-audit-events.ts';
import { auditRowOf, fakeAudit, fakeVerification } from './fake-audit.ts';
import { branded, fakeBranding, fakeColours } from './fake-branding.ts';
import { fakeEnvironment, fakeEnvironments } from './fake-environment.ts';
import { fakeDirectories } from './fake-directories.ts';
import { fakeEvents, feedRowOf } from './fake-events.ts';
import { fakeLeaving } from './fake-leaving.ts';
import { begunAt, fakeDnsFaults } from './fake-sandbox.ts';
import { fakeSink } from './fake-sink.ts';
import { fakeRoleBook } from './fake-role-book.ts';
import { fakeSearch } from './fake-search.ts';
import { expiringIn, fakeExpiring } from './fake-expiring.ts';
import { fakeMembers } from './fake-members.ts';
import { allowed, fakeMembersSso } from './fake-members-sso.ts';
import { fakeStaffStreams, staffStreamsIn } from './fake-staff-streams.ts';
import { fakeWebhooks } from './fake-webhooks.ts';
import { createDashboardData, type DashboardData } from './dashboard-data.ts';

export type FakeAnswer = { status: number; body: unknown };
export type FakeRequest = { method: string; path: string; body: unknown };

type Options = {
  now: Date;
  role?: 'admin' | 'developer' | 'support' | 'viewer';
  /** Nothing has been made yet. */
  isEmpty?: boolean;
  temporalAway?: boolean;
};

type Handler = (match: Record<string, string>, query: URLSearchParams, body: unknown) => FakeAnswer;
type Route = { method: string; pattern: RegExp; handle: Handler };

export function createFakeDashboard({ now, role = 'admin', isEmpty = false, temporalAway = false }: Options) {
  const data: DashboardData = createDashboardData(now, { role, isEmpty, temporalAway });
  const members = fakeMembers(now, role);
  const expiring = fakeExpiring(now, isEmpty);
  const audit = fakeAudit(now, isEmpty);
  const verification = fakeVerification();
  const events = fakeEvents(now, isEmpty);
  const streams = fakeStaffStreams(now, isEmpty);
  const leaving = fakeLeaving(now, isEmpty);
  const directories = fakeDirectories(now, isEmpty);
  const sso = fakeMembersSso(isEmpty);
  const webhooks = fakeWebhooks(now, isEmpty, role === 'admin' || role === 'developer');
  let branding = fakeBranding(isEmpty);
  const environment = fakeEnvironment(now, isEmpty);
  const requests: FakeRequest[] = [];
  const routes: Route[] = [];
  const refusals = new Map<string, FakeAnswer>();
  let made = 0;

  function on(method: string, pattern: string, handle: Handler): void {
    const source = pattern.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)');
    routes.push({ method, pattern: new RegExp(`^${source}$`), handle });
  }
  const get = <Answer>(
    pattern: string,
    schema: ZodType<Answer>,
    find: (id: string, query: URLSearchParams) => Answer | undefined,
  ) =>
    on('GET', pattern, ({ id = '' }, query) => {
      const found = find(id, query);
      return found === undefined ? problemOf(404, 'not_found') : ok(schema, found);
    });
  const result = () =>
    ok(stepResult, { status: temporalAway ? 'queued' : 'applied', view: data.onboarding.view });
  const at = () => now.toISOString();

  const api = '/dashboard/api';
  get(`${api}/session`, dashboard.staffSession, () => data.session);
  on(
    'POST',
    `${api}/sign-in/code`,
    (_match, _query, body) => take(dashboard.signInCodeBody, body) ?? noContent,
  );
  on(
    'POST',
    `${api}/sign-in/ways`,
    (_match, _query, body) => take(ssoContract.waysBody, body) ?? ok(ssoContract.ways, sso.ways),
  );
  on(
    'POST',
    `${api}/sign-in/sso`,
    (_match, _query, body) =>
      take(ssoContract.startSsoBody, body) ??
      ok(ssoContract.startedSso, { url: 'https://api.vendor.example/sso/authorize' }),
  );
  get(`${api}/members-sso`, ssoContract.membersSso, () => sso.shown);
  on('PUT', `${api}/members-sso`, (_match, _query, body) => {
    const refusal = take(ssoContract.membersSsoBody, body);
    if (refusal !== undefined) return refusal;
    sso.shown = allowed(sso, ssoContract.membersSsoBody.parse(body).rule);
    return ok(ssoContract.membersSso, sso.shown);
  });
  on('POST', `${api}/sign-in`, (_match, _query, body) => {
    const refusal = take(dashboard.signInBody, body);
    if (refusal !== undefined) return refusal;
    return dashboard.signInBody.parse(body).code === '123456'
      ? noContent
      : problemOf(422, 'code_wrong', { code: 'code_wrong' });
  });
  on('POST', `${api}/sign-out`, () => noContent);
  get('/sandbox/test-directory', sandbox.testDirectoryState, () => directories.client);
  for (const [method, path] of [
    ['PUT', ''],
    ['POST', '/use'],
    ['POST', '/talk'],
    ['POST', '/reset'],
    ['POST', '/crowd'],
    ['POST', '/people'],
    ['PUT', '/people/:id'],
    ['DELETE', '/people/:id'],
    ['POST', '/groups'],
    ['PUT', '/groups/:id'],
    ['DELETE', '/groups/:id'],
  ] as const) {
    on(method, `/sandbox/test-directory${path}`, () => ok(sandbox.testDirectoryState, directories.client));
  }
  get(`${api}/directories/:id`, directoriesContract.directoryDetail, (id) =>
    directories.details.find((one) => one.id === id),
  );
  get(`${api}/directories/:id/people`, directoriesContract.directoryPeople, (_id, query) =>
    directories.peopleNamed(query.get('search') ?? ''),
  );
  get(`${api}/directory-users/:id`, directoriesContract.directoryPersonDetail, (id) =>
    directories.person.id === id ? directories.person : undefined,
  );
  on('POST', `${api}/directories/:id/read`, () => ({ status: 202, body: {} }));
  get(`${api}/directory-requests`, directoriesContract.directoryRequestPage, (_id, query) => ({
    requests: directories.requests.filter(
      ({ cause, kind }) =>
        (query.get('cause') ?? cause) === cause &&
        (query.get('outcome') === null || (query.get('outcome') === 'refused') === (kind === 'refused')),
    ),
    next: null,
  }));
  get(`${api}/directory-requests/:id`, directoriesContract.directoryRequestDetail, directories.detailOf);
  get(`${api}/roles`, roleBook, () => fakeRoleBook(isEmpty));
  get(`${api}/first-run`, dashboard.firstRun, () => data.firstRun);
  on('POST', `${api}/first-run/skip`, () => noContent);

  get(`${api}/organizations`, dashboard.organizationList, (_id, query) => {
    const wanted = (query.get('search') ?? '').toLowerCase();
    return {
      organizations: data.organizations.filter(({ name }) => name.toLowerCase().includes(wanted)),
      next: null,
    };
  });
  on('POST', `${api}/organizations`, (_match, _query, body) => {
    const refusal = take(dashboard.newOrganizationBody, body);
    if (refusal !== undefined) return refusal;
    data.organization.name = dashboard.newOrganizationBody.parse(body).name;
    return ok(dashboard.createdOrganization, { id: data.organization.id }, 201);
  });
  get(`${api}/organizations/:id`, dashboard.organizationDetail, (id) =>
    id === data.organization.id || data.organizations.some((row) => row.id === id)
      ? data.organization
      : undefined,
  );
  on('POST', `${api}/organizations/:id/invitations`, (_match, _query, body) => {
    const refusal = take(dashboard.invitationBody, body);
    if (refusal !== undefined) return refusal;
    return ok(dashboard.invitationResult, data.invitation(dashboard.invitationBody.parse(body).delivery));
  });

  on('DELETE', `${api}/organizations/:id`, (_match, _query, body) => {
    const refusal = take(dashboard.deleteOrganizationBody, body);
    if (refusal !== undefined) return refusal;
    const { id, name } = data.organization;
    const isNamed = dashboard.deleteOrganizationBody.parse(body).name === name;
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
  on('POST', `${api}/erasures`, (_match, _query, body) => {
    const refusal = take(leavingContract.newErasureBody, body);
    if (refusal !== undefined) return refusal;
    const asked = { id: 'erasure_new', state: 'waiting' as const, erased: {}, createdAt: at() };
    leaving.erasures.unshift({ ...asked, finishedAt: null });
    return ok(leavingContract.erasureView, { ...asked, finishedAt: null }, 201);
  });

  get(`${api}/onboardings`, dashboard.onboardingList, (_id, query) => {
    const view = query.get('view') ?? 'all';
    return { ...data.board, onboardings: data.board.onboardings.filter(data.isInView(view)) };
  });
  get(`${api}/onboardings/:id`, dashboard.onboardingDetail, (id) =>
    id === 'onb_cancelled' ? data.cancelledOnboarding : isEmpty ? undefined : data.onboarding,
  );
  on('POST', `${api}/onboardings/:id/(remind|extend|cancel|undo-cancel)`, result);
  on('POST', `${api}/onboardings/:id/fresh-link`, (_match, _query, body) => {
    const refusal = take(dashboard.freshLinkBody, body);
    if (refusal !== undefined) return refusal;
    return ok(dashboard.invitationResult, data.invitation(dashboard.freshLinkBody.parse(body).delivery));
  });
  on('POST', `${api}/onboardings/:id/tailor`, (_match, _query, body) => {
    const refusal = take(tailorBody, body);
    if (refusal !== undefined) return refusal;
    const { mode } = tailorBody.parse(body);
    if (mode !== undefined) data.lead(mode);
    return result();
  });
  on('POST', `${api}/onboardings/:id/steps/:step/take-over`, ({ step = '' }) => {
    data.hold(step, 'staff');
    return result();
  });
  on('POST', `${api}/onboardings/:id/steps/:step/hand-back`, ({ step = '' }, _query, body) => {
    const refusal = take(handBackBody, body);
    if (refusal === undefined) data.hold(step, 'customer');
    return refusal ?? result();
  });
  on('POST', `${api}/onboardings/:id/steps/:step/reset`, ({ step = '' }) => {
    data.resetStep(step);
    return result();
  });
  on('POST', `${api}/organizations/:id/contacts`, (_match, _query, body) => {
    const refusal = take(dashboard.newContactBody, body);
    if (refusal !== undefined) return refusal;
    const { email } = dashboard.newContactBody.parse(body);
    const id = `con_${data.organization.contacts.length + 1}`;
    data.organization.contacts.push({ id, email, lastOpenedAt: null, bounced: false });
    return ok(dashboard.createdContact, { id }, 201);
  });
  on('DELETE', `${api}/organizations/:id/contacts/:contact`, ({ contact }) => {
    data.organization.contacts = data.organization.contacts.filter(({ id }) => id !== contact);
    return noContent;
  });
  on('POST', `${api}/organizations/:id/contacts/:contact/revoke`, () => noContent);
  on('POST', `${api}/onboardings/:id/look-along`, () =>
    ok(lookAlongLink, { link: `${data.session.urls.portal}/setup/northwind/vb_portal_fake` }, 201),
  );
  get(`${api}/providers`, providerChoices, () => ({
    providers: [
      { id: 'okta', name: 'Okta' },
      { id: 'microsoft-entra-id', name: 'Microsoft Entra ID' },
    ],
  }));
  get(`${api}/onboardings/:id/workflow`, dashboard.workflowView, () => data.workflow);
  get(`${api}/onboardings/:id/workflow/events`, dashboard.rawEvents, (_id, query) => ({
    events: (query.get('ids') ?? '')
      .split(',')
      .map((eventId) => ({ eventId, runId: query.get('runId'), eventType: 'ACTIVITY_TASK_COMPLETED' })),
  }));

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
        ? { holder: { organizationId: 'org_4', organizationName: 'Initech' } }
        : null,
  });
  get(`${api}/domains/:id`, dashboard.domainDetail, (id) => {
    const found = data.domains.find((domain) => domain.id === id);
    return found && detailOf(found);
  });
  on('POST', `${api}/domains/:id/decide`, ({ id }, _query, body) => {
    const refusal = take(dashboard.domainNoteBody, body);
    if (refusal !== undefined) return refusal;
    const found = data.domains.find((domain) => domain.id === id);
    if (found === undefined) return problemOf(404, 'not_found');
    Object.assign(found, { state: 'verified', chip: 'verified', strategy: 'manual', verifiedAt: at() });
    return ok(dashboard.domainDetail, detailOf(found));
  });
  on('POST', `${api}/domains/:id/verify`, ({ id }, _query, body) => {
    const refusal = take(dashboard.domainNoteBody, body);
    if (refusal !== undefined) return refusal;
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

  get(`${api}/api-keys`, dashboardKeys.apiKeyList, () => ({
    keys: data.keys,
    clientId: data.session.environment.clientId,
  }));
  function addKey(more: Pick<(typeof data.keys)[number], 'name' | 'scopes' | 'expiresAt'>) {
    made += 1;
    const key = {
      ...{ id: `key_new${made}`, suffix: '7Qp2', createdAt: at() },
      ...{ lastUsedAt: null, revokedAt: null, replacedBy: null },
      ...more,
    };
    data.keys = [key, ...data.keys];
    return { ...key, secret: 'sk_test_only_for_the_fake_0000000000007Qp2' };
  }
  on('POST', `${api}/api-keys`, (_match, _query, body) => {
    const refusal = take(dashboardKeys.newApiKeyBody, body);
    if (refusal !== undefined) return refusal;
    return ok(dashboardKeys.newApiKey, addKey(dashboardKeys.newApiKeyBody.parse(body)), 201);
  });
  on('POST', `${api}/api-keys/:id/rotate`, ({ id }, _query, body) => {
    const refusal = take(dashboardKeys.rotateApiKeyBody, body);
    if (refusal !== undefined) return refusal;
    const old = data.keys.find((key) => key.id === id);
    if (old === undefined) return problemOf(404, 'not_found');
    const key = addKey({ name: old.name, scopes: old.scopes, expiresAt: null });
    Object.assign(old, { replacedBy: key.id, expiresAt: at() });
    return ok(dashboardKeys.rotatedApiKey, { ...key, replaces: old }, 201);
  });
  on('POST', `${api}/api-keys/:id/revoke`, ({ id }) => {
    data.keys = data.keys.map((key) => (key.id === id ? { ...key, revokedAt: at() } : key));
    const found = data.keys.find((key) => key.id === id);
    return found === undefined ? problemOf(404, 'not_found') : ok(dashboardKeys.apiKeyView, found);
  });

  get(`${api}/events`, eventContract.eventFeed, (_id, query) => ({
    events: events
      .filter(
        ({ name, organization }) =>
          (query.get('type') === null || `${name}.`.startsWith(`${query.get('type')}.`)) &&
          fits(query, 'organization', organization?.id ?? null),
      )
      .map(feedRowOf),
    next: null,
    names: [...ownEvents],
  }));
  get(`${api}/events/:id`, eventContract.eventDetail, (id) => events.find((one) => one.id === id));

  get(`${api}/log-streams`, streamContract.staffStreamList, (_id, query) =>
    staffStreamsIn(streams, query.get('view') ?? 'all'),
  );
  get(`${api}/log-streams/:id`, streamContract.staffStreamPage, (id) =>
    streams.find(({ stream }) => stream.id === id),
  );
  on('POST', `${api}/log-streams/:id/:act`, ({ id, act }) => {
    const found = streams.find(({ stream }) => stream.id === id);
    if (found === undefined) return problemOf(404, 'not_found');
    const isPaused = act === 'pause';
    if (act !== 'try-now')
      Object.assign(found.stream, {
        chip: isPaused ? 'paused' : 'streaming',
        pausedAt: isPaused ? at() : null,
      });
    return ok(saved, { savedAt: at() });
  });

  const endpointOf = (id: string | undefined) => webhooks.endpoints.find((one) => one.id === id);
  get(`${api}/webhooks`, webhookContract.webhookList, () => ({
    endpoints: webhooks.endpoints.map(
      ({ secret: _secret, previousSecretUntil: _until, names: _names, ...row }) => row,
    ),
    names: [...webhookEvents],
  }));
  get(`${api}/webhooks/:id`, webhookContract.webhookDetail, endpointOf);
  get(`${api}/webhooks/:id/deliveries`, webhookContract.deliveryPage, (_id, query) => {
    const ofEvent = query.get('event');
    return {
      deliveries: webhooks.deliveries.filter(
        (one) => fits(query, 'state', one.state) && (ofEvent === null || one.eventId === ofEvent),
      ),
      next: null,
    };
  });
  on('POST', `${api}/webhooks`, (_match, _query, body) => {
    const refusal = take(webhookContract.newWebhookBody, body);
    if (refusal !== undefined) return refusal;
    return ok(webhookContract.webhookId, { id: 'we_1' }, 201);
  });
  on('PUT', `${api}/webhooks/:id`, ({ id = '' }, _query, body) => {
    const refusal = take(webhookContract.changedWebhookBody, body);
    if (refusal !== undefined) return refusal;
    Object.assign(endpointOf(id) ?? {}, webhookContract.changedWebhookBody.parse(body));
    return ok(webhookContract.webhookId, { id });
  });
  on('POST', `${api}/webhooks/:id/switch`, ({ id = '' }, _query, body) => {
    const refusal = take(webhookContract.switchWebhookBody, body);
    if (refusal !== undefined) return refusal;
    const { on: isOn } = webhookContract.switchWebhookBody.parse(body);
    const to = isOn
      ? { chip: 'sending', disabledReason: null, failingSince: null }
      : { chip: 'off', disabledReason: 'by_hand' };
    Object.assign(endpointOf(id) ?? {}, to);
    return ok(webhookContract.webhookId, { id });
  });
  on(
    'POST',
    `${api}/webhooks/:id/rotate`,
    ({ id = '' }, _query, body) =>
      take(webhookContract.rotateWebhookBody, body) ?? ok(webhookContract.webhookId, { id }),
  );
  on(
    'POST',
    `${api}/webhooks/:id/replay`,
    (_match, _query, body) =>
      take(webhookContract.replayBody, body) ?? ok(webhookContract.replayedView, { count: 14 }),
  );
  on('POST', `${api}/webhooks/:id/test`, (_match, _query, body) => {
    const refusal = take(webhookContract.testWebhookBody, body);
    if (refusal !== undefined) return refusal;
    const { event } = webhookContract.testWebhookBody.parse(body);
    const [first] = webhooks.deliveries;
    if (first === undefined) return problemOf(404, 'not_found');
    const sent = { id: 'webhook_delivery_test', event, isTest: true, state: 'delivered' as const, tries: 1 };
    webhooks.deliveries.unshift({ ...first, ...sent, status: 204, nextTryAt: null, createdAt: at() });
    return ok(webhookContract.testedWebhook, { deliveryId: 'webhook_delivery_test' }, 201);
  });
  on('DELETE', `${api}/webhooks/:id`, ({ id }) => {
    webhooks.endpoints = webhooks.endpoints.filter((one) => one.id !== id);
    return noContent;
  });

  get(`${api}/branding`, brandingContract.brandingView, () => branding);
  get(`${api}/branding/colours`, brandingContract.brandColoursView, (_id, query) =>
    fakeColours(query.get('accent') ?? ''),
  );
  on('PUT', `${api}/branding`, (_match, _query, body) => {
    const refusal = take(brandingContract.brandingBody, body);
    if (refusal !== undefined) return refusal;
    branding = branded(branding, brandingContract.brandingBody.parse(body));
    return ok(brandingContract.brandingView, branding);
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
  on('POST', `${api}/connections/:id/renewal-links`, (_match, _query, body) => {
    const refusal = take(expiringContract.renewalLinkBody, body);
    if (refusal !== undefined) return refusal;
    const { delivery } = expiringContract.renewalLinkBody.parse(body);
    const link = delivery === 'copy' ? 'https://setup.vendor.example/setup/acme/vb_setup_renewal' : null;
    return ok(expiringContract.renewalLinkMade, { link, endsAt: at() }, 201);
  });
  get(`${api}/members`, membersContract.memberList, () => ({ members }));
  on('POST', `${api}/members`, (_match, _query, body) => {
    const refusal = take(membersContract.newMemberBody, body);
    if (refusal !== undefined) return refusal;
    const { email, role: given, name } = membersContract.newMemberBody.parse(body);
    const person = { ...{ id: `member_${members.length}`, email, name: name ?? null, role: given } };
    const added = { ...person, invitedAt: at(), lastSeenAt: null, isYou: false, sessions: [] };
    members.push(added);
    return ok(membersContract.newMember, { ...added, isMailed: !email.includes('bounce') }, 201);
  });
  const withMember = (id: string | undefined, act: (member: (typeof members)[number]) => FakeAnswer) => {
    const found = members.find((member) => member.id === id);
    return found === undefined ? problemOf(404, 'not_found') : act(found);
  };
  on('PATCH', `${api}/members/:id`, ({ id }, _query, body) =>
    withMember(id, (member) => {
      Object.assign(member, membersContract.memberChanges.parse(body));
      return ok(membersContract.memberView, member);
    }),
  );
  on('POST', `${api}/members/:id/invite`, ({ id }) =>
    withMember(id, (member) => ok(membersContract.newMember, { ...member, isMailed: true })),
  );
  on('POST', `${api}/members/:id/remove`, ({ id }) =>
    withMember(id, (member) => {
      members.splice(members.indexOf(member), 1);
      return noContent;
    }),
  );
  on('POST', `${api}/members/:id/end-sessions`, ({ id }, _query, body) =>
    withMember(id, (member) => {
      const { sessionId } = membersContract.endSessionsBody.parse(body);
      const isKept = (session: { id: string; isThisOne: boolean }) =>
        sessionId === undefined ? session.isThisOne : session.id !== sessionId;
      member.sessions = member.sessions?.filter(isKept) ?? null;
      return ok(membersContract.memberView, member);
    }),
  );

  get(`${api}/search`, searchContract.searchAnswer, (_id, query) => fakeSearch(query.get('q') ?? ''));
  get(`${api}/audit-log`, auditContract.auditPage, (_id, query) => ({
    rows: audit
      .filter(
        ({ actor, action, target, organization, origin }) =>
          fits(query, 'origin', origin) &&
          fits(query, 'actorType', actor.type) &&
          fits(query, 'actor', actor.id) &&
          fits(query, 'target', target?.id ?? null) &&
          fits(query, 'organization', organization?.id ?? null) &&
          action.startsWith(query.get('action') ?? ''),
      )
      .map(auditRowOf),
    next: null,
  }));
  get(`${api}/audit-log/:id`, auditContract.auditDetail, (id) => audit.find((row) => row.id === id));
  on('POST', `${api}/organizations/:id/audit-exports`, (_match, _query, body) => {
    const refusal = take(startAuditExportBody, body);
    return refusal ?? { status: 202, body: anExport() };
  });
  on('POST', `${api}/audit-log/verify`, (_match, _query, body) => {
    const refusal = take(auditContract.verifyBody, body);
    if (refusal !== undefined) return refusal;
    const { goOn } = auditContract.verifyBody.parse(body);
    return ok(auditContract.verification, verification.after(goOn));
  });

  const environmentPath = `${api}/environment`;
  const detail = () => ok(dashboardEnvironment.environmentDetail, environment);
  get(environmentPath, dashboardEnvironment.environmentDetail, () => environment);
  on('PATCH', environmentPath, (_match, _query, body) => {
    const refusal = take(dashboardEnvironment.environmentChangesBody, body);
    if (refusal !== undefined) return refusal;
    const { before, after } = dashboardEnvironment.environmentChangesBody.parse(body);
    const stale = Object.entries(before)
      .filter(([name, value]) =>
        Object.entries(environment.settings).some(
          ([known, now]) => known === name && JSON.stringify(now) !== JSON.stringify(value),
        ),
      )
      .map(([name]) => name);
    if (stale.length > 0) return problemOf(409, 'settings_changed', undefined, { fields: stale });
    Object.assign(environment.settings, after);
    return detail();
  });
  on('POST', `${environmentPath}/redirect-uris`, (_match, _query, body) => {
    const refusal = take(dashboardEnvironment.redirectUriBody, body);
    if (refusal !== undefined) return refusal;
    const { uri } = dashboardEnvironment.redirectUriBody.parse(body);
    if (environment.redirectUris.some((known) => known.uri === uri))
      return problemOf(422, 'redirect_uri_known', { uri: 'redirect_uri_known' });
    made += 1;
    const isDefault = environment.redirectUris.length === 0;
    environment.redirectUris.push({ id: `redir_new${made}`, uri, isDefault });
    return detail();
  });
  on('POST', `${environmentPath}/redirect-uris/:id/default`, ({ id }) => {
    environment.redirectUris.forEach((uri) => (uri.isDefault = uri.id === id));
    return detail();
  });
  on('DELETE', `${environmentPath}/redirect-uris/:id`, ({ id }) => {
    environment.redirectUris = environment.redirectUris.filter((uri) => uri.id !== id);
    return detail();
  });
  on('PUT', `${environmentPath}/custom-attributes/:key`, ({ key = '' }, _query, body) => {
    const refusal = take(dashboardEnvironment.customAttributeBody, body);
    if (refusal !== undefined) return refusal;
    const { isNew, ...rest } = dashboardEnvironment.customAttributeBody.parse(body);
    const known = environment.customAttributes.find((attribute) => attribute.key === key);
    if (known !== undefined && isNew) return problemOf(409, 'attribute_known', { key: 'attribute_known' });
    if (known === undefined) environment.customAttributes.push({ key, ...rest });
    else Object.assign(known, rest);
    return detail();
  });
  on('DELETE', `${environmentPath}/custom-attributes/:key`, ({ key }) => {
    environment.customAttributes = environment.customAttributes.filter((known) => known.key !== key);
    return detail();
  });
  on('POST', `${environmentPath}/mail-secret`, () => {
    environment.mailNotices.isOn = true;
    const { clientId, mailNotices } = environment;
    const secret = 'vb_mail_only_for_the_fake_000000000000';
    return ok(dashboardEnvironment.newMailSecret, { clientId, url: mailNotices.url, secret }, 201);
  });
  on('DELETE', `${environmentPath}/mail-secret`, () => {
    environment.mailNotices.isOn = false;
    return noContent;
  });
  on('PUT', `${environmentPath}/google-client`, (_params, _query, body) => {
    const refusal = take(dashboardEnvironment.googleClientBody, body);
    if (refusal !== undefined) return refusal;
    environment.googleClient.clientId = dashboardEnvironment.googleClientBody.parse(body).clientId;
    return noContent;
  });
  on('DELETE', `${environmentPath}/google-client`, () => {
    environment.googleClient.clientId = null;
    return noContent;
  });
  get(`${environmentPath}/reminder-preview`, dashboardEnvironment.reminderPreview, () => ({
    subject: 'Northwind set-up is waiting for you',
    html: '<!doctype html><html lang="en"><title>Mail</title><p>The link of Monday has not been opened.</p></html>',
    text: 'The link of Monday has not been opened.',
  }));
  get(`${api}/environments`, dashboardEnvironment.environmentList, () => ({
    environments: isEmpty ? [] : fakeEnvironments,
    mayLeave: true,
  }));
  on('POST', `${api}/environments`, (_match, _query, body) => {
    const refusal = take(dashboardEnvironment.newEnvironmentBody, body);
    if (refusal !== undefined) return refusal;
    const { name } = dashboardEnvironment.newEnvironmentBody.parse(body);
    return ok(
      dashboardEnvironment.newEnvironment,
      {
        ...{ id: 'env_new', name, handle: 'northwind', clientId: 'client_01JD4K0000000000000001' },
        secret: 'sk_live_only_for_the_fake_000000000000',
      },
      201,
    );
  });
  on('POST', `${api}/environments/:id/enter`, () => noContent);

  get('/sandbox/mails', sandbox.sandboxMailList, (_id, query) => ({
    mails: data.mails
      .filter(({ to }) => to.includes(query.get('to') ?? ''))
      .map(({ id, at: sentAt, from, to, subject }) => ({ id, at: sentAt, from, to, subject })),
  }));
  get('/sandbox/mails/:id', sandbox.sandboxMailDetail, (id) => data.mails.find((mail) => mail.id === id));
  get('/sandbox/dns/records', sandbox.sandboxRecordList, () => ({ records: data.records }));
  on('POST', '/sandbox/dns/records', (_match, _query, body) => {
    const refusal = take(sandbox.sandboxRecordBody, body);
    if (refusal !== undefined) return refusal;
    made += 1;
    const record = { ...sandbox.sandboxRecordBody.parse(body), id: `rec_new${made}`, createdAt: at() };
    data.records = [record, ...data.records];
    return ok(sandbox.sandboxRecord, record, 201);
  });
  on('DELETE', '/sandbox/dns/records/:id', ({ id }) => {
    data.records = data.records.filter((record) => record.id !== id);
    return noContent;
  });
  let sink = fakeSink(now, isEmpty);
  get('/sandbox/test-sink', testSinkState, (_id, query) => ({
    ...sink,
    records: sink.records.filter(({ text }) => text.includes(query.get('find') ?? '')),
  }));
  on('PUT', '/sandbox/test-sink', (_match, _query, body) => {
    const refusal = take(testSinkBody, body);
    if (refusal !== undefined) return refusal;
    const { faults } = testSinkBody.parse(body);
    const turned = sink.faults.map(({ id, isOn }) => ({ id, isOn: faults?.includes(id) ?? isOn }));
    sink = { ...sink, faults: turned };
    return ok(testSinkState, sink);
  });
  on('POST', '/sandbox/test-sink/reset', () => {
    const faults = sink.faults.map(({ id }) => ({ id, isOn: false }));
    sink = { ...sink, faults, arrivals: [], records: [] };
    return ok(testSinkState, sink);
  });
  get('/sandbox/test-idp', sandbox.testIdpState, () => data.testIdp);
  on('PUT', '/sandbox/test-idp', (_match, _query, body) => {
    const refusal = take(sandbox.testIdpBody, body);
    if (refusal !== undefined) return refusal;
    data.testIdp = { ...data.testIdp, ...sandbox.testIdpBody.parse(body) };
    return ok(sandbox.testIdpState, data.testIdp);
  });
  let dnsFaults = fakeDnsFaults(isEmpty);
  get('/sandbox/dns/faults', sandbox.sandboxDnsFaults, () => dnsFaults);
  on('PUT', '/sandbox/dns/faults', (_match, _query, body) => {
    const on = sandbox.sandboxDnsFaultsBody.parse(body).faults;
    dnsFaults = { faults: dnsFaults.faults.map((fault) => ({ ...fault, isOn: on.includes(fault.id) })) };
    return ok(sandbox.sandboxDnsFaults, dnsFaults);
  });
  const switches = (): sandbox.SandboxSwitches => {
    const countOf = (faults: readonly { isOn: boolean }[]) => faults.filter(({ isOn }) => isOn).length;
    const { fault, rollover } = data.testIdp;
    return {
      places: [
        { place: 'test_idp', on: Number(fault !== null) + Number(rollover !== 'one_key') },
        { place: 'test_directory', on: countOf(directories.client.faults) },
        { place: 'dns', on: countOf(dnsFaults.faults) },
        { place: 'test_sink', on: countOf(sink.faults) },
      ],
    };
  };
  get('/sandbox/switches', sandbox.sandboxSwitches, switches);
  on('POST', '/sandbox/switches/reset', () => {
    data.testIdp = { ...data.testIdp, fault: null, rollover: 'one_key' };
    const off = <Fault extends { isOn: boolean }>(faults: readonly Fault[]) =>
      faults.map((fault) => ({ ...fault, isOn: false }));
    sink = { ...sink, faults: off(sink.faults) };
    dnsFaults = { faults: off(dnsFaults.faults) };
    return ok(sandbox.sandboxSwitches, switches());
  });
  on('POST', '/sandbox/test-idp/retire-key', () => {
    data.testIdp = { ...data.testIdp, rollover: 'one_key' };
    return ok(sandbox.testIdpState, data.testIdp);
  });
  on('POST', '/sandbox/test-idp/people', (_match, _query, body) => {
    const refusal = take(sandbox.testPersonBody, body);
    if (refusal !== undefined) return refusal;
    const person = { id: `tp-${data.testIdp.people.length + 1}`, ...sandbox.testPersonBody.parse(body) };
    data.testIdp = { ...data.testIdp, people: [...data.testIdp.people, person] };
    return ok(sandbox.testPerson, person);
  });
  on('PUT', '/sandbox/test-idp/people/:id', ({ id }, _query, body) => {
    const refusal = take(sandbox.testPersonBody, body);
    if (refusal !== undefined) return refusal;
    const person = { id: id ?? '', ...sandbox.testPersonBody.parse(body) };
    const people = data.testIdp.people.map((other) => (other.id === id ? person : other));
    data.testIdp = { ...data.testIdp, people };
    return ok(sandbox.testPerson, person);
  });
  on('DELETE', '/sandbox/test-idp/people/:id', ({ id }) => {
    data.testIdp = { ...data.testIdp, people: data.testIdp.people.filter((person) => person.id !== id) };
    return noContent;
  });
  get('/sandbox/rehearsal', sandbox.rehearsalState, () => data.rehearsal);
  on('POST', '/sandbox/rehearsal', () => {
    const begun = data.rehearsal.rehearsal?.state !== 'running';
    if (begun) data.rehearsal = begunAt(at());
    return ok(sandbox.begunRehearsal, { ...data.rehearsal, begun });
  });
  on('POST', '/sandbox/test-idp/people/restore', () => ok(sandbox.testIdpState, data.testIdp));

  return {
    data,
    environment,
    audit,
    events,
    verification,
    /** Every request so far, oldest first. */
    requests,
    /** From now on, `GET /dashboard/api/attempts` and the like are refused with this code. */
    sso,
    refuse: (method: string, path: string, status: number, code: Problem['code']) =>
      refusals.set(`${method} ${path}`, problemOf(status, code)),
    accept: (method: string, path: string) => refusals.delete(`${method} ${path}`),
    handle(method: string, url: string, body?: unknown): FakeAnswer {
      const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
      requests.push({ method, path: `${pathname}${new URL(url, 'http://127.0.0.1').search}`, body });
      const refusal = refusals.get(`${method} ${pathname}`);
      if (refusal !== undefined) return refusal;
      for (const route of routes) {
        const match = route.method === method ? route.pattern.exec(pathname) : null;
        if (match !== null) return route.handle({ ...match.groups }, searchParams, body);
      }
      return problemOf(404, 'not_found');
    },
  };
}

/** A filter that is not in the address lets everything through. */
function fits(query: URLSearchParams, name: string, value: string | null): boolean {
  const wanted = query.get(name);
  return wanted === null || wanted === value;
}

const noContent: FakeAnswer = { status: 204, body: undefined };

function ok<Answer>(schema: ZodType<Answer>, answer: Answer, status = 200): FakeAnswer {
  return { status, body: schema.parse(answer) };
}

function take(schema: ZodType, body: unknown): FakeAnswer | undefined {
  return schema.safeParse(body).success ? undefined : problemOf(400, 'invalid_request');
}

function problemOf(
  status: number,
  code: Problem['code'],
  fields?: Record<string, string>,
  facts: Problem['facts'] = {},
): FakeAnswer {
  const body: Problem = {
    type: 'about:blank',
    title: code,
    status,
    code,
    facts,
    request_id: 'req_01JD4K2M71',
    ...(fields && { fields }),
  };
  return { status, body };
}
