import {
  findOrganization,
  getEnvironment,
  insertAudit,
  listConnectionsOf,
  lockEnvironment,
  setMembersSso,
  type EnvironmentRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { membersSso, membersSsoBody, type MembersSso } from '../../contract/dashboard-members-sso.ts';
import type { ApiDeps } from '../../deps.ts';
import { candidateFor, countingConnections, differs } from '../../members-sso.ts';
import { route, type Callers } from '../../route.ts';
import { domainOf } from '../../sign-in/domain-policy.ts';

/**
 * S18: whether members sign in by single sign-on. An admin vouches for the organization that holds their own domain, as
 * it is set up on that day.
 */

const get = route({
  method: 'GET',
  path: '/dashboard/api/members-sso',
  who: 'staff',
  role: 'viewer',
  summary: 'Whether members sign in by single sign-on, and through what',
  answers: { 200: membersSso },
  handler: ({ deps, caller, read }) =>
    read(async (tx) => ok(await viewOf(tx, deps, await getEnvironment(tx, caller.environment.id), caller))),
});

const put = route({
  method: 'PUT',
  path: '/dashboard/api/members-sso',
  who: 'staff',
  role: 'admin',
  isGrave: true,
  summary: 'Decides whether members sign in by single sign-on, and vouches for what they sign in through',
  body: membersSsoBody,
  answers: { 200: membersSso },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const before = await lockEnvironment(tx, caller.environment.id);
      const next =
        body.rule === 'off' ? leave : await vouch(tx, deps, before, caller, { ...body, rule: body.rule });
      await setMembersSso(tx, before.id, next, request.now);
      const whose = { environmentId: before.id, organizationId: null };
      await insertAudit(
        tx,
        audited(acting(caller, request), whose, {
          action: 'member.sso_changed',
          target: { type: 'environment', id: before.id },
          before: { rule: before.membersSso, trust: before.membersTrust },
          after: next,
        }),
      );
      return ok(await viewOf(tx, deps, await getEnvironment(tx, before.id), caller));
    }),
});

export const membersSsoRoutes = [get, put];

const leave = { rule: 'off', trust: null } as const;

/** Throws `sso_not_ready`, `settings_changed` when it is no more as it was shown, and `sso_untried`. */
async function vouch(
  tx: Tx,
  deps: ApiDeps,
  { id, membersSso: before }: EnvironmentRow,
  { member, session }: Callers['staff'],
  { rule, mark }: { rule: 'optional' | 'required'; mark?: string | undefined },
) {
  const candidate = await candidateFor(tx, deps, id, member.email);
  if (candidate === undefined || candidate.connections.length === 0)
    throw new OnboardingError('sso_not_ready');
  if (candidate.mark !== mark) throw new OnboardingError('settings_changed', { fields: ['mark'] });
  // Nobody locks everybody out by a road that nobody has gone.
  if (rule === 'required' && before !== 'required' && session.provedBy !== 'sso') {
    throw new OnboardingError('sso_untried');
  }
  return { rule, trust: candidate.trust };
}

async function viewOf(
  tx: Tx,
  deps: ApiDeps,
  environment: EnvironmentRow,
  { member, session }: Callers['staff'],
): Promise<MembersSso> {
  const { id, membersSso: rule, membersTrust: trust } = environment;
  const candidate = await candidateFor(tx, deps, id, member.email);
  return {
    rule,
    current: trust && (await currentOf(tx, deps, environment, trust.organizationId)),
    yourDomain: domainOf(member.email),
    candidate: candidate
      ? {
          organization: nameOf(candidate.organization),
          domains: [...candidate.trust.domains],
          connections: candidate.connections.map(nameOf),
          mark: candidate.mark,
        }
      : null,
    differs: trust !== null && differs(trust, candidate),
    mayRequire: rule === 'required' || session.provedBy === 'sso',
  };
}

async function currentOf(tx: Tx, deps: ApiDeps, environment: EnvironmentRow, organizationId: string) {
  const { id: environmentId, membersTrust: trust } = environment;
  const tenant = { environmentId };
  const organization = await findOrganization(tx, tenant, organizationId);
  const counting = (await countingConnections(tx, deps, environment)).map(({ id }) => id);
  const connections = await listConnectionsOf(tx, tenant, [organizationId]);
  const vouched = (trust?.connections ?? []).map(({ id }) => connections.find((one) => one.id === id));
  return {
    organization: organization ? nameOf(organization) : null,
    domains: [...(trust?.domains ?? [])],
    connections: vouched
      .filter((connection) => connection !== undefined)
      .map((connection) => ({
        ...nameOf(connection),
        state: counting.includes(connection.id)
          ? ('counts' as const)
          : connection.state === 'active'
            ? ('changed' as const)
            : ('away' as const),
      })),
  };
}

const nameOf = ({ id, name }: { id: string; name: string }) => ({ id, name });
