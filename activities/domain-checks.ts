import { activityInfo, cancellationSignal, cancelled } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { DnsResolver } from '../adapters/dns-resolver.ts';
import { newId } from '../adapters/ids.ts';
import {
  failDomain,
  findDomain,
  lapseDomain,
  lockDomain,
  proveDomain,
  recordLook,
  settleContest,
  withTenant,
  type Db,
  type OrganizationDomainRow,
} from '../db/index.ts';
import {
  challengeLifeMs,
  challengeOf,
  nextLookDelayMs,
  type DomainChallenge,
} from '../onboarding/domain-challenge.ts';
import { hasLapsed, missingSinceAfter } from '../onboarding/domain-holding.ts';
import { judgeLook, type DomainVerdict } from '../onboarding/domain-verdict.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { Activities, OfDomain } from './index.ts';

export type DomainCheckDeps = { db: Db; dns: DnsResolver; now: () => Date };

const dayMs = 86_400_000;
const system = { type: 'system', id: 'domain' } as const;

/** The looks at DNS on behalf of one domain's workflow. Every look is kept on the row, for the page that waits. */
export function domainCheckActivities(
  deps: DomainCheckDeps,
): Pick<Activities, 'lookForRecord' | 'expireDomain' | 'lookAgain'> {
  const look = async (challenge: DomainChallenge): Promise<DomainVerdict> => {
    const seen = await deps.dns.lookAtChallenge(challenge, cancellationSignal());
    // A look that was broken off reads like silent servers, and says nothing about the domain.
    if (cancellationSignal().aborted) return cancelled();
    return judgeLook(seen, challenge);
  };

  return {
    async lookForRecord(whose) {
      const domain = await withTenant(deps.db, whose, (tx) => findDomain(tx, whose, whose.domainId));
      const challenge = domain && challengeOf(domain);
      if (domain?.state === 'verified') return { state: 'verified' };
      if (challenge === undefined || domain?.state !== 'pending') return { state: 'stopped' };

      const verdict = await look(challenge);
      const now = deps.now();
      const looked = await keepLook(deps, whose, { challenge, verdict, now, look });
      if (looked.state === 'verified') return { state: 'verified' };
      if (looked.state !== 'pending') return { state: 'stopped' };
      throw ApplicationFailure.create({
        type: 'NotYet',
        message: verdict.kind,
        category: ApplicationFailureCategory.BENIGN,
        nextRetryDelay: Math.max(1_000, (looked.nextLookAt ?? now).getTime() - now.getTime()),
      });
    },

    async expireDomain(whose) {
      await withTenant(deps.db, whose, async (tx) => {
        if ((await findDomain(tx, whose, whose.domainId)) === undefined) return;
        const domain = await lockDomain(tx, whose, whose.domainId);
        if (domain.state !== 'pending') return;
        const outcome = { state: 'failed', reason: 'domain_verification_period_expired' } as const;
        await failDomain(tx, { domain, actor: system, now: deps.now(), newId }, outcome);
      });
    },

    async lookAgain(whose) {
      const known = await withTenant(deps.db, whose, (tx) => findDomain(tx, whose, whose.domainId));
      const challenge = known && challengeOf(known);
      // One that the vendor vouched for holds without a record, whatever was asked for before.
      const isWatched = known?.state === 'verified' && known.strategy === 'dns';
      if (challenge === undefined || !isWatched) return { state: 'stopped' };

      const verdict = await look(challenge);
      const now = deps.now();
      return withTenant(deps.db, whose, async (tx) => {
        const domain = await lockDomain(tx, whose, whose.domainId);
        if (domain.state !== 'verified' || domain.token !== challenge.token) return { state: 'stopped' };
        const { missingSince, lastLookedAt, lastVerdict } = domain;
        await recordLook(tx, whose, domain.id, {
          verdict,
          lookedAt: now,
          nextLookAt: new Date(now.getTime() + dayMs),
          missingSince: missingSinceAfter(missingSince, verdict.proof, now),
        });
        if (hasLapsed({ missingSince, lastLookedAt, lastProof: lastVerdict?.proof }, verdict.proof, now)) {
          await lapseDomain(tx, { domain, actor: system, now, newId }, 'record_missing');
          return { state: 'lapsed' };
        }
        return { state: verdict.proof === 'absent' ? 'missing' : verdict.proof };
      });
    },
  };
}

type Look = {
  challenge: DomainChallenge;
  verdict: DomainVerdict;
  now: Date;
  look: (challenge: DomainChallenge) => Promise<DomainVerdict>;
};

/**
 * Writes the look and what follows from it in one transaction. A look counts for the challenge it was made for: one that
 * was replaced meanwhile is left as it is, to be looked for next.
 */
async function keepLook(
  { db }: DomainCheckDeps,
  whose: OfDomain,
  { challenge, verdict, now, look }: Look,
): Promise<OrganizationDomainRow> {
  try {
    return await withTenant(db, whose, async (tx) => {
      const domain = await lockDomain(tx, whose, whose.domainId);
      if (domain.state !== 'pending' || domain.token !== challenge.token) return domain;
      const isProved = verdict.proof === 'present';
      const nextLookAt = isProved ? null : nextLookAfter(domain, now);
      const looked = await recordLook(tx, whose, domain.id, { verdict, lookedAt: now, nextLookAt });
      if (!isProved) return looked;
      const proof = { strategy: 'dns', actor: system, now, newId, tellWorkflow: false } as const;
      return (await proveDomain(tx, whose, domain.id, proof)) ?? looked;
    });
  } catch (error) {
    if (!(error instanceof OnboardingError && error.code === 'domain_held_elsewhere')) throw error;
    const contest = { seen: verdict, lookAt: look, actor: system, now, newId };
    return settleContest(db, whose, whose.domainId, contest);
  }
}

/** Never past the end of the 30 days: the engine would end the poll early, and the last look would be lost. */
function nextLookAfter(domain: OrganizationDomainRow, now: Date): Date {
  const ageMs = now.getTime() - (domain.attemptStartedAt ?? domain.createdAt).getTime();
  const delayMs = nextLookDelayMs(ageMs);
  const leftMs = activityInfo().scheduledTimestampMs + challengeLifeMs - now.getTime() - 60_000;
  return new Date(now.getTime() + (leftMs > 0 ? Math.min(delayMs, leftMs) : delayMs));
}
