import { lockOrganization } from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { created, noContent } from '../../answers.ts';
import { endLinksOfContact, forgetContact, lockContact, recordContact } from '../../contacts.ts';
import { createdContact, newContactBody } from '../../contract/dashboard.ts';
import { route } from '../../route.ts';

/** The IT contacts on an organization's page: as the developer API has them. Inviting one is an invitation (`invitations.ts`). */

const add = route({
  method: 'POST',
  path: '/dashboard/api/organizations/:id/contacts',
  who: 'staff',
  role: 'support',
  summary: 'Records an IT contact without inviting: notices go to them from now on',
  body: newContactBody,
  answers: { 201: createdContact },
  handler: ({ params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id, organizationId: params.id };
      await lockOrganization(tx, tenant, params.id);
      const { id } = await recordContact(tx, tenant, body.email, acting(caller, request));
      return created({ id });
    }),
});

const remove = route({
  method: 'DELETE',
  path: '/dashboard/api/organizations/:id/contacts/:contact',
  who: 'staff',
  role: 'support',
  summary: 'Removes an IT contact and ends the links that were made for them',
  answers: { 204: 'Nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const { contact, tenant } = await lockContact(tx, caller.environment.id, params);
      await forgetContact(tx, tenant, contact.id, acting(caller, request));
      return noContent();
    }),
});

const revoke = route({
  method: 'POST',
  path: '/dashboard/api/organizations/:id/contacts/:contact/revoke',
  who: 'staff',
  role: 'support',
  summary: 'Ends the links that were made for an IT contact; they stay recorded',
  answers: { 204: 'Nothing' },
  handler: ({ params, caller, commit, request }) =>
    commit(async (tx) => {
      const { contact, tenant } = await lockContact(tx, caller.environment.id, params);
      await endLinksOfContact(tx, tenant, contact.id, acting(caller, request));
      return noContent();
    }),
});

export const contactRoutes = [add, remove, revoke];
