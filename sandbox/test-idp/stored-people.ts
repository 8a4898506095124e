import { z } from 'zod';
import { findSandboxState, putSandboxState, type Tenant, type Tx } from '../../db/index.ts';
import { firstPeople, isTestAddress, type TestPerson } from './people.ts';

/** The environment's people in `sandbox_state`: those of the first start until somebody changes one. */

const peopleKey = 'test_idp_people';
const person = z.object({
  id: z.string(),
  email: z.string().nullable(),
  firstName: z.string(),
  lastName: z.string(),
  groups: z.array(z.string()),
  attributes: z.record(z.string(), z.string()),
});
const people = z.object({ people: z.array(person) });

/** Enough for every case that one would try by hand; the page shows them all at once. */
const mostPeople = 200;

export async function listPeople(tx: Tx, tenant: Tenant): Promise<readonly TestPerson[]> {
  const stored = people.safeParse(await findSandboxState(tx, tenant, peopleKey));
  return stored.success ? stored.data.people : firstPeople;
}

/** Why somebody cannot be added or changed as asked. */
export type PersonRefusal = 'email_not_below_test' | 'email_taken' | 'too_many' | 'unknown';

/**
 * Adds somebody, or (`isNew` false) puts new particulars in place of the old ones of the same id. Answers with what
 * stands in the way: an address must be below `.test` [TIDP-04] and nobody else's.
 */
export async function putPerson(
  tx: Tx,
  tenant: Tenant,
  { person: added, isNew }: { readonly person: TestPerson; readonly isNew: boolean },
  now: Date,
): Promise<PersonRefusal | undefined> {
  const before = await listPeople(tx, tenant);
  const others = before.filter(({ id }) => id !== added.id);
  if (!isNew && others.length === before.length) return 'unknown';
  const email = added.email?.toLowerCase();
  if (email !== undefined && !isTestAddress(email)) return 'email_not_below_test';
  if (email !== undefined && others.some((other) => other.email?.toLowerCase() === email))
    return 'email_taken';
  if (others.length >= mostPeople) return 'too_many';
  const after = isNew ? [...before, added] : before.map((other) => (other.id === added.id ? added : other));
  await putSandboxState(tx, tenant, peopleKey, { people: after }, now);
  return undefined;
}

/** False when there is nobody of this id. */
export async function removePerson(tx: Tx, tenant: Tenant, personId: string, now: Date): Promise<boolean> {
  const before = await listPeople(tx, tenant);
  const after = before.filter(({ id }) => id !== personId);
  if (after.length === before.length) return false;
  await putSandboxState(tx, tenant, peopleKey, { people: after }, now);
  return true;
}

/** Brings back whoever of the first people is missing; everybody else stays as they are. */
export async function restorePeople(tx: Tx, tenant: Tenant, now: Date): Promise<void> {
  const present = await listPeople(tx, tenant);
  const taken = new Set(present.flatMap(({ id, email }) => [id, email?.toLowerCase()]));
  const missing = firstPeople.filter(
    ({ id, email }) => !taken.has(id) && (email === null || !taken.has(email)),
  );
  await putSandboxState(tx, tenant, peopleKey, { people: [...missing, ...present] }, now);
}
