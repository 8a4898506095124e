import { expect, test } from 'vitest';
import { daysUntil, nextThresholdDay, thresholdOn } from './ageing.ts';

test.each([
  ['2026-01-01', undefined, '2026-09-25'],
  ['2026-09-24', undefined, '2026-09-25'],
  ['2026-09-25', 90, '2026-10-25'],
  ['2026-11-24', 30, '2026-12-10'],
  ['2026-12-10', 14, '2026-12-17'],
  ['2026-12-23', 1, '2026-12-24'],
  ['2026-12-24', 0, '2026-12-31'],
  ['2026-12-30', 0, '2026-12-31'],
  ['2026-12-31', -7, '2027-01-07'],
  ['2027-01-09', -14, '2027-01-14'],
])(
  'on %s the threshold of what ends on Christmas Eve is %s, and the next one comes on %s',
  (day, now, next) => {
    expect([thresholdOn('2026-12-24', day), nextThresholdDay('2026-12-24', day)]).toEqual([now, next]);
  },
);

test('days are counted by the calendar, over the ends of months and years', () => {
  expect([daysUntil('2027-01-01', '2026-12-31'), daysUntil('2026-12-24', '2027-01-03')]).toEqual([1, -10]);
});
