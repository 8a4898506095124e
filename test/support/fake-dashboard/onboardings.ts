import {
  handBackBody,
  lookAlongLink,
  providerChoices,
  tailorBody,
} from '../../../api/contract/dashboard-tailoring.ts';
import { stepResult } from '../../../api/contract/shared.ts';
import * as dashboard from '../../../api/contract/dashboard.ts';
import { api, noContent, ok, type FakeRoutes, type FakeWorld } from './routes.ts';

/** Onboardings and their acts, with the people who are invited to them. */
export function answerOnboardings(
  { get, on, take }: FakeRoutes,
  { data, isEmpty, temporalAway }: FakeWorld,
): void {
  const result = () =>
    ok(stepResult, { status: temporalAway ? 'queued' : 'applied', view: data.onboarding.view });

  get(`${api}/onboardings`, dashboard.onboardingList, (_id, query) => {
    const view = query.get('view') ?? 'all';
    return { ...data.board, onboardings: data.board.onboardings.filter(data.isInView(view)) };
  });
  get(`${api}/onboardings/:id`, dashboard.onboardingDetail, (id) =>
    id === 'onb_cancelled' ? data.cancelledOnboarding : isEmpty ? undefined : data.onboarding,
  );
  on('POST', `${api}/onboardings/:id/(remind|extend|cancel|undo-cancel)`, result);
  take('POST', `${api}/onboardings/:id/fresh-link`, dashboard.freshLinkBody, (body) =>
    ok(dashboard.invitationResult, data.invitation(body.delivery)),
  );
  take('POST', `${api}/onboardings/:id/tailor`, tailorBody, ({ mode }) => {
    if (mode !== undefined) data.lead(mode);
    return result();
  });
  on('POST', `${api}/onboardings/:id/steps/:step/take-over`, ({ step = '' }) => {
    data.hold(step, 'staff');
    return result();
  });
  take('POST', `${api}/onboardings/:id/steps/:step/hand-back`, handBackBody, (_body, { step = '' }) => {
    data.hold(step, 'customer');
    return result();
  });
  on('POST', `${api}/onboardings/:id/steps/:step/reset`, ({ step = '' }) => {
    data.resetStep(step);
    return result();
  });
  take('POST', `${api}/organizations/:id/contacts`, dashboard.newContactBody, ({ email }) => {
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
}
