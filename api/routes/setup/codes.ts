import { newId } from '../../../adapters/ids.ts';
import { mintCode } from '../../../adapters/tokens.ts';
import {
  findActCode,
  insertActCode,
  insertAudit,
  type ActCodeRow,
  type ItContactRow,
} from '../../../db/index.ts';
import { maskEmail } from '../../../onboarding/masking.ts';
import type { OfferedFeature } from '../../../onboarding/steps.ts';
import { actCodeDigest, codeAgainAt, codeEndsAt, mailActCode } from '../../act-codes.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { askCodeBody, codeAsked, type CodeAsked } from '../../contract/setup.ts';
import { route } from '../../route.ts';
import { actLine, findProver } from './prove-act.ts';
import { covers, requireChange, signInPart, tenantOf, type SetupContext } from './scope.ts';

/** P2: the code for a dangerous act, mailed to the contact whose link opened the session [LNK-10]. */

const ask = route({
  method: 'POST',
  path: '/setup/:handle/api/codes',
  who: 'portal_session',
  summary: 'Mails a code for one act, or says what proves it instead',
  body: askCodeBody,
  answers: { 200: codeAsked },
  handler: (context) =>
    context.commit(async (tx) => {
      const { deps, body, caller, request } = context;
      const tenant = tenantOf(context);
      await requireChange(tx, context, partWithCodes(context));
      const prover = await findProver(tx, context, body.contactId ?? null);
      if (prover.by === 'choice') return ok(choiceOf(prover.contacts));
      if (prover.by !== 'contact') return ok({ ...nothing, state: prover.by });

      const { contact } = prover;
      const bound = { sessionId: caller.session.id, act: actLine(body.act, body.subject) };
      const last = await findActCode(tx, tenant, bound);
      // A dialog that is opened again finds the code that is on its way.
      if (last !== undefined && isFresh(last, contact, request.now)) return ok(mailed(contact, last));
      await deps.limits.spend('codes_per_recipient', contact.email.toLowerCase());
      const code = mintCode();
      const kept = await insertActCode(tx, {
        id: newId('act_code_'),
        ...tenant,
        ...bound,
        contactId: contact.id,
        codeDigest: actCodeDigest(deps, code, bound),
        tries: 0,
        createdAt: request.now,
        expiresAt: codeEndsAt(request.now),
      });
      await insertAudit(
        tx,
        audited(acting(caller, request), tenant, {
          action: 'act.code_sent',
          target: { type: 'contact', id: contact.id },
          after: { act: bound.act },
          personal: { contact: contact.email },
        }),
      );
      return {
        ...ok(mailed(contact, kept)),
        afterCommit: async () => {
          const { environment } = caller;
          await mailActCode(deps, { environment, contact, row: kept, code }, request);
          return ok(mailed(contact, kept));
        },
      };
    }),
});

export const codeRoutes = [ask];

/** The part of the session that has acts which need a code. */
function partWithCodes(context: SetupContext): OfferedFeature {
  if (covers(context.caller.session, 'certificate_renewal')) return signInPart(context);
  return covers(context.caller.session, 'directory_sync') ? 'directory_sync' : 'log_streams';
}

const nothing = { to: null, recipients: [], expiresAt: null, againAt: null };

function choiceOf(contacts: readonly ItContactRow[]): CodeAsked {
  const recipients = contacts.map(({ id, email }) => ({ id, address: maskEmail(email) }));
  return { ...nothing, state: 'choice', recipients };
}

function isFresh(code: ActCodeRow, contact: ItContactRow, now: Date): boolean {
  return (
    code.contactId === contact.id && code.usedAt === null && code.expiresAt > now && codeAgainAt(code) > now
  );
}

function mailed({ email }: ItContactRow, code: ActCodeRow): CodeAsked {
  return {
    ...nothing,
    state: 'mailed',
    to: maskEmail(email),
    expiresAt: code.expiresAt.toISOString(),
    againAt: codeAgainAt(code).toISOString(),
  };
}
