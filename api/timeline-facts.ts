import type { TimelineEntryRow } from '../db/index.ts';
import { providerNameOf } from '../onboarding/providers/sign-in/index.ts';

/** The facts of an entry as pages need them: they hold no guides, so a provider comes with its name. */
export function factsForPages({
  facts,
}: TimelineEntryRow): Record<string, TimelineEntryRow['facts'][string]> {
  const name = typeof facts['provider'] === 'string' ? providerNameOf(facts['provider']) : null;
  return name === null ? { ...facts } : { ...facts, provider_name: name };
}
