import { newId } from '../adapters/ids.ts';
import {
  getDomain,
  isForApproval,
  lockDomain,
  proveDomain,
  recordLook,
  settleContest,
  takeLook,
  withTenant,
  type OrganizationDomainRow,
  type Tx,
} from '../db/index.ts';
import { nextLookDelayMs, type DomainChallenge } from '../onboarding/domain-challenge.ts';
import { judgeLook, type DomainVerdict } from '../onboarding/domain-verdict.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { Acting } from './acting.ts';
import type { ApiDeps } from './deps.ts';
import { challengeOf } from './domain-views.ts';

/** *Check now*: the api looks at DNS itself and does not wait for the workflow's next turn (design §7, DNS polling). */

/** All pages and processes together look at a domain at most this often. */
export const lookPauseMs = 10_000;
const lookWithinMs = 8_000;

/**
 * Looks at the domain's record now, unless somebody has looked within ten seconds, and keeps what was found: a proof
 * makes it verified, a proof of what another organization holds begins a contest [DOM-05]. Gives the row as it is then.
 * Throws `not_found`.
 */
export async function checkDomain(
  deps: ApiDeps,
  tenant: { environmentId: string; organizationId?: string },
  domainId: string,
  by: Acting,
): Promise<OrganizationDomainRow> {
  const { now } = by.request;
  const { before, mayLook } = await withTenant(deps.db, tenant, async (tx) => {
    const found = await getDomain(tx, tenant, domainId);
    const isOpen = found.state === 'pending' || found.state === 'verified';
    const isAsked = isOpen && found.strategy === 'dns' && challengeOf(found) !== undefined;
    return { before: found, mayLook: isAsked && (await takeLook(tx, tenant, domainId, now, lookPauseMs)) };
  });
  const challenge = challengeOf(before);
  if (!mayLook || challenge === undefined) return before;

  const lookAt = async (what: DomainChallenge) =>
    judgeLook(await deps.dns.lookAtChallenge(what, AbortSignal.timeout(lookWithinMs)), what);
  const whose = { environmentId: before.environmentId, organizationId: before.organizationId };
  const seen = { challengeToken: challenge.token, verdict: await lookAt(challenge) };
  try {
    return await withTenant(deps.db, whose, (tx) => keepLook(tx, whose, domainId, seen, by));
  } catch (error) {
    if (!(error instanceof OnboardingError && error.code === 'domain_held_elsewhere')) throw error;
    const contest = { seen: seen.verdict, lookAt, actor: by.actor, now, newId };
    return settleContest(deps.db, whose, domainId, contest);
  }
}

/**
 * Looks at the record of a domain that waits for staff's approval, however lately somebody looked, and keeps what was
 * found, for the page to tell; undefined for any other domain, which is decided without. Throws `not_found`.
 */
export async function lookForApproval(
  deps: ApiDeps,
  tenant: { environmentId: string },
  domainId: string,
  { request: { now } }: Acting,
): Promise<{ token: string; verdict: DomainVerdict } | undefined> {
  const row = await withTenant(deps.db, tenant, (tx) => getDomain(tx, tenant, domainId));
  const challenge = challengeOf(row);
  if (!isForApproval(row) || challenge === undefined) return undefined;
  const seen = await deps.dns.lookAtChallenge(challenge, AbortSignal.timeout(lookWithinMs));
  const verdict = judgeLook(seen, challenge);
  await withTenant(deps.db, tenant, (tx) =>
    recordLook(tx, tenant, domainId, { verdict, lookedAt: now, nextLookAt: null }),
  );
  return { token: challenge.token, verdict };
}

/** A look counts for the challenge it was made for, and for nothing once that was replaced. */
async function keepLook(
  tx: Tx,
  whose: { environmentId: string; organizationId: string },
  domainId: string,
  { challengeToken, verdict }: { challengeToken: string; verdict: DomainVerdict },
  { actor, request }: Acting,
): Promise<OrganizationDomainRow> {
  const domain = await lockDomain(tx, whose, domainId);
  if (domain.token !== challengeToken) return domain;
  const { now } = request;
  const ageMs = now.getTime() - (domain.attemptStartedAt ?? domain.createdAt).getTime();
  const nextLookAt =
    domain.state === 'pending' && verdict.proof !== 'present'
      ? new Date(now.getTime() + nextLookDelayMs(ageMs))
      : domain.nextLookAt;
  const isBack = verdict.proof === 'present' ? { missingSince: null } : {};
  const looked = await recordLook(tx, whose, domainId, { verdict, lookedAt: now, nextLookAt, ...isBack });
  if (domain.state !== 'pending' || verdict.proof !== 'present') return looked;
  const proof = { strategy: 'dns', actor, now, newId, tellWorkflow: true } as const;
  return (await proveDomain(tx, whose, domainId, proof)) ?? looked;
}
