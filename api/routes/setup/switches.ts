import { newId } from '../../../adapters/ids.ts';
import {
  findNewestOnboarding,
  findOpenOnboarding,
  insertCommand,
  switchConnectionOff,
  switchConnectionOn,
  type ConnectionRow,
  type OnboardingRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { OfferedFeature } from '../../../onboarding/steps.ts';
import { factRow } from '../../../onboarding/workflow-names.ts';
import { requireReady } from '../../configuration-changes.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { route } from '../../route.ts';
import type { EffectiveConnection } from '../../sign-in/effective-connection.ts';
import { tellContacts } from './contact-notices.ts';
import { isBesideJourney } from './edited.ts';
import { lockCurrentConnection, lockUnfinishedConnection } from './connection.ts';
import { change, changeIn, ensured, type Changing, type SetupContext } from './scope.ts';

/** P13 and P14: going live, and off and on again. */

const goLive = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/go-live',
  who: 'portal_session',
  summary: 'Lets people sign in through the connection',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const connection = await lockUnfinishedConnection(tx, context);
      await requireReady(changeIn(context, changing), connection);
      if (connection.isAdditional) {
        const how = { actor: by.actor, now: by.request.now, newId };
        await switchConnectionOn(tx, tenant, connection.id, how);
        return tellNothing(context, changing);
      }
      const { onboarding, queued } = await ensured(context, changing, 'sso');
      const act = { kind: 'go_live', connectionId: connection.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const switchOff = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/switch-off',
  who: 'portal_session',
  summary: 'Stops sign-ins through the connection at once; its settings stay',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const connection = await lockCurrentConnection(tx, context);
      // Where none was ever begun, one that finds the connection live has nothing left to do.
      const told = await tellNothing(context, changing);
      const off = await switchConnectionOff(tx, tenant, connection.id, {
        actor: by.actor,
        now: by.request.now,
        newId,
      });
      if (off === undefined) throw stateRefused(connection);
      await tellContacts(changing, connection.id, 'switched_off');
      return told;
    }),
});

const switchOn = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/switch-on',
  who: 'portal_session',
  summary: 'Lets people sign in again through a connection that was switched off',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const connection = await lockCurrentConnection(tx, context);
      if (connection.state !== 'inactive') throw stateRefused(connection);
      await requireReady(changeIn(context, changing), connection);
      const { now } = by.request;
      await switchConnectionOn(tx, tenant, connection.id, { actor: by.actor, now, newId });
      await tellContacts(changing, connection.id, 'switched_on');
      if (connection.isAdditional) return tellNothing(context, changing);
      const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
      if (open !== undefined) {
        const fact = { kind: 'connection_live', connectionId: connection.id } as const;
        await insertCommand(tx, factRow(open, { ...fact, key: newId('cmd_'), actor: by.actor }, now));
      }
      return tellNothing(context, changing);
    }),
});

export const switchRoutes = [goLive, switchOff, switchOn];

const stateRefused = ({ state }: ConnectionRow) => new OnboardingError('connection_state_refused', { state });

/** Of a change that leaves the journey where it is: one made in a draft begins no run either. */
export const toldNothing = (
  context: SetupContext,
  changing: Changing,
  edited: EffectiveConnection,
): ReturnType<typeof ensured> =>
  isBesideJourney(edited) ? tellNothing(context, changing) : ensured(context, changing, 'sso');

/** A switch is an event of the connection, not a step: the journey stands where it stood. */
export async function tellNothing(
  context: SetupContext,
  changing: Changing,
  feature: OfferedFeature = 'sso',
): Promise<{ onboarding: OnboardingRow; queued: Awaited<ReturnType<typeof ensured>>['queued'] }> {
  const known = await lastOnboarding(changing.tx, changing);
  return known === undefined ? ensured(context, changing, feature) : { onboarding: known, queued: [] };
}

async function lastOnboarding(tx: Tx, { tenant }: Changing): Promise<OnboardingRow | undefined> {
  return (
    (await findOpenOnboarding(tx, tenant, tenant.organizationId)) ?? (await findNewestOnboarding(tx, tenant))
  );
}
