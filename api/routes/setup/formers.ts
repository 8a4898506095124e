import { newId } from '../../../adapters/ids.ts';
import {
  countPeople,
  endRevision,
  findOpenOnboarding,
  lockConnection,
  lockFormer,
  lockOpenRevision,
  moveConnection,
  switchConnectionOff,
} from '../../../db/index.ts';
import { emptyConfiguration } from '../../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { ok } from '../../answers.ts';
import { placeKeepingPresent, requireRestorable, restoreFormer } from '../../configuration-changes.ts';
import { provedBody } from '../../contract/setup.ts';
import { resetPlan } from '../../contract/setup-connections.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { topRoleLostWithoutConnection } from '../../role-mapping.ts';
import { route } from '../../route.ts';
import { tellContacts } from './contact-notices.ts';
import { findCurrentConnection, lockCurrentConnection } from './connection.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change, changeIn, covers, ensured, tenantOf } from './scope.ts';
import { tellNothing } from './switches.ts';

/** P16: beginning anew, and bringing back what was used before. Our own addresses stay through all of it. */

const plan = route({
  method: 'GET',
  path: '/setup/:handle/api/sso/reset',
  who: 'portal_session',
  summary: 'How many people a reset would stop, and whether nobody would be left with the top role',
  answers: { 200: resetPlan },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantOf(context);
      const isCovered = covers(context.caller.session, 'sso');
      const connection = isCovered ? await findCurrentConnection(tx, context) : undefined;
      if (connection === undefined) return ok({ people: 0, roleLost: null });
      const since = new Date(context.request.now.getTime() - monthMs);
      return ok({
        people: await countPeople(tx, tenant, connection.id, since),
        roleLost: await topRoleLostWithoutConnection(tx, tenant, connection.id),
      });
    }),
});

const reset = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/reset',
  who: 'portal_session',
  summary: 'Stops sign-in and empties the connection; what it was is kept for 30 days',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = by.request;
      const connection = await lockCurrentConnection(tx, context);
      if (connection.activatedAt === null) {
        throw new OnboardingError('connection_state_refused', { state: connection.state });
      }
      const refusal = await proveAct(tx, context, actLine('reset', connection.id), context.body.code);
      if (refusal !== undefined) return refusal;

      const draft = await lockOpenRevision(tx, tenant, connection.id);
      if (draft !== undefined) await endRevision(tx, tenant, draft.id, { endedAs: 'discarded', now });
      await switchConnectionOff(tx, tenant, connection.id, { actor: by.actor, now, newId });
      await placeKeepingPresent(changeIn(context, changing), connection, 'reset', {
        configuration: emptyConfiguration,
        certificates: [],
        clientSecretSealed: null,
        signedFloor: 'one',
        encryptedFloor: false,
        tested: null,
      });
      await moveConnection(tx, tenant, connection.id, { from: ['inactive'], to: 'draft', now });
      await tellContacts(changing, connection.id, 'reset');
      if (connection.isAdditional) return tellNothing(context, changing);
      const { onboarding, queued } = await ensured(context, changing, 'sso');
      const act = { kind: 'reset_connection', connectionId: connection.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const bringBack = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/formers/:id/bring-back',
  who: 'portal_session',
  summary: 'Brings back what the connection used before; one that is live changes with a code only',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const former = await lockFormer(tx, tenant, context.params.id);
      const connection = await lockConnection(tx, tenant, former.connectionId);
      const restoring = changeIn(context, changing);
      await requireRestorable(restoring, connection, former);
      const refusal =
        connection.state === 'active'
          ? await proveAct(tx, context, actLine('bring_back', former.id), context.body.code)
          : undefined;
      if (refusal !== undefined) return refusal;

      await restoreFormer(restoring, connection, former);
      await tellContacts(changing, connection.id, 'settings_brought_back');
      const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
      if (open === undefined || !former.wasLive || connection.isAdditional)
        return tellNothing(context, changing);
      const act = { kind: 'bring_back_connection', connectionId: connection.id } as const;
      return { onboarding: open, queued: await sendCommand(tx, open, act, by) };
    }),
});

export const formerRoutes = [plan, reset, bringBack];

const monthMs = 30 * 86_400_000;
