import type { TimelineEntryRow } from '../db/index.ts';
import { findDirectoryGuide } from '../onboarding/providers/directory/index.ts';
import { findDestination } from '../onboarding/log-streams/destinations/index.ts';
import { providerNameOf } from '../onboarding/providers/sign-in/index.ts';

/** The facts of an entry as pages need them: they hold no guides, so a provider comes with its name. */
export function factsForPages({
  kind,
  facts,
}: TimelineEntryRow): Record<string, TimelineEntryRow['facts'][string]> {
  const name = typeof facts['provider'] === 'string' ? nameOf(kind, facts['provider']) : null;
  return name === null ? { ...facts } : { ...facts, provider_name: name };
}

function nameOf(kind: string, id: string): string | null {
  if (kind === 'directory_chosen') return findDirectoryGuide(id)?.name ?? null;
  return kind === 'destination_chosen' ? (findDestination(id)?.name ?? null) : providerNameOf(id);
}
