import type { changesOf } from '../../onboarding/directory-files.ts';

/** What a file changed, or would, one part for each that is not nothing. */
export const countWords = (
  t: (key: string, values: Record<string, number>, n: number) => string,
  changes: ReturnType<typeof changesOf>,
): string[] => changes.map(([change, n]) => t(`files.counts.${change}`, { n }, n));
