import * as membersContract from '../../../api/contract/dashboard-members.ts';
import * as ssoContract from '../../../api/contract/dashboard-members-sso.ts';
import * as dashboard from '../../../api/contract/dashboard.ts';
import { fakeMembers } from '../fake-members.ts';
import { allowed, fakeMembersSso } from '../fake-members-sso.ts';
import { api, noContent, ok, problemOf, type FakeAnswer, type FakeRoutes, type FakeWorld } from './routes.ts';

/** Signing in to the dashboard, and who may. */
export function answerMembers(
  { get, on, take }: FakeRoutes,
  { data, now, role, isEmpty, at }: FakeWorld,
): { sso: ReturnType<typeof fakeMembersSso> } {
  const members = fakeMembers(now, role);
  const sso = fakeMembersSso(isEmpty);

  get(`${api}/session`, dashboard.staffSession, () => data.session);
  take('POST', `${api}/sign-in/code`, dashboard.signInCodeBody, () => noContent);
  take('POST', `${api}/sign-in/ways`, ssoContract.waysBody, () => ok(ssoContract.ways, sso.ways));
  take('POST', `${api}/sign-in/sso`, ssoContract.startSsoBody, () =>
    ok(ssoContract.startedSso, { url: 'https://api.vendor.example/sso/authorize' }),
  );
  get(`${api}/members-sso`, ssoContract.membersSso, () => sso.shown);
  take('PUT', `${api}/members-sso`, ssoContract.membersSsoBody, (body) => {
    sso.shown = allowed(sso, body.rule);
    return ok(ssoContract.membersSso, sso.shown);
  });
  take('POST', `${api}/sign-in`, dashboard.signInBody, (body) => {
    return body.code === '123456' ? noContent : problemOf(422, 'code_wrong', { code: 'code_wrong' });
  });
  on('POST', `${api}/sign-out`, () => noContent);

  get(`${api}/members`, membersContract.memberList, () => ({ members }));
  take('POST', `${api}/members`, membersContract.newMemberBody, ({ email, role: given, name }) => {
    const person = { id: `member_${members.length}`, email, name: name ?? null, role: given };
    const added = { ...person, invitedAt: at(), lastSeenAt: null, isYou: false, sessions: [] };
    members.push(added);
    return ok(membersContract.newMember, { ...added, isMailed: !email.includes('bounce') }, 201);
  });
  const withMember = (id: string | undefined, act: (member: (typeof members)[number]) => FakeAnswer) => {
    const found = members.find((member) => member.id === id);
    return found === undefined ? problemOf(404, 'not_found') : act(found);
  };
  take('PATCH', `${api}/members/:id`, membersContract.memberChanges, (body, { id }) =>
    withMember(id, (member) => {
      Object.assign(member, body);
      return ok(membersContract.memberView, member);
    }),
  );
  on('POST', `${api}/members/:id/invite`, ({ id }) =>
    withMember(id, (member) => ok(membersContract.newMember, { ...member, isMailed: true })),
  );
  on('POST', `${api}/members/:id/remove`, ({ id }) =>
    withMember(id, (member) => {
      members.splice(members.indexOf(member), 1);
      return noContent;
    }),
  );
  take('POST', `${api}/members/:id/end-sessions`, membersContract.endSessionsBody, ({ sessionId }, { id }) =>
    withMember(id, (member) => {
      const isKept = (session: { id: string; isThisOne: boolean }) =>
        sessionId === undefined ? session.isThisOne : session.id !== sessionId;
      member.sessions = member.sessions?.filter(isKept) ?? null;
      return ok(membersContract.memberView, member);
    }),
  );
  return { sso };
}
