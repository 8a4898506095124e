import {
  getEnvironment,
  getHold,
  keyOf,
  listGroupRoles,
  listGroupsOfPeople,
  listPersonEvents,
  listRoles,
  nameSources,
  type DirectoryUserRow,
  type Tx,
} from '../db/index.ts';
import { heldRoles } from '../onboarding/roles.ts';
import type { DirectoryPersonDetail } from './contract/dashboard-directories.ts';

/** Of the last events of the person. */
const shownEvents = 10;

/** A person of a directory as support sees them: what the vendor is shown, and why. */
export async function directoryPersonOf(tx: Tx, row: DirectoryUserRow): Promise<DirectoryPersonDetail> {
  const tenant = { environmentId: row.environmentId, organizationId: row.organizationId };
  const groups = (await listGroupsOfPeople(tx, tenant, [row.id])).get(row.id) ?? [];
  const { roleMode: mode } = await getEnvironment(tx, row.environmentId);
  const roles = await listRoles(tx, tenant);
  const rules = {
    mode,
    ranked: roles.map(({ slug }) => slug),
    defaultRole: roles.find(({ isDefault }) => isDefault)?.slug ?? null,
  };
  const mapping = new Map(
    (await listGroupRoles(tx, tenant)).map(({ source, role }) => [keyOf(source), role]),
  );
  const names = await nameSources(
    tx,
    tenant,
    groups.map(({ id }) => ({ kind: 'group', id })),
  );
  const held = heldRoles(
    rules,
    mapping,
    groups.map(({ id }) => id),
  );
  const events = await listPersonEvents(tx, tenant, row.id, shownEvents);
  return {
    ...personLineOf(row),
    directoryId: row.directoryId,
    email: row.email,
    externalId: row.externalId,
    firstName: row.firstName,
    lastName: row.lastName,
    keptBy: await keptBy(tx, row),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    attributes: Object.entries(row.customAttributes).map(([name, value]) => ({ name, value: textOf(value) })),
    groups: groups.map(({ id, displayName }) => ({ id, name: names.get(id) ?? displayName })),
    roles: held.map(({ slug, because }) => ({ slug, groups: because.map((id) => names.get(id) ?? id) })),
    events: events.map(({ id, name, createdAt, changed, group }) => ({
      id,
      name,
      at: createdAt.toISOString(),
      changed,
      group,
    })),
  };
}

/** A hold that is discarded stays with whom it was about, for their source and what is shown of them still differ. */
async function keptBy(tx: Tx, row: DirectoryUserRow): Promise<DirectoryPersonDetail['keptBy']> {
  if (row.holdId === null) return null;
  return (await getHold(tx, row, row.holdId)).state === 'discarded' ? 'discarded' : 'hold';
}

/** A person in a list. */
export function personLineOf(row: DirectoryUserRow) {
  const { id, userName, displayName, firstName, lastName, state } = row;
  const full = [firstName, lastName].filter((part) => part !== null && part !== '').join(' ');
  return { id, userName, name: displayName ?? (full || userName), state: state ?? ('inactive' as const) };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
