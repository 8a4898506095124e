import { findDirectoryGuide } from './providers/directory/index.ts';
import type { DirectoryRoad } from './providers/directory/provider.ts';

/**
 * How often a directory is heard of when all is well, and so from when on its silence means something. A client that
 * speaks only of changes may be silent for long and well; one that calls by the clock may not.
 */

export const rhythms = ['changes_only', 'cycles', 'files'] as const;
export type Rhythm = (typeof rhythms)[number];

/** What is known of when a directory was heard of. */
export interface HeardOf {
  providerId: string | null;
  road: DirectoryRoad;
  linkedAt: Date | null;
  lastRequestAt: Date | null;
  /** When readings ended that brought us something to look at, newest first. */
  readings: readonly Date[];
  /** When the newest reading began, whatever became of it. */
  lastTriedAt: Date | null;
  /** Since when there has been a token that works; null where none does, or none is needed. */
  tokenSince: Date | null;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Nobody changes anything for two weeks only in a very small company, or over the longest holidays. */
const changesOnlyMs = 14 * dayMs;
/** A few cycles may fail by themselves: three hours of Entra's forty minutes, and of our own readings. */
const cyclesMissed = 4.5;
const leastCyclesMs = 3 * hourMs;
const ourReadingsMinutes = 30;
/** Files are sent daily where nothing else is known, with a weekend between; else as this customer sends them. */
const leastFilesMs = 3 * dayMs;
const longerThanUsual = 1.5;

/** In what rhythm a directory speaks, and how much silence is too much. */
export function rhythmOf({ providerId, road, readings }: Pick<HeardOf, 'providerId' | 'road' | 'readings'>): {
  rhythm: Rhythm;
  silentAfterMs: number;
} {
  if (road === 'sftp')
    return {
      rhythm: 'files',
      silentAfterMs: Math.max(leastFilesMs, longestGap(readings) * longerThanUsual),
    };
  const told = findDirectoryGuide(providerId ?? '')?.rhythm.everyMinutes ?? null;
  const everyMinutes = road === 'scim' ? told : (told ?? ourReadingsMinutes);
  return everyMinutes === null
    ? { rhythm: 'changes_only', silentAfterMs: changesOnlyMs }
    : {
        rhythm: 'cycles',
        silentAfterMs: Math.max(leastCyclesMs, everyMinutes * cyclesMissed * minuteMs),
      };
}

/** Since when, and until when, we could be called without a gap. */
export interface Reachable {
  since: Date;
  until: Date;
}

/** An api says so each minute; where none has for longer than this, nobody could reach us. */
export const unreachableAfterMs = 5 * minuteMs;

/**
 * Since when a directory has been silent for too long; undefined while it is not. What we read ourselves is silent only
 * where we have tried since: a reading that we have missed is not the customer's. Neither is a call that nobody could
 * make: while we cannot be reached nobody is silent, and afterwards each has the whole time anew, as has who was without a
 * token.
 */
export function silenceOf(
  directory: HeardOf,
  now: Date,
  reachable?: Reachable,
): { since: Date; rhythm: Rhythm } | undefined {
  const { road, linkedAt, lastRequestAt, readings, lastTriedAt, tokenSince } = directory;
  const heard = [linkedAt, lastRequestAt, ...readings].filter((at) => at !== null);
  if (heard.length === 0) return undefined;
  const since = new Date(Math.max(...heard.map((at) => at.getTime())));
  const { rhythm, silentAfterMs } = rhythmOf(directory);
  const isDeaf = reachable !== undefined && now.getTime() - reachable.until.getTime() > unreachableAfterMs;
  if (isDeaf) return undefined;
  const from = Math.max(since.getTime(), reachable?.since.getTime() ?? 0, tokenSince?.getTime() ?? 0);
  if (now.getTime() - from < silentAfterMs) return undefined;
  const isOurs = road !== 'scim' && road !== 'sftp';
  if (isOurs && (lastTriedAt === null || lastTriedAt <= since)) return undefined;
  return { since, rhythm };
}

function longestGap(newestFirst: readonly Date[]): number {
  return newestFirst.reduce((longest, at, number) => {
    const later = newestFirst[number - 1];
    return later === undefined ? longest : Math.max(longest, later.getTime() - at.getTime());
  }, 0);
}
