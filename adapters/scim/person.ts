import { refuse } from './errors.ts';
import { isValues, type Values } from './values.ts';

/** A person as `db/directory-writes` takes it, without what the directory's own mapping adds. */
export interface ReadPerson {
  externalId: string | null;
  userName: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  active: boolean;
  raw: Values;
}

/**
 * What a resource says about a person. `wasActive` counts where it does not say: a whole resource without `active` must
 * not let somebody in again. One that was changed in part (`isPart`) is kept as the change left it.
 */
export function personOf(values: Values, { wasActive = true, isPart = false } = {}): ReadPerson {
  const userName = nameOf(values.userName);
  if (userName === null) throw refuse('invalidValue', 'user_name_missing', '"userName" is required.');
  const name = isValues(values.name) ? values.name : {};
  const active = typeof values.active === 'boolean' ? values.active : wasActive;
  return {
    externalId: textOf(values.externalId),
    userName,
    email: emailOf(values, userName),
    active,
    firstName: textOf(name.givenName),
    lastName: textOf(name.familyName),
    displayName: textOf(values.displayName) ?? textOf(name.formatted),
    raw: isPart ? values : { ...values, active },
  };
}

/** The address to know a person by: the primary one, else of work, of home, the first; else a user name that is one. */
function emailOf({ emails }: Values, userName: string): string | null {
  const all = (Array.isArray(emails) ? emails : [])
    .filter(isValues)
    .filter(({ value }) => typeof value === 'string');
  const ofType = (wanted: string) =>
    all.find(({ type }) => typeof type === 'string' && type.toLowerCase() === wanted);
  const chosen = all.find(({ primary }) => primary === true) ?? ofType('work') ?? ofType('home') ?? all[0];
  return textOf(chosen?.value) ?? (looksLikeEmail.test(userName) ? userName : null);
}

const looksLikeEmail = /^[^\s@]+@[^\s@]+$/;

/** What a resource says about a group, its members aside. */
export function groupOf(values: Values): { externalId: string | null; displayName: string; raw: Values } {
  const displayName = nameOf(values.displayName);
  if (displayName === null) throw refuse('invalidValue', 'group_name_missing', '"displayName" is required.');
  return { externalId: textOf(values.externalId), displayName, raw: values };
}

/** What somebody is known by: one of blanks is none, and nobody could be told apart by it. */
const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
