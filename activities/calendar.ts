/**
 * The calendar where a reader is. Lives with the activities because zone tables differ between runtimes, which workflow
 * code must not notice.
 */

const morningHour = 8;
const hourMs = 3_600_000;
const quarterMs = hourMs / 4;

/** The day it is there, `2026-12-24`. An unknown zone counts as UTC. */
export function dayIn(at: Date, timeZone: string): string {
  return dayOf(partsIn(at, timeZone));
}

/** The hour it is there, 0 to 23. An unknown zone counts as UTC. */
export const hourIn = (at: Date, timeZone: string): number => Number(partsIn(at, timeZone).hour);

/** The day whose notices are due there: a day's go out in its morning, so nobody is written to at night. */
export function noticeDayIn(at: Date, timeZone: string): string {
  const parts = partsIn(at, timeZone);
  const today = dayOf(parts);
  if (Number(parts.hour) >= morningHour) return today;
  return new Date(Date.parse(today) - 24 * hourMs).toISOString().slice(0, 10);
}

/** When the notices of that day fall due there. */
export function morningOf(day: string, timeZone: string): Date {
  // Zones reach from 12 hours behind UTC to 14 ahead of it, in quarters of an hour; a day's notices stay due once they are.
  const atQuarter = (quarter: number) =>
    new Date(Date.parse(day) + (morningHour - 14) * hourMs + quarter * quarterMs);
  let [first, last] = [0, 27 * 4];
  while (first < last) {
    const middle = Math.floor((first + last) / 2);
    if (noticeDayIn(atQuarter(middle), timeZone) >= day) last = middle;
    else first = middle + 1;
  }
  return atQuarter(first);
}

type Parts = Record<'year' | 'month' | 'day' | 'hour', string>;

const dayOf = ({ year, month, day }: Parts): string => `${year}-${month}-${day}`;

function partsIn(at: Date, timeZone: string): Parts {
  const parts = { year: '', month: '', day: '', hour: '' };
  for (const { type, value } of clockIn(timeZone).formatToParts(at)) {
    if (type in parts) parts[type as keyof Parts] = value;
  }
  return parts;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making a clock takes twenty times as long as reading it. There are some 600 zones; other names are not kept. */
function clockIn(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  try {
    const clock = new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
      timeZone,
    });
    clocks.set(timeZone, clock);
    return clock;
  } catch {
    return clockIn('UTC');
  }
}
