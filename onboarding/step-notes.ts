import type { StepName } from './steps.ts';
import type { FeatureView } from './view.ts';

/** What staff said when they handed a step back, by step. */
export type StepNotes = Partial<Record<StepName, string>>;

/** Those of steps that the customer still has to do. */
export function standingNotes(
  features: readonly FeatureView[],
  notes: StepNotes,
): { step: StepName; note: string }[] {
  return features
    .flatMap(({ steps }) => steps)
    .flatMap(({ step, state, holder }) => {
      const note = notes[step];
      return note === undefined || state === 'done' || holder === 'staff' ? [] : [{ step, note }];
    });
}
