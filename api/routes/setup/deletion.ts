import { newId } from '../../../adapters/ids.ts';
import {
  dropConnection,
  endRevision,
  findOpenOnboarding,
  listCertificates,
  listConnectionsOf,
  lockOpenRevision,
  lockRestorable,
  pickUpConnection,
  type ConnectionRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { requireReady } from '../../configuration-changes.ts';
import { provedBody } from '../../contract/setup.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import { route } from '../../route.ts';
import { lockCurrentConnection } from './connection.ts';
import { tellContacts } from './contact-notices.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change, changeIn, ensured, type Changing } from './scope.ts';
import { tellNothing } from './switches.ts';

/** A connection that goes, and comes back as it was within 30 days. */

const keptMs = 30 * 86_400_000;

const remove = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/delete',
  who: 'portal_session',
  summary: 'Deletes the connection; it can be brought back for 30 days',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = by.request;
      const connection = await lockCurrentConnection(tx, context);
      const refusal = await proveAct(tx, context, actLine('delete', connection.id), context.body.code);
      if (refusal !== undefined) return refusal;
      const draft = await lockOpenRevision(tx, tenant, connection.id);
      if (draft !== undefined) await endRevision(tx, tenant, draft.id, { endedAs: 'discarded', now });
      const restorableUntil = new Date(now.getTime() + keptMs);
      await dropConnection(tx, tenant, connection.id, { actor: by.actor, now, newId, restorableUntil });
      if (connection.activatedAt !== null) await tellContacts(changing, connection.id, 'deleted');
      if (connection.isAdditional || (await hasAnotherLive(changing))) return tellNothing(context, changing);
      // Nobody can sign in any more: the steps are there to be done again.
      const { onboarding, queued } = await ensured(context, changing, 'sso');
      const act = { kind: 'reset_connection', connectionId: connection.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const bringBack = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/deleted/:id/bring-back',
  who: 'portal_session',
  summary: 'Brings a deleted connection back as it was, live if it was live',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = by.request;
      const deleted = await lockRestorable(tx, tenant, context.params.id, now);
      const wasLive = deleted.state === 'active';
      if (wasLive) {
        await requireReady(changeIn(context, changing), deleted);
        await requireCertificate(changing, deleted);
      }
      await pickUpConnection(tx, tenant, deleted.id, { actor: by.actor, now, newId });
      if (deleted.activatedAt !== null) await tellContacts(changing, deleted.id, 'brought_back');
      const open = await findOpenOnboarding(tx, tenant, tenant.organizationId);
      if (open === undefined || !wasLive || deleted.isAdditional) return tellNothing(context, changing);
      const act = { kind: 'bring_back_connection', connectionId: deleted.id } as const;
      return { onboarding: open, queued: await sendCommand(tx, open, act, by) };
    }),
});

export const deletionRoutes = [remove, bringBack];

async function hasAnotherLive({ tx, tenant }: Changing): Promise<boolean> {
  const all = await listConnectionsOf(tx, tenant, [tenant.organizationId]);
  return all.some(({ state }) => state === 'active');
}

async function requireCertificate(
  { tx, tenant, by }: Changing,
  { id, protocol }: ConnectionRow,
): Promise<void> {
  if (protocol !== 'saml') return;
  const certificates = await listCertificates(tx, tenant, id);
  if (certificates.every(({ notAfter }) => notAfter <= by.request.now)) {
    throw new OnboardingError('certificate_ended');
  }
}
