/**
 * The calendar where a reader is. Lives with the activities because zone tables differ between runtimes, which workflow
 * code must not notice.
 */

const morningHour = 8;
const hourMs = 3_600_000;

/** The day it is there, `2026-12-24`. An unknown zone counts as UTC. */
export function dayIn(at: Date, timeZone: string): string {
  const { year, month, day } = partsIn(at, timeZone);
  return `${year}-${month}-${day}`;
}

/** The day whose notices are due there: a day's go out in its morning, so nobody is written to at night. */
export function noticeDayIn(at: Date, timeZone: string): string {
  const today = dayIn(at, timeZone);
  if (Number(partsIn(at, timeZone).hour) >= morningHour) return today;
  return new Date(Date.parse(today) - 24 * hourMs).toISOString().slice(0, 10);
}

/** When the notices of that day fall due there. */
export function morningOf(day: string, timeZone: string): Date {
  // Zones reach from 12 hours behind UTC to 14 ahead of it.
  const earliest = Date.parse(day) + (morningHour - 14) * hourMs;
  for (let ahead = 0; ahead <= 27; ahead += 0.25) {
    const candidate = new Date(earliest + ahead * hourMs);
    if (noticeDayIn(candidate, timeZone) >= day) return candidate;
  }
  throw new Error(`there is no morning on ${day} in ${timeZone}`);
}

function partsIn(at: Date, timeZone: string): Record<'year' | 'month' | 'day' | 'hour', string> {
  const shape = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  } as const;
  const read = (zone: string) =>
    new Map(
      new Intl.DateTimeFormat('en-GB', { ...shape, timeZone: zone })
        .formatToParts(at)
        .map(({ type, value }) => [type, value]),
    );
  const parts = read(isZone(timeZone) ? timeZone : 'UTC');
  const part = (name: 'year' | 'month' | 'day' | 'hour') => parts.get(name) ?? '';
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') };
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
