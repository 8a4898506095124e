import { newId } from '../../../adapters/ids.ts';
import { mailBrand } from '../../../adapters/mail/mail-brand.ts';
import { staffSignInCode } from '../../../adapters/mail/staff-mails.ts';
import { codeDigest, digestToken, isCodeOf, mintCode, mintToken } from '../../../adapters/tokens.ts';
import {
  insertAudit,
  insertStaffSession,
  insertStaffSignIn,
  lookUpMemberships,
  takeStaffCode,
  touchMember,
  withTenant,
  type MemberRow,
  type StaffSessionRow,
  type Tx,
} from '../../../db/index.ts';
import { audited } from '../../acting.ts';
import type { ApiDeps } from '../../deps.ts';
import { mayUseCode } from '../../members-sso.ts';
import { cookie } from '../../middleware/cookies.ts';
import { sessionLife } from '../../middleware/authenticate.ts';
import type { RequestFacts } from '../../route.ts';

/** How members of staff prove themselves: six digits by mail, or the link that was printed. */

const codeLifeMinutes = 10;

/** Makes a code for the member and mails it. Throws what the database and the mail server throw. */
export async function mailStaffCode(deps: ApiDeps, email: string, request: RequestFacts): Promise<void> {
  const member = await findMembership(deps, email);
  if (member === undefined) return;
  const environment = await deps.environments.find(member.environmentId);
  if (environment === undefined) return;
  const code = mintCode();
  const tenant = { environmentId: member.environmentId };
  const id = newId('signin_');
  await withTenant(deps.db, tenant, async (tx) => {
    await insertStaffSignIn(tx, {
      id,
      environmentId: member.environmentId,
      memberId: member.id,
      kind: 'code',
      digest: codeDigest(deps.secrets, code, ...bindingsOf(member)),
      createdAt: request.now,
      expiresAt: new Date(request.now.getTime() + codeLifeMinutes * 60_000),
    });
  });
  await deps.mailer.send({
    environmentId: member.environmentId,
    to: { address: member.email },
    ...staffSignInCode(mailBrand(environment, deps.urls.dashboard), { code, minutes: codeLifeMinutes }),
    messageId: `<${id}@${new URL(deps.urls.dashboard).hostname}>`,
  });
}

/** Uses the code up where it fits; a wrong one counts as a try, five end it. Undefined when nobody is let in. */
export async function takeCode(
  deps: ApiDeps,
  { email, code }: { email: string; code: string },
  request: RequestFacts,
): Promise<StaffCookie | undefined> {
  const member = await findMembership(deps, email);
  if (member === undefined) return undefined;
  const tenant = { environmentId: member.environmentId };
  return withTenant(deps.db, tenant, async (tx) => {
    const taken = await takeStaffCode(tx, tenant, {
      memberId: member.id,
      isCodeOf: (stored) => isCodeOf(stored, deps.secrets, code, ...bindingsOf(member)),
      now: request.now,
    });
    if (taken === 'taken') return beginSession(tx, deps, member, 'code', request);
    await insertAudit(tx, audited(actingAs(member, null, request), inEnvironment(member), refused(taken)));
    return undefined;
  });
}

/** What is set once somebody is in. */
export interface StaffCookie {
  value: string;
}

/** Begins a session of the member, with its audit row. The cookie's value is told once [LNK-08]. */
export async function beginSession(
  tx: Tx,
  deps: ApiDeps,
  member: MemberRow,
  by: 'code' | 'link' | 'sso' | 'switch',
  request: RequestFacts,
  /** The session that this one takes the place of: it lasts no longer, and rests on the same proof. */
  former?: Pick<StaffSessionRow, 'expiresAt' | 'provedBy' | 'provedAt'>,
  /** When the provider ends its own session, where it says so [SAML-15], and whether it was asked to look at them anew. */
  { ends: providerEnds, wasForced }: { ends: Date | null; wasForced: boolean } = {
    ends: null,
    wasForced: true,
  },
): Promise<StaffCookie> {
  const { now } = request;
  const token = mintToken('vb_staff_');
  const usualEnd = new Date(now.getTime() + sessionLife.staff.hardMs);
  const hardEnd = former?.expiresAt ?? usualEnd;
  const expiresAt = providerEnds !== null && providerEnds < hardEnd ? providerEnds : hardEnd;
  const session = await insertStaffSession(tx, {
    id: newId('staff_session_'),
    environmentId: member.environmentId,
    memberId: member.id,
    digest: digestToken(token).toString('hex'),
    createdAt: now,
    idleExpiresAt: new Date(now.getTime() + sessionLife.staff.idleMs),
    expiresAt,
    userAgent: request.userAgent,
    sourceAddress: request.address,
    provedBy: former?.provedBy ?? (by === 'switch' ? 'code' : by),
    provedAt: former === undefined ? (wasForced ? now : null) : former.provedAt,
  });
  await touchMember(tx, { environmentId: member.environmentId }, member.id, now);
  const signedIn = {
    action: 'staff.signed_in' as const,
    target: { type: 'member', id: member.id },
    after: { by },
    personal: { member: member.email },
  };
  await insertAudit(tx, audited(actingAs(member, session.id, request), inEnvironment(member), signedIn));
  return { value: cookie('dashboard', token, deps.urls, { expires: expiresAt }) };
}

/** Who is in several environments gets into the one where they were last, of those that take a code. */
async function findMembership(deps: ApiDeps, email: string): Promise<MemberRow | undefined> {
  const memberships = await lookUpMemberships(deps.db, email);
  const present = memberships.filter(({ removedAt }) => removedAt === null);
  const lastSeen = ({ lastSeenAt }: MemberRow) => lastSeenAt?.getTime() ?? 0;
  for (const member of present.toSorted((a, b) => lastSeen(b) - lastSeen(a))) {
    const tenant = { environmentId: member.environmentId };
    if (await withTenant(deps.db, tenant, (tx) => mayUseCode(tx, deps, member))) return member;
  }
  return undefined;
}

const bindingsOf = ({ id }: MemberRow) => ['staff_sign_in', id];

const inEnvironment = ({ environmentId }: MemberRow) => ({ environmentId, organizationId: null });

const actingAs = (member: MemberRow, sessionId: string | null, request: RequestFacts) => ({
  actor: { type: 'staff' as const, id: member.id },
  sessionId,
  request,
});

const refused = (why: string) => ({ action: 'staff.sign_in_refused' as const, after: { why } });
