import type { StepName } from './steps.ts';
import type { StepView } from './view.ts';

/**
 * What goes with a step that the vendor has done anew: the settings of sign-in, what a trial of it showed, the source of a
 * directory with its choice, its set-up alone, the domains, or the log stream.
 */
export type StepReset = 'settings' | 'trial' | 'source' | 'set_up' | 'domains' | 'stream';

/**
 * A directory, the domains and a stream are begun anew as a whole, where their set-up begins: their later steps follow by
 * themselves, roles can be assigned again at any time, and a repair closes by what is seen.
 */
const resets: Readonly<Partial<Record<StepName, StepReset>>> = {
  choose_provider: 'settings',
  configure_provider: 'settings',
  enter_metadata: 'settings',
  test_sign_in: 'trial',
  go_live: 'trial',
  choose_directory: 'source',
  connect_directory: 'set_up',
  add_domain: 'domains',
  choose_destination: 'stream',
};

/** What a reset of the step puts away; undefined for a step that has none of its own. */
export function resetOf(step: StepName): StepReset | undefined {
  return resets[step];
}

/** Whether a reset of the step is about single sign-on, whose steps go back one by one. */
export function isResetOfSignIn(step: StepName): boolean {
  const reset = resetOf(step);
  return reset === 'settings' || reset === 'trial';
}

/**
 * Whether a step may be reset as it stands: something of it was begun, and nobody comes yet from a source that would be
 * chosen again. `steps`: those of its feature.
 */
export function canReset({ step, state }: StepView, steps: readonly StepView[]): boolean {
  const reset = resetOf(step);
  if (reset === undefined || ['open', 'blocked', 'skipped'].includes(state)) return false;
  return reset !== 'source' || !havePeopleCome(steps);
}

/** Whether a directory's people have come, as its steps tell. */
export function havePeopleCome(steps: readonly StepView[]): boolean {
  return steps.some(({ step, state }) => step === 'receive_people' && state === 'done');
}
