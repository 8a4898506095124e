import { factRow } from '../onboarding/workflow-names.ts';
import type { Tx } from './database.ts';
import { insertCommand } from './repositories/commands.ts';
import { hasRoles } from './repositories/directory-watch.ts';
import { findOpenOnboarding } from './repositories/onboardings.ts';
import type { DirectoryRow } from './tables/directories.ts';

type OfDirectory = Pick<DirectoryRow, 'id' | 'environmentId' | 'organizationId'>;
type When = { now: Date; newId: (prefix: `${string}_`) => string };

/**
 * Tells the open onboarding that people come from the directory now, in the transaction that links it. Where none is
 * open, nobody waits to hear it.
 */
export async function tellDirectoryLinked(
  tx: Tx,
  directory: OfDirectory,
  { now, newId }: When,
): Promise<void> {
  const onboarding = await findOpenOnboarding(tx, directory, directory.organizationId);
  if (onboarding === undefined) return;
  const fact = {
    key: newId('cmd_'),
    actor: byDirectory(directory),
    kind: 'directory_linked' as const,
    directoryId: directory.id,
    hasRoles: await hasRoles(tx, directory),
  };
  await insertCommand(tx, factRow(onboarding, fact, now));
}

/** Tells the open onboarding that the directory was deleted. */
export async function tellDirectoryGone(tx: Tx, directory: OfDirectory, { now, newId }: When): Promise<void> {
  const onboarding = await findOpenOnboarding(tx, directory, directory.organizationId);
  if (onboarding === undefined) return;
  const fact = {
    key: newId('cmd_'),
    actor: byDirectory(directory),
    kind: 'directory_gone' as const,
    directoryId: directory.id,
  };
  await insertCommand(tx, factRow(onboarding, fact, now));
}

const byDirectory = ({ id }: OfDirectory) => ({ type: 'provider' as const, id });
