import { newId } from '../../../adapters/ids.ts';
import { insertAudit, insertConnection, listConnectionsOf, lockOrganization } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { audited } from '../../acting.ts';
import { addressesOf } from '../../connections.ts';
import { addConnectionBody, connectionAdded } from '../../contract/setup-connections.ts';
import { route } from '../../route.ts';
import { change } from './scope.ts';
import { tellNothing } from './switches.ts';

/** A second identity provider of the same organization, set up beside the first one and beside the journey. */

/** More than a firm has; enough to stop a script. */
const mostConnections = 20;

const add = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/connections',
  who: 'portal_session',
  summary: 'Adds a connection beside one that serves people already',
  body: addConnectionBody,
  answers: { 200: connectionAdded, 202: connectionAdded },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = by.request;
      // Two presses at the same moment make one: the second finds the first.
      await lockOrganization(tx, tenant, tenant.organizationId);
      const all = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
      if (!all.some(({ activatedAt }) => activatedAt !== null)) {
        throw new OnboardingError('step_blocked', { step: 'go_live' });
      }
      const told = await tellNothing(context, changing);
      const begun = all.find(({ isAdditional, state }) => isAdditional && state === 'requires_type');
      if (begun !== undefined) return { ...told, shape: (result) => ({ ...result, connectionId: begun.id }) };
      if (all.length >= mostConnections) throw new OnboardingError('conflict', { limit: mostConnections });
      const id = newId('conn_');
      await insertConnection(tx, {
        id,
        ...tenant,
        name: context.body.name,
        connectionType: 'Pending',
        providerId: null,
        protocol: 'saml',
        externalId: null,
        state: 'requires_type',
        isAdditional: true,
        ...addressesOf(context.deps.urls, id),
        createdAt: now,
      });
      const target = { type: 'connection', id };
      const after = { is_additional: true };
      await insertAudit(tx, audited(by, tenant, { action: 'connection.created', target, after }));
      return { ...told, shape: (result) => ({ ...result, connectionId: id }) };
    }),
});

export const addConnectionRoutes = [add];
