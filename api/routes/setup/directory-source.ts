import {
  findDirectory,
  insertAudit,
  insertCommand,
  listDirectoriesOf,
  lockDirectory,
  moveDirectory,
  updateDirectory,
  type DirectoryRow,
  type Tx,
} from '../../../db/index.ts';
import { directorySecretAt } from '../../../adapters/client-secrets.ts';
import { newId } from '../../../adapters/ids.ts';
import { isPulled, type PulledRoad, type PulledSource } from '../../../onboarding/directory-sources.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import { audited } from '../../acting.ts';
import type { Answer } from '../../answers.ts';
import type { ApiDeps } from '../../deps.ts';
import { sendCommand } from '../../journey.ts';
import { actLine, proveAct } from './prove-act.ts';
import { ensured, requireChange, tenantOf, type Changed, type Changing, type SetupContext } from './scope.ts';

/** The directory that is read and that the pages are about, and how it gets another source. */

/** One whose road is an API that we read. */
export type ReadDirectory = DirectoryRow & { road: PulledRoad };

const isRead = (directory: DirectoryRow | undefined): directory is ReadDirectory =>
  directory !== undefined && isPulled(directory.road);

/** The one named, else the newest that is read. Undefined where there is none. */
export async function findReadDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller'>,
  directoryId?: string,
): Promise<ReadDirectory | undefined> {
  const tenant = tenantOf(context);
  if (directoryId !== undefined) {
    const directory = await findDirectory(tx, tenant, directoryId);
    return isRead(directory) ? directory : undefined;
  }
  return (await listDirectoriesOf(tx, tenant, tenant.organizationId)).findLast(isRead);
}

/** For a change: what the session may change, as it is now. Throws `step_blocked` while no such source was chosen. */
export function changeableDirectory(context: SetupContext): Promise<ReadDirectory> {
  return context.read(async (tx) => {
    await requireChange(tx, context, 'directory_sync');
    const directory = await findReadDirectory(tx, context);
    if (directory === undefined) throw new OnboardingError('step_blocked', { step: 'choose_directory' });
    return directory;
  });
}

/** Locked, if it still has the source that somebody waited to hear of. Throws `conflict` where it was switched. */
export async function lockReadDirectory(tx: Tx, before: ReadDirectory): Promise<ReadDirectory> {
  const directory = await lockDirectory(tx, before, before.id);
  if (!isRead(directory) || directory.road !== before.road) throw new OnboardingError('conflict');
  return directory;
}

/** New credentials of a directory that people come from take a code [LNK-10]; answers why one does not count. */
export async function proveOnLive(
  tx: Tx,
  context: SetupContext,
  directory: DirectoryRow,
  code: string | undefined,
): Promise<Answer | undefined> {
  if (directory.linkedAt === null) return undefined;
  return proveAct(tx, context, actLine('directory_credentials', directory.id), code);
}

/**
 * Puts the source in place of the one before; its secret is sealed before it is written and never comes back. One that a
 * real call has proved ends what was refused.
 */
export async function saveSource(
  { tx, by }: Pick<Changing, 'tx' | 'by'>,
  { secrets }: Pick<ApiDeps, 'secrets'>,
  directory: ReadDirectory,
  source: PulledSource,
  { isProved }: { isProved: boolean },
): Promise<void> {
  const { now } = by.request;
  const { secret } = source;
  const { publicKey, nextPublicKey } = directory.settings;
  const settings = {
    ...source.settings,
    suffix: suffixOf(source),
    ...(publicKey !== undefined && { publicKey }),
    ...(nextPublicKey !== undefined && { nextPublicKey }),
  };
  const kept = {
    settings,
    credentialsSealed: secrets.seal(secret, directorySecretAt(directory)),
    credentialsSetAt: now,
    ...(isProved ? { credentialsFailingSince: null, credentialsCause: null } : {}),
  };
  await updateDirectory(tx, directory, directory.id, kept, now);
  if (isProved) {
    const to = directory.linkedAt === null ? 'validating' : 'linked';
    await moveDirectory(tx, directory, directory.id, { from: ['invalid_credentials'], to, now });
  }
  await insertAudit(
    tx,
    audited(by, directory, {
      action: 'directory.credentials_changed',
      target: { type: 'directory', id: directory.id },
      before: shown(directory.settings),
      after: shown(settings),
    }),
  );
  const whose = { key: newId('cmd_'), ...directory, directoryId: directory.id };
  await insertCommand(tx, directoryRow(whose, 'directoryChanged', now));
}

/** By which people know a key again; nothing of a password, and of a consent there is nothing to know. */
function suffixOf(source: PulledSource): string | null {
  if (source.road === 'bamboohr') return source.secret.slice(-4);
  if (source.road !== 'google' || source.settings.way === 'consent') return null;
  return source.settings.keyId.slice(-4);
}

/** Groups are named when they are chosen; here they would only be many. */
const shown = ({ groups: _groups, ...settings }: Readonly<Record<string, unknown>>) => settings;

/** Tells the journey that the source is connected; a run that has not chosen it yet hears of it first. */
export async function tellConnected(
  context: SetupContext,
  changing: Changing,
  { id: directoryId, providerId, road }: ReadDirectory,
): Promise<Changed> {
  const { tx, by } = changing;
  const { onboarding, queued } = await ensured(context, changing, 'directory_sync');
  const steps = onboarding.view.features.find(({ feature }) => feature === 'directory_sync')?.steps ?? [];
  const isDone = (name: string) => steps.some(({ step, state }) => step === name && state === 'done');
  if (isDone('connect_directory')) return { onboarding, queued };
  const chosen = isDone('choose_directory')
    ? queued
    : await sendCommand(
        tx,
        onboarding,
        { kind: 'choose_directory', directoryId, providerId: providerId ?? road },
        by,
        queued,
      );
  const act = { kind: 'finish_directory_connection', directoryId } as const;
  return { onboarding, queued: await sendCommand(tx, onboarding, act, by, chosen) };
}
