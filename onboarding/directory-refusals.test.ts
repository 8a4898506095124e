import { describe, expect, it } from 'vitest';
import {
  directoryRefusals,
  isPassing,
  nextReadingAfter,
  type DirectoryRefusal,
} from './directory-refusals.ts';

const now = new Date('2026-11-26T06:00:00Z');
const minutesUntil = (refusal: DirectoryRefusal, inARow: number, retryAfterMs?: number) => {
  const next = nextReadingAfter(refusal, { inARow, retryAfterMs }, now);
  return next && (next.getTime() - now.getTime()) / 60_000;
};

describe('the next reading after one that was refused', () => {
  it('waits for new credentials where trying again could lock the account', () => {
    expect(minutesUntil('workday_login_refused', 1)).toBeNull();
    expect(minutesUntil('bamboohr_key_refused', 9)).toBeNull();
    expect(minutesUntil('google_consent_ended', 1)).toBeNull();
  });

  it('comes within hours where something may have been mended at the source', () => {
    expect(minutesUntil('workday_report_not_shared', 1)).toBe(360);
    expect(minutesUntil('google_api_off', 7)).toBe(360);
  });

  it('backs off from a source in trouble, and never comes sooner than the source asks', () => {
    expect([1, 2, 3, 4, 9].map((inARow) => minutesUntil('source_away', inARow))).toEqual([
      5, 10, 20, 40, 240,
    ]);
    expect(minutesUntil('source_busy', 1, 15 * 60_000)).toBe(15);
    expect(minutesUntil('source_busy', 5, 60_000)).toBe(80);
  });

  it('has a clock or an owner for each refusal', () => {
    const withoutClock = directoryRefusals.filter((refusal) => minutesUntil(refusal, 1) === null);
    expect(withoutClock.filter(isPassing)).toEqual([]);
  });
});
