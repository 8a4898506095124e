import { useNow } from './use-now.ts';
import { useTimes } from './use-times.ts';

const hourMs = 3_600_000;

/** A beginning inside a sentence, "since 14:02": within the hour the clock, because "since 3 min ago" is no English. */
export function useSince(): (at: Date | string) => string {
  const times = useTimes();
  const now = useNow();
  return (at) =>
    Math.abs(now.value.getTime() - new Date(at).getTime()) < hourMs ? times.clock(at) : times.when(at);
}
