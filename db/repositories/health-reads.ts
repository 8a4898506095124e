/** What the look at the health of everything live reads, of all tenants: a fixed number of statements. Needs `withSystem`. */
import { sql } from 'kysely';
import type { SignInCause } from '../../onboarding/sign-in-causes.ts';
import type { Tx } from '../database.ts';
import type { ConnectionRow } from '../tables/connections.ts';
import type { OrganizationDomainRow } from '../tables/organization-domains.ts';

export interface SignInToJudge {
  environmentId: string;
  organizationId: string;
  connectionId: string;
  at: Date;
  worked: boolean;
  cause: SignInCause | null;
  isTest: boolean;
  browser: string | null;
}

/**
 * The newest sign-ins of live connections where one has failed lately, and of those that are watched, newest first. Of
 * failures only those with these causes; of tests only those of the settings in use, and none that failed.
 */
export async function listSignInsToJudge(
  tx: Tx,
  of: {
    causes: readonly SignInCause[];
    watched: readonly string[];
    failedAfter: Date;
    after: Date;
    newest: number;
  },
): Promise<SignInToJudge[]> {
  const { causes, watched, failedAfter, after, newest } = of;
  const { rows } = await sql<SignInToJudge>`
    select connections.environment_id, connections.organization_id, connections.id as connection_id,
      lately.at, lately.worked, lately.cause, lately.is_test, lately.browser
    from connections
    join organizations on organizations.id = connections.organization_id and organizations.deleted_at is null
    cross join lateral (
      select started_at as at, state = 'success' as worked, cause, origin = 'test' as is_test,
        binding_digest as browser, id
      from attempts
      where connection_id = connections.id and started_at > ${after} and revision_id is null
        and (state = 'success' or (state = 'failed' and origin <> 'test' and cause = any(${causes}::text[])))
      order by started_at desc, id desc limit ${newest}
    ) as lately
    where connections.state = 'active' and connections.deleted_at is null
      and connections.id = any(array(
        select distinct connection_id from attempts
        where state = 'failed' and started_at > ${failedAfter} and origin <> 'test' and cause = any(${causes}::text[])
        union select unnest(${watched}::text[])
      ))
    order by connections.id, lately.at desc, lately.id desc
  `.execute(tx);
  return rows;
}

/** Live connections whose metadata URL fails. */
export async function listFailingMetadata(
  tx: Tx,
): Promise<
  Pick<
    ConnectionRow,
    'id' | 'environmentId' | 'organizationId' | 'metadataFailingSince' | 'metadataFailingCode'
  >[]
> {
  return tx
    .selectFrom('connections')
    .innerJoin('organizations', 'organizations.id', 'connections.organizationId')
    .select([
      'connections.id',
      'connections.environmentId',
      'connections.organizationId',
      'connections.metadataFailingSince',
      'connections.metadataFailingCode',
    ])
    .where('connections.metadataFailingSince', 'is not', null)
    .where('connections.state', '=', 'active')
    .where('connections.deletedAt', 'is', null)
    .where('organizations.deletedAt', 'is', null)
    .execute();
}

/** Domains whose record has vanished, and those that are watched, whatever has become of them. */
export async function listDomainsToJudge(
  tx: Tx,
  watched: readonly string[],
): Promise<
  Pick<
    OrganizationDomainRow,
    'id' | 'environmentId' | 'organizationId' | 'state' | 'failedReason' | 'missingSince'
  >[]
> {
  return tx
    .selectFrom('organizationDomains')
    .innerJoin('organizations', 'organizations.id', 'organizationDomains.organizationId')
    .select([
      'organizationDomains.id',
      'organizationDomains.environmentId',
      'organizationDomains.organizationId',
      'organizationDomains.state',
      'organizationDomains.failedReason',
      'organizationDomains.missingSince',
    ])
    .where((eb) =>
      eb.or([
        eb('organizationDomains.state', '=', 'lapsed'),
        sql<boolean>`organization_domains.id = any(${watched}::text[])`,
      ]),
    )
    .where('organizations.deletedAt', 'is', null)
    .execute();
}
