import { newId } from '../adapters/ids.ts';
import {
  chooseDefaultRole,
  deleteRole,
  describeRole,
  getEnvironment,
  insertAudit,
  insertRole,
  listRoles,
  listUsedRoles,
  lockEnvironment,
  markRoleGoing,
  markRolesDue,
  rankRoles,
  setRoleMode,
  type RoleRow,
  type Tx,
  type UsedRole,
} from '../db/index.ts';
import type { AuditAction } from '../onboarding/audit-actions.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import type { RoleMode, RoleRules } from '../onboarding/roles.ts';
import { audited, type Acting } from './acting.ts';

/**
 * The vendor's roles, for programs and for the dashboard. Whatever of them changes counts for everybody at once, because
 * nobody's role is kept: it is read from the groups. Events of the people whom a change of order, mode or default, or a
 * role's end, gives other roles follow by a sweep: it may concern every person of every customer.
 */

/** More than anybody tells apart in a list. */
const mostRoles = 50;

export interface RolesOfVendor {
  readonly mode: RoleMode;
  readonly roles: readonly UsedRole[];
}

export async function readRoles(tx: Tx, environmentId: string): Promise<RolesOfVendor> {
  const tenant = { environmentId };
  const [{ roleMode }, roles] = await Promise.all([
    getEnvironment(tx, environmentId),
    listUsedRoles(tx, tenant),
  ]);
  return { mode: roleMode, roles };
}

/** Throws `not_found`. */
export async function getRole(tx: Tx, environmentId: string, slug: string): Promise<RoleRow> {
  return found(await listRoles(tx, { environmentId }), slug);
}

export interface RoleWords {
  readonly name: string;
  readonly description: string | null;
}

/** A new role stands below all others. Throws `role_known` and `roles_full`. */
export async function addRole(
  tx: Tx,
  environmentId: string,
  { slug, ...words }: RoleWords & { slug: string },
  by: Acting,
): Promise<RoleRow> {
  const tenant = { environmentId };
  await lockEnvironment(tx, environmentId);
  const roles = await listRoles(tx, tenant);
  if (roles.some((role) => role.slug === slug))
    throw new OnboardingError('role_known', { field: 'slug', slug });
  if (roles.length >= mostRoles) throw new OnboardingError('roles_full', { most: mostRoles });
  const id = newId('role_');
  const rank = roles.length + 1;
  await insertRole(tx, tenant, { id, slug, ...words, rank, createdAt: by.request.now });
  await note(tx, environmentId, slug, by, 'role.created', { after: { ...words, rank } });
  return getRole(tx, environmentId, slug);
}

/** Throws `not_found`. The slug stays: programs know the role by it. */
export async function changeRole(
  tx: Tx,
  environmentId: string,
  slug: string,
  after: RoleWords,
  by: Acting,
): Promise<RoleRow> {
  await lockEnvironment(tx, environmentId);
  const role = await getRole(tx, environmentId, slug);
  const before = { name: role.name, description: role.description };
  if (JSON.stringify(before) === JSON.stringify({ name: after.name, description: after.description }))
    return role;
  await describeRole(tx, { environmentId }, role.id, { ...after, updatedAt: by.request.now });
  await note(tx, environmentId, slug, by, 'role.updated', { before, after });
  return getRole(tx, environmentId, slug);
}

/**
 * Removes a role. One that groups give, or that is the default, goes only when it is said what takes its place: another
 * role, or with null none. Throws `not_found`, `role_in_use`, and `invalid_request` for a replacement that is no other role.
 */
export async function removeRole(
  tx: Tx,
  environmentId: string,
  slug: string,
  replacement: string | null | undefined,
  by: Acting,
): Promise<void> {
  const tenant = { environmentId };
  const { now } = by.request;
  const { roleMode } = await lockEnvironment(tx, environmentId);
  const roles = await listUsedRoles(tx, tenant);
  const role = found(roles, slug);
  const { groups, organizations, isDefault } = role;
  if (replacement === undefined && (groups > 0 || isDefault))
    throw new OnboardingError('role_in_use', { slug, groups, organizations, is_default: isDefault });
  const others = roles.filter((one) => one !== role);
  const next = replacement == null ? null : known(others, replacement, 'replacement').id;
  const before = rulesOf(policyOf({ mode: roleMode, roles }));
  if (isDefault) await markRolesDue(tx, tenant, before);
  await markRoleGoing(tx, tenant, role, before);
  if (isDefault) await chooseDefaultRole(tx, tenant, next, now);
  await deleteRole(tx, tenant, { id: role.id, replacedBy: next });
  await rankRoles(
    tx,
    tenant,
    others.map(({ id }) => id),
    now,
  );
  await note(tx, environmentId, slug, by, 'role.deleted', {
    before: { name: role.name, groups, organizations, default: isDefault },
    after: { replaced_by: replacement ?? null },
  });
}

export interface RolePolicy {
  readonly mode: RoleMode;
  /** Of everybody to whom no group gives a role. */
  readonly default: string | null;
  /** Every slug, the top role first. */
  readonly order: readonly string[];
}

export const policyOf = ({ mode, roles }: { mode: RoleMode; roles: readonly RoleRow[] }): RolePolicy => ({
  mode,
  default: roles.find(({ isDefault }) => isDefault)?.slug ?? null,
  order: roles.map(({ slug }) => slug),
});

const rulesOf = ({ mode, order, default: defaultRole }: RolePolicy): RoleRules => ({
  mode,
  ranked: order,
  defaultRole,
});

/** Throws `invalid_request` for a default that is no role, `roles_differ` for an order that does not name each one once. */
export async function changeRolePolicy(
  tx: Tx,
  environmentId: string,
  changes: Partial<RolePolicy>,
  by: Acting,
): Promise<void> {
  const tenant = { environmentId };
  const { now } = by.request;
  const { roleMode } = await lockEnvironment(tx, environmentId);
  const roles = await listRoles(tx, tenant);
  const before = policyOf({ mode: roleMode, roles });
  const after = { ...before, ...changes };
  if (!isSameSet(before.order, after.order))
    throw new OnboardingError('roles_differ', { roles: before.order });
  const chosen = after.default === null ? null : known(roles, after.default, 'default').id;
  if (after.mode !== before.mode) await setRoleMode(tx, tenant, after.mode, now);
  if (after.default !== before.default) await chooseDefaultRole(tx, tenant, chosen, now);
  await rankRoles(
    tx,
    tenant,
    after.order.map((slug) => found(roles, slug).id),
    now,
  );
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await markRolesDue(tx, tenant, rulesOf(before));
  await insertAudit(
    tx,
    audited(
      by,
      { environmentId, organizationId: null },
      { action: 'role.policy_changed', before: { ...before }, after: { ...after } },
    ),
  );
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.toSorted().join() === b.toSorted().join();

function found<Role extends RoleRow>(roles: readonly Role[], slug: string): Role {
  const role = roles.find((one) => one.slug === slug);
  if (role === undefined) throw new OnboardingError('not_found', { kind: 'role' });
  return role;
}

/** A role that a field of the request names. */
function known<Role extends RoleRow>(roles: readonly Role[], slug: string, field: string): Role {
  const role = roles.find((one) => one.slug === slug);
  if (role === undefined) throw new OnboardingError('invalid_request', { field });
  return role;
}

async function note(
  tx: Tx,
  environmentId: string,
  slug: string,
  by: Acting,
  action: AuditAction,
  changes: { before?: object; after?: object },
): Promise<void> {
  const target = { type: 'role', id: slug };
  await insertAudit(tx, audited(by, { environmentId, organizationId: null }, { action, target, ...changes }));
}
