import type { Actor } from '../onboarding/commands.ts';
import { deletedDirectoryObject } from '../onboarding/directory-objects.ts';
import { directoryRow } from '../onboarding/workflow-names.ts';
import { notifyChange, type Tx } from './database.ts';
import { tellDirectoryGone } from './directory-news.ts';
import { insertAudit } from './repositories/audit.ts';
import { insertCommand } from './repositories/commands.ts';
import { insertEvent } from './repositories/events.ts';
import type { DirectoryRow } from './tables/directories.ts';
import { ownedBy, type Tenant } from './tenant.ts';

/**
 * Deletes a directory and tells it, in the caller's transaction. From the commit on its tokens are refused, nobody of it
 * is shown, and it keeps nobody out. One event tells of the directory and none of its people, groups and tokens, which
 * are understood to go with it. Undefined when there was none.
 */
export async function dropDirectory(
  tx: Tx,
  tenant: Tenant,
  directoryId: string,
  { actor, now, newId }: { actor: Actor; now: Date; newId: (prefix: `${string}_`) => string },
): Promise<DirectoryRow | undefined> {
  // Waits for the writes of its source that are under way, so that none of them is told of after the end.
  await tx.selectFrom('directories').select('id').where('id', '=', directoryId).forUpdate().execute();
  const row = await tx
    .updateTable('directories')
    .set({ state: 'deleting', deletedAt: now, updatedAt: now, nextGeneration: null, credentialsSealed: null })
    .where('id', '=', directoryId)
    .where('deletedAt', 'is', null)
    .where(ownedBy('directories', tenant))
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await tx
    .updateTable('directoryTokens')
    .set({ revokedAt: now })
    .where('directoryId', '=', directoryId)
    .where('revokedAt', 'is', null)
    .execute();
  const whose = { environmentId: row.environmentId, organizationId: row.organizationId };
  const data = deletedDirectoryObject(row);
  await insertEvent(tx, { id: newId('event_'), ...whose, name: 'dsync.deleted', data, createdAt: now });
  await insertAudit(tx, {
    id: newId('audit_'),
    ...whose,
    actor,
    at: now,
    action: 'directory.deleted',
    target: { type: 'directory', id: row.id },
  });
  if (row.road !== 'scim') {
    const reading = { key: newId('cmd_'), ...whose, directoryId };
    await insertCommand(tx, directoryRow(reading, 'stopDirectory', now));
  }
  await tellDirectoryGone(tx, row, { now, newId });
  notifyChange(tx, whose, 'directory', directoryId);
  return row;
}
