import type { z } from 'zod';
import { parseEmail } from '../../../adapters/email-address.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  endSessionsOf,
  findMember,
  insertAudit,
  insertMember,
  listMembers,
  listStaffSessions,
  lockMember,
  updateMember,
  type MemberRow,
  type StaffSessionRow,
  type Tx,
} from '../../../db/index.ts';
import type { AuditAction } from '../../../onboarding/audit-actions.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import {
  endSessionsBody,
  memberChanges,
  memberList,
  memberView,
  newMember,
  newMemberBody,
} from '../../contract/dashboard-members.ts';
import { route, type Callers, type RequestFacts } from '../../route.ts';
import { inviteByMail } from './staff-invitations.ts';

/**
 * S18: the vendor's own people, their roles and their sessions. What is taken away is gone at the next request, because
 * every request looks its member and session up. An environment always keeps an admin.
 */

const list = route({
  method: 'GET',
  path: '/dashboard/api/members',
  who: 'staff',
  role: 'viewer',
  summary: 'Members, with the sessions that the reader may see',
  answers: { 200: memberList },
  handler: ({ caller, read, request }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const [members, sessions] = [
        await listMembers(tx, tenant),
        await listStaffSessions(tx, tenant, request.now),
      ];
      return ok({ members: members.map((member) => viewOf(member, sessions, caller)) });
    }),
});

const invite = route({
  method: 'POST',
  path: '/dashboard/api/members',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Adds a member and mails them where to sign in',
  body: newMemberBody,
  answers: { 201: newMember },
  handler: async ({ deps, caller, body, commit, request }) => {
    await deps.limits.spend('codes_per_recipient', body.email.toLowerCase());
    return commit(async (tx) => {
      const member = await insertMember(tx, {
        id: newId('member_'),
        environmentId: caller.environment.id,
        email: parseEmail(body.email),
        name: body.name === undefined || body.name === '' ? null : body.name,
        role: body.role,
        createdAt: request.now,
      });
      await note(tx, { caller, request }, 'member.invited', member, { after: { role: member.role } });
      const view = viewOf(member, [], caller);
      return {
        ...created({ ...view, isMailed: false }),
        // A mail server that is away must not undo what was decided: the page offers to send it again.
        afterCommit: async () =>
          created({ ...view, isMailed: await inviteByMail(deps, caller, member, request) }),
      };
    });
  },
});

const inviteAgain = route({
  method: 'POST',
  path: '/dashboard/api/members/:id/invite',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Mails a member once more where to sign in',
  answers: { 200: newMember },
  handler: async ({ deps, caller, params, read, request }) => {
    const tenant = { environmentId: caller.environment.id };
    const member = await read((tx) => findMember(tx, tenant, params.id));
    if (member === undefined) throw noSuchMember();
    await deps.limits.spend('codes_per_recipient', member.email.toLowerCase());
    const isMailed = await inviteByMail(deps, caller, member, request);
    const after = { mailed: isMailed };
    await read((tx) => note(tx, { caller, request }, 'member.invited_again', member, { after }));
    return ok({ ...viewOf(member, [], caller), isMailed });
  },
});

const change = route({
  method: 'PATCH',
  path: '/dashboard/api/members/:id',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Gives a member another role, at once',
  body: memberChanges,
  answers: { 200: memberView },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const { member, isLastAdmin } = await held(tx, tenant, params.id);
      if (isLastAdmin && body.role !== 'admin') throw new OnboardingError('last_admin');
      const after = await updateMember(tx, tenant, member.id, { role: body.role });
      await note(tx, { caller, request }, 'member.role_changed', member, {
        before: { role: member.role },
        after: { role: after.role },
      });
      return ok(viewOf(after, await listStaffSessions(tx, tenant, request.now), caller));
    }),
});

const remove = route({
  method: 'POST',
  path: '/dashboard/api/members/:id/remove',
  who: 'staff',
  role: 'viewer',
  isGrave: true,
  summary: 'Takes a member away, with all sessions; everybody may leave',
  answers: { 204: 'removed' },
  handler: ({ caller, params, commit, request }) =>
    commit(async (tx) => {
      refuseForOthers(caller, params.id);
      const tenant = { environmentId: caller.environment.id };
      const { member, isLastAdmin } = await held(tx, tenant, params.id);
      if (isLastAdmin) throw new OnboardingError('last_admin');
      await updateMember(tx, tenant, member.id, { removedAt: request.now });
      await endSessionsOf(tx, tenant, { memberId: member.id, now: request.now });
      await note(tx, { caller, request }, 'member.removed', member, { before: { role: member.role } });
      return noContent();
    }),
});

const endSessions = route({
  method: 'POST',
  path: '/dashboard/api/members/:id/end-sessions',
  who: 'staff',
  role: 'viewer',
  summary: 'Ends one session of a member, or all but the one that asks',
  body: endSessionsBody,
  answers: { 200: memberView },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      refuseForOthers(caller, params.id);
      const tenant = { environmentId: caller.environment.id };
      const member = await findMember(tx, tenant, params.id);
      if (member === undefined) throw noSuchMember();
      const { sessionId } = body;
      const except = sessionId === undefined ? caller.session.id : undefined;
      const ended = await endSessionsOf(tx, tenant, {
        memberId: member.id,
        sessionId,
        except,
        now: request.now,
      });
      await note(tx, { caller, request }, 'member.sessions_ended', member, { after: { ended } });
      return ok(viewOf(member, await listStaffSessions(tx, tenant, request.now), caller));
    }),
});

export const memberRoutes = [list, invite, inviteAgain, change, remove, endSessions];

type By = { caller: Callers['staff']; request: RequestFacts };

const noSuchMember = () => new OnboardingError('not_found', { kind: 'member' });

async function held(tx: Tx, tenant: { environmentId: string }, memberId: string) {
  const locked = await lockMember(tx, tenant, memberId);
  if (locked === undefined) throw noSuchMember();
  return locked;
}

/** What concerns oneself needs no role; what concerns others is an admin's. */
function refuseForOthers({ member }: Callers['staff'], memberId: string): void {
  if (member.role !== 'admin' && member.id !== memberId)
    throw new OnboardingError('forbidden', { role: 'admin' });
}

async function note(
  tx: Tx,
  { caller, request }: By,
  action: AuditAction,
  member: MemberRow,
  change: { before?: object; after?: object },
): Promise<void> {
  const whose = { environmentId: member.environmentId, organizationId: null };
  const target = { type: 'member', id: member.id };
  const what = { action, target, ...change, personal: { member: member.email } };
  await insertAudit(tx, audited(acting(caller, request), whose, what));
}

function viewOf(
  member: MemberRow,
  sessions: readonly StaffSessionRow[],
  { member: reader, session }: Callers['staff'],
): z.infer<typeof memberView> {
  const isSeen = reader.role === 'admin' || reader.id === member.id;
  const own = sessions.filter(({ memberId }) => memberId === member.id);
  return {
    id: member.id,
    email: member.email,
    name: member.name,
    role: member.role,
    invitedAt: member.createdAt.toISOString(),
    lastSeenAt: member.lastSeenAt?.toISOString() ?? null,
    isYou: member.id === reader.id,
    sessions: isSeen
      ? own.map((row) => ({
          id: row.id,
          startedAt: row.createdAt.toISOString(),
          lastSeenAt: row.lastSeenAt.toISOString(),
          userAgent: row.userAgent,
          address: row.sourceAddress,
          isThisOne: row.id === session.id,
          provedBy: row.provedBy,
        }))
      : null,
  };
}
