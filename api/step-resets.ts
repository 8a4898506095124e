import { newId } from '../adapters/ids.ts';
import {
  addConnectionNotice,
  addDirectoryNotice,
  endRevision,
  forgetConnectionTest,
  listDomains,
  listLogStreamsOf,
  lockConnection,
  lockDirectory,
  lockLogStream,
  lockOpenRevision,
  moveConnection,
  noteSteps,
  switchConnectionOff,
  updateConnection,
  type ConnectionRow,
  type Tx,
} from '../db/index.ts';
import { emptyConfiguration } from '../onboarding/connection-configuration.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { directoryNameOf } from '../onboarding/providers/directory/names.ts';
import { resetOf, type StepReset } from '../onboarding/step-resets.ts';
import { stepsFrom, type StepName } from '../onboarding/steps.ts';
import type { Acting } from './acting.ts';
import { placeKeepingPresent, type ConfigurationChange } from './configuration-changes.ts';
import { findJourneysConnection } from './connections.ts';
import { findJourneysDirectory } from './directories.ts';
import { setUpDirectoryAnew } from './directory-changes.ts';
import { removeDomain } from './domains.ts';
import { sendCommand } from './journey.ts';
import { journeysStream, removeStream } from './log-streams.ts';
import type { QueuedCommand } from './onboarding-client.ts';
import type { StepAct } from './step-acts.ts';

/** What a reset of a step by the vendor does to what the step had brought: the same as the customer's own act. */

type Resetting = ConfigurationChange & StepAct;

/**
 * The step and those after it are to be done anew, and what was said of them is gone. Of sign-in and of a directory that
 * people come from, what was set up is put away for 30 days and our own addresses stay; domains are removed, and a
 * log stream, too, for its admin to bring back if it had been started. Throws `step_not_resettable`, `feature_off`, `step_blocked` where nothing was begun, and
 * `directory_switch_open`.
 */
export async function resetStep(
  tx: Tx,
  { onboarding, step }: StepAct,
  whose: Pick<ConfigurationChange, 'deps' | 'environment'>,
  by: Acting,
): Promise<QueuedCommand[]> {
  const reset = resetOf(step);
  if (reset === undefined) throw new OnboardingError('step_not_resettable', { step });
  const isPart = onboarding.view.features.some(({ steps }) => steps.some((one) => one.step === step));
  if (!isPart) throw new OnboardingError('feature_off', { step });
  const { environmentId, organizationId } = onboarding;
  const queued = await acts[reset]({
    ...whose,
    tx,
    by,
    onboarding,
    step,
    tenant: { environmentId, organizationId },
  });
  await noteSteps(tx, onboarding, stepsFrom(step), null);
  return queued;
}

const acts: Readonly<Record<StepReset, (resetting: Resetting) => Promise<QueuedCommand[]>>> = {
  settings: (resetting) => resetSignIn(resetting, { keepsSettings: false }),
  trial: (resetting) => resetSignIn(resetting, { keepsSettings: true }),
  source: (resetting) => resetDirectory(resetting, { keepsSource: false }),
  set_up: (resetting) => resetDirectory(resetting, { keepsSource: true }),
  domains: resetDomains,
  stream: resetStream,
};

/** Sign-in stops where it was live. */
async function resetSignIn(
  resetting: Resetting,
  { keepsSettings }: { keepsSettings: boolean },
): Promise<QueuedCommand[]> {
  const { tx, tenant, by, onboarding, step } = resetting;
  const found = await findJourneysConnection(tx, tenant);
  if (found === undefined || found.isAdditional)
    throw new OnboardingError('step_blocked', { step: 'choose_provider' });
  const connection = await lockConnection(tx, tenant, found.id);
  const { now } = by.request;
  const off = await switchConnectionOff(tx, tenant, connection.id, { actor: by.actor, now, newId });
  if (keepsSettings) await beTriedAnew(resetting, connection, step);
  else await putSettingsAway(resetting, connection, step);
  if (off !== undefined) {
    const kind = keepsSettings ? ('switched_off' as const) : ('reset' as const);
    const notice = { kind, at: now.toISOString(), by: null, isVendors: true };
    await addConnectionNotice(tx, tenant, connection.id, notice);
  }
  return sendCommand(tx, onboarding, { kind: 'reset_step', step, connectionId: connection.id }, by);
}

/** The same source anew; it may be chosen again only while nobody has come from it. */
async function resetDirectory(
  resetting: Resetting,
  { keepsSource }: { keepsSource: boolean },
): Promise<QueuedCommand[]> {
  const { tx, tenant, by, onboarding, step } = resetting;
  const found = await findJourneysDirectory(tx, tenant);
  if (found === undefined) throw new OnboardingError('step_blocked', { step: 'choose_directory' });
  const before = await lockDirectory(tx, tenant, found.id);
  const isLinked = before.linkedAt !== null;
  if (isLinked && !keepsSource) throw new OnboardingError('step_not_resettable', { step });
  const { id: directoryId, name, type, road, providerId } = before;
  await setUpDirectoryAnew(resetting, before, { source: { name, type, road, providerId }, reason: 'reset' });
  if (isLinked) {
    await addDirectoryNotice(tx, tenant, directoryId, {
      kind: 'reset',
      at: by.request.now.toISOString(),
      by: null,
      isVendors: true,
      source: directoryNameOf(before),
    });
  }
  const act = { kind: 'reset_directory', directoryId, ...(keepsSource && { keepsSource }) } as const;
  return sendCommand(tx, onboarding, act, by);
}

/** All of them, verified ones too. */
async function resetDomains({ tx, tenant, by }: Resetting): Promise<QueuedCommand[]> {
  const domains = await listDomains(tx, tenant);
  if (domains.length === 0) throw new OnboardingError('step_blocked', { step: 'add_domain' });
  let queued: QueuedCommand[] = [];
  for (const { id } of domains) {
    const removed = await removeDomain(tx, tenant, id, by, { isReset: true, earlier: queued });
    queued = removed?.queued ?? queued;
  }
  return queued;
}

/** The one of the journey; where another one sends, too, it takes its place. */
async function resetStream({ tx, tenant, by, onboarding }: Resetting): Promise<QueuedCommand[]> {
  const found = journeysStream(await listLogStreamsOf(tx, tenant));
  if (found === undefined) throw new OnboardingError('step_blocked', { step: 'choose_destination' });
  const stream = await lockLogStream(tx, tenant, found.id);
  return sendCommand(tx, onboarding, await removeStream(tx, stream, by), by);
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
