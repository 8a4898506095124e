import { describe, expect, it } from 'vitest';
import { hasLapsed, heldUntil, judgeContest, missingSinceAfter, namesAbove } from './domain-holding.ts';

const hours = (n: number) => new Date(Date.UTC(2026, 10, 25, n));
const start = hours(0);

describe('[DOM-06] a verified domain lapses', () => {
  const before = { missingSince: start, lastLookedAt: hours(48), lastProof: 'absent' as const };

  it.each([
    ['72 hours after the first of three looks that found nothing', before, hours(72), true],
    ['not a second earlier', before, new Date(hours(72).getTime() - 1_000), false],
    [
      'not at the second look, however late it comes',
      { ...before, lastLookedAt: start },
      hours(24 * 30),
      false,
    ],
    [
      'not when the look before found silent or broken servers',
      { ...before, lastProof: 'unknown' as const },
      hours(96),
      false,
    ],
    ['not at the first look', { ...before, missingSince: null }, hours(96), false],
  ])('%s', (_rule, looks, now, expected) => {
    expect(hasLapsed(looks, 'absent', now)).toBe(expected);
  });

  it.each(['unknown', 'present'] as const)('never by a look that says %s', (proof) => {
    expect(hasLapsed(before, proof, hours(24 * 30))).toBe(false);
  });

  it('the clock starts at the first miss, goes on over silence, and ends when the record is back', () => {
    expect(missingSinceAfter(null, 'absent', hours(1))).toEqual(hours(1));
    expect(missingSinceAfter(start, 'absent', hours(1))).toEqual(start);
    expect(missingSinceAfter(start, 'unknown', hours(1))).toEqual(start);
    expect(missingSinceAfter(null, 'unknown', hours(1))).toBeNull();
    expect(missingSinceAfter(start, 'present', hours(1))).toBeNull();
  });
});

describe('[DOM-07] a domain that is part of another', () => {
  it.each([
    ['de.eu.corp.example', ['eu.corp.example', 'corp.example']],
    ['eu.corp.example', ['corp.example']],
    ['corp.example', []],
  ])('%s is part of %j', (domain, names) => {
    expect(namesAbove(domain)).toEqual(names);
  });
});

describe('[DOM-05] a contest', () => {
  it.each([
    ['absent', 'holder_lapses'],
    ['present', 'staff_decide'],
    ['vouched', 'staff_decide'],
    ['unknown', 'look_again'],
  ] as const)('with a holder whose record is %s ends in %s', (holder, ruling) => {
    expect(judgeContest(holder)).toBe(ruling);
  });

  it('keeps the domain with nobody for 24 hours', () => {
    expect(heldUntil(start, start)).toEqual(hours(24));
    expect(heldUntil(start, new Date(hours(24).getTime() - 1))).toEqual(hours(24));
    expect(heldUntil(start, hours(24))).toBeUndefined();
    expect(heldUntil(null, start)).toBeUndefined();
  });
});
