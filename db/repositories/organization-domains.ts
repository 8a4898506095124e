import { sql, type Insertable, type UpdateObject } from 'kysely';
import { namesAbove, type ContestNews } from '../../onboarding/domain-holding.ts';
import type { DomainVerdict } from '../../onboarding/domain-verdict.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { notifyChange, type Tx } from '../database.ts';
import { byCreation, pageOf, type Page, type PageRequest } from '../pagination.ts';
import { toJson } from '../tables/columns.ts';
import type { Database } from '../tables/index.ts';
import type { OnboardingRow } from '../tables/onboardings.ts';
import type { OrganizationDomainRow, OrganizationDomainsTable } from '../tables/organization-domains.ts';
import { ownedBy, type Tenant } from '../tenant.ts';
import { refuseDuplicate } from '../violations.ts';
import { insertAudit, type NewAudit } from './audit.ts';
import { insertCommand, type NewCommand } from './commands.ts';
import { insertEvent, type NewEvent } from './events.ts';
import { findOpenOnboarding } from './onboardings.ts';

export type NewDomain = Pick<
  Insertable<OrganizationDomainsTable>,
  'id' | 'environmentId' | 'organizationId' | 'domain' | 'state' | 'strategy'
> &
  Partial<
    Pick<
      OrganizationDomainRow,
      'legacy' | 'token' | 'prefix' | 'label' | 'hostId' | 'attemptStartedAt' | 'verifiedAt' | 'nextLookAt'
    >
  > & { createdAt: Date };

/**
 * Claims a domain. Any number of organizations may have one pending [DOM-04]; one that is inserted as verified must be
 * free. Throws `domain_already_exists` and `domain_held_elsewhere`.
 */
export async function insertDomain(tx: Tx, domain: NewDomain): Promise<OrganizationDomainRow> {
  const statement = tx
    .insertInto('organizationDomains')
    .values({ ...domain, updatedAt: domain.createdAt })
    .returningAll()
    .executeTakeFirstOrThrow();
  const row = await refuseTakenDomain(statement, domain.domain);
  notifyChange(tx, row, 'domain', row.id);
  return row;
}

export async function findDomain(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
): Promise<OrganizationDomainRow | undefined> {
  return domainsOf(tx, tenant).where('organizationDomains.id', '=', domainId).executeTakeFirst();
}

/** Throws `not_found`. */
export async function getDomain(tx: Tx, tenant: Tenant, domainId: string): Promise<OrganizationDomainRow> {
  return found(await findDomain(tx, tenant, domainId));
}

/** Like `getDomain`, and nobody else changes it until the transaction ends. */
export async function lockDomain(tx: Tx, tenant: Tenant, domainId: string): Promise<OrganizationDomainRow> {
  return found(
    await domainsOf(tx, tenant)
      .where('organizationDomains.id', '=', domainId)
      .forUpdate('organizationDomains')
      .executeTakeFirst(),
  );
}

/** Oldest first. */
export async function listDomains(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
): Promise<OrganizationDomainRow[]> {
  return domainsOf(tx, tenant)
    .orderBy('organizationDomains.createdAt')
    .orderBy('organizationDomains.id')
    .execute();
}

/** The domains of many organizations at once, oldest first: for lists of organizations. */
export async function listDomainsOf(
  tx: Tx,
  tenant: Tenant,
  organizationIds: readonly string[],
): Promise<OrganizationDomainRow[]> {
  return domainsOf(tx, tenant)
    .where(sql<boolean>`organization_domains.organization_id = any(${organizationIds}::text[])`)
    .orderBy('organizationDomains.createdAt')
    .orderBy('organizationDomains.id')
    .execute();
}

/** All domains of the environment, with their organization's name. */
export async function listAllDomains(
  tx: Tx,
  tenant: Tenant,
  filter: { search?: string; state?: OrganizationDomainRow['state'] },
  request: PageRequest,
): Promise<Page<OrganizationDomainRow & { organizationName: string }>> {
  let query = domainsOf(tx, tenant).select('organizations.name as organizationName');
  if (filter.state) query = query.where('organizationDomains.state', '=', filter.state);
  if (filter.search) {
    query = query.where(sql<boolean>`position(lower(${filter.search}) in organization_domains.domain) > 0`);
  }
  const owned = ownedBy('organizationDomains', tenant);
  return pageOf(
    tx,
    query,
    { table: 'organizationDomains', keys: byCreation('organizationDomains'), owned },
    request,
  );
}

