/** Deleting an organization, and taking it back: what belongs to it goes and returns with it. */
import { sql } from 'kysely';
import { restoreDays } from '../../onboarding/erasure.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { StreamState } from '../../onboarding/log-streams.ts';
import type { Tx } from '../database.ts';
import type { ConnectionRow } from '../tables/connections.ts';
import type { DirectoryRow } from '../tables/directories.ts';
import type { OnboardingRow } from '../tables/onboardings.ts';
import type { OrganizationDomainRow } from '../tables/organization-domains.ts';
import type { OrganizationRow } from '../tables/organizations.ts';
import { ofEnvironment, ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';
import { lockOrganization } from './organizations.ts';

/** What went with the organization, for its events, and the workflows that must end. */
export interface Deletion {
  organization: OrganizationRow;
  connections: ConnectionRow[];
  directories: DirectoryRow[];
  logStreamIds: string[];
  domains: OrganizationDomainRow[];
  openOnboarding: OnboardingRow | undefined;
}

/**
 * From the commit on no link, session, sign-in, connection or directory of the organization works and its domains are free. What is
 * deleted with it carries the same instant in `deleted_at`, by which `restoreOrganization` knows it again. Throws
 * `not_found`.
 */
export async function deleteOrganization(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  now: Date,
): Promise<Deletion> {
  const tenant = { environmentId, organizationId };
  await lockOrganization(tx, tenant, organizationId);
  const domains = await tx
    .selectFrom('organizationDomains')
    .selectAll()
    .where(ownedBy('organizationDomains', tenant))
    .orderBy('id')
    .execute();
  const openOnboarding = await tx
    .selectFrom('onboardings')
    .selectAll()
    .where(ownedBy('onboardings', tenant))
    .where('isOpen', '=', true)
    .executeTakeFirst();

  await tx
    .updateTable('organizationDomains')
    .set({ state: 'pending', verifiedAt: null, nextLookAt: null, missingSince: null, updatedAt: now })
    .where(ownedBy('organizationDomains', tenant))
    .execute();
  await tx
    .updateTable('links')
    .set({ state: 'revoked', endedAt: now, tokenSealed: null })
    .where(ownedBy('links', tenant))
    .where('endedAt', 'is', null)
    .execute();
  await tx
    .updateTable('portalSessions')
    .set({ endedAt: now })
    .where(ownedBy('portalSessions', tenant))
    .where('endedAt', 'is', null)
    .execute();
  await tx
    .updateTable('signIns')
    .set({
      codeExpiresAt: sql<Date>`least(code_expires_at, ${now})`,
      accessTokenExpiresAt: sql<Date>`least(access_token_expires_at, ${now})`,
    })
    .where(ownedBy('signIns', tenant))
    .execute();
  await tx
    .updateTable('itContacts')
    .set({ removedAt: now })
    .where(ownedBy('itContacts', tenant))
    .where('removedAt', 'is', null)
    .execute();
  const connections = await tx
    .updateTable('connections')
    .set({ deletedAt: now })
    .where(ownedBy('connections', tenant))
    .where('deletedAt', 'is', null)
    .returningAll()
    .execute();
  const directories = await tx
    .updateTable('directories')
    .set({ deletedAt: now })
    .where(ownedBy('directories', tenant))
    .where('deletedAt', 'is', null)
    .returningAll()
    .execute()
    .then((rows) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  const logStreams = await tx
    .updateTable('logStreams')
    .set({ deletedAt: now })
    .where(ownedBy('logStreams', tenant))
    .where('deletedAt', 'is', null)
    .returning('id')
    .execute();
  const organization = await tx
    .updateTable('organizations')
    .set({ deletedAt: now, updatedAt: now })
    .where(ownedBy('organizations', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
  const logStreamIds = logStreams.map(({ id }) => id).toSorted();
  return { organization, connections, directories, logStreamIds, domains, openOnboarding };
}

/** Deleted organizations that can be restored, the one that was deleted last first. */
export async function listDeletedOrganizations(
  tx: Tx,
  tenant: Tenant,
  now: Date,
): Promise<(OrganizationRow & { deletedAt: Date })[]> {
  const rows = await tx
    .selectFrom('organizations')
    .selectAll()
    .where(ofEnvironment('organizations', tenant))
    .where('deletedAt', '>', restorableSince(now))
    .orderBy('deletedAt', 'desc')
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.flatMap(({ deletedAt, ...row }) => (deletedAt === null ? [] : [{ ...row, deletedAt }]));
}

const restorableSince = (now: Date) => new Date(now.getTime() - restoreDays * 86_400_000);

/**
 * Brings back what went with the organization, domains as pending; links and sessions stay ended. Throws `not_found`
 * when it is not deleted, or its 30 days are over and it is being erased, and `external_id_already_used` when another
 * one has taken its external id.
 */
export async function restoreOrganization(
  tx: Tx,
  { environmentId, organizationId }: { environmentId: string; organizationId: string },
  now: Date,
): Promise<OrganizationRow> {
  const tenant = { environmentId, organizationId };
  const deleted = await tx
    .selectFrom('organizations')
    .selectAll()
    .where(ownedBy('organizations', tenant))
    .where('deletedAt', '>', restorableSince(now))
    .forUpdate()
    .executeTakeFirst();
  if (!deleted) throw new OnboardingError('not_found', { kind: 'organization' });

  await tx
    .updateTable('connections')
    .set({ deletedAt: null, updatedAt: now })
    .where(ownedBy('connections', tenant))
    .where('deletedAt', '=', deleted.deletedAt)
    .execute();
  await tx
    .updateTable('directories')
    .set({ deletedAt: null, updatedAt: now })
    .where(ownedBy('directories', tenant))
    .where('deletedAt', '=', deleted.deletedAt)
    .execute();
  await tx
    .updateTable('logStreamOutages')
    .set({ endedAt: now })
    .where(ownedBy('logStreamOutages', tenant))
    .where('endedAt', 'is', null)
    .execute();
  // One that failed is tried anew, as if nothing had been tried.
  await tx
    .updateTable('logStreams')
    .set({
      deletedAt: null,
      updatedAt: now,
      wokenAt: null,
      failingSince: null,
      tries: 0,
      nextTryAt: null,
      state: sql<StreamState>`case when state = 'inactive' then state else 'active' end`,
    })
    .where(ownedBy('logStreams', tenant))
    .where('deletedAt', '=', deleted.deletedAt)
    .execute();
  await tx
    .updateTable('itContacts')
    .set({ removedAt: null, updatedAt: now })
    .where(ownedBy('itContacts', tenant))
    .where('removedAt', '=', deleted.deletedAt)
    .execute();
  const statement = tx
    .updateTable('organizations')
    .set({ deletedAt: null, updatedAt: now })
    .where(ownedBy('organizations', tenant))
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseDuplicate(statement, 'organizations_external_id', 'external_id_already_used');
}
