import { created, noContent } from '../../answers.ts';
import { acting } from '../../acting.ts';
import { endLinksOfContact, forgetContact, lockContact, recordContact } from '../../contacts.ts';
import {
  createItContactBody,
  inviteItContactBody,
  itContact,
  type ContactIntent,
} from '../../contract/developer-it-contacts.ts';
import { listOf } from '../../contract/developer-lists.ts';
import { settle, startOnboarding } from '../../journey.ts';
import {
  findActiveMainLink,
  findOpenOnboarding,
  getOrganization,
  listItContacts,
  lockOrganization,
  type ItContactRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { isOffered } from '../../../onboarding/steps.ts';
import { route } from '../../route.ts';
import { listAnswer } from './list-answer.ts';

/** `/organizations/{id}/it_contacts`: who at the customer gets links and notices. */

const list = route({
  method: 'GET',
  path: '/organizations/:id/it_contacts',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Lists the IT contacts of an organization, oldest first',
  answers: { 200: listOf(itContact) },
  handler: ({ params, caller, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id, organizationId: params.id };
      await getOrganization(tx, tenant, params.id);
      const rows = await listItContacts(tx, tenant);
      return listAnswer({ rows, before: null, after: null }, contactObject);
    }),
});

const create = route({
  method: 'POST',
  path: '/organizations/:id/it_contacts',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Records an IT contact without inviting: notices go to them from now on',
  body: createItContactBody,
  answers: { 201: itContact },
  handler: ({ params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id, organizationId: params.id };
      await lockOrganization(tx, tenant, params.id);
      return created(contactObject(await recordContact(tx, tenant, body.email, acting(caller, request))));
    }),
});

const remove = route({
  method: 'DELETE',
  path: '/organizations/:id/it_contacts/:contact',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Removes an IT contact and ends the links that were made for them',
  answers: { 204: 'Nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const { contact, tenant } = await lockContact(tx, caller.environment.id, params);
      await forgetContact(tx, tenant, contact.id, acting(caller, request));
      return noContent();
    }),
});

const invite = route({
  method: 'POST',
  path: '/organizations/:id/it_contacts/:contact/invite',
  who: 'api_key',
  scope: 'onboarding',
  summary:
    'Invites an IT contact to features: starts the onboarding or joins the open one, and mails its link',
  body: inviteItContactBody,
  answers: { 204: 'Nothing' },
  handler: ({ deps, params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const { environment } = caller;
      const { contact, tenant } = await lockContact(tx, environment.id, params);
      const features = featuresOf(body.intents);
      if (await isInvitationActive(tx, tenant, request.now)) throw new OnboardingError('invitation_active');
      const { onboarding, queued } = await startOnboarding(
        tx,
        deps,
        { environment, organizationId: params.id, features, emails: [contact.email], delivery: 'mail' },
        acting(caller, request),
      );
      return {
        ...noContent(),
        afterCommit: async () => {
          await settle(deps, onboarding.view, queued);
          return noContent();
        },
      };
    }),
});

const revoke = route({
  method: 'POST',
  path: '/organizations/:id/it_contacts/:contact/revoke',
  who: 'api_key',
  scope: 'onboarding',
  summary: 'Ends the links that were made for an IT contact; they stay recorded',
  answers: { 204: 'Nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const { contact, tenant } = await lockContact(tx, caller.environment.id, params);
      await endLinksOfContact(tx, tenant, contact.id, acting(caller, request));
      return noContent();
    }),
});

export const itContactRoutes = [list, create, remove, invite, revoke];

/** The features by the words of this call. Throws `forbidden` for one that this release does not have. */
function featuresOf(intents: readonly ContactIntent[]) {
  return intents.map((intent) => {
    if (!isOffered(intent)) throw new OnboardingError('forbidden', { intent });
    return { feature: intent, requirement: 'required' as const };
  });
}

/** One invitation at a time for an organization; a link that repairs something is none. */
async function isInvitationActive(
  tx: Tx,
  tenant: { environmentId: string; organizationId: string },
  now: Date,
): Promise<boolean> {
  const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
  if (open?.origin !== 'invitation') return false;
  const link = await findActiveMainLink(tx, tenant, open.id);
  return link !== undefined && link.expiresAt > now;
}

function contactObject({ id, email, createdAt, updatedAt }: ItContactRow) {
  return {
    object: 'it_contact' as const,
    id,
    email,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
