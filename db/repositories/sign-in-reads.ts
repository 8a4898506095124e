/** What the steps of a sign-in read, one statement a step: an answer is judged by all of it together. */
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { listColumns, rowUnder } from '../row-columns.ts';
import { attemptColumns, type AttemptRow } from '../tables/attempts.ts';
import { connectionColumns, type ConnectionRow } from '../tables/connections.ts';
import type { EnvironmentRow } from '../tables/environments.ts';
import type { IdpCertificateRow } from '../tables/idp-certificates.ts';
import type { OrganizationRow } from '../tables/organizations.ts';
import type { Tenant } from '../tenant.ts';
import { requestLifeMs } from './attempts.ts';

type OfOrganization = Tenant & { organizationId: string };

export interface AnsweredConnection {
  readonly connection: ConnectionRow;
  /** The attempt that the answer names, whatever became of it. */
  readonly attempt: AttemptRow | undefined;
}

export type TrustedCertificate = Pick<IdpCertificateRow, 'pem' | 'fingerprint' | 'lastUsedAt'>;

const ofConnection = `connection.id = :connectionId and connection.environment_id = :environmentId
    and connection.organization_id = :organizationId and connection.deleted_at is null`;
const rows = `${listColumns('connection', connectionColumns)}, ${listColumns('attempt', attemptColumns)}`;

function answeredConnection(found: Record<string, unknown> | undefined): AnsweredConnection | undefined {
  const connection = found && rowUnder<ConnectionRow>('connection', connectionColumns, found);
  return connection && { connection, attempt: rowUnder<AttemptRow>('attempt', attemptColumns, found) };
}

const findPosted = fixedStatement<Record<string, unknown>>(`
  select ${rows}, trusted.pems, trusted.fingerprints, trusted.uses
  from connections as connection
  left join lateral (
    select * from attempts where connection_id = connection.id and request_id = :requestId
    union all
    select * from attempts where connection_id = connection.id and relay_state_digest = :relayStateDigest
    limit 1
  ) as attempt on true
  cross join lateral (
    select array_agg(pem order by not_after desc, id) as pems,
      array_agg(fingerprint order by not_after desc, id) as fingerprints,
      array_agg(last_used_at order by not_after desc, id) as uses
    from idp_certificates where connection_id = connection.id and retired_at is null
  ) as trusted
  where ${ofConnection}
`);

/**
 * A living connection with the attempt that a posted answer names, by its request or else by RelayState, and the keys
 * that answers are verified with, the longest lasting first.
 */
export async function findPostedAnswer(
  tx: Tx,
  tenant: OfOrganization,
  posted: { connectionId: string; requestId: string | null; relayStateDigest: string | null },
): Promise<(AnsweredConnection & { readonly certificates: readonly TrustedCertificate[] }) | undefined> {
  const { environmentId, organizationId } = tenant;
  const [found] = await findPosted(tx, { ...posted, environmentId, organizationId });
  const answered = answeredConnection(found);
  if (answered === undefined) return undefined;
  const { pems, fingerprints, uses } = found as {
    pems: string[] | null;
    fingerprints: string[];
    uses: (Date | null)[];
  };
  const certificates = (pems ?? []).map((pem, index) => ({
    pem,
    fingerprint: fingerprints[index] ?? '',
    lastUsedAt: uses[index] ?? null,
  }));
  return { ...answered, certificates };
}

const takeCalledBack = fixedStatement<Record<string, unknown>>(`
  with spent as (
    update attempts set consumed_at = :now, pending_outcome = null
    where connection_id = :connectionId and environment_id = :environmentId and organization_id = :organizationId
      and request_id = any(:requestIds::text[]) and protocol = 'oidc' and consumed_at is null
      and state in ('in_progress', 'timed_out') and started_at > :begunAfter and binding_digest = :bindingDigest
    returning id
  )
  select ${rows}, exists (select from spent) as "isSpent"
  from connections as connection
  left join lateral (
    select * from attempts
    where connection_id = connection.id and request_id = any(:requestIds::text[]) and protocol = 'oidc'
    limit 1
  ) as attempt on true
  where ${ofConnection}
`);

/**
 * A living connection with the attempt of OpenID Connect that one of the requests belongs to, as it was found, and
 * whether this very call has spent the request [OIDC-02]: of any number of simultaneous answers one does. Not spent is
 * nobody's verdict yet: `consumeRequest` says what stands in the way.
 */
export async function takeCalledBackAttempt(
  tx: Tx,
  { environmentId, organizationId }: OfOrganization,
  named: { connectionId: string; requestIds: readonly string[]; bindingDigest: string | null; now: Date },
): Promise<(AnsweredConnection & { readonly isSpent: boolean }) | undefined> {
  const begunAfter = new Date(named.now.getTime() - requestLifeMs);
  const [found] = await takeCalledBack(tx, { ...named, environmentId, organizationId, begunAfter });
  const answered = answeredConnection(found);
  return answered && { ...answered, isSpent: found?.isSpent === true };
}

/** What decides whose addresses may sign in to an organization, and what is read of people. */
export type SignInRules = Pick<EnvironmentRow, 'domainPolicy' | 'customAttributes'> &
  Pick<OrganizationRow, 'allowProfilesOutsideOrganization'> & {
    readonly verifiedDomains: readonly string[];
    /** Proved once, with a record that has gone since: they still count for a time [DOM-06]. */
    readonly lapsedDomains: readonly string[];
  };

export interface EndingAttempt {
  readonly connection: ConnectionRow;
  readonly attempt: AttemptRow;
  readonly rules: SignInRules;
}

const findEnding = fixedStatement<Record<string, unknown>>(`
  select ${rows}, environments.domain_policy as "domainPolicy",
    environments.custom_attributes as "customAttributes",
    organizations.allow_profiles_outside_organization as "allowProfilesOutsideOrganization",
    array(
      select domain from organization_domains
      where organization_id = organizations.id and environment_id = environments.id and state = 'verified'
      order by domain
    ) as "verifiedDomains",
    array(
      select domain from organization_domains
      where organization_id = organizations.id and environment_id = environments.id and state <> 'verified'
        and works_until > :now
      order by domain
    ) as "lapsedDomains"
  from attempts as attempt
  join connections as connection on connection.id = attempt.connection_id
  join organizations on organizations.id = attempt.organization_id
  join environments on environments.id = attempt.environment_id
  where attempt.id = :attemptId and ${ofConnection}
`);

/** An attempt of a living connection, with the rules that its end is judged by. */
export async function findEndingAttempt(
  tx: Tx,
  tenant: OfOrganization,
  of: { connectionId: string; attemptId: string; now: Date },
): Promise<EndingAttempt | undefined> {
  const { environmentId, organizationId } = tenant;
  const [found] = await findEnding(tx, { ...of, environmentId, organizationId });
  const { connection, attempt } = answeredConnection(found) ?? {};
  if (found === undefined || connection === undefined || attempt === undefined) return undefined;
  const { domainPolicy, customAttributes, allowProfilesOutsideOrganization } =
    found as unknown as SignInRules;
  const { verifiedDomains, lapsedDomains } = found as unknown as SignInRules;
  return {
    connection,
    attempt,
    rules: {
      domainPolicy,
      customAttributes,
      allowProfilesOutsideOrganization,
      verifiedDomains,
      lapsedDomains,
    },
  };
}
