import type { Actor } from '../../onboarding/commands.ts';
import { directoryUserObject, previousAttributes } from '../../onboarding/directory-objects.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { fixedStatement } from '../fixed-statement.ts';
import { newId } from '../new-id.ts';
import { insertAudit } from '../repositories/audit.ts';
import type { DirectoryHoldRow } from '../tables/directory-holds.ts';
import type { DirectoryUserRow } from '../tables/directory-users.ts';
import { ownedBy } from '../tenant.ts';
import { lockDirectory, noteDirectoryChange } from './directories.ts';
import { leaveGroups } from './membership-writes.ts';
import { recordDirectoryEvents } from './record-events.ts';
import type { DirectoryScope } from './scope.ts';
import { endSignInsOfPeople } from './sign-in-refusal.ts';

export type HoldDecision = 'applied' | 'discarded';

/**
 * A person's word on a change that waits [SCIM-09]. Applied: everybody parked in it leaves now. Discarded: the vendor goes
 * on being shown what they are shown, until the source says something new of whoever it was about; `hold_id` stays, for
 * the two still differ. Throws `directory_hold_decided`.
 */
export async function decideHold(
  tx: Tx,
  { id: holdId, directoryId, environmentId, organizationId }: DirectoryHoldRow,
  decision: HoldDecision,
  actor: Actor,
  now: Date,
): Promise<void> {
  const of = { environmentId, organizationId };
  // Nobody is parked in it any more from here on.
  const directory = await lockDirectory(tx, of, directoryId);
  const decided = await tx
    .updateTable('directoryHolds')
    .set({ state: decision, decidedAt: now, decidedBy: actor.id })
    .where('id', '=', holdId)
    .where('state', '=', 'open')
    .where(ownedBy('directoryHolds', of))
    .returning('id')
    .executeTakeFirst();
  if (decided === undefined) throw new OnboardingError('directory_hold_decided');
  const scope = { directory, generation: directory.generation, now };
  const parked = decision === 'applied' ? await letGo(tx, scope, holdId) : await countParked(tx, holdId);
  await insertAudit(tx, {
    ...{ id: newId('audit_'), ...of, actor, at: now, action: `directory.hold_${decision}` },
    target: { type: 'directory', id: directoryId },
    after: { hold_id: holdId, people: parked },
  });
  await noteDirectoryChange(tx, directory, now);
}

async function letGo(tx: Tx, scope: DirectoryScope, holdId: string): Promise<number> {
  const people = await tx
    .selectFrom('directoryUsers')
    .selectAll()
    .where('holdId', '=', holdId)
    .where('deletedAt', 'is', null)
    .where(ownedBy('directoryUsers', scope.directory))
    .orderBy('id')
    .forUpdate()
    .execute();
  await publishLeaving(tx, scope, people);
  return people.length;
}

async function countParked(tx: Tx, holdId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('directoryUsers')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('holdId', '=', holdId)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * What the source says of people whom it has let go takes effect: those removed leave their groups and are gone, the others
 * are inactive. Their rows, as they were read, are locked; the number of statements does not grow with them.
 */
export async function publishLeaving(
  tx: Tx,
  scope: DirectoryScope,
  people: readonly DirectoryUserRow[],
): Promise<void> {
  if (people.length === 0) return;
  const { now } = scope;
  const removed = people.filter(({ removedAt }) => removedAt !== null);
  await leaveGroups(
    tx,
    scope,
    removed.map(({ id }) => id),
  );
  await publishRows(tx, {
    ids: people.map(({ id }) => id),
    environmentId: scope.directory.environmentId,
    now,
  });
  await recordDirectoryEvents(
    tx,
    scope,
    people.flatMap((before) => eventOf(before, now)),
  );
  await endSignInsOfPeople(tx, scope.directory, people, now);
}

const publishRows = fixedStatement(`
  update directory_users set hold_id = null, updated_at = :now, version = version + 1,
    deleted_at = case when removed_at is not null then :now::timestamptz end,
    state = case when removed_at is not null then state when active then 'active' else 'inactive' end
  where id = any(:ids::text[]) and environment_id = :environmentId
`);

function eventOf(before: DirectoryUserRow, now: Date) {
  if (before.removedAt !== null) {
    return [{ name: 'dsync.user.deleted', data: directoryUserObject({ ...before, updatedAt: now }) }];
  }
  const state = before.active ? ('active' as const) : ('inactive' as const);
  const data = directoryUserObject({ ...before, state, updatedAt: now });
  const previous = previousAttributes(directoryUserObject(before), data);
  if (previous === undefined) return [];
  return [{ name: 'dsync.user.updated', data: { ...data, previous_attributes: previous } }];
}
