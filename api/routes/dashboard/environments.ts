import {
  endStaffSession,
  insertAudit,
  lookUpMemberships,
  withTenant,
  type MemberRow,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import { environmentList, newEnvironment, newEnvironmentBody } from '../../contract/dashboard-environment.ts';
import type { ApiDeps } from '../../deps.ts';
import { mayUseCode } from '../../members-sso.ts';
import { makeEnvironmentBeside } from '../../new-environment.ts';
import { route, type Callers } from '../../route.ts';
import { beginSession } from './staff-codes.ts';

/**
 * The environments of one person: an e-mail address may be a member of several. Who has proved the address itself may go
 * from one to the other; who was let in by single sign-on has the word of this environment only, and stays in it.
 */

const list = route({
  method: 'GET',
  path: '/dashboard/api/environments',
  who: 'staff',
  role: 'viewer',
  summary: 'The environments that the member may go to',
  answers: { 200: environmentList },
  handler: async ({ deps, caller }) => {
    const members = [caller.member, ...(await otherMembershipsOf(deps, caller))];
    const found = await Promise.all(
      members.map(({ environmentId }) => deps.environments.find(environmentId)),
    );
    const environments = found
      .filter((environment) => environment !== undefined)
      .map(({ id, name, vendorName, kind }) => ({
        id,
        name,
        vendorName,
        kind,
        isThisOne: id === caller.environment.id,
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.id.localeCompare(b.id, 'en'));
    return ok({ environments, mayLeave: mayLeave(caller) });
  },
});

const create = route({
  method: 'POST',
  path: '/dashboard/api/environments',
  who: 'staff',
  role: 'admin',
  summary: 'Makes an environment beside this one; its first key is in this answer only',
  body: newEnvironmentBody,
  answers: { 201: newEnvironment },
  handler: async ({ deps, caller, body, commit, request }) => {
    refuseBorrowedWord(caller);
    await deps.limits.spend('environments_made', caller.member.email.toLowerCase());
    return commit(async (tx) => {
      const wanted = { ...body, admin: caller.member.email };
      const { environment, secret } = await makeEnvironmentBeside(
        deps,
        caller.environment,
        wanted,
        request.now,
      );
      const { id, name, handle, clientId, kind } = environment;
      const whose = { environmentId: caller.environment.id, organizationId: null };
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, {
          action: 'environment.made_beside',
          target: { type: 'environment', id },
          after: { name, kind },
        }),
      );
      return { ...created({ id, name, handle, clientId, secret }), holdsSecret: true };
    });
  },
});

const enter = route({
  method: 'POST',
  path: '/dashboard/api/environments/:id/enter',
  who: 'staff',
  role: 'viewer',
  summary: 'Ends the session here and begins one there, for no longer than this one would have lasted',
  answers: { 204: 'the cookie is of the other environment' },
  handler: async ({ deps, caller, params, request }) => {
    refuseBorrowedWord(caller);
    const others = await otherMembershipsOf(deps, caller);
    const member = others.find(({ environmentId }) => environmentId === params.id);
    if (member === undefined) throw new OnboardingError('not_found', { kind: 'environment' });
    const { session } = caller;
    const entered = await withTenant(deps.db, { environmentId: member.environmentId }, async (tx) => {
      if (!(await mayUseCode(tx, deps, member))) throw new OnboardingError('sso_needed');
      return beginSession(tx, deps, member, 'switch', request, session);
    });
    const whose = { environmentId: caller.environment.id, organizationId: null };
    await withTenant(deps.db, whose, async (tx) => {
      await endStaffSession(tx, whose, session.id, request.now);
      await insertAudit(tx, audited(acting(caller, request), whose, { action: 'staff.went_elsewhere' }));
    });
    return { ...noContent(), cookies: [entered.value] };
  },
});

export const environmentsRoutes = [list, create, enter];

const mayLeave = ({ session }: Callers['staff']) => session.provedBy !== 'sso';

function refuseBorrowedWord(caller: Callers['staff']): void {
  if (!mayLeave(caller)) throw new OnboardingError('proof_needed');
}

async function otherMembershipsOf({ db }: ApiDeps, caller: Callers['staff']): Promise<MemberRow[]> {
  if (!mayLeave(caller)) return [];
  const memberships = await lookUpMemberships(db, caller.member.email);
  return memberships.filter(
    ({ removedAt, environmentId }) => removedAt === null && environmentId !== caller.environment.id,
  );
}
