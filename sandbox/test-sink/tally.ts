/**
 * What has arrived of what was to come: at least once each, in the order of their sequence. A number that comes again is a
 * duplicate, one that was skipped is missing until it comes, and one that comes after a later one is out of order.
 */
export interface Tally {
  /** Of an organization, as one receiver got them. */
  readonly organizationId: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly missing: number;
  /** The first gaps, as from–to. */
  readonly gaps: readonly (readonly [number, number])[];
}

const mostGaps = 20;

export function createTally(organizationId: string) {
  const seen = new Set<number>();
  let first = Infinity;
  let last = 0;
  let duplicates = 0;
  let outOfOrder = 0;

  return {
    take(sequence: number): void {
      if (seen.has(sequence)) {
        duplicates += 1;
        return;
      }
      if (sequence < last) outOfOrder += 1;
      seen.add(sequence);
      first = Math.min(first, sequence);
      last = Math.max(last, sequence);
    },

    read(): Tally {
      return {
        organizationId,
        count: seen.size,
        first: seen.size === 0 ? 0 : first,
        last,
        duplicates,
        outOfOrder,
        missing: seen.size === 0 ? 0 : last - first + 1 - seen.size,
        gaps: gapsIn(seen, first, last),
      };
    },
  };
}

function gapsIn(seen: ReadonlySet<number>, first: number, last: number): [number, number][] {
  const gaps: [number, number][] = [];
  for (let at = first; at <= last && gaps.length < mostGaps; at += 1) {
    if (seen.has(at)) continue;
    const from = at;
    while (!seen.has(at + 1)) at += 1;
    gaps.push([from, at]);
  }
  return gaps;
}
