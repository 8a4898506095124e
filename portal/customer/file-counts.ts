import type { SentFile } from '../../api/contract/setup-files.ts';

/** In the order in which people ask: who comes, who changes, who goes. */
const shown = [
  ...['created', 'updated', 'deactivated', 'removed', 'groupsCreated', 'groupsUpdated', 'groupsRemoved'],
  ...['membersAdded', 'membersRemoved'],
];

/** What a file changed, or would, one part for each that is not nothing. */
export function countWords(
  t: (key: string, values: Record<string, number>, n: number) => string,
  counts: SentFile['counts'],
): string[] {
  return shown.flatMap((what) => {
    const n = counts[what] ?? 0;
    return n === 0 ? [] : [t(`files.counts.${what}`, { n }, n)];
  });
}
