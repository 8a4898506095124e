import { connectionSecretAt, moveSecret, revisionSecretAt } from '../../../adapters/client-secrets.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  endRevision,
  getRevision,
  insertAudit,
  insertRevision,
  listCertificates,
  lockConnection,
  lockOpenRevision,
  updateRevision,
  type ConnectionRow,
} from '../../../db/index.ts';
import type { AuditAction } from '../../../onboarding/audit-actions.ts';
import { configurationOf } from '../../../onboarding/connection-configuration.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { audited } from '../../acting.ts';
import { placeKeepingPresent, renameAfterProvider, requireReady } from '../../configuration-changes.ts';
import { provedBody } from '../../contract/setup.ts';
import { stepResult } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { lockCurrentConnection } from './connection.ts';
import { tellContacts } from './contact-notices.ts';
import { holderOf, lockEdited } from './edited.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change, changeIn, type Changing } from './scope.ts';
import { tellNothing } from './switches.ts';

/** P15: the draft of a live connection, from its start to the switch. */

const start = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/draft',
  who: 'portal_session',
  summary: 'Starts a draft: a copy of the live settings, edited beside them',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, link, by } = changing;
      const { now } = by.request;
      const { secrets } = context.deps;
      const connection = await lockCurrentConnection(tx, context);
      if (connection.activatedAt === null) throw stateRefused(connection);
      const heldBy = await holderOf(tx, tenant, link);
      const open = await lockOpenRevision(tx, tenant, connection.id);
      if (open !== undefined) {
        if (open.heldBy !== heldBy) throw new OnboardingError('step_held', { holder: open.heldBy ?? '' });
        return tellNothing(context, changing);
      }
      const id = newId('rev_');
      const from = connectionSecretAt(connection);
      const to = revisionSecretAt({ ...connection, id });
      const revision = await insertRevision(tx, {
        id,
        ...tenant,
        connectionId: connection.id,
        configuration: configurationOf(connection),
        certificates: (await listCertificates(tx, tenant, connection.id)).map(
          ({ pem, fingerprint, spkiFingerprint, subject, keyBits, notBefore, notAfter, source }) => ({
            pem,
            fingerprint,
            spkiFingerprint,
            subject,
            keyBits,
            source,
            notBefore: notBefore.toISOString(),
            notAfter: notAfter.toISOString(),
          }),
        ),
        clientSecretSealed: moveSecret(secrets, connection.oidcClientSecretSealed, from, to),
        drafts: connection.drafts,
        heldBy,
        createdAt: now,
      });
      await note(changing, connection, 'connection.draft_started', { revision_id: revision.id });
      return tellNothing(context, changing);
    }),
});

const takeOver = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/draft/take-over',
  who: 'portal_session',
  summary: 'Goes on with somebody else’s draft',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, link, by } = changing;
      const connection = await lockCurrentConnection(tx, context);
      const open = await lockOpenRevision(tx, tenant, connection.id);
      if (open === undefined) throw new OnboardingError('not_found', { kind: 'draft' });
      const heldBy = await holderOf(tx, tenant, link);
      const { now } = by.request;
      if (open.heldBy !== heldBy) {
        await updateRevision(tx, tenant, open.id, { heldBy }, { now, counts: false });
        await note(changing, connection, 'connection.draft_taken_over', { revision_id: open.id });
      }
      return tellNothing(context, changing);
    }),
});

const discard = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/draft/discard',
  who: 'portal_session',
  summary: 'Throws the draft away; the live settings stay as they are',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const edited = await lockEdited(changing);
      const { revisionId } = edited;
      if (revisionId === null) throw new OnboardingError('not_found', { kind: 'draft' });
      await endRevision(tx, tenant, revisionId, { endedAs: 'discarded', now: by.request.now });
      await note(changing, edited, 'connection.draft_discarded', { revision_id: revisionId });
      return tellNothing(context, changing);
    }),
});

const switchTo = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/draft/switch',
  who: 'portal_session',
  summary: 'Puts the tested draft in place of the live settings, which are kept for 30 days',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = by.request;
      const { secrets } = context.deps;
      const draft = await lockEdited(changing);
      if (draft.revisionId === null) throw new OnboardingError('not_found', { kind: 'draft' });
      await requireReady(changeIn(context, changing), draft);
      const act = actLine('switch_draft', draft.revisionId);
      const refusal = await proveAct(tx, context, act, context.body.code);
      if (refusal !== undefined) return refusal;

      const revision = await getRevision(tx, tenant, draft.revisionId);
      const connection = await lockConnection(tx, tenant, draft.id);
      const secret = moveSecret(
        secrets,
        revision.clientSecretSealed,
        revisionSecretAt(revision),
        connectionSecretAt(connection),
      );
      await placeKeepingPresent(changeIn(context, changing), connection, 'switched', {
        configuration: revision.configuration,
        certificates: revision.certificates,
        clientSecretSealed: secret,
        signedFloor: revision.testedSigned ?? 'one',
        encryptedFloor: revision.testedEncrypted ?? false,
        tested: { at: revision.testedAt ?? now, email: revision.testedEmail },
      });
      await renameAfterProvider(changing, connection, revision.configuration.providerId);
      await endRevision(tx, tenant, revision.id, { endedAs: 'switched', now });
      await tellContacts(changing, connection.id, 'settings_switched');
      return tellNothing(context, changing);
    }),
});

export const draftRoutes = [start, takeOver, discard, switchTo];

const stateRefused = ({ state }: ConnectionRow) => new OnboardingError('connection_state_refused', { state });

async function note(
  { tx, tenant, by }: Changing,
  connection: ConnectionRow,
  action: AuditAction,
  after: object,
): Promise<void> {
  const target = { type: 'connection', id: connection.id };
  await insertAudit(tx, audited(by, tenant, { action, target, after }));
}
