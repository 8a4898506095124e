import type { Actor } from '../onboarding/commands.ts';
import { challengeOf, nextLookDelayMs, type DomainChallenge } from '../onboarding/domain-challenge.ts';
import {
  heldByAnother,
  heldUntil,
  judgeContest,
  missingSinceAfter,
  needsApproval,
} from '../onboarding/domain-holding.ts';
import type { DomainVerdict } from '../onboarding/domain-verdict.ts';
import { withTenant, type Db, type Tx } from './database.ts';
import { failDomain, lapseDomain } from './domain-loss.ts';
import { insertAudit } from './repositories/audit.ts';
import {
  findContestLostAt,
  findDomain,
  findVerifiedHolder,
  isBelowAnother,
  listContestsPassed,
  lockDomain,
  markContestEnded,
  recordLook,
  tellOfContest,
} from './repositories/organization-domains.ts';
import type { OrganizationDomainRow } from './tables/organization-domains.ts';

export type Contest = {
  /** The look that found the claimant's record. */
  seen: DomainVerdict;
  /** Looks at the holder's record now. */
  lookAt: (challenge: DomainChallenge) => Promise<DomainVerdict>;
  actor: Actor;
  now: Date;
  newId: (prefix: `${string}_`) => string;
};

/**
 * What follows when `proveDomain` threw `domain_held_elsewhere` for a record that was found [DOM-05]: the holder's record
 * is looked at, at once. Gone: the holder lapses, and the claimant, still pending, may take the domain after a day. Still
 * there, or vouched for by the vendor: the claimant's domain is a conflict, nothing moves, and staff decide. Servers
 * silent or broken: nothing moves either, and the claimant looks again. Where nobody holds the domain itself, but another
 * organization a name that it is part of, it is a conflict as well, and staff approve it or not [DOM-07]. Gives the
 * claimant's row as it is then; while it is pending, `nextLookAt` says when to look. Throws `not_found` when the claim was
 * removed meanwhile.
 *
 * Works in transactions of the whole environment, since it has to see the other organization.
 */
export async function settleContest(
  db: Db,
  claimant: { environmentId: string; organizationId: string },
  domainId: string,
  contest: Contest,
): Promise<OrganizationDomainRow> {
  const ofEnvironment = { environmentId: claimant.environmentId };
  const holder = await withTenant(db, ofEnvironment, async (tx) => {
    const claim = await findDomain(tx, claimant, domainId);
    return claim && findVerifiedHolder(tx, claim.environmentId, claim.domain);
  });
  const challenge = holder?.strategy === 'dns' ? challengeOf(holder) : undefined;
  const found = challenge && (await contest.lookAt(challenge));

  return withTenant(db, ofEnvironment, async (tx) => {
    // Claim before holder, as `proveDomain` takes them: it holds the claim while it waits for the holder.
    const claim = await lockDomain(tx, claimant, domainId);
    if (claim.state !== 'pending') return claim;
    const current = await findVerifiedHolder(tx, claim.environmentId, claim.domain);
    if (holder !== undefined && current?.id === holder.id && current.token === holder.token) {
      const held = await lockDomain(tx, whoseIs(holder), holder.id);
      if (held.state === 'verified') return rule(tx, claim, held, found, contest);
    }
    if (current === undefined && (await isFree(tx, claim, contest)) && (await isBelowAnother(tx, claim))) {
      return askStaff(tx, claim, contest);
    }
    return wait(tx, claim, contest);
  });
}

/**
 * Has both sides of a contest told once time has ended it: the day in which the holder could object is over, and the
 * claimant has taken the domain. Answers how many contests that were. Needs `withSystem`.
 */
export async function endContests(tx: Tx, now: Date): Promise<number> {
  const ended = await listContestsPassed(tx);
  for (const { lost, won } of ended) {
    await markContestEnded(tx, whoseIs(lost), lost.id, now);
    await tellOfContest(tx, whoseIs(lost), lost.id, 'passed_on', now);
    await tellOfContest(tx, whoseIs(won), won.id, 'won', now);
  }
  return ended.length;
}

async function rule(
  tx: Tx,
  claim: OrganizationDomainRow,
  holder: OrganizationDomainRow,
  found: DomainVerdict | undefined,
  contest: Contest,
): Promise<OrganizationDomainRow> {
  const { seen, actor, now, newId } = contest;
  const by = { actor, now, newId };
  if (found !== undefined) {
    await recordLook(tx, whoseIs(holder), holder.id, {
      verdict: found,
      lookedAt: now,
      nextLookAt: holder.nextLookAt,
      missingSince: missingSinceAfter(holder.missingSince, found.proof, now),
    });
  }
  const ruling = judgeContest(found?.proof ?? 'vouched');
  if (ruling === 'staff_decide') {
    await tellOfContest(tx, whoseIs(holder), holder.id, 'contested', now);
    await tellOfContest(tx, whoseIs(claim), claim.id, 'claim_contested', now);
    await insertAudit(tx, auditOf(holder, contest, { ruling }));
    await recordLook(tx, whoseIs(claim), claim.id, { verdict: seen, lookedAt: now, nextLookAt: null });
    const reason = heldByAnother;
    return failDomain(tx, { domain: claim, ...by }, { state: 'conflict', reason });
  }
  if (ruling === 'holder_lapses') {
    await lapseDomain(tx, { domain: holder, ...by }, 'contested');
    await tellOfContest(tx, whoseIs(holder), holder.id, 'lost', now);
    await tellOfContest(tx, whoseIs(claim), claim.id, 'claim_waits', now);
    await insertAudit(tx, auditOf(claim, contest, { ruling }));
  }
  return wait(tx, claim, contest);
}

/** Whether no day runs in which somebody who lost the domain could object. */
async function isFree(tx: Tx, claim: OrganizationDomainRow, { now }: Contest): Promise<boolean> {
  return heldUntil(await findContestLostAt(tx, claim), now) === undefined;
}

/** The record is there, and the name is part of another organization's: whether it counts is for staff to say. */
async function askStaff(
  tx: Tx,
  claim: OrganizationDomainRow,
  { seen, actor, now, newId }: Contest,
): Promise<OrganizationDomainRow> {
  await tellOfContest(tx, whoseIs(claim), claim.id, 'reviewed', now);
  await recordLook(tx, whoseIs(claim), claim.id, { verdict: seen, lookedAt: now, nextLookAt: null });
  const outcome = { state: 'conflict', reason: needsApproval } as const;
  return failDomain(tx, { domain: claim, actor, now, newId }, outcome);
}

/** The claimant's record was seen; the next look is when the domain may be free. */
async function wait(
  tx: Tx,
  claim: OrganizationDomainRow,
  { seen, now }: Contest,
): Promise<OrganizationDomainRow> {
  const ageMs = now.getTime() - (claim.attemptStartedAt ?? claim.createdAt).getTime();
  const until = heldUntil(await findContestLostAt(tx, claim), now);
  return recordLook(tx, whoseIs(claim), claim.id, {
    verdict: seen,
    lookedAt: now,
    nextLookAt: until ?? new Date(now.getTime() + nextLookDelayMs(ageMs)),
  });
}

/** Each side's log says that its domain was contested; neither names the other. */
function auditOf(domain: OrganizationDomainRow, { actor, now, newId }: Contest, after: object) {
  return {
    id: newId('audit_'),
    ...whoseIs(domain),
    actor,
    at: now,
    action: 'organization_domain.contested' as const,
    target: { type: 'organization_domain', id: domain.id },
    after,
  };
}

function whoseIs({ environmentId, organizationId }: { environmentId: string; organizationId: string }) {
  return { environmentId, organizationId };
}
