import type { RoleRow } from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { created, noContent, ok } from '../../answers.ts';
import {
  createRoleBody,
  deleteRoleQuery,
  putRoleBody,
  putRolePolicyBody,
  role,
  roleList,
  rolePolicy,
} from '../../contract/developer-roles.ts';
import {
  addRole,
  changeRole,
  changeRolePolicy,
  getRole,
  policyOf,
  readRoles,
  removeRole,
  type RolesOfVendor,
} from '../../roles.ts';
import { route } from '../../route.ts';

/**
 * `/roles` and `/role_policy`: what the vendor calls the roles of its product, and which counts when several are given.
 * Ours, in the style of the contract. Customers say in the portal which of their groups gives which.
 */

const list = route({
  method: 'GET',
  path: '/roles',
  who: 'api_key',
  scope: 'settings',
  summary: 'Lists the roles, the top one first',
  answers: { 200: roleList },
  handler: ({ caller, read }) =>
    read(async (tx) => {
      const { roles } = await readRoles(tx, caller.environment.id);
      return ok({ object: 'list' as const, data: roles.map(roleObject) });
    }),
});

const create = route({
  method: 'POST',
  path: '/roles',
  who: 'api_key',
  scope: 'settings',
  summary: 'Creates a role, below all others',
  body: createRoleBody,
  answers: { 201: role },
  handler: ({ body, caller, commit, request }) =>
    commit(async (tx) => {
      const { slug, name, description } = body;
      const wanted = { slug, name, description: emptied(description) };
      return created(roleObject(await addRole(tx, caller.environment.id, wanted, acting(caller, request))));
    }),
});

const getOne = route({
  method: 'GET',
  path: '/roles/:slug',
  who: 'api_key',
  scope: 'settings',
  summary: 'Gets a role',
  answers: { 200: role },
  handler: ({ params, caller, read }) =>
    read(async (tx) => ok(roleObject(await getRole(tx, caller.environment.id, params.slug)))),
});

const put = route({
  method: 'PUT',
  path: '/roles/:slug',
  who: 'api_key',
  scope: 'settings',
  summary: 'Changes the name and the description of a role',
  body: putRoleBody,
  answers: { 200: role },
  handler: ({ params, body, caller, commit, request }) =>
    commit(async (tx) => {
      const words = { name: body.name, description: emptied(body.description) };
      const by = acting(caller, request);
      return ok(roleObject(await changeRole(tx, caller.environment.id, params.slug, words, by)));
    }),
});

const deleteOne = route({
  method: 'DELETE',
  path: '/roles/:slug',
  who: 'api_key',
  scope: 'settings',
  summary: 'Removes a role; one that is in use, only when it is said what takes its place',
  query: deleteRoleQuery,
  answers: { 204: 'nothing' },
  handler: ({ params, query, caller, commit, request }) =>
    commit(async (tx) => {
      const { replacement: named } = query;
      const replacement = named === 'none' ? null : named;
      await removeRole(tx, caller.environment.id, params.slug, replacement, acting(caller, request));
      return noContent();
    }),
});

const getPolicy = route({
  method: 'GET',
  path: '/role_policy',
  who: 'api_key',
  scope: 'settings',
  summary: 'Says which roles count when groups give several, and which everybody else has',
  answers: { 200: rolePolicy },
  handler: ({ caller, read }) =>
    read(async (tx) => ok(policyObject(await readRoles(tx, caller.environment.id)))),
});

const putPolicy = route({
  method: 'PUT',
  path: '/role_policy',
  who: 'api_key',
  scope: 'settings',
  summary: 'Changes the order of the roles, the default, and whether one counts or all',
  body: putRolePolicyBody,
  clearable: ['default'],
  answers: { 200: rolePolicy },
  handler: ({ body, caller, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      const { mode, default: standard, order } = body;
      const changes = {
        ...(mode !== undefined && { mode }),
        ...(standard !== undefined && { default: standard }),
        ...(order !== undefined && { order }),
      };
      await changeRolePolicy(tx, id, changes, acting(caller, request));
      return ok(policyObject(await readRoles(tx, id)));
    }),
});

export const roleRoutes = [list, create, getOne, put, deleteOne, getPolicy, putPolicy];

const emptied = (text: string | undefined) => (text === undefined || text === '' ? null : text);

const policyObject = (roles: RolesOfVendor) => ({ object: 'role_policy' as const, ...policyOf(roles) });

function roleObject(row: RoleRow) {
  return {
    object: 'role' as const,
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    rank: row.rank,
    default: row.isDefault,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
