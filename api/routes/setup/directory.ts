import { lockDirectory, type DirectoryRow, type Tx } from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { findJourneysDirectory } from '../../directories.ts';
import { tenantOf, type SetupContext } from './scope.ts';

/** The one directory that the pages are about. */

/** `findJourneysDirectory` for the session's organization. */
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

/**
 * A change goes on growing while a person reads it: what they agree to is what their page said, and no more. Called in the
 * transaction of the change, which is then as if it had not been. Throws `directory_more_leave`.
 */
export function requireAgreed(people: number, agreed: number | undefined): void {
  if (agreed !== undefined && people > agreed) throw new OnboardingError('directory_more_leave', { people });
}
