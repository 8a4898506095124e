import { directoryEventObject } from '../../onboarding/directory-objects.ts';
import { factRow } from '../../onboarding/workflow-names.ts';
import type { Tx } from '../database.ts';
import { newId } from '../new-id.ts';
import { insertCommand } from '../repositories/commands.ts';
import { insertEvent } from '../repositories/events.ts';
import { findOpenOnboarding } from '../repositories/onboardings.ts';
import { listDomains } from '../repositories/organization-domains.ts';
import { moveDirectory } from './directories.ts';
import { isShown, type DirectoryScope } from './scope.ts';

/**
 * The first person has come, or the first full run has ended: the directory is linked, and the vendor and the open
 * onboarding hear of it before they hear of anybody in it.
 */
export async function linkDirectory(tx: Tx, scope: DirectoryScope): Promise<void> {
  const { directory, now } = scope;
  if (directory.state !== 'validating' || !isShown(scope)) return;
  const { id: directoryId, environmentId, organizationId } = directory;
  const of = { environmentId, organizationId };
  const linked = await moveDirectory(tx, of, directoryId, { from: ['validating'], to: 'linked', now });
  if (linked === undefined) return;
  await insertEvent(tx, {
    ...{ id: newId('event_'), ...of, name: 'dsync.activated', createdAt: now },
    data: directoryEventObject(linked, await listDomains(tx, of)),
  });
  const onboarding = await findOpenOnboarding(tx, of, organizationId);
  if (onboarding === undefined) return;
  const role = await tx
    .selectFrom('roles')
    .select('id')
    .where('environmentId', '=', environmentId)
    .limit(1)
    .executeTakeFirst();
  const fact = { kind: 'directory_linked', directoryId, hasRoles: role !== undefined } as const;
  const actor = { type: 'provider', id: directoryId } as const;
  await insertCommand(tx, factRow(onboarding, { ...fact, key: newId('cmd_'), actor }, now));
}
