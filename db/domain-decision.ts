import type { Actor } from '../onboarding/commands.ts';
import { challengeOf } from '../onboarding/domain-challenge.ts';
import { needsApproval, refusedByStaff } from '../onboarding/domain-holding.ts';
import type { DomainVerdict } from '../onboarding/domain-verdict.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { Tx } from './database.ts';
import { failDomain, lapseDomain } from './domain-loss.ts';
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

/** Whether it waits for staff because its name is part of another organization's domain [DOM-07]. */
export function isForApproval({ state, failedReason }: OrganizationDomainRow): boolean {
  return state === 'conflict' && failedReason === needsApproval;
}

type Decision = {
  note: string;
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
};

/**
 * Staff give a contested domain to one of the two organizations that have proved it [DOM-05]: whoever holds it lapses, and
 * the other holds it by the vendor's word. The same act the other way takes it back. One that is part of another
 * organization's domain [DOM-07] they approve: it is held by its record, which `seen` has to have found just now, and
 * nobody loses anything. Each side's log has its own loss or gain; the decision with its note, which may name both, is in
 * the environment's own. Throws `not_found`, `domain_record_gone`, and `conflict` where nothing is to be decided.
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
    seen,
  }: Decision & { seen?: { token: string; verdict: DomainVerdict } | undefined },
): Promise<OrganizationDomainRow> {
  const { organizationId } = await getDomain(tx, { environmentId }, domainId);
  const whose = { environmentId, organizationId };
  // Claim before holder, as every other road to proof takes them.
  const claim = await lockDomain(tx, whose, domainId);
  if (!isContested(claim)) throw new OnboardingError('conflict', { domain: claim.domain });
  const isApproved = isForApproval(claim);
  const isSeen = seen?.verdict.proof === 'present' && seen.token === challengeOf(claim)?.token;
  if (isApproved && !isSeen) throw new OnboardingError('domain_record_gone', { domain: claim.domain });
  const by = { actor, now, newId };
  const holder = await findVerifiedHolder(tx, environmentId, claim.domain);
  if (holder !== undefined) {
    const loser = { environmentId, organizationId: holder.organizationId };
    await lockDomain(tx, loser, holder.id);
    await lapseDomain(tx, { domain: holder, ...by }, 'contested');
    await tellOfContest(tx, loser, holder.id, 'taken', now);
  }
  const given = await proveDomain(tx, whose, domainId, {
    ...by,
    ...(isApproved
      ? { strategy: 'dns', isApproved, tellWorkflow: true }
      : { strategy: 'manual', tellWorkflow: false }),
  });
  await tellOfContest(tx, whose, domainId, isApproved ? 'approved' : 'given', now);
  await insertAudit(tx, {
    ...auditOf(environmentId, domainId, by),
    after: { given_to: organizationId, taken_from: holder?.organizationId ?? null, note },
  });
  return given ?? claim;
}

/**
 * Staff say that a claim in conflict does not count: its attempt ends, whoever holds the domain keeps it, and the claim's
 * contacts are mailed. They may still vouch for it later. Throws `not_found`, and `conflict` where nothing is to be decided.
 */
export async function refuseDomain(
  tx: Tx,
  { environmentId }: { environmentId: string },
  domainId: string,
  { note, actor, now, newId }: Decision,
): Promise<OrganizationDomainRow> {
  const { organizationId } = await getDomain(tx, { environmentId }, domainId);
  const whose = { environmentId, organizationId };
  const claim = await lockDomain(tx, whose, domainId);
  if (claim.state !== 'conflict') throw new OnboardingError('conflict', { domain: claim.domain });
  const by = { actor, now, newId };
  await tellOfContest(tx, whose, domainId, 'refused', now);
  const refused = await failDomain(tx, { domain: claim, ...by }, { state: 'failed', reason: refusedByStaff });
  await insertAudit(tx, {
    ...auditOf(environmentId, domainId, by),
    after: { given_to: null, refused_to: organizationId, note },
  });
  return refused;
}

/** The decision, in the environment's own log. */
function auditOf(environmentId: string, domainId: string, { actor, now, newId }: Omit<Decision, 'note'>) {
  return {
    id: newId('audit_'),
    environmentId,
    organizationId: null,
    actor,
    at: now,
    action: 'organization_domain.decided' as const,
    target: { type: 'organization_domain', id: domainId },
  };
}
