/** What the search of the dashboard finds. Two statements at most, whatever is typed. */
import { sql } from 'kysely';
import type { Tx } from '../database.ts';
import { ofEnvironment, type Tenant } from '../tenant.ts';
import type { Database } from '../tables/index.ts';

export interface Found {
  kind: string;
  id: string;
  title: string;
  detail: string | null;
  organizationId: string | null;
  onboardingId: string | null;
}

/**
 * Things whose names hold words that begin so, and people whose address begins so; a few of each kind, the shortest names
 * first. Sees the environment of the transaction and no other: see migrations 0021 and 0036.
 */
export async function findByWords(
  tx: Tx,
  words: readonly string[],
  addressPrefix: string,
  limit: number,
): Promise<Found[]> {
  const prefixes = words.map((word) => `'${word}':*`).join(' & ');
  const { rows } = await sql<Found>`
    select kind, id, title, detail, organization_id, null as onboarding_id
    from (
      select kind, id, title, detail, organization_id from find_by_words(${prefixes}, ${addressPrefix}, ${limit})
      union all
      select kind, id, title, detail, organization_id from find_in_directories(${prefixes}, ${addressPrefix}, ${limit})
    ) found
  `.execute(tx);
  return rows;
}

/**
 * What has exactly this id, of whatever kind: ours, a vendor's own (`external_id`), the reference of an attempt, or the
 * id of a request. Each part is a look into one index.
 */
export async function findById(tx: Tx, tenant: Tenant, id: string, limit: number): Promise<Found[]> {
  const of = (table: keyof Database & Parameters<typeof ofEnvironment>[0]) => ofEnvironment(table, tenant);
  const { rows } = await sql<Found>`
    select kind, id, title, detail, organization_id, onboarding_id from (
      select 'organization' as kind, id, name as title, external_id as detail, id as organization_id, null as onboarding_id
        from organizations where ${of('organizations')} and deleted_at is null and id = ${id}
      union all
      select 'organization', id, name, external_id, id, null
        from organizations where ${of('organizations')} and deleted_at is null and external_id = ${id}
      union all
      select 'connection', id, name, external_id, organization_id, null
        from connections where ${of('connections')} and deleted_at is null and id = ${id}
      union all
      (select 'connection', id, name, external_id, organization_id, null
        from connections where ${of('connections')} and deleted_at is null and external_id = ${id} limit ${limit})
      union all
      select 'directory', id, name, type, organization_id, null
        from directories where ${of('directories')} and deleted_at is null and id = ${id}
      union all
      select 'directory', id, name, type, organization_id, null
        from directories where ${of('directories')} and deleted_at is null and external_key = ${id}
      union all
      select 'directory_person', id, coalesce(email, user_name), display_name, organization_id, null
        from directory_users where ${of('directoryUsers')} and state is not null and deleted_at is null and id = ${id}
          and directory_id in (select id from directories where deleted_at is null)
      union all
      select 'directory_group', id, display_name, null, organization_id, null
        from directory_groups where ${of('directoryGroups')} and is_published and deleted_at is null and id = ${id}
          and directory_id in (select id from directories where deleted_at is null)
      union all
      select 'directory_request', id, method || ' ' || path, status::text, organization_id, null
        from directory_requests where ${of('directoryRequests')} and id = ${id}
      union all
      select 'onboarding', onboardings.id, organizations.name, number::text, organization_id, onboardings.id
        from onboardings join organizations on organizations.id = onboardings.organization_id
        where ${of('onboardings')} and onboardings.id = ${id}
      union all
      select 'domain', id, domain, null, organization_id, null
        from organization_domains where ${of('organizationDomains')} and id = ${id}
      union all
      select 'contact', id, email, name, organization_id, null
        from it_contacts where ${of('itContacts')} and removed_at is null and id = ${id}
      union all
      select 'person', id, email, name, organization_id, null
        from profiles where ${of('profiles')} and id = ${id}
      union all
      select 'member', id, email, name, null, null
        from members where ${of('members')} and removed_at is null and id = ${id}
      union all
      select 'attempt', id, reference, email, organization_id, null
        from attempts where ${of('attempts')} and id = ${id}
      union all
      (select 'attempt', id, reference, email, organization_id, null
        from attempts where ${of('attempts')} and reference = ${id.toUpperCase()}
        order by started_at desc limit ${limit})
      union all
      (select 'attempt', id, reference, email, organization_id, null
        from attempts where ${of('attempts')} and request_id = ${id} limit ${limit})
      union all
      select 'link', links.id, coalesce(it_contacts.email, links.id), links.kind, links.organization_id, links.onboarding_id
        from links left join it_contacts on it_contacts.id = links.contact_id
        where ${of('links')} and links.id = ${id}
      union all
      select 'mail', id, subject, recipient, organization_id, onboarding_id
        from mails where ${of('mails')} and id = ${id}
      union all
      select 'api_key', id, name, suffix, null, null
        from api_keys where ${of('apiKeys')} and id = ${id}
      union all
      select 'redirect_uri', id, uri, null, null, null
        from redirect_uris where ${of('redirectUris')} and id = ${id}
      union all
      select 'guide_report', id, step_id, provider_id, organization_id, null
        from guide_reports where ${of('guideReports')} and id = ${id}
      union all
      select 'event', id, name, null, organization_id, null
        from events where ${of('events')} and id = ${id} and organization_id is not null
      union all
      select 'audit', id, action, null, organization_id, null
        from audit_events where ${of('auditEvents')} and id = ${id}
      union all
      (select 'request', request_id, action, request_id, organization_id, null
        from audit_events where ${of('auditEvents')} and request_id = ${id} order by ordinal limit 1)
      union all
      select 'environment', id, name, client_id, null, null
        from environments where id = ${tenant.environmentId} and (id = ${id} or client_id = ${id})
    ) found
  `.execute(tx);
  return rows;
}
