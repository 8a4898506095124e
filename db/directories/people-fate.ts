/** What becomes of a person's row: pure rules that single writes and whole snapshots share. */
import {
  directoryUserObject,
  previousAttributes,
  type DirectoryUserFacts,
} from '../../onboarding/directory-objects.ts';
import type { DirectoryUserRow } from '../tables/directory-users.ts';
import { keyOf } from './name-key.ts';
import type { DirectoryEvent } from './record-events.ts';
import { isShown, type DirectoryScope } from './scope.ts';

/** A person as a source tells of them. */
export interface SourcePerson {
  externalId: string | null;
  userName: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  active: boolean;
  customAttributes: Record<string, unknown>;
  raw: Record<string, unknown>;
}

/** What the columns of a person are, whatever becomes of them. */
export function columnsOf({ externalId, userName, email, ...person }: SourcePerson) {
  return {
    ...personOf({ externalId, userName, email, ...person }),
    userNameKey: keyOf(userName),
    emailKey: addressOf({ email, userName }),
  };
}

/** By what address sign-ins are matched: where none was sent, a name that is one. */
function addressOf({ email, userName }: Pick<SourcePerson, 'email' | 'userName'>): string | null {
  if (email !== null) return keyOf(email);
  return userName.includes('@') ? keyOf(userName) : null;
}

/** What the source has told of a person last. */
export function personOf(row: SourcePerson): SourcePerson {
  const { externalId, userName, email, firstName, lastName, displayName, active, customAttributes, raw } =
    row;
  return { externalId, userName, email, firstName, lastName, displayName, active, customAttributes, raw };
}

export const isSameAs = (before: DirectoryUserRow, person: SourcePerson): boolean =>
  previousAttributes({ ...personOf(before) }, { ...personOf(person) }) === undefined;

/** What becomes of a row besides what the source tells of the person. */
export type Fate = Pick<DirectoryUserRow, 'leftAt' | 'removedAt' | 'state' | 'holdId' | 'deletedAt'>;

export const fateOf = ({ leftAt, removedAt, state, holdId, deletedAt }: DirectoryUserRow): Fate => ({
  leftAt,
  removedAt,
  state,
  holdId,
  deletedAt,
});

export const isShownActive = ({ state, deletedAt }: Pick<DirectoryUserRow, 'state' | 'deletedAt'>): boolean =>
  state === 'active' && deletedAt === null;

/** What the vendor is shown of a person whose source says so; null while only prepared. */
export const stateOf = (
  scope: DirectoryScope,
  { active }: Pick<SourcePerson, 'active'>,
): DirectoryUserRow['state'] => (isShown(scope) ? (active ? 'active' : 'inactive') : null);

/** Whether the source lets go of a person whom the vendor is shown as active: what the guard counts. */
export const isLeaving = (before: DirectoryUserRow, { active }: SourcePerson): boolean =>
  before.active && !active && isShownActive(before);

/**
 * The row of one who is still in the source, or is there again. Only what the source says anew of their being active
 * changes what the vendor is shown: not a word more of somebody whose leaving is on hold, or was refused.
 */
export function fateOfChanged(
  scope: DirectoryScope,
  before: DirectoryUserRow,
  person: SourcePerson,
  holdId: string | undefined,
): Fate {
  const isBack = before.removedAt !== null;
  const fate: Fate = { ...fateOf(before), removedAt: null };
  if (person.active) {
    const saysAnew = isBack || !before.active;
    return saysAnew ? { ...fate, leftAt: null, holdId: null, state: stateOf(scope, person) } : fate;
  }
  if (isBack && isShownActive(before)) return fate;
  if (!before.active && !isBack) return fate;
  const leftAt = before.active ? scope.now : before.leftAt;
  if (holdId !== undefined && isShownActive(before)) return { ...fate, leftAt, holdId };
  return { ...fate, leftAt, holdId: null, state: stateOf(scope, person) };
}

/** The row of one whom the source has removed. */
export function fateOfRemoved(
  { now }: DirectoryScope,
  before: DirectoryUserRow,
  holdId: string | undefined,
): Fate {
  const wasActive = isShownActive(before);
  const fate = { ...fateOf(before), removedAt: now, leftAt: wasActive ? now : (before.leftAt ?? now) };
  if (holdId !== undefined && wasActive) return { ...fate, holdId };
  return { ...fate, holdId: null, deletedAt: before.state === null ? null : now };
}

/** What the vendor is told, if they can see that anything changed. */
export function userEvent(
  scope: DirectoryScope,
  before: DirectoryUserRow,
  after: DirectoryUserFacts & { deletedAt: Date | null },
): DirectoryEvent | undefined {
  if (!isShown(scope) || before.state === null) return undefined;
  const data = directoryUserObject(after);
  if (after.deletedAt !== null) return { name: 'dsync.user.deleted', data };
  const previous = previousAttributes(directoryUserObject(before), data);
  return previous && { name: 'dsync.user.updated', data: { ...data, previous_attributes: previous } };
}
