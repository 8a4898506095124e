import { insertAudit, markConnectionTested } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { audited } from '../../acting.ts';
import { acceptFormBody } from '../../contract/setup-sign-in-tests.ts';
import { stepResult } from '../../contract/shared.ts';
import { route } from '../../route.ts';
import { testedForm } from '../../sign-in/tested-form.ts';
import { attemptOf } from './attempts.ts';
import { lockCurrentConnection } from './connection.ts';
import { tellContacts } from './contact-notices.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change } from './scope.ts';
import { tellNothing } from './switches.ts';

/**
 * A provider that signs or encrypts less than it did is refused [SAML-09] until a person has tested the new form, has
 * seen it beside the old one, and confirms it with a code [LNK-10]. One valid signature stays the least.
 */
const accept = route({
  method: 'POST',
  path: '/setup/:handle/api/sso/accepted-form',
  who: 'portal_session',
  summary: 'Accepts the weaker form that a test came in, with a code',
  body: acceptFormBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, 'sso', async (changing) => {
      const { tx, tenant, by } = changing;
      const { attemptId, code } = context.body;
      const { now } = by.request;
      const connection = await lockCurrentConnection(tx, context);
      const attempt = await attemptOf(tx, context, attemptId);
      const form = testedForm(attempt);
      if (form === undefined || attempt.connectionId !== connection.id || attempt.revisionId !== null) {
        throw new OnboardingError('conflict');
      }
      if (attempt.settingsRevision !== connection.settingsRevision) {
        throw new OnboardingError('connection_changed_since_test');
      }
      const refusal = await proveAct(tx, context, actLine('accept_form', attempt.id), code);
      if (refusal !== undefined) return refusal;
      const before = { signed: connection.signedFloor, encrypted: connection.encryptedFloor };
      await markConnectionTested(tx, tenant, connection.id, {
        settingsRevision: attempt.settingsRevision,
        email: attempt.email ?? '',
        now,
        signedFloor: form.signed,
        encryptedFloor: form.encrypted,
      });
      await insertAudit(
        tx,
        audited(by, tenant, {
          action: 'connection.form_accepted',
          target: { type: 'connection', id: connection.id },
          before,
          after: { ...form, attempt_id: attempt.id },
        }),
      );
      if (connection.state === 'active') await tellContacts(changing, connection.id, 'form_accepted');
      return tellNothing(context, changing);
    }),
});

export const acceptFormRoutes = [accept];