/** Who holds the domain as verified. Sees other organizations: the transaction must not be narrowed to one. */
export async function findVerifiedHolder(
  tx: Tx,
  environmentId: string,
  domain: string,
): Promise<OrganizationDomainRow | undefined> {
  return tx
    .selectFrom('organizationDomains')
    .selectAll()
    .where('environmentId', '=', environmentId)
    .where('domain', '=', domain)
    .where('state', '=', 'verified')
    .executeTakeFirst();
}

/**
 * Whether the domain is part of one that another organization of the environment holds, by the nearest that is held
 * [DOM-07]. Works in a transaction that is narrowed to one organization, as `findContestLostAt` does.
 */
export async function isBelowAnother(
  tx: Tx,
  {
    environmentId,
    organizationId,
    domain,
  }: { environmentId: string; organizationId: string; domain: string },
): Promise<boolean> {
  const { rows } = await sql<{ isBelow: boolean }>`
    select is_below_another(${environmentId}, ${namesAbove(domain)}::text[], ${organizationId}) as is_below
  `.execute(tx);
  return rows[0]?.isBelow ?? false;
}

/** The nearest verified domain that this one is part of. The transaction must not be narrowed to one organization. */
export async function findVerifiedAbove(
  tx: Tx,
  environmentId: string,
  domain: string,
): Promise<OrganizationDomainRow | undefined> {
  return tx
    .selectFrom('organizationDomains')
    .selectAll()
    .where('environmentId', '=', environmentId)
    .where(sql<boolean>`domain = any(${namesAbove(domain)}::text[])`)
    .where('state', '=', 'verified')
    .orderBy(sql`length(domain)`, 'desc')
    .executeTakeFirst();
}

/**
 * When another organization of the environment last lost the domain to a contest [DOM-05]; null when none has. Works in
 * a transaction that is narrowed to one organization: it goes through a function that tells this date and nothing else.
 */
export async function findContestLostAt(
  tx: Tx,
  {
    environmentId,
    organizationId,
    domain,
  }: { environmentId: string; organizationId: string; domain: string },
): Promise<Date | null> {
  const { rows } = await sql<{ lostAt: Date | null }>`
    select find_contest_lost_at(${environmentId}, ${domain}, ${organizationId}) as lost_at
  `.execute(tx);
  return rows[0]?.lostAt ?? null;
}

/** Undefined when there was none. */
export async function deleteDomain(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
): Promise<OrganizationDomainRow | undefined> {
  const row = await tx
    .deleteFrom('organizationDomains')
    .where('id', '=', domainId)
    .where(ownedBy('organizationDomains', tenant))
    .returningAll()
    .executeTakeFirst();
  if (row) notifyChange(tx, row, 'domain', row.id);
  return row;
}

/** A new attempt at proof: pending again, with a token of its own [DOM-01]. */
export async function restartDomain(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  attempt: { token: string; prefix: string | null; label: string },
  now: Date,
): Promise<OrganizationDomainRow> {
  return updateDomain(tx, tenant, domainId, {
    ...attempt,
    state: 'pending',
    strategy: 'dns',
    attemptStartedAt: now,
    verifiedAt: null,
    failedReason: null,
    looks: 0,
    lastVerdict: null,
    missingSince: null,
    nextLookAt: now,
    updatedAt: now,
  });
}

/** What a look at DNS has seen; the state stays as it is. `missingSince` tells since when a proved record is gone. */
export async function recordLook(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  look: { verdict: DomainVerdict; lookedAt: Date; nextLookAt: Date | null; missingSince?: Date | null },
): Promise<OrganizationDomainRow> {
  return updateDomain(tx, tenant, domainId, {
    lastVerdict: toJson(look.verdict),
    lastLookedAt: look.lookedAt,
    nextLookAt: look.nextLookAt,
    ...(look.missingSince !== undefined && { missingSince: look.missingSince }),
    looks: sql<number>`looks + 1`,
  });
}

