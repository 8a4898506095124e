import {
  getDirectory,
  listDirectoriesOf,
  lockDirectory,
  type DirectoryRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { tenantOf, type SetupContext, type Tenant } from './scope.ts';

/** The one directory that the pages are about. */

/** Sent by a page that is about one directory of several; nothing is shared between the tabs of a browser. */
const directoryHeader = 'x-vestibule-directory';

/** The one that people come from, else the newest that is on its way. */
export async function findJourneysDirectory(tx: Tx, tenant: Tenant): Promise<DirectoryRow | undefined> {
  const all = await listDirectoriesOf(tx, tenant, tenant.organizationId);
  return all.findLast(({ linkedAt }) => linkedAt !== null) ?? all.at(-1);
}

/** The one that the page names, else the journey's. Throws `not_found` where the one named is not there any more. */
export async function findCurrentDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller' | 'request'>,
): Promise<DirectoryRow | undefined> {
  const tenant = tenantOf(context);
  const named = context.request.headers[directoryHeader];
  return typeof named === 'string' ? getDirectory(tx, tenant, named) : findJourneysDirectory(tx, tenant);
}

/** For reading what it has. Throws `step_blocked` while no source was chosen. */
export async function getCurrentDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller' | 'request'>,
): Promise<DirectoryRow> {
  const current = await findCurrentDirectory(tx, context);
  if (current === undefined) throw new OnboardingError('step_blocked', { step: 'choose_directory' });
  return current;
}

/** The same, locked for a change. */
export async function lockCurrentDirectory(
  tx: Tx,
  context: Pick<SetupContext, 'caller' | 'request'>,
): Promise<DirectoryRow> {
  const { id } = await getCurrentDirectory(tx, context);
  return lockDirectory(tx, tenantOf(context), id);
}
