import { directoryEventObject } from '../../onboarding/directory-objects.ts';
import type { Tx } from '../database.ts';
import { tellDirectoryLinked } from '../directory-news.ts';
import { newId } from '../new-id.ts';
import { insertEvent } from '../repositories/events.ts';
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
    id: newId('event_'),
    ...of,
    name: 'dsync.activated',
    createdAt: now,
    data: directoryEventObject(linked, await listDomains(tx, of)),
  });
  await tellDirectoryLinked(tx, linked, { now, newId });
}