/**
 * Takes the right to look at a domain now, unless somebody has looked less than `pauseMs` ago: all pages and processes
 * share it. Tells whether the caller may look.
 */
export async function takeLook(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  now: Date,
  pauseMs: number,
): Promise<boolean> {
  const before = new Date(now.getTime() - pauseMs);
  const taken = await tx
    .updateTable('organizationDomains')
    .set({ lastLookedAt: now })
    .where('id', '=', domainId)
    .where(ownedBy('organizationDomains', tenant))
    .where((eb) => eb.or([eb('lastLookedAt', 'is', null), eb('lastLookedAt', '<=', before)]))
    .returning('id')
    .executeTakeFirst();
  return taken !== undefined;
}

/** Where the customer's DNS is kept, as detected or chosen. */
export async function updateDomainHost(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  hostId: string,
  now: Date,
): Promise<OrganizationDomainRow> {
  return updateDomain(tx, tenant, domainId, { hostId, updatedAt: now });
}

/** Ends an attempt at proof, with the reason the API and the event name. */
export async function markDomain(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  state: 'failed' | 'conflict',
  reason: string,
  now: Date,
): Promise<OrganizationDomainRow> {
  return updateDomain(tx, tenant, domainId, unproven(state, reason, now));
}

/**
 * Takes the proof back. Of a record that has gone, what it allowed goes on for the environment's days [DOM-06]; `contested`
 * is the proof of another organization while this one's record was gone [DOM-05].
 */
export async function markLapsed(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  reason: 'record_missing' | 'contested',
  now: Date,
): Promise<OrganizationDomainRow> {
  const daysOfGrace = sql<Date>`${now}::timestamptz + make_interval(days =>
    (select domain_grace_days from environments where id = organization_domains.environment_id))`;
  return updateDomain(tx, tenant, domainId, {
    ...unproven('lapsed', reason, now),
    ...(reason === 'contested' ? { lostContestAt: now, worksUntil: null } : { worksUntil: daysOfGrace }),
  });
}

const unproven = (state: 'failed' | 'lapsed' | 'conflict', reason: string, now: Date) => ({
  state,
  failedReason: reason,
  verifiedAt: null,
  nextLookAt: null,
  updatedAt: now,
});

/** Has the contacts of one side of a contest mailed; newer news take the place of older ones. */
export async function tellOfContest(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  contestNews: ContestNews,
  now: Date,
): Promise<void> {
  await updateDomain(tx, tenant, domainId, { contestNews, contestNewsAt: now });
}

type DomainKey = Pick<OrganizationDomainRow, 'id' | 'environmentId' | 'organizationId'>;

/**
 * Contests that time has decided and nobody was told of: the holder lost the domain, and the other side has proved it
 * since, by its record. Staff who decide tell both themselves. Needs `withSystem`.
 */
export async function listContestsPassed(tx: Tx): Promise<{ lost: DomainKey; won: DomainKey }[]> {
  const rows = await tx
    .selectFrom('organizationDomains as lost')
    .innerJoin('organizationDomains as won', (join) =>
      join
        .onRef('won.environmentId', '=', 'lost.environmentId')
        .onRef('won.domain', '=', 'lost.domain')
        .onRef('won.organizationId', '!=', 'lost.organizationId')
        .onRef('won.verifiedAt', '>', 'lost.lostContestAt'),
    )
    .select(['lost.environmentId', 'lost.id as lostId', 'lost.organizationId as lostBy'])
    .select(['won.id as wonId', 'won.organizationId as wonBy'])
    .where('won.state', '=', 'verified')
    .where('won.strategy', '=', 'dns')
    .where('lost.state', '!=', 'verified')
    .where('lost.lostContestAt', 'is not', null)
    .where(sql<boolean>`(lost.contest_ended_at is null or lost.contest_ended_at < lost.lost_contest_at)`)
    .execute();
  return rows.map(({ environmentId, lostId, lostBy, wonId, wonBy }) => ({
    lost: { id: lostId, environmentId, organizationId: lostBy },
    won: { id: wonId, environmentId, organizationId: wonBy },
  }));
}

export async function markContestEnded(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  contestEndedAt: Date,
): Promise<void> {
  await updateDomain(tx, tenant, domainId, { contestEndedAt });
}

