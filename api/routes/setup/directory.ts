import { listDirectoriesOf, lockDirectory, type DirectoryRow, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { tenantOf, type SetupContext, type Tenant } from './scope.ts';

/** The one directory that the pages are about. */

/** The one that people come from, else the newest that is on its way. */
export async function findJourneysDirectory(tx: Tx, tenant: Tenant): Promise<DirectoryRow | undefined> {
  const all = await listDirectoriesOf(tx, tenant, tenant.organizationId);
  return all.findLast(({ linkedAt }) => linkedAt !== null) ?? all.at(-1);
}

/** The same, of the session's organization. */
export async function findCurrentDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller'>,
): Promise<DirectoryRow | undefined> {
  return findJourneysDirectory(tx, tenantOf(context));
}

/** For reading what it has. Throws `step_blocked` while no source was chosen. */
export async function getCurrentDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller'>,
): Promise<DirectoryRow> {
  const current = await findCurrentDirectory(tx, context);
  if (current === undefined) throw new OnboardingError('step_blocked', { step: 'choose_directory' });
  return current;
}

/** The same, locked for a change. */
export async function lockCurrentDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller'>,
): Promise<DirectoryRow> {
  const { id } = await getCurrentDirectory(tx, context);
  return lockDirectory(tx, tenantOf(context), id);
}
