/** Days of the reader's calendar (`2026-11-26`) as instants, for filters; '' where the day is none. */
export function startOfDay(day: string): string {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00`) : new Date(NaN);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/** When the day is over. */
export function dayAfter(day: string): string {
  const start = startOfDay(day);
  if (start === '') return '';
  const at = new Date(start);
  at.setDate(at.getDate() + 1);
  return at.toISOString();
}