/** Sides of contests whose contacts have yet to be mailed, oldest first. Needs `withSystem`. */
export async function listContestNews(
  tx: Tx,
): Promise<(OrganizationDomainRow & { contestNews: ContestNews; contestNewsAt: Date })[]> {
  return tx
    .selectFrom('organizationDomains')
    .selectAll()
    .where('contestNews', 'is not', null)
    .where('contestNewsAt', 'is not', null)
    .orderBy('contestNewsAt')
    .limit(100)
    .$narrowType<{ contestNews: ContestNews; contestNewsAt: Date }>()
    .execute();
}

/** The contacts were mailed; news that came meanwhile stay. Needs `withSystem`. */
export async function forgetContestNews(
  tx: Tx,
  { id, contestNewsAt }: { id: string; contestNewsAt: Date },
): Promise<void> {
  await tx
    .updateTable('organizationDomains')
    .set({ contestNews: null, contestNewsAt: null })
    .where('id', '=', id)
    .where('contestNewsAt', '=', contestNewsAt)
    .execute();
}

/** What must be told in the same transaction when a domain is proved. */
export interface VerifiedDomainRecords {
  event(domain: OrganizationDomainRow): NewEvent;
  audit(domain: OrganizationDomainRow): NewAudit;
  /** The signal to the organization's open onboarding; not asked for when none is open. */
  signal(domain: OrganizationDomainRow, onboarding: OnboardingRow): NewCommand;
}

/**
 * The one way a domain becomes verified: row, event, audit row and signal together [DOM-04]. Undefined when it was
 * verified already, so that the second of two lookers tells nobody twice. Throws `not_found` and, when another
 * organization of the environment holds the domain, `domain_held_elsewhere`; the transaction is lost then.
 */
export async function markDomainVerified(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  by: { strategy: OrganizationDomainRow['strategy']; nextLookAt: Date | null; now: Date },
  records: VerifiedDomainRecords,
): Promise<OrganizationDomainRow | undefined> {
  const before = await lockDomain(tx, tenant, domainId);
  if (before.state === 'verified') return undefined;
  const statement = updateDomain(tx, tenant, domainId, {
    state: 'verified',
    strategy: by.strategy,
    verifiedAt: by.now,
    failedReason: null,
    missingSince: null,
    worksUntil: null,
    nextLookAt: by.nextLookAt,
    updatedAt: by.now,
  });
  const domain = await refuseTakenDomain(statement, before.domain);
  await insertEvent(tx, records.event(domain));
  await insertAudit(tx, records.audit(domain));
  const onboarding = await findOpenOnboarding(tx, tenant, domain.organizationId);
  if (onboarding) await insertCommand(tx, records.signal(domain, onboarding));
  return domain;
}

async function updateDomain(
  tx: Tx,
  tenant: Tenant,
  domainId: string,
  changes: UpdateObject<Database, 'organizationDomains'>,
): Promise<OrganizationDomainRow> {
  const row = await tx
    .updateTable('organizationDomains')
    .set(changes)
    .where('id', '=', domainId)
    .where(ownedBy('organizationDomains', tenant))
    .returningAll()
    .executeTakeFirst();
  const domain = found(row);
  notifyChange(tx, domain, 'domain', domain.id);
  return domain;
}

/** Those of living organizations. */
function domainsOf(tx: Tx, tenant: Tenant) {
  return tx
    .selectFrom('organizationDomains')
    .innerJoin('organizations', 'organizations.id', 'organizationDomains.organizationId')
    .selectAll('organizationDomains')
    .where(ownedBy('organizationDomains', tenant))
    .where('organizations.deletedAt', 'is', null);
}

function found(domain: OrganizationDomainRow | undefined): OrganizationDomainRow {
  if (!domain) throw new OnboardingError('not_found', { kind: 'domain' });
  return domain;
}

function refuseTakenDomain<T>(statement: Promise<T>, domain: string): Promise<T> {
  const ofOthers = refuseDuplicate(statement, 'organization_domains_one_holder', 'domain_held_elsewhere', {
    domain,
  });
  return refuseDuplicate(
    ofOthers,
    'organization_domains_organization_id_domain_key',
    'domain_already_exists',
    {
      domain,
    },
  );
}
