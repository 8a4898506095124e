/**
 * What the dashboard shows beside the rows of its lists and pages. Each function is one statement, whatever the number
 * of rows it is asked about.
 */
import { sql } from 'kysely';
import type { OnboardingView } from '../../onboarding/view.ts';
import type { Tx } from '../database.ts';
import type { ConnectionRow } from '../tables/connections.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { EventRow } from '../tables/events.ts';
import type { IdpCertificateRow } from '../tables/idp-certificates.ts';
import type { ItContactRow } from '../tables/it-contacts.ts';
import type { LinkRow } from '../tables/links.ts';
import type { OrganizationDomainRow } from '../tables/organization-domains.ts';
import type { TroubleRow } from '../tables/troubles.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';

export interface OrganizationFacts {
  organizationId: string;
  /** Oldest first; `verdict` is the kind of what the last look has found. */
  domains: {
    domain: string;
    state: OrganizationDomainRow['state'];
    verdict: string | null;
    reason: string | null;
  }[];
  /** The newest one, open or ended. */
  onboarding: { id: string; view: OnboardingView } | null;
  connectionStates: ConnectionRow['state'][];
  directoryStates: DirectoryRow['state'][];
  /** Whether each log stream was started. */
  streamsStarted: boolean[];
  /** What needs repair. */
  troubles: TroubleRow['kind'][];
  lastSignInAt: Date | null;
  /** What ends first: a certificate that sign-ins depend on, or the link that set-up depends on. */
  endsSoonest: Date | null;
}

export async function listOrganizationFacts(
  tx: Tx,
  tenant: Tenant,
  organizationIds: readonly string[],
): Promise<Map<string, OrganizationFacts>> {
  const { rows } = await sql<OrganizationFacts>`
    select organizations.id as organization_id,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'domain', domain, 'state', state, 'verdict', last_verdict ->> 'kind',
          'reason', failed_reason) order by created_at, id), '[]')
        from organization_domains where organization_id = organizations.id) as domains,
      (select jsonb_build_object('id', id, 'view', view) from onboardings
        where organization_id = organizations.id order by number desc limit 1) as onboarding,
      array(select state from connections
        where organization_id = organizations.id and deleted_at is null) as connection_states,
      array(select state from directories
        where organization_id = organizations.id and deleted_at is null) as directory_states,
      array(select started_at is not null from log_streams
        where organization_id = organizations.id and deleted_at is null) as streams_started,
      array(select kind from troubles
        where organization_id = organizations.id and ended_at is null) as troubles,
      (select max(newest.created_at) from connections cross join lateral (
          select created_at from sign_ins
          where connection_id = connections.id and not is_test order by created_at desc limit 1
        ) as newest
        where connections.organization_id = organizations.id) as last_sign_in_at,
      least(
        (select min(idp_certificates.not_after) from idp_certificates
          join connections on connections.id = idp_certificates.connection_id
          where connections.organization_id = organizations.id and connections.state = 'active'
            and connections.deleted_at is null and idp_certificates.retired_at is null),
        (select min(expires_at) from links
          where organization_id = organizations.id and kind = 'main' and ended_at is null)
      ) as ends_soonest
    from organizations
    where ${ownedBy('organizations', tenant)} and organizations.id = any(${organizationIds}::text[])
  `.execute(tx);
  return new Map(rows.map((row) => [row.organizationId, row]));
}

