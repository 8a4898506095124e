import { findDirectoryGuide } from './index.ts';

/**
 * The same within a sentence to the customer's people. Files and a client of their own have no name, so that they are called
 * by whose they are: “your HR system”.
 */
export function directoryInWords(directory: { providerId: string | null; name: string }): string {
  const guide = findDirectoryGuide(directory.providerId ?? '');
  return guide?.shortName.startsWith('your ') === true ? guide.shortName : directoryNameOf(directory);
}

/** What a directory is called in front of people: its source, as its guide names it; else the name it was given. */
export function directoryNameOf({ providerId, name }: { providerId: string | null; name: string }): string {
  return findDirectoryGuide(providerId ?? '')?.name ?? name;
}
