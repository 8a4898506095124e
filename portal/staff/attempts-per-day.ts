import type { AttemptView } from '../../api/contract/shared.ts';

type Day = { day: string; worked: number; failed: number };
const dayMs = 86_400_000;
/** So that a few days of attempts are bars and not walls. */
const shownDays = 14;

/** Attempts that came to an end, per UTC day up to the last one listed: two weeks at least, days without any among them. */
export function attemptsPerDay(attempts: readonly AttemptView[]): Day[] {
  const days = new Map<string, Day>();
  const starts = attempts.map(({ startedAt }) => Date.parse(startedAt.slice(0, 10)));
  if (starts.length === 0) return [];
  const last = Math.max(...starts);
  for (let at = Math.min(...starts, last - (shownDays - 1) * dayMs); at <= last; at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    days.set(day, { day, worked: 0, failed: 0 });
  }
  for (const { startedAt, chip } of attempts) {
    const day = days.get(startedAt.slice(0, 10));
    if (day === undefined || chip === 'in_progress') continue;
    day[chip === 'success' ? 'worked' : 'failed'] += 1;
  }
  return [...days.values()];
}