/** The certificates of many connections, retired ones too, newest first. */
export async function listCertificatesOf(
  tx: Tx,
  tenant: Tenant,
  connectionIds: readonly string[],
): Promise<IdpCertificateRow[]> {
  return tx
    .selectFrom('idpCertificates')
    .selectAll()
    .where(ownedBy('idpCertificates', tenant))
    .where(sql<boolean>`connection_id = any(${connectionIds}::text[])`)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export type ShownLink = LinkRow & { contactEmail: string | null };

/** Links of every kind with the address they were made for, newest first. */
export async function listShownLinks(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  { onboardingId, limit = 50 }: { onboardingId?: string; limit?: number } = {},
): Promise<ShownLink[]> {
  let query = tx
    .selectFrom('links')
    .leftJoin('itContacts', 'itContacts.id', 'links.contactId')
    .selectAll('links')
    .select('itContacts.email as contactEmail')
    .where(ownedBy('links', tenant));
  if (onboardingId) query = query.where('links.onboardingId', '=', onboardingId);
  return query.orderBy('links.createdAt', 'desc').orderBy('links.id', 'desc').limit(limit).execute();
}

/** Whom each link was made for, by the link's id; contacts that were removed since are named too. */
export async function listLinkAddresses(
  tx: Tx,
  tenant: Tenant,
  linkIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('links')
    .innerJoin('itContacts', 'itContacts.id', 'links.contactId')
    .select(['links.id', 'itContacts.email'])
    .where(ownedBy('links', tenant))
    .where(sql<boolean>`links.id = any(${linkIds}::text[])`)
    .execute();
  return new Map(rows.map(({ id, email }) => [id, email]));
}

export type ShownContact = ItContactRow & { lastOpenedAt: Date | null };

/** The organization's contacts, oldest first, with when they last opened a link; of one onboarding where it is named. */
export async function listShownContacts(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  onboardingId?: string,
): Promise<ShownContact[]> {
  return tx
    .selectFrom('itContacts')
    .selectAll()
    .select((eb) => {
      const opened = eb
        .selectFrom('links')
        .select((link) => link.fn.max('links.lastOpenedAt').as('at'))
        .whereRef('links.contactId', '=', 'itContacts.id');
      return (onboardingId === undefined ? opened : opened.where('links.onboardingId', '=', onboardingId)).as(
        'lastOpenedAt',
      );
    })
    .where(ownedBy('itContacts', tenant))
    .where('removedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** When each of the five things of the first run happened for the first time. */
export interface FirstRunFacts {
  keyAt: Date | null;
  onboardingAt: Date | null;
  openedAt: Date | null;
  signedInAt: Date | null;
  liveAt: Date | null;
}

export async function findFirstRunFacts(tx: Tx, tenant: Tenant): Promise<FirstRunFacts> {
  const { rows } = await sql<FirstRunFacts>`
    select
      (select min(created_at) from api_keys where ${ofEnvironment('apiKeys', tenant)}) as key_at,
      (select min(created_at) from onboardings where ${ofEnvironment('onboardings', tenant)}) as onboarding_at,
      (select min(first_opened_at) from links where ${ofEnvironment('links', tenant)}) as opened_at,
      (select ended_at from attempts where ${ofEnvironment('attempts', tenant)} and state = 'success'
        order by started_at limit 1) as signed_in_at,
      (select min(live_at) from onboardings where ${ofEnvironment('onboardings', tenant)}) as live_at
  `.execute(tx);
  return rows[0] ?? { keyAt: null, onboardingAt: null, openedAt: null, signedInAt: null, liveAt: null };
}

/** The main link issued last that still opens something. */
export async function findNewestLiveLink(tx: Tx, tenant: Tenant, now: Date): Promise<LinkRow | undefined> {
  return tx
    .selectFrom('links')
    .selectAll()
    .where(ownedBy('links', tenant))
    .where('kind', '=', 'main')
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', now)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The last events of every name, oldest first, numbered or not: for people who watch them arrive. */
export async function listNewestEvents(tx: Tx, tenant: Tenant, limit: number): Promise<EventRow[]> {
  const events = tx.selectFrom('events').selectAll().where(ofEnvironment('events', tenant)).limit(limit);
  // Each half is read from the end of its own index. In the order they were made; positions differ from it by moments.
  const numbered = events.where('position', 'is not', null).orderBy('position', 'desc');
  const others = events.where('position', 'is', null).orderBy('ordinal', 'desc');
  const { rows } = await sql<EventRow>`
    select * from (select * from (${numbered}) as numbered union all select * from (${others}) as others) as newest
    order by ordinal desc limit ${limit}
  `.execute(tx);
  return rows.reverse();
}
