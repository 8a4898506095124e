import { hourIn } from './calendar.ts';

/** Nothing is mailed at night in the contact's zone. */

const morningHour = 8;
const eveningHour = 20;
const hourMs = 3_600_000;

/** The contact's morning when it is night there now, else undefined. An unknown zone counts as UTC. */
export function morningAfterNight(now: Date, timeZone: string | null): Date | undefined {
  const zone = timeZone ?? 'UTC';
  const hour = hourIn(now, zone);
  if (hour >= morningHour && hour < eveningHour) return undefined;
  // Full hours at most 24 ahead: daylight saving shifts whole hours, so the first that reads as morning is right.
  const thisHour = new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  for (let ahead = 1; ahead <= 24; ahead++) {
    const candidate = new Date(thisHour.getTime() + ahead * hourMs);
    const there = hourIn(candidate, zone);
    if (there >= morningHour && there < eveningHour) return candidate;
  }
  return undefined;
}
