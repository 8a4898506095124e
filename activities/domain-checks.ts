import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { DnsResolver } from '../adapters/dns-resolver.ts';
import { newId } from '../adapters/ids.ts';
import { proveDomain } from '../db/index.ts';
import { withTenant, type Db, type Tx } from '../db/index.ts';
import { insertAudit } from '../db/index.ts';
import { insertCommand } from '../db/index.ts';
import { insertEvent } from '../db/index.ts';
import { findOpenOnboarding } from '../db/index.ts';
import { findDomain, lockDomain, markDomain, recordLook } from '../db/index.ts';
import { challengeLifeMs, nextLookDelayMs, type DomainChallenge } from '../onboarding/domain-challenge.ts';
import { judgeLook } from '../onboarding/domain-verdict.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { organizationDomainObject } from '../onboarding/wire-objects.ts';
import { factRow } from '../onboarding/workflow-names.ts';
import type { Activities, OfDomain } from './index.ts';

export type DomainCheckDeps = { db: Db; dns: DnsResolver; now: () => Date };

const dayMs = 86_400_000;
/** [DOM-06]: a domain lapses after its record has been missing for 72 hours, whatever the number of looks. */
const lapseAfterMs = 3 * dayMs;

const system = { type: 'system', id: 'domain' } as const;

/** The looks at DNS on behalf of one domain's workflow. Every look is kept on the row, for the page that waits. */
export function domainCheckActivities(
  deps: DomainCheckDeps,
): Pick<Activities, 'lookForRecord' | 'expireDomain' | 'lookAgain'> {
  return {
    async lookForRecord(whose) {
      const domain = await withTenant(deps.db, whose, (tx) => findDomain(tx, whose, whose.domainId));
      const challenge = domain && challengeOf(domain);
      if (domain === undefined || challenge === undefined || domain.state === 'failed')
        return { state: 'stopped' };
      if (domain.state === 'verified') return { state: 'verified' };

      const verdict = judgeLook(await deps.dns.lookAtChallenge(challenge, cancellationSignal()), challenge);
      const now = deps.now();
      const delayMs = delayFor(
        domain.attemptStartedAt ?? domain.createdAt,
        now,
        activityInfo().scheduledTimestampMs,
      );
      await withTenant(deps.db, whose, (tx) =>
        recordLook(tx, whose, whose.domainId, {
          verdict,
          lookedAt: now,
          nextLookAt: verdict.proof === 'present' ? null : new Date(now.getTime() + delayMs),
        }),
      );
      if (verdict.proof === 'present') return { state: await settleProof(deps.db, whose, now) };
      throw ApplicationFailure.create({
        type: 'NotYet',
        message: verdict.kind,
        category: ApplicationFailureCategory.BENIGN,
        nextRetryDelay: delayMs,
      });
    },

    async expireDomain(whose) {
      await withTenant(deps.db, whose, async (tx) => {
        const domain = await lockDomain(tx, whose, whose.domainId);
        if (domain.state === 'pending')
          await fail(tx, whose, 'domain_verification_period_expired', deps.now());
      });
    },

    async lookAgain(whose) {
      const domain = await withTenant(deps.db, whose, (tx) => findDomain(tx, whose, whose.domainId));
      const challenge = domain && challengeOf(domain);
      if (domain === undefined || challenge === undefined || domain.state !== 'verified')
        return { state: 'stopped' };

      const verdict = judgeLook(await deps.dns.lookAtChallenge(challenge, cancellationSignal()), challenge);
      const now = deps.now();
      const missingSince = verdict.proof === 'absent' ? (domain.missingSince ?? now) : domain.missingSince;
      const isLapsed =
        verdict.proof === 'absent' && now.getTime() - (missingSince ?? now).getTime() >= lapseAfterMs;
      await withTenant(deps.db, whose, async (tx) => {
        await recordLook(tx, whose, whose.domainId, {
          verdict,
          lookedAt: now,
          nextLookAt: new Date(now.getTime() + dayMs),
          missingSince: verdict.proof === 'present' ? null : missingSince,
        });
        if (isLapsed) await lapse(tx, whose, now);
      });
      if (isLapsed) return { state: 'lapsed' };
      if (verdict.proof === 'absent') return { state: 'missing' };
      return { state: verdict.proof };
    },
  };
}

