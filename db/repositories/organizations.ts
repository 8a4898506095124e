import { sql, type Insertable } from 'kysely';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { OrganizationRow, OrganizationsTable } from '../tables/organizations.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';

export type NewOrganization = Omit<
  Insertable<OrganizationsTable>,
  'metadata' | 'updatedAt' | 'deletedAt' | 'createdAt'
> & { metadata?: Record<string, string>; createdAt: Date };

export interface OrganizationChanges {
  name?: string;
  externalId?: string | null;
  stripeCustomerId?: string | null;
  metadata?: Record<string, string>;
  allowProfilesOutsideOrganization?: boolean;
}

export interface OrganizationFilter {
  /** Part of the name, of a domain or of the external id, in any case. */
  search?: string;
  /** Part of the name only, as the developer API searches. */
  name?: string;
  /** Any of these domains, whatever their state. */
  domains?: readonly string[];
}

/** Throws `external_id_already_used`. */
export async function insertOrganization(tx: Tx, organization: NewOrganization): Promise<OrganizationRow> {
  const { metadata = {}, createdAt } = organization;
  const statement = tx
    .insertInto('organizations')
    .values({ ...organization, metadata: toJson(metadata), updatedAt: createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
  return refuseUsedExternalId(statement, organization.externalId);
}

/** Undefined also for one that is deleted. */
export async function findOrganization(
  tx: Tx,
  tenant: Tenant,
  organizationId: string,
): Promise<OrganizationRow | undefined> {
  return living(tx, tenant).where('id', '=', organizationId).executeTakeFirst();
}

/** Throws `not_found`, also for one that is deleted. */
export async function getOrganization(
  tx: Tx,
  tenant: Tenant,
  organizationId: string,
): Promise<OrganizationRow> {
  return found(await findOrganization(tx, tenant, organizationId));
}

/** Like `getOrganization`, and nobody else changes it until the transaction ends. */
export async function lockOrganization(
  tx: Tx,
  tenant: Tenant,
  organizationId: string,
): Promise<OrganizationRow> {
  return found(await living(tx, tenant).where('id', '=', organizationId).forUpdate().executeTakeFirst());
}

export async function findOrganizationByExternalId(
  tx: Tx,
  tenant: Tenant,
  externalId: string,
): Promise<OrganizationRow | undefined> {
  return living(tx, tenant).where('externalId', '=', externalId).executeTakeFirst();
}

export async function listOrganizations(
  tx: Tx,
  tenant: Tenant,
  filter: OrganizationFilter,
  request: PageRequest,
): Promise<Page<OrganizationRow>> {
  let query = living(tx, tenant);
  if (filter.name) query = query.where('name', 'ilike', containing(filter.name));
  if (filter.search) {
    const pattern = containing(filter.search);
    query = query.where((eb) =>
      eb.or([
        eb('name', 'ilike', pattern),
        eb('externalId', 'ilike', pattern),
        eb.exists(
          eb
            .selectFrom('organizationDomains')
            .whereRef('organizationDomains.organizationId', '=', 'organizations.id')
            .where('domain', 'ilike', pattern)
            .select('organizationDomains.id'),
        ),
      ]),
    );
  }
  const { domains } = filter;
  if (domains) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('organizationDomains')
          .whereRef('organizationDomains.organizationId', '=', 'organizations.id')
          .where(sql<boolean>`domain = any(${domains}::text[])`)
          .select('organizationDomains.id'),
      ),
    );
  }
  const owned = ownedBy('organizations', tenant);
  return pageOf(tx, query, { table: 'organizations', keys: byCreation('organizations'), owned }, request);
}

/** Names by id, deleted organizations included: lists of other things show them. */
export async function listOrganizationNames(
  tx: Tx,
  tenant: Tenant,
  organizationIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('organizations')
    .select(['id', 'name'])
    .where(ownedBy('organizations', tenant))
    .where(sql<boolean>`id = any(${organizationIds}::text[])`)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** What is left out stays; `metadata` is the whole new value. Throws `not_found` and `external_id_already_used`. */
export async function updateOrganization(
  tx: Tx,
  tenant: Tenant,
  organizationId: string,
  { metadata, ...changes }: OrganizationChanges,
  now: Date,
): Promise<OrganizationRow> {
  const statement = tx
    .updateTable('organizations')
    .set({ ...changes, ...(metadata && { metadata: toJson(metadata) }), updatedAt: now })
    .where('id', '=', organizationId)
    .where('deletedAt', 'is', null)
    .where(ownedBy('organizations', tenant))
    .returningAll()
    .executeTakeFirst();
  return found(await refuseUsedExternalId(statement, changes.externalId));
}

function living(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('organizations')
    .selectAll('organizations')
    .where(ownedBy('organizations', tenant))
    .where('organizations.deletedAt', 'is', null);
}

function found(organization: OrganizationRow | undefined): OrganizationRow {
  if (!organization) throw new OnboardingError('not_found', { kind: 'organization' });
  return organization;
}

function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

function refuseUsedExternalId<T>(statement: Promise<T>, externalId: string | null | undefined): Promise<T> {
  return refuseDuplicate(statement, 'organizations_external_id', 'external_id_already_used', {
    externalId: externalId ?? '',
  });
}
