import { describe, expect, it } from 'vitest';
import { morningAfterNight } from './quiet-hours.ts';

describe('quiet hours', () => {
  it.each([
    ['in the day nothing waits', '2026-03-02T12:00:00.000Z', 'UTC', undefined],
    [
      'at night the mail waits for eight in the morning',
      '2026-03-02T23:30:00.000Z',
      'UTC',
      '2026-03-03T08:00:00.000Z',
    ],
    [
      'before dawn it waits for the same morning',
      '2026-03-02T05:10:00.000Z',
      'UTC',
      '2026-03-02T08:00:00.000Z',
    ],
    ['the zone is the contact’s', '2026-03-02T23:30:00.000Z', 'America/Los_Angeles', undefined],
    [
      'a zone with half an hour waits until it is past eight there',
      '2026-03-02T19:00:00.000Z',
      'Asia/Kolkata',
      '2026-03-03T03:00:00.000Z',
    ],
    [
      'a zone that nobody knows counts as UTC',
      '2026-03-02T23:30:00.000Z',
      'Mars/Olympus',
      '2026-03-03T08:00:00.000Z',
    ],
  ])('%s', (_rule, now, zone, expected) => {
    expect(morningAfterNight(new Date(now), zone)?.toISOString()).toBe(expected);
  });
});
