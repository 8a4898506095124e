import type { TimelineEntryRow } from '../db/index.ts';
import { findDirectoryGuide } from '../onboarding/providers/directory/index.ts';
import { providerNameOf } from '../onboarding/providers/sign-in/index.ts';

/** The facts of an entry as pages need them: they hold no guides, so a provider comes with its name. */
export function factsForPages({
  kind,
  facts,
}: TimelineEntryRow): Record<string, TimelineEntryRow['facts'][string]> {
  const nameOf =
    kind === 'directory_chosen' ? (id: string) => findDirectoryGuide(id)?.name ?? null : providerNameOf;
  const name = typeof facts['provider'] === 'string' ? nameOf(facts['provider']) : null;
  return name === null ? { ...facts } : { ...facts, provider_name: name };
}
