import type { Actor } from '../onboarding/commands.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { Tx } from './database.ts';
import { lapseDomain } from './domain-loss.ts';
import { proveDomain } from './domain-proof.ts';
import { insertAudit } from './repositories/audit.ts';
import {
  findVerifiedHolder,
  getDomain,
  lockDomain,
  tellOfContest,
} from './repositories/organization-domains.ts';
import type { OrganizationDomainRow } from './tables/organization-domains.ts';

/** Whether staff may give this domain to its organization: it is in conflict, or it was lost in a contest. */
export function isContested({ state, lostContestAt }: OrganizationDomainRow): boolean {
  return state === 'conflict' || (state === 'lapsed' && lostContestAt !== null);
}

/**
 * Staff give a contested domain to one of the two organizations that have proved it [DOM-05]: whoever holds it lapses, and
 * the other holds it by the vendor's word. The same act the other way takes it back. Each side's log has its own loss or
 * gain; the decision with its note, which may name both, is in the environment's own. Throws `not_found`, and `conflict`
 * where nothing is to be decided.
 */
export async function decideDomain(
  tx: Tx,
  { environmentId }: { environmentId: string },
  domainId: string,
  {
    note,
    actor,
    now,
    newId,
  }: { note: string; actor: Actor; now: Date; newId: (prefix: `${string}_`) => string },
): Promise<OrganizationDomainRow> {
  const { organizationId } = await getDomain(tx, { environmentId }, domainId);
  const whose = { environmentId, organizationId };
  // Claim before holder, as every other road to proof takes them.
  const claim = await lockDomain(tx, whose, domainId);
  if (!isContested(claim)) throw new OnboardingError('conflict', { domain: claim.domain });
  const by = { actor, now, newId };
  const holder = await findVerifiedHolder(tx, environmentId, claim.domain);
  if (holder !== undefined) {
    const loser = { environmentId, organizationId: holder.organizationId };
    await lockDomain(tx, loser, holder.id);
    await lapseDomain(tx, { domain: holder, ...by }, 'contested');
    await tellOfContest(tx, loser, holder.id, 'taken', now);
  }
  const given = await proveDomain(tx, whose, domainId, { ...by, strategy: 'manual', tellWorkflow: false });
  await tellOfContest(tx, whose, domainId, 'given', now);
  await insertAudit(tx, {
    ...{ id: newId('audit_'), environmentId, organizationId: null, actor, at: now },
    action: 'organization_domain.decided',
    target: { type: 'organization_domain', id: domainId },
    after: { given_to: organizationId, taken_from: holder?.organizationId ?? null, note },
  });
  return given ?? claim;
}
