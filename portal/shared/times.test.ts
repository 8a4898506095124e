import { describe, expect, it } from 'vitest';
import { daysBetween, sayDeadline, sayFully, sayNext, sayTime, secondsOf } from './times.ts';

const berlin = { locale: 'en', timeZone: 'Europe/Berlin' };
const now = new Date('2026-11-24T13:05:00Z');

describe('a time as people say it', () => {
  it.each([
    ['2026-11-24T13:04:40Z', { key: 'times.now', values: {} }],
    ['2026-11-24T13:02:00Z', { key: 'times.minutesAgo', values: { n: 3 }, count: 3 }],
    ['2026-11-24T13:09:30Z', { key: 'times.inMinutes', values: { n: 4 }, count: 4 }],
    ['2026-11-24T08:12:00Z', { key: 'times.today', values: { clock: '09:12' } }],
    ['2026-11-23T16:20:00Z', { text: 'Mon 17:20' }],
    ['2026-11-27T08:00:00Z', { text: 'Fri 09:00' }],
    ['2026-11-17T12:00:00Z', { text: '17 Nov 2026' }],
  ])('%s', (at, said) => {
    expect(sayTime(new Date(at), now, berlin)).toEqual(said);
  });

  it.each([
    ['due', '2026-11-24T13:05:00Z'],
    ['due within the minute', '2026-11-24T13:05:59Z'],
    ['overdue', '2026-11-24T12:58:00Z'],
  ])('says “any moment” of a next look that is %s', (_state, at) => {
    expect(sayNext(new Date(at), now, berlin)).toEqual({ key: 'times.anyMoment', values: {} });
  });

  it('says of a next look that has time when it is', () => {
    expect(sayNext(new Date('2026-11-24T13:09:30Z'), now, berlin)).toEqual({
      key: 'times.inMinutes',
      values: { n: 4 },
      count: 4,
    });
  });

  it("counts days on the reader's calendar, not on UTC's", () => {
    const lateEvening = new Date('2026-11-23T23:30:00Z');

    expect(daysBetween(lateEvening, now, berlin)).toBe(0);
    expect(daysBetween(lateEvening, now, { ...berlin, timeZone: 'America/New_York' })).toBe(1);
  });

  it('names the zone of a deadline, and zone and UTC in full', () => {
    const at = new Date('2026-12-25T13:02:00Z');

    expect(sayDeadline(at, berlin)).toBe('25 Dec 2026, 14:02 CET');
    expect(sayFully(at, berlin)).toMatch(
      /^Friday,? 25 December 2026.* 14:02:00 CET · 2026-12-25 13:02:00 UTC$/,
    );
  });
});

it.each([
  [0, '0.1'],
  [99, '0.1'],
  [412, '0.4'],
  [1960, '2.0'],
])('%i ms are said to be %s s: nothing takes no time', (ms, said) => {
  expect(secondsOf(ms)).toBe(said);
});