/** The challenge of a row, or undefined where nobody is to be asked for one (made by hand, or an older shape). */
function challengeOf(d: {
  domain: string;
  label: string | null;
  token: string | null;
  prefix: string | null;
}): DomainChallenge | undefined {
  if (d.token === null || d.label === null) return undefined;
  return { domain: d.domain, label: d.label, token: d.token, prefix: d.prefix ?? undefined };
}

/** Never past the end of the 30 days: the engine would end the poll early, and the last look would be lost. */
function delayFor(startedAt: Date, now: Date, scheduledMs: number): number {
  const delay = nextLookDelayMs(now.getTime() - startedAt.getTime());
  const left = scheduledMs + challengeLifeMs - now.getTime() - 60_000;
  return left > 0 ? Math.min(delay, left) : delay;
}

/** A domain that another organization holds is a contest [DOM-05]: nothing moves, and staff see it. */
async function settleProof(db: Db, whose: OfDomain, now: Date): Promise<'verified' | 'stopped'> {
  try {
    await withTenant(db, whose, (tx) =>
      proveDomain(tx, whose, whose.domainId, {
        strategy: 'dns',
        actor: system,
        now,
        newId,
        tellWorkflow: false,
      }),
    );
    return 'verified';
  } catch (error) {
    if (!(error instanceof OnboardingError && error.code === 'domain_held_elsewhere')) throw error;
    await withTenant(db, whose, (tx) => contest(tx, whose, now));
    return 'stopped';
  }
}

async function contest(tx: Tx, whose: OfDomain, now: Date): Promise<void> {
  const domain = await markDomain(
    tx,
    whose,
    whose.domainId,
    'conflict',
    'domain_verified_by_other_organization',
    now,
  );
  await insertAudit(tx, {
    id: newId('audit_'),
    ...{ environmentId: whose.environmentId, organizationId: whose.organizationId },
    actor: system,
    action: 'organization_domain.contested',
    target: { type: 'organization_domain', id: domain.id },
    at: now,
  });
}

async function fail(tx: Tx, whose: OfDomain, reason: string, now: Date): Promise<void> {
  const domain = await markDomain(tx, whose, whose.domainId, 'failed', reason, now);
  const common = { environmentId: whose.environmentId, organizationId: whose.organizationId };
  await insertEvent(tx, {
    id: newId('event_'),
    ...common,
    name: 'organization_domain.verification_failed',
    data: { reason, organization_domain: organizationDomainObject(domain) },
    createdAt: now,
  });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...common,
    actor: system,
    action: 'organization_domain.verification_failed',
    target: { type: 'organization_domain', id: domain.id },
    after: { reason },
    at: now,
  });
  const onboarding = await findOpenOnboarding(tx, whose, whose.organizationId);
  if (onboarding === undefined) return;
  const fact = {
    key: newId('cmd_'),
    actor: system,
    kind: 'domain_failed',
    domainId: domain.id,
    reason,
  } as const;
  await insertCommand(tx, factRow(onboarding, fact, now));
}

async function lapse(tx: Tx, whose: OfDomain, now: Date): Promise<void> {
  const domain = await markDomain(tx, whose, whose.domainId, 'lapsed', 'record_missing', now);
  const common = { environmentId: whose.environmentId, organizationId: whose.organizationId };
  await insertEvent(tx, {
    id: newId('event_'),
    ...common,
    name: 'organization_domain.updated',
    data: organizationDomainObject(domain),
    createdAt: now,
  });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...common,
    actor: system,
    action: 'organization_domain.lapsed',
    target: { type: 'organization_domain', id: domain.id },
    at: now,
  });
}
