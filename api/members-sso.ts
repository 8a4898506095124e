import { createHash } from 'node:crypto';
import {
  findOrganization,
  findVerifiedHolder,
  getEnvironment,
  listCertificates,
  listConnectionsOf,
  listDomainsOf,
  listMembers,
  type ConnectionRow,
  type EnvironmentRow,
  type IdpCertificateRow,
  type MemberRow,
  type OrganizationRow,
  type Tx,
} from '../db/index.ts';
import {
  isAsVouched,
  isKeyAsVouched,
  type MembersTrust,
  type VouchedConnection,
} from '../onboarding/members-trust.ts';
import type { ApiDeps, ApiUrls } from './deps.ts';
import { domainOf } from './sign-in/domain-policy.ts';
import { isUsable } from './sign-in/usable-connection.ts';

/** Members who sign in by single sign-on: through the vendor's own organization, as an admin has vouched for it. */

/** Where the sign-in of a member leads back to: no app's address, and one for each environment. */
export const membersCallbackUrl = (urls: ApiUrls, environmentId: string) =>
  `${urls.dashboard}/dashboard/sign-in/sso/${environmentId}`;

/** What can be vouched for: an organization, its verified domains, and its connections that are live. */
export interface Candidate {
  readonly organization: OrganizationRow;
  readonly connections: readonly ConnectionRow[];
  readonly keys: readonly IdpCertificateRow[];
  readonly trust: MembersTrust;
  /** Stands for all of it: who saves says by it what they have seen. */
  readonly mark: string;
}

/** The organization that holds the domain of this address, as it is now; undefined when none does. */
export async function candidateFor(
  tx: Tx,
  deps: Pick<ApiDeps, 'environments' | 'urls'>,
  environmentId: string,
  email: string,
): Promise<Candidate | undefined> {
  const holder = await findVerifiedHolder(tx, environmentId, domainOf(email));
  const tenant = { environmentId };
  const organization = holder && (await findOrganization(tx, tenant, holder.organizationId));
  if (organization === undefined) return undefined;
  const domains = await listDomainsOf(tx, tenant, [organization.id]);
  const connections: ConnectionRow[] = [];
  const trusted: IdpCertificateRow[] = [];
  const vouched: VouchedConnection[] = [];
  for (const connection of await listConnectionsOf(tx, tenant, [organization.id])) {
    if (!(await isUsable(deps, connection, 'app'))) continue;
    connections.push(connection);
    const keys = await listCertificates(tx, tenant, connection.id);
    trusted.push(...keys);
    const certificates = keys.map(({ fingerprint }) => fingerprint).toSorted();
    const { id, settingsRevision } = connection;
    vouched.push({ id, settingsRevision, certificates });
  }
  const trust = {
    organizationId: organization.id,
    domains: domains
      .filter(({ state }) => state === 'verified')
      .map(({ domain }) => domain)
      .toSorted(),
    connections: vouched,
  };
  const mark = createHash('sha256').update(JSON.stringify(trust)).digest('base64url');
  return { organization, connections, keys: trusted, trust, mark };
}

/** Whether there is something to look at again. Keys that the provider's metadata address brought are not. */
export function differs(trust: MembersTrust, candidate: Candidate | undefined): boolean {
  if (candidate?.trust.organizationId !== trust.organizationId) return true;
  const { connections, keys } = candidate;
  return (
    candidate.trust.domains.join(' ') !== trust.domains.join(' ') ||
    connections.length !== trust.connections.length ||
    connections.some((connection) => !isAsVouched(trust, connection)) ||
    keys.some((key) => !isKeyAsVouched(trust, { id: key.connectionId }, key))
  );
}

/** The connections that members may sign in through now: live, and as an admin has seen them. */
export async function countingConnections(
  tx: Tx,
  deps: Pick<ApiDeps, 'environments' | 'urls'>,
  { id: environmentId, membersTrust: trust }: EnvironmentRow,
): Promise<ConnectionRow[]> {
  if (trust === null) return [];
  const counting: ConnectionRow[] = [];
  for (const connection of await listConnectionsOf(tx, { environmentId }, [trust.organizationId])) {
    if (isAsVouched(trust, connection) && (await isUsable(deps, connection, 'app')))
      counting.push(connection);
  }
  return counting;
}

/**
 * Whether a six-digit code lets this member in. Where single sign-on is required it does so for the last admin, and for
 * every admin while no connection counts: somebody must be able to put it right.
 */
export async function mayUseCode(
  tx: Tx,
  deps: Pick<ApiDeps, 'environments' | 'urls'>,
  member: MemberRow,
): Promise<boolean> {
  const { environmentId } = member;
  const environment = await getEnvironment(tx, environmentId);
  if (environment.membersSso !== 'required') return true;
  if (member.role !== 'admin') return false;
  const admins = (await listMembers(tx, { environmentId })).filter(({ role }) => role === 'admin');
  return admins.length === 1 || (await countingConnections(tx, deps, environment)).length === 0;
}
