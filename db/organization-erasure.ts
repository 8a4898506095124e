/**
 * The final erasure of a deleted organization, in batches: each may be the last one that ran, and the next goes on where
 * it stopped, because the organization's own row goes last. Needs `withSystem`.
 */
import { sql } from 'kysely';
import { withoutContent } from '../onboarding/erasure.ts';
import type { WorkedFor } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { toJson } from './tables/columns.ts';
import type { Database } from './tables/index.ts';

type Whose = { environmentId: string; organizationId: string };

const rowsAtOnce = 1_000;
const dayMs = 86_400_000;

/** Organizations whose time to be restored is over. */
export async function listOrganizationsToErase(tx: Tx, now: Date, restoreDays: number): Promise<Whose[]> {
  return tx
    .selectFrom('organizations')
    .select(['environmentId', 'id as organizationId'])
    .where('deletedAt', '<=', new Date(now.getTime() - restoreDays * dayMs))
    .orderBy('deletedAt')
    .execute();
}

/** In the order in which rows depend on each other. A test compares the list with the tables that there are. */
export const erasedTables = [
  'groupRoles',
  'directoryMemberships',
  'directoryUsers',
  'directoryGroups',
  'directoryRequests',
  'directoryFileLines',
  'directoryFileChunks',
  'directoryFiles',
  'directoryRuns',
  'sftpKeys',
  'directoryHolds',
  'directoryTokens',
  'formerDirectories',
  'directories',
  'signIns',
  'samlReplays',
  'profiles',
  'attempts',
  'connectionRevisions',
  'formerConfigurations',
  'guideReports',
  'ageingNotices',
  'spKeys',
  'idpCertificates',
  'connections',
  'mails',
  'staffNews',
  'troubles',
  'freshLinkRequests',
  'actCodes',
  'portalSessions',
  'links',
  'commands',
  'timelineEntries',
  'portalSteps',
  'onboardingStates',
  'onboardings',
  'organizationDomains',
  'itContacts',
  'erasures',
  'logStreamOutages',
  'logStreamRejects',
  'logStreams',
  'webhookDeliveries',
  'auditTargets',
  'auditExportChunks',
  'auditExports',
] as const satisfies readonly (keyof Database)[];

/** The things that workflows may have worked for, by what there still is. Call it before the rows are erased. */
export async function listWorkedFor(tx: Tx, { environmentId, organizationId }: Whose): Promise<WorkedFor[]> {
  const of = sql`environment_id = ${environmentId} and organization_id = ${organizationId}`;
  const { rows: onboardings } = await sql<{ number: number }>`
    select number from onboardings where ${of}
  `.execute(tx);
  const { rows: others } = await sql<Exclude<WorkedFor, { kind: 'onboarding' }>>`
    select 'domain' as kind, id from organization_domains where ${of}
    union all select 'certificate', id from connections where ${of}
    union all select 'directory', id from directories where ${of}
    union all select 'client_secret', id from connections where ${of}
    union all select 'directory', id from directories where ${of}
    union all select use || '_key', id from sp_keys where ${of}
    union all select 'log_stream', id from log_streams where ${of}
    union all select 'audit_export', id from audit_exports where ${of}
    union all select 'stream_credential', id from log_streams where ${of}
    union all select 'scim_token', id from directory_tokens where ${of} and expires_at is not null
  `.execute(tx);
  return [
    ...onboardings.map(({ number }) => ({ kind: 'onboarding' as const, organizationId, number })),
    ...others,
  ];
}

/**
 * Which kept copies of mails are about the organization: by the addresses that nobody else has here, and by the mails'
 * own ids.
 */
export async function listMailsOf(
  tx: Tx,
  { environmentId, organizationId }: Whose,
): Promise<{ recipients: string[]; messageIds: string[] }> {
  const { rows } = await sql<{ recipients: string[]; messageIds: string[] }>`
    with own as (
      select lower(email) as address from it_contacts
        where environment_id = ${environmentId} and organization_id = ${organizationId}
      union select lower(recipient) from mails
        where environment_id = ${environmentId} and organization_id = ${organizationId}
    )
    select array(select address from own
        where not exists (select from members where lower(email) = address)
          and not exists (select from it_contacts where lower(email) = address and organization_id <> ${organizationId})
      ) as recipients,
      array(select message_id from mails
        where environment_id = ${environmentId} and organization_id = ${organizationId}) as message_ids
  `.execute(tx);
  return rows[0] ?? { recipients: [], messageIds: [] };
}

/** Erases rows of one table of a deleted organization; call until it answers 0, table by table. */
export async function eraseRows(
  tx: Tx,
  table: (typeof erasedTables)[number],
  { environmentId, organizationId }: Whose,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)}
      where environment_id = ${environmentId} and organization_id = ${organizationId}
        and exists (select from organizations where id = ${organizationId} and deleted_at is not null)
      limit ${rowsAtOnce}))
  `.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** What the organization's events say; they keep their place in the feed, ids and instants. Call until it answers 0. */
export async function emptyEvents(tx: Tx, { environmentId, organizationId }: Whose): Promise<number> {
  const events = await tx
    .selectFrom('events')
    .select(['id', 'data'])
    .where('environmentId', '=', environmentId)
    .where('organizationId', '=', organizationId)
    .where(sql<boolean>`context is distinct from '{"erased": true}'::jsonb`)
    .limit(rowsAtOnce)
    .execute();
  for (const { id, data } of events) {
    const left = toJson(withoutContent(data) as object);
    await tx
      .updateTable('events')
      .set({ data: left, context: toJson({ erased: true }) })
      .where('id', '=', id)
      .execute();
  }
  return events.length;
}

/** The end: bounces of addresses that only this organization had are forgotten, and so is the organization. */
export async function eraseOrganization(
  tx: Tx,
  { environmentId, organizationId }: Whose,
  recipients: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('mailSuppressions')
    .where('environmentId', '=', environmentId)
    .where('reason', '=', 'bounced')
    .where(sql<boolean>`lower(address) = any(${recipients}::text[])`)
    .execute();
  await tx
    .deleteFrom('organizations')
    .where('environmentId', '=', environmentId)
    .where('id', '=', organizationId)
    .where('deletedAt', 'is not', null)
    .execute();
}
