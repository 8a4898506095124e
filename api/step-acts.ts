import { newId } from '../adapters/ids.ts';
import {
  addConnectionNotice,
  endRevision,
  forgetConnectionTest,
  lockConnection,
  lockOpenRevision,
  lockShownOnboarding,
  moveConnection,
  noteSteps,
  switchConnectionOff,
  updateConnection,
  type ConnectionRow,
  type OnboardingRow,
  type Tx,
} from '../db/index.ts';
import { emptyConfiguration } from '../onboarding/connection-configuration.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { canStaffDo } from '../onboarding/modes.ts';
import { isResettable, stepNames, stepsFrom, type StepName } from '../onboarding/steps.ts';
import type { Acting } from './acting.ts';
import { placeKeepingPresent, type ConfigurationChange } from './configuration-changes.ts';
import { findJourneysConnection } from './connections.ts';
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

/**
 * The step and those after it are to be done anew. Sign-in stops where it was live. Settings that the steps had brought
 * are put away for 30 days; our own addresses stay, and what was said of the steps is gone. Throws `step_not_resettable`, and `step_blocked` where nothing was
 * begun.
 */
export async function resetStep(
  tx: Tx,
  { onboarding, step }: StepAct,
  whose: Pick<ConfigurationChange, 'deps' | 'environment'>,
  by: Acting,
): Promise<QueuedCommand[]> {
  const { environmentId, organizationId } = onboarding;
  const tenant = { environmentId, organizationId };
  const change = { ...whose, tx, tenant, by };
  if (!isResettable(step)) throw new OnboardingError('step_not_resettable', { step });
  const found = await findJourneysConnection(tx, tenant);
  if (found === undefined || found.isAdditional)
    throw new OnboardingError('step_blocked', { step: 'choose_provider' });
  const connection = await lockConnection(tx, tenant, found.id);
  const { now } = by.request;
  const off = await switchConnectionOff(tx, tenant, connection.id, { actor: by.actor, now, newId });
  const keepsSettings = step === 'test_sign_in' || step === 'go_live';
  if (keepsSettings) await beTriedAnew(change, connection, step);
  else await putSettingsAway(change, connection, step);
  if (off !== undefined) {
    const kind = keepsSettings ? ('switched_off' as const) : ('reset' as const);
    const notice = { kind, at: now.toISOString(), by: null, isVendors: true };
    await addConnectionNotice(tx, tenant, connection.id, notice);
  }
  await noteSteps(tx, onboarding, stepsFrom(step), null);
  return sendCommand(tx, onboarding, { kind: 'reset_step', step, connectionId: connection.id }, by);
}

async function beTriedAnew(
  { tx, tenant, by }: ConfigurationChange,
  { id }: ConnectionRow,
  step: StepName,
): Promise<void> {
  const { now } = by.request;
  if (step === 'test_sign_in') await forgetConnectionTest(tx, tenant, id, now);
  // What has served is set up from the beginning again.
  const drafted = await moveConnection(tx, tenant, id, { from: ['inactive'], to: 'draft', now });
  if (drafted !== undefined) await moveConnection(tx, tenant, id, { from: ['draft'], to: 'validating', now });
}

async function putSettingsAway(
  change: ConfigurationChange,
  connection: ConnectionRow,
  step: StepName,
): Promise<void> {
  const { tx, tenant, by } = change;
  const { now } = by.request;
  const { id, providerId, connectionType, protocol } = connection;
  const draft = await lockOpenRevision(tx, tenant, id);
  if (draft !== undefined) await endRevision(tx, tenant, draft.id, { endedAs: 'discarded', now });
  const provider = step === 'choose_provider' ? {} : { providerId, connectionType, protocol };
  await placeKeepingPresent(change, connection, 'reset', {
    configuration: { ...emptyConfiguration, ...provider },
    certificates: [],
    clientSecretSealed: null,
    signedFloor: 'one',
    encryptedFloor: false,
    tested: null,
  });
  await updateConnection(tx, tenant, id, { guideProgress: {}, drafts: {} }, now);
  await moveConnection(tx, tenant, id, { from: ['inactive', 'validating'], to: 'draft', now });
}
