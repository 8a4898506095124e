/**
 * Times as people say them (experience.md §6): "3 min ago" within the hour, "today 14:02", "Mon 14:02" within seven
 * days, then "24 Nov 2026". Days are counted on the reader's calendar. The full value names zone and UTC.
 */

/** Whose calendar: language tag and IANA zone. */
export type Calendar = { locale: string; timeZone: string };

/** What to say: a catalogue key with its values, or a text that is already in the reader's words. */
export type Said =
  { key: string; values: Record<string, string | number>; count?: number } | { text: string };

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function sayTime(at: Date, now: Date, calendar: Calendar): Said {
  const ahead = at.getTime() - now.getTime();
  const distance = Math.abs(ahead);
  if (distance < minute) return { key: 'times.now', values: {} };
  if (distance < hour) {
    const n = Math.floor(distance / minute);
    return { key: ahead > 0 ? 'times.inMinutes' : 'times.minutesAgo', values: { n }, count: n };
  }
  const clock = format(at, calendar, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const days = Math.abs(daysBetween(now, at, calendar));
  if (days === 0) return { key: 'times.today', values: { clock } };
  if (days < 7) return { text: `${format(at, calendar, { weekday: 'short' })} ${clock}` };
  return { text: sayDay(at, calendar) };
}

/** When what happens by itself happens next: what is due within the minute, or overdue, comes "any moment". */
export function sayNext(at: Date, now: Date, calendar: Calendar): Said {
  const isDue = at.getTime() - now.getTime() < minute;
  return isDue ? { key: 'times.anyMoment', values: {} } : sayTime(at, now, calendar);
}

/** "24 Nov 2026" */
export function sayDay(at: Date, calendar: Calendar): string {
  return format(at, calendar, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** "14:02:11", for ledgers that tell seconds apart; without seconds "14:02". */
export function sayClock(at: Date, calendar: Calendar, precision: 'minutes' | 'seconds' = 'minutes'): string {
  return format(at, calendar, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(precision === 'seconds' ? { second: '2-digit' } : {}),
  });
}

/** A deadline names its zone: "25 Dec 2026, 14:02 CET". */
export function sayDeadline(at: Date, calendar: Calendar): string {
  return format(at, calendar, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
}

/** Everything at once: weekday, date, seconds, zone, and the same moment in UTC. */
export function sayFully(at: Date, calendar: Calendar): string {
  const full: Intl.DateTimeFormatOptions = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  };
  return `${format(at, calendar, full)} · ${at
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')}`;
}

/** Calendar days from one moment to another, on the reader's calendar; negative when it lies behind. */
export function daysBetween(from: Date, to: Date, calendar: Calendar): number {
  return Math.round((calendarDay(to, calendar) - calendarDay(from, calendar)) / day);
}

function calendarDay(at: Date, { timeZone }: Calendar): number {
  const parts = formatIn('en', timeZone, { year: 'numeric', month: 'numeric', day: 'numeric' });
  const part = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'] ?? 1);
}

function format(at: Date, { locale, timeZone }: Calendar, options: Intl.DateTimeFormatOptions): string {
  return formatIn(dayFirst(locale), timeZone, options).format(at);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes much longer than using it, and every row of a list says several times. */
function formatIn(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, timeZone, options]);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone });
  formats.set(key, made);
  return made;
}

/** English is written day first, as the catalogue's own dates are. */
function dayFirst(locale: string): string {
  return locale === 'en' || locale.startsWith('en-x-') ? 'en-GB' : locale;
}

/** How long something took, in seconds: at least a tenth, because nothing takes no time. */
export const secondsOf = (ms: number): string => (Math.max(100, ms) / 1000).toFixed(1);
