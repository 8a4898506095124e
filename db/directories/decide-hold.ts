import type { Actor } from '../../onboarding/commands.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import type { Tx } from '../database.ts';
import { newId } from '../new-id.ts';
import { insertAudit } from '../repositories/audit.ts';
import type { DirectoryHoldRow } from '../tables/directory-holds.ts';
import type { DirectoryUserRow } from '../tables/directory-users.ts';
import { ownedBy } from '../tenant.ts';
import { lockDirectory, noteDirectoryChange } from './directories.ts';
import { leaveGroups } from './membership-writes.ts';
import { fateOf, personOf, stateOf, type Fate } from './people-fate.ts';
import { updatePeople } from './people-sets.ts';
import type { DirectoryScope } from './scope.ts';
import { endSignInsOfPeople } from './sign-in-refusal.ts';

export type HoldDecision = 'applied' | 'discarded';

/**
 * A person's word on a change that waits [SCIM-09]. Applied: everybody parked in it leaves now. Discarded: the vendor goes
 * on being shown what they are shown, until the source says something new of whoever it was about; `hold_id` stays, for
 * the two still differ. Answers how many it was about. Throws `directory_hold_decided`.
 */
export async function decideHold(
  tx: Tx,
  hold: DirectoryHoldRow,
  decision: HoldDecision,
  actor: Actor,
  now: Date,
): Promise<number> {
  const scope = await takeDecision(tx, hold, { from: 'open', to: decision, actor, now });
  const people = decision === 'applied' ? await letGo(tx, scope, hold.id) : await countParked(tx, hold.id);
  await noteDecision(tx, scope, { holdId: hold.id, decision, people, actor });
  return people;
}

/**
 * A person's second thought on a change that was discarded: whom the source still does without leaves now. The source does
 * not speak of them again, so that they would stay for ever. Throws `directory_hold_decided` where nobody is left in it.
 */
export async function letDiscardedLeave(
  tx: Tx,
  hold: DirectoryHoldRow,
  actor: Actor,
  now: Date,
): Promise<void> {
  if (hold.reason !== 'many_leave') throw new OnboardingError('directory_hold_decided');
  const scope = await takeDecision(tx, hold, { from: 'discarded', to: 'applied', actor, now });
  const people = await letGo(tx, scope, hold.id);
  if (people === 0) throw new OnboardingError('directory_hold_decided');
  await noteDecision(tx, scope, { holdId: hold.id, decision: 'applied', people, actor });
}

/** Nobody is parked in it any more from here on. Throws `directory_hold_decided` where it is not as the decision takes it. */
async function takeDecision(
  tx: Tx,
  { id, directoryId, environmentId, organizationId }: DirectoryHoldRow,
  { from, to, actor, now }: { from: DirectoryHoldRow['state']; to: HoldDecision; actor: Actor; now: Date },
): Promise<DirectoryScope> {
  const of = { environmentId, organizationId };
  const directory = await lockDirectory(tx, of, directoryId);
  const decided = await tx
    .updateTable('directoryHolds')
    // Everybody is told anew: of an earlier decision, what they had read no longer holds.
    .set({ state: to, decidedAt: now, decidedBy: actor.id, decisionToldAt: null })
    .where('id', '=', id)
    .where('state', '=', from)
    .where(ownedBy('directoryHolds', of))
    .returning('id')
    .executeTakeFirst();
  if (decided === undefined) throw new OnboardingError('directory_hold_decided');
  return { directory, generation: directory.generation, now };
}

async function noteDecision(
  tx: Tx,
  { directory, now }: DirectoryScope,
  {
    holdId,
    decision,
    people,
    actor,
  }: { holdId: string; decision: HoldDecision; people: number; actor: Actor },
): Promise<void> {
  const { environmentId, organizationId } = directory;
  await insertAudit(tx, {
    id: newId('audit_'),
    environmentId,
    organizationId,
    actor,
    at: now,
    action: `directory.hold_${decision}`,
    target: { type: 'directory', id: directory.id },
    after: { hold_id: holdId, people },
  });
  await noteDirectoryChange(tx, directory, now);
}

async function letGo(tx: Tx, scope: DirectoryScope, holdId: string): Promise<number> {
  const people = await tx
    .selectFrom('directoryUsers')
    .selectAll()
    .where('holdId', '=', holdId)
    .where('generation', '=', scope.generation)
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
async function publishLeaving(
  tx: Tx,
  scope: DirectoryScope,
  people: readonly DirectoryUserRow[],
): Promise<void> {
  if (people.length === 0) return;
  const removed = people.filter(({ removedAt }) => removedAt !== null);
  await leaveGroups(
    tx,
    scope,
    removed.map(({ id }) => id),
  );
  const changes = people.map((before) => ({
    before,
    person: personOf(before),
    fate: fateOfLetGo(scope, before),
  }));
  await updatePeople(tx, scope, changes);
  await endSignInsOfPeople(tx, scope.directory, people, scope.now);
}

function fateOfLetGo(scope: DirectoryScope, before: DirectoryUserRow): Fate {
  const fate = { ...fateOf(before), holdId: null };
  return before.removedAt === null
    ? { ...fate, state: stateOf(scope, before) }
    : { ...fate, deletedAt: scope.now };
}
