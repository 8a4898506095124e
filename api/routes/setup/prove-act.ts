import {
  findItContact,
  getLink,
  insertAudit,
  listItContacts,
  takeActCode,
  type ItContactRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { isActCode } from '../../act-codes.ts';
import { acting, audited } from '../../acting.ts';
import type { Answer } from '../../answers.ts';
import { refusalOf } from '../../middleware/handle-errors.ts';
import { problems } from '../../middleware/problems.ts';
import { tenantOf, type SetupContext } from './scope.ts';

/** Dangerous acts of a portal session need a proof that somebody reads the contact's mail [LNK-10]. */

/** An act with what it is about, as one line: what a code is bound to beside its session. */
export const actLine = (act: string, subject: string): string => `${act} ${subject}`;

/** Who can prove an act of this session. */
type Prover =
  | { by: 'contact'; contact: ItContactRow }
  /** The link names nobody: one of these is to be picked. */
  | { by: 'choice'; contacts: ItContactRow[] }
  /** The vendor has just vouched: a portal link opened a moment ago, where no contact is recorded. */
  | { by: 'portal_link' }
  /** The same, but too long ago. */
  | { by: 'open_again' };

const vouchedForMs = 10 * 60_000;

/** Throws `no_contact` where the link came by other ways than the vendor's product and nobody can be mailed. */
export async function findProver(tx: Tx, context: SetupContext, contactId: string | null): Promise<Prover> {
  const tenant = tenantOf(context);
  const { session } = context.caller;
  // What takes the contact's own word is never staff's to do.
  if (session.staffMemberId !== null) throw new OnboardingError('forbidden', { reason: 'staff' });
  const link = await getLink(tx, tenant, session.linkId);
  const own = link.contactId === null ? undefined : await findItContact(tx, tenant, link.contactId);
  if (own !== undefined) return { by: 'contact', contact: own };
  const contacts = await listItContacts(tx, tenant);
  const contact = contacts.length === 1 ? contacts[0] : contacts.find(({ id }) => id === contactId);
  if (contact !== undefined) return { by: 'contact', contact };
  if (contacts.length > 0) return { by: 'choice', contacts };
  if (link.kind !== 'portal') throw new OnboardingError('no_contact');
  const isFresh = session.createdAt.getTime() + vouchedForMs > context.request.now.getTime();
  return { by: isFresh ? 'portal_link' : 'open_again' };
}

/**
 * Uses the code of this act up, or answers why it does not count; the caller gives that answer back and does nothing,
 * so that the try is counted. Throws `code_needed` where a code is missing.
 */
export async function proveAct(
  tx: Tx,
  context: SetupContext,
  act: string,
  code: string | undefined,
): Promise<Answer | undefined> {
  const { deps, caller, request } = context;
  const tenant = tenantOf(context);
  const by = acting(caller, request);
  if (code === undefined) {
    const prover = await findProver(tx, context, null);
    if (prover.by !== 'portal_link') throw new OnboardingError('code_needed', { act });
    await insertAudit(tx, audited(by, tenant, { action: 'act.proved', after: { act, by: 'portal_link' } }));
    return undefined;
  }
  const bound = { sessionId: caller.session.id, act };
  const isCodeOf = isActCode(deps, code, bound);
  const taken = await takeActCode(tx, tenant, { ...bound, isCodeOf, now: request.now });
  if (taken.outcome === 'taken') {
    const after = { act, by: 'code', contact_id: taken.code.contactId };
    await insertAudit(tx, audited(by, tenant, { action: 'act.proved', after }));
    return undefined;
  }
  await insertAudit(tx, audited(by, tenant, { action: 'act.refused', after: { act, why: taken.outcome } }));
  const triesLeft = taken.outcome === 'wrong' ? taken.triesLeft : 0;
  return refusalOf(new OnboardingError('code_wrong', { tries_left: triesLeft }), problems, request.id);
}
