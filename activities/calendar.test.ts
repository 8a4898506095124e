import { expect, test } from 'vitest';
import { dayIn, morningOf, noticeDayIn } from './calendar.ts';

test.each([
  ['2026-12-24T11:00:00Z', 'UTC', '2026-12-24', '2026-12-24'],
  ['2026-12-24T11:00:00Z', 'Pacific/Kiritimati', '2026-12-25', '2026-12-24'],
  ['2026-12-24T11:00:00Z', 'Pacific/Honolulu', '2026-12-24', '2026-12-23'],
  ['2026-12-24T11:00:00Z', 'Nowhere/Land', '2026-12-24', '2026-12-24'],
  ['2026-03-29T00:30:00Z', 'Europe/Berlin', '2026-03-29', '2026-03-28'],
])('at %s in %s it is %s, and the notices of %s are due', (at, zone, day, notices) => {
  expect([dayIn(new Date(at), zone), noticeDayIn(new Date(at), zone)]).toEqual([day, notices]);
});

test.each([
  ['UTC', '2026-12-24T08:00:00.000Z'],
  ['Europe/Berlin', '2026-12-24T07:00:00.000Z'],
  ['Asia/Kathmandu', '2026-12-24T02:15:00.000Z'],
  ['Pacific/Kiritimati', '2026-12-23T18:00:00.000Z'],
  ['Pacific/Honolulu', '2026-12-24T18:00:00.000Z'],
])('the notices of Christmas Eve fall due in the morning of %s', (zone, at) => {
  expect(morningOf('2026-12-24', zone).toISOString()).toBe(at);
});
