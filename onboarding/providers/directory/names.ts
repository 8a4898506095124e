import { findDirectoryGuide } from './index.ts';

/** What a directory is called in front of people: its source, as its guide names it; else the name it was given. */
export function directoryNameOf({ providerId, name }: { providerId: string | null; name: string }): string {
  return findDirectoryGuide(providerId ?? '')?.name ?? name;
}
