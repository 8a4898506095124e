import { nextThresholdDay, thresholdOn } from '../onboarding/ageing.ts';
import { dayIn, morningOf, noticeDayIn } from './calendar.ts';

/** When the end of something is spoken of: days are counted on each reader's own calendar, whatever it is that ends. */

/** A secret ends with a day, a key or a certificate at an instant. */
export type End = { day: string } | { at: Date };

/** The vendor reads events, and its calendar is not known. */
export const vendorZone = 'UTC';

export const zoneOf = ({ timeZone }: { timeZone: string | null }): string => timeZone ?? vendorZone;

/** The day of the end there. */
export const dayOf = (end: End, zone: string): string => ('day' in end ? end.day : dayIn(end.at, zone));

/** The threshold that applies to readers of this zone now, and when the next one begins there. */
export function noticeIn(end: End, zone: string, now: Date) {
  const endsOn = dayOf(end, zone);
  const today = noticeDayIn(now, zone);
  return {
    zone,
    endsOn,
    threshold: thresholdOn(endsOn, today),
    next: morningOf(nextThresholdDay(endsOn, today), zone),
  };
}

/** What is due in any of the zones, in words that mean the same notices when they are the same; and the next look. */
export function noticesDue(
  end: End,
  zones: readonly string[],
  now: Date,
): { due: string | null; nextLookAt: string } {
  const perZone = [...new Set(zones)].sort().map((zone) => noticeIn(end, zone, now));
  const due = perZone.flatMap(({ zone, threshold }) =>
    threshold === undefined ? [] : [`${threshold} in ${zone}`],
  );
  return {
    due: due.length === 0 ? null : due.join(', '),
    nextLookAt: new Date(Math.min(...perZone.map(({ next }) => next.getTime()))).toISOString(),
  };
}
