/** How long a proof of a domain stands: when a vanished record ends it, and what another organization's proof does. */
import type { DomainVerdict } from './domain-verdict.ts';

const hourMs = 3_600_000;

type Proof = DomainVerdict['proof'];

/**
 * So many domains of an organization may wait for their record at a time [DNS-02]: for each, servers that somebody else
 * runs are asked for 30 days, and who names a domain need not own it.
 */
export const mostWaiting = 50;

/** [DOM-06]: this long, and over three looks at least, the record has to be missing. */
const missingForMs = 72 * hourMs;

/** What earlier looks at a verified domain have left. */
export type LooksBefore = {
  /** First look in a row that found no record. */
  missingSince: Date | null;
  lastLookedAt: Date | null;
  lastProof: Proof | undefined;
};

/**
 * Whether the look of `now` ends a proof: the third one at least that found nothing, 72 hours or more after the first.
 * Servers that were silent or broken never count [DOM-06]; the look before this one must have been conclusive too.
 */
export function hasLapsed({ missingSince, lastLookedAt, lastProof }: LooksBefore, proof: Proof, now: Date) {
  if (proof !== 'absent' || missingSince === null) return false;
  const isThird = lastProof === 'absent' && lastLookedAt !== null && lastLookedAt > missingSince;
  return isThird && now.getTime() - missingSince.getTime() >= missingForMs;
}

/** Since when the record is missing, after the look of `now`; only the record itself ends it. */
export function missingSinceAfter(before: Date | null, proof: Proof, now: Date): Date | null {
  if (proof === 'present') return null;
  return proof === 'absent' ? (before ?? now) : before;
}

/** Why a proof came to nothing: another organization has the name. */
export const heldByAnother = 'domain_verified_by_other_organization';

/** Why a domain waits for staff, and why it ended, where its name is part of another organization's [DOM-07]. */
export const needsApproval = 'domain_needs_approval';
export const refusedByStaff = 'domain_refused';

/** The names that a domain is part of, the nearest first; the last label alone is nobody's. */
export function namesAbove(domain: string): string[] {
  const labels = domain.split('.');
  return labels.slice(1, -1).map((_label, index) => labels.slice(index + 1).join('.'));
}

/**
 * What a contest means for one of its two sides, to be mailed to its contacts [DOM-05]: to the holder, to the claimant,
 * and to who got the domain and who lost it, once staff have decided or the day to object is over. `reviewed`, `approved`
 * and `refused` are for who proved a part of another organization's domain [DOM-07].
 */
export type ContestNews =
  | 'contested'
  | 'lost'
  | 'claim_contested'
  | 'claim_waits'
  | 'given'
  | 'taken'
  | 'won'
  | 'passed_on'
  | 'reviewed'
  | 'approved'
  | 'refused';

/** [DOM-05]: this long after its holder has lost a contest, a domain stays with nobody, so that the holder can object. */
const contestHoldMs = 24 * hourMs;

/** Until when a domain lost at `lostAt` waits; undefined once it is free, or where it was never lost. */
export function heldUntil(lostAt: Date | null, now: Date): Date | undefined {
  if (lostAt === null) return undefined;
  const until = new Date(lostAt.getTime() + contestHoldMs);
  return until > now ? until : undefined;
}

/**
 * What comes of a proof of a domain that another organization holds, by what a look at the holder's record has found
 * [DOM-05]. A holder whom the vendor vouched for has no record to lose.
 */
export function judgeContest(holder: Proof | 'vouched'): 'holder_lapses' | 'staff_decide' | 'look_again' {
  switch (holder) {
    case 'absent':
      return 'holder_lapses';
    case 'present':
    case 'vouched':
      return 'staff_decide';
    case 'unknown':
      return 'look_again';
  }
}
