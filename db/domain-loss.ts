import type { Actor } from '../onboarding/commands.ts';
import { needsApproval, refusedByStaff } from '../onboarding/domain-holding.ts';
import { organizationDomainObject } from '../onboarding/wire-objects.ts';
import { domainRow, factRow } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertCommand } from './repositories/commands.ts';
import { insertEvent } from './repositories/events.ts';
import { findOpenOnboarding } from './repositories/onboardings.ts';
import { markDomain, markLapsed } from './repositories/organization-domains.ts';
import type { OrganizationDomainRow } from './tables/organization-domains.ts';

/** Whose domain ends, by whom and when; the caller holds the lock on its row. */
export type Loss = {
  domain: Pick<OrganizationDomainRow, 'id' | 'environmentId' | 'organizationId'>;
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
};

/** Ends an attempt at proof: row, event, audit row, and the fact for the open onboarding, in the caller's transaction. */
export async function failDomain(
  tx: Tx,
  { domain: { id, environmentId, organizationId }, actor, now, newId }: Loss,
  outcome: { state: 'failed' | 'conflict'; reason: string },
): Promise<OrganizationDomainRow> {
  const whose = { environmentId, organizationId };
  const { state, reason } = outcome;
  const domain = await markDomain(tx, whose, id, state, reason, now);
  await insertEvent(tx, {
    id: newId('event_'),
    ...whose,
    createdAt: now,
    name: 'organization_domain.verification_failed',
    data: { reason, organization_domain: organizationDomainObject(domain) },
  });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...whose,
    actor,
    at: now,
    action: endsAs(state, reason),
    target: { type: 'organization_domain', id },
    after: { reason },
  });
  const onboarding = await findOpenOnboarding(tx, whose, organizationId);
  if (onboarding !== undefined) {
    const fact = { key: newId('cmd_'), actor, kind: 'domain_failed', domainId: id, reason } as const;
    await insertCommand(tx, factRow(onboarding, fact, now));
  }
  return domain;
}

/** What the organization's log says of it. */
function endsAs(state: 'failed' | 'conflict', reason: string) {
  if (reason === needsApproval) return 'organization_domain.review_asked';
  if (reason === refusedByStaff) return 'organization_domain.refused';
  return state === 'conflict' ? 'organization_domain.contested' : 'organization_domain.verification_failed';
}

/**
 * Takes a proof back: row, event and audit row. Of a record that has gone, people with the domain's addresses still sign
 * in for the days that the environment gives [DOM-06]. `contested` is the proof of another organization, which keeps the
 * domain with nobody for a day and ends the watch of this one [DOM-05].
 */
export async function lapseDomain(
  tx: Tx,
  { domain: { id, environmentId, organizationId }, actor, now, newId }: Loss,
  reason: 'record_missing' | 'contested',
): Promise<OrganizationDomainRow> {
  const whose = { environmentId, organizationId };
  const domain = await markLapsed(tx, whose, id, reason, now);
  await insertEvent(tx, {
    id: newId('event_'),
    ...whose,
    createdAt: now,
    name: 'organization_domain.updated',
    data: organizationDomainObject(domain),
  });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...whose,
    actor,
    at: now,
    action: 'organization_domain.lapsed',
    target: { type: 'organization_domain', id },
    after: { reason },
  });
  // A new attempt must find the workflow gone, not in the middle of its daily watch.
  if (reason === 'contested') {
    await insertCommand(tx, domainRow({ key: newId('cmd_'), ...whose, domainId: id }, 'stopDomain', now));
  }
  return domain;
}
