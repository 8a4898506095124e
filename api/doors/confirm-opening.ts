import { newId } from '../../adapters/ids.ts';
import { mintCode } from '../../adapters/tokens.ts';
import {
  findActCode,
  insertActCode,
  insertAudit,
  takeActCode,
  triesAllowed,
  withTenant,
  type ActCodeRow,
  type ItContactRow,
} from '../../db/index.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { maskEmail } from '../../onboarding/masking.ts';
import { actCodeDigest, codeAgainAt, codeEndsAt, isActCode, mailActCode } from '../act-codes.ts';
import { audited, type Acting } from '../acting.ts';
import type { ApiDeps } from '../deps.ts';
import type { RequestFacts } from '../route.ts';
import type { Door } from './door.ts';

type OpenDoor = Extract<Door, { isOpen: true }>;

/** What the page of the code says. `to` is the contact's address, masked. */
export type Asked =
  | { state: 'mailed' | 'malformed' | 'ended'; to: string }
  | { state: 'wrong'; to: string; triesLeft: number }
  | { state: 'too_soon'; to: string; seconds: number }
  | { state: 'blocked'; seconds: number }
  | { state: 'not_taken'; to: string }
  | { state: 'no_contact' };

/** [LNK-05]: so long a link takes and sends no code after five wrong ones, of one code or of several. */
const blockedForMs = 15 * 60_000;

/**
 * With `link_confirmation: email_code` a setup link opens only for who reads the mail of its contact [LNK-05]. Undefined
 * where nothing, or nothing more, has to be proved. A portal link is never mailed: the vendor has just vouched for who
 * holds it. Throws `too_many_requests` and `service_unavailable`.
 */
export async function confirmOpening(
  deps: ApiDeps,
  door: OpenDoor,
  typed: { code: string | undefined; again: boolean },
  request: RequestFacts,
): Promise<Asked | undefined> {
  const { environment, link, contact } = door;
  if (environment.linkConfirmation === 'none' || link.kind === 'portal') return undefined;
  if (contact === undefined || contact.removedAt !== null) return { state: 'no_contact' };
  return typed.code === undefined
    ? askForCode(deps, door, contact, typed.again, request)
    : takeCode(deps, door, contact, typed.code, request);
}

async function askForCode(
  deps: ApiDeps,
  { environment, link }: OpenDoor,
  contact: ItContactRow,
  again: boolean,
  request: RequestFacts,
): Promise<Asked> {
  const { now } = request;
  const tenant = { environmentId: link.environmentId, organizationId: link.organizationId };
  const bound = boundTo(link.id);
  const to = maskEmail(contact.email);
  const last = await withTenant(deps.db, tenant, (tx) => findActCode(tx, tenant, bound));
  const blocked = last && blockedBy(last, now);
  if (blocked) return blocked;
  if (last !== undefined && last.contactId === contact.id && isAlive(last, now)) {
    // Whoever presses the button again, a mail scanner perhaps, makes nobody's code void.
    if (!again) return { state: 'mailed', to };
    const waitMs = codeAgainAt(last).getTime() - now.getTime();
    if (waitMs > 0) return { state: 'too_soon', to, seconds: Math.ceil(waitMs / 1000) };
  }
  await deps.limits.spend('codes_per_recipient', contact.email.toLowerCase());
  const code = mintCode();
  const row = await withTenant(deps.db, tenant, async (tx) => {
    await insertAudit(
      tx,
      audited(by(request), tenant, {
        action: 'link.code_sent',
        target: { type: 'link', id: link.id },
        personal: { contact: contact.email },
      }),
    );
    return insertActCode(tx, {
      id: newId('act_code_'),
      ...tenant,
      ...bound,
      contactId: contact.id,
      codeDigest: actCodeDigest(deps, code, bound),
      tries: triesMadeBefore(last, now),
      createdAt: now,
      expiresAt: codeEndsAt(now),
    });
  });
  try {
    await mailActCode(deps, { environment, contact, row, code }, request);
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'mail_refused') return { state: 'not_taken', to };
    throw error;
  }
  return { state: 'mailed', to };
}

async function takeCode(
  deps: ApiDeps,
  { link }: OpenDoor,
  contact: ItContactRow,
  typed: string,
  request: RequestFacts,
): Promise<Asked | undefined> {
  const { now } = request;
  const tenant = { environmentId: link.environmentId, organizationId: link.organizationId };
  const bound = boundTo(link.id);
  const to = maskEmail(contact.email);
  const code = typed.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(code)) return { state: 'malformed', to };
  return withTenant(deps.db, tenant, async (tx): Promise<Asked | undefined> => {
    const isCodeOf = isActCode(deps, code, bound);
    const taken = await takeActCode(tx, tenant, { ...bound, isCodeOf, now, blockedForMs });
    const target = { type: 'link', id: link.id };
    if (taken.outcome === 'taken') {
      await insertAudit(tx, audited(by(request), tenant, { action: 'link.confirmed', target }));
      return undefined;
    }
    const after = { why: taken.outcome };
    await insertAudit(tx, audited(by(request), tenant, { action: 'link.code_refused', target, after }));
    if (taken.outcome === 'wrong' && taken.triesLeft > 0) {
      return { state: 'wrong', to, triesLeft: taken.triesLeft };
    }
    const last = await findActCode(tx, tenant, bound);
    return (last && blockedBy(last, now)) ?? { state: 'ended', to };
  });
}

const boundTo = (linkId: string) => ({ sessionId: null, act: `open_link ${linkId}` });
const by = (request: RequestFacts): Acting => ({
  actor: { type: 'system', id: 'door' },
  sessionId: null,
  request,
});

const isAlive = ({ usedAt, expiresAt, tries }: ActCodeRow, now: Date): boolean =>
  usedAt === null && expiresAt > now && tries < triesAllowed;

function blockedBy({ tries, usedAt, expiresAt }: ActCodeRow, now: Date): Asked | undefined {
  if (usedAt !== null || tries < triesAllowed || expiresAt <= now) return undefined;
  return { state: 'blocked', seconds: Math.ceil((expiresAt.getTime() - now.getTime()) / 1000) };
}

/** A new code does not buy new tries: wrong ones of a quarter of an hour count together. */
function triesMadeBefore(last: ActCodeRow | undefined, now: Date): number {
  if (last === undefined || last.usedAt !== null || last.tries >= triesAllowed) return 0;
  return last.createdAt.getTime() + blockedForMs > now.getTime() ? last.tries : 0;
}
