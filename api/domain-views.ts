import type { z } from 'zod';
import { looksConfusable } from '../adapters/confusable-names.ts';
import { toUnicodeDomain } from '../adapters/domain-names.ts';
import type { OrganizationDomainRow } from '../db/index.ts';
import { challengeLifeMs, challengeRecord, type DomainChallenge } from '../onboarding/domain-challenge.ts';
import { needsApproval, refusedByStaff } from '../onboarding/domain-holding.ts';
import type { DomainVerdict } from '../onboarding/domain-verdict.ts';
import type { chipDomain, DomainView } from './contract/shared.ts';

/** How domains are shown, to the person at the customer and to staff alike. */

export function domainViewOf(row: OrganizationDomainRow): DomainView {
  const challenge = row.strategy === 'manual' ? undefined : challengeOf(row);
  const begunAt = row.attemptStartedAt ?? row.createdAt;
  return {
    id: row.id,
    domain: row.domain,
    unicode: toUnicodeDomain(row.domain),
    ...(looksConfusable(row.domain) && { isConfusable: true as const }),
    chip: domainChip(row.state, row.lastVerdict?.kind ?? null, row.failedReason),
    state: row.state,
    strategy: row.strategy,
    record: challenge === undefined ? null : challengeRecord(challenge),
    since: (row.verifiedAt ?? (row.state === 'pending' ? begunAt : row.updatedAt)).toISOString(),
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    expiresAt:
      row.state === 'pending' && challenge !== undefined
        ? new Date(begunAt.getTime() + challengeLifeMs).toISOString()
        : null,
    missingSince: row.missingSince?.toISOString() ?? null,
    worksUntil: row.worksUntil?.toISOString() ?? null,
    lastLookedAt: row.lastLookedAt?.toISOString() ?? null,
    nextLookAt: row.nextLookAt?.toISOString() ?? null,
    verdict: row.lastVerdict === null ? null : verdictOf(row.lastVerdict),
  };
}

/** What a look has to find, or undefined where nobody is asked for a record. */
export function challengeOf({
  domain,
  label,
  token,
  prefix,
}: OrganizationDomainRow): DomainChallenge | undefined {
  if (label === null || token === null) return undefined;
  return { domain, label, token, prefix: prefix ?? undefined };
}

/** Findings that time alone will not mend. */
const slips: readonly string[] = [
  'wrong_value',
  'domain_twice',
  'on_apex',
  'quoted',
  'cname_hides',
  'wildcard',
  'other_servers',
  'broken',
] satisfies DomainVerdict['kind'][];

/** The word on the chip (design §6). `verdict` is the kind of what the last look has found, `reason` why a proof ended. */
export function domainChip(
  state: OrganizationDomainRow['state'],
  verdict: string | null,
  reason: string | null,
): z.infer<typeof chipDomain> {
  if (state === 'conflict' && reason === needsApproval) return 'in_review';
  if (state === 'failed' && reason === refusedByStaff) return 'refused';
  if (state !== 'pending') return state;
  return verdict !== null && slips.includes(verdict) ? 'not_right' : 'waiting';
}

/** The finding, what its sentence needs, and what each server said. */
function verdictOf({ kind, rows, proof: _proof, ...facts }: DomainVerdict): DomainView['verdict'] {
  return {
    kind,
    facts: Object.fromEntries(
      Object.entries(facts).flatMap(([name, fact]) => {
        if (Array.isArray(fact)) return [[name, fact.map(String)]];
        return typeof fact === 'object' ? [] : [[name, fact]];
      }),
    ),
    answers: rows.map(({ servers, name, answer, meaning }) => ({
      server: servers.join(', '),
      name,
      answer: [...answer],
      meaning,
    })),
  };
}
