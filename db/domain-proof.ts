import type { Actor } from '../onboarding/commands.ts';
import { heldUntil } from '../onboarding/domain-holding.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { organizationDomainObject } from '../onboarding/wire-objects.ts';
import { domainRow, factRow } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { insertCommand } from './repositories/commands.ts';
import {
  findContestLostAt,
  isBelowAnother,
  markDomainVerified,
} from './repositories/organization-domains.ts';
import type { OrganizationDomainRow } from './tables/organization-domains.ts';
import type { Tenant } from './tenant.ts';

export type Proof = {
  strategy: OrganizationDomainRow['strategy'];
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
  /** False where the domain's own workflow is the one that looked: it knows already. */
  tellWorkflow: boolean;
  /** Staff have decided that this record counts. */
  isApproved?: true;
};

const dayMs = 86_400_000;

/**
 * The one way a domain becomes verified, whoever looked: row, event, audit row, the fact for the open onboarding and
 * the end of the poll, in the caller's transaction. Undefined when it was verified already. Throws
 * `domain_held_elsewhere` when another organization of the environment holds it [DOM-04], or lost it less than a day ago
 * [DOM-05], or holds a name that it is part of [DOM-07]; whoever looked then calls `settleContest`. The vendor's own word
 * is staff deciding, and waits for nothing.
 */
export async function proveDomain(
  tx: Tx,
  tenant: Tenant & { organizationId: string },
  domainId: string,
  { strategy, actor, now, newId, tellWorkflow, isApproved }: Proof,
): Promise<OrganizationDomainRow | undefined> {
  const by = { strategy, nextLookAt: strategy === 'dns' ? new Date(now.getTime() + dayMs) : null, now };
  const proved = await markDomainVerified(tx, tenant, domainId, by, {
    event: (domain) => ({
      id: newId('event_'),
      environmentId: tenant.environmentId,
      organizationId: tenant.organizationId,
      name: 'organization_domain.verified',
      data: organizationDomainObject(domain),
      createdAt: now,
    }),
    audit: (domain) => ({
      id: newId('audit_'),
      environmentId: tenant.environmentId,
      organizationId: tenant.organizationId,
      actor,
      action: 'organization_domain.verified',
      target: { type: 'organization_domain', id: domain.id },
      after: { domain: domain.domain, strategy },
      at: now,
    }),
    signal: (domain, onboarding) =>
      factRow(onboarding, { key: newId('cmd_'), actor, kind: 'domain_verified', domainId: domain.id }, now),
  });
  // After the write: it waited for a contest under way, whose end is seen only now.
  if (proved !== undefined && strategy === 'dns' && isApproved === undefined) {
    await refuseWhileHeld(tx, proved, now);
  }
  if (proved !== undefined && tellWorkflow) {
    await insertCommand(tx, domainRow({ key: newId('cmd_'), ...proved, domainId }, 'domainSeen', now));
  }
  return proved;
}

async function refuseWhileHeld(tx: Tx, domain: OrganizationDomainRow, now: Date): Promise<void> {
  const until = heldUntil(await findContestLostAt(tx, domain), now);
  if (until !== undefined) {
    const facts = { domain: domain.domain, held_until: until.toISOString() };
    throw new OnboardingError('domain_held_elsewhere', facts);
  }
  if (await isBelowAnother(tx, domain)) {
    throw new OnboardingError('domain_held_elsewhere', { domain: domain.domain });
  }
}
