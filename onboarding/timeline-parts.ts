import type { TimelineKind } from './state.ts';
import { offeredFeatures, stepRules, type OfferedFeature, type StepName } from './steps.ts';

/** What an entry is about, where it names no step: by how its kind begins. */
const partsByKind: readonly [start: string, feature: OfferedFeature][] = [
  ['provider_', 'sso'],
  ['test_', 'sso'],
  ['connection_', 'sso'],
  ['activation_', 'sso'],
  ['configuration_', 'sso'],
  ['domain_', 'domain_verification'],
  ['directory_', 'directory_sync'],
  ['destination_', 'log_streams'],
  ['stream_', 'log_streams'],
  ['certificate_', 'certificate_renewal'],
];

/** The feature that an entry of the timeline is about; undefined for what is about the whole set-up. */
export function featureOfEntry(entry: {
  kind: TimelineKind;
  step: StepName | null;
  facts: Readonly<Record<string, unknown>>;
}): OfferedFeature | undefined {
  if (entry.step !== null) return stepRules[entry.step].feature;
  const named = offeredFeatures.find((feature) => feature === entry.facts['feature']);
  return named ?? partsByKind.find(([start]) => entry.kind.startsWith(start))?.[1];
}
