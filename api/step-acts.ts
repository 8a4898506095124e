import { lockShownOnboarding, noteSteps, type OnboardingRow, type Tx } from '../db/index.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { canStaffDo } from '../onboarding/modes.ts';
import { stepNames, type StepName } from '../onboarding/steps.ts';
import type { Acting } from './acting.ts';
import { sendCommand } from './journey.ts';
import type { QueuedCommand } from './onboarding-client.ts';

/** What the vendor does about one step of a running onboarding, by the dashboard and by the developer API. */

/** A step on its way to other hands, or to be done anew; the onboarding is locked. */
export interface StepAct {
  onboarding: OnboardingRow;
  step: StepName;
}

/** The step that a path names. Throws `not_found` where there is no such step at all, and `onboarding_ended`. */
export async function lockStep(
  tx: Tx,
  environmentId: string,
  asked: { id: string; step: string },
): Promise<StepAct> {
  const onboarding = await lockShownOnboarding(tx, { environmentId }, asked.id);
  const step = stepNames.find((known) => known === asked.step);
  if (step === undefined) throw new OnboardingError('not_found', { kind: 'step', id: asked.step });
  if (!onboarding.isOpen) throw new OnboardingError('onboarding_ended');
  return { onboarding, step };
}

/** The vendor's people hold the step from now on. Throws `step_held` where it takes the customer. */
export async function handOver(tx: Tx, { onboarding, step }: StepAct, by: Acting): Promise<QueuedCommand[]> {
  if (!canStaffDo(step)) throw new OnboardingError('step_held', { step, holder: 'customer' });
  await noteSteps(tx, onboarding, [step], null);
  return sendCommand(tx, onboarding, { kind: 'take_over_step', step }, by);
}

/** The customer holds the step again, and reads the note. Throws `step_held` where they hold it already. */
export async function handBack(
  tx: Tx,
  { onboarding, step }: StepAct,
  note: string,
  by: Acting,
): Promise<QueuedCommand[]> {
  const { holder } =
    onboarding.view.features.flatMap(({ steps }) => steps).find((one) => one.step === step) ?? {};
  if (holder === 'customer') throw new OnboardingError('step_held', { step, holder });
  await noteSteps(tx, onboarding, [step], note);
  return sendCommand(tx, onboarding, { kind: 'hand_back_step', step }, by);
}
