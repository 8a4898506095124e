import type { z } from 'zod';
import type { Tx } from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { created, ok } from '../../answers.ts';
import {
  newRoleBody,
  removeRoleBody,
  roleBook,
  rolePolicyBody,
  roleWordsBody,
} from '../../contract/dashboard-roles.ts';
import { addRole, changeRole, changeRolePolicy, readRoles, removeRole } from '../../roles.ts';
import { route } from '../../route.ts';

/** The roles of the vendor's product: they belong to the program, and so to its developers. */

const get = route({
  method: 'GET',
  path: '/dashboard/api/roles',
  who: 'staff',
  role: 'viewer',
  summary: 'The roles, the top one first, and how often each is given',
  answers: { 200: roleBook },
  handler: ({ caller, read }) => read(async (tx) => ok(await bookOf(tx, caller.environment.id))),
});

const create = route({
  method: 'POST',
  path: '/dashboard/api/roles',
  who: 'staff',
  role: 'developer',
  summary: 'Makes a role, below all others',
  body: newRoleBody,
  answers: { 201: roleBook },
  handler: ({ caller, body, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      await addRole(tx, id, { slug: body.slug, ...wordsOf(body) }, acting(caller, request));
      return created(await bookOf(tx, id));
    }),
});

const change = route({
  method: 'PUT',
  path: '/dashboard/api/roles/:slug',
  who: 'staff',
  role: 'developer',
  summary: 'Changes the name and the description of a role',
  body: roleWordsBody,
  answers: { 200: roleBook },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      await changeRole(tx, id, params.slug, wordsOf(body), acting(caller, request));
      return ok(await bookOf(tx, id));
    }),
});

const remove = route({
  method: 'POST',
  path: '/dashboard/api/roles/:slug/remove',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Removes a role; one that is in use, only when it is said what takes its place',
  body: removeRoleBody,
  answers: { 200: roleBook },
  handler: ({ caller, params, body, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      await removeRole(tx, id, params.slug, body.replacement, acting(caller, request));
      return ok(await bookOf(tx, id));
    }),
});

const changePolicy = route({
  method: 'PUT',
  path: '/dashboard/api/role-policy',
  who: 'staff',
  role: 'developer',
  isGrave: true,
  summary: 'Changes the order of the roles, the default, and whether one counts or all',
  body: rolePolicyBody,
  answers: { 200: roleBook },
  handler: ({ caller, body, commit, request }) =>
    commit(async (tx) => {
      const { id } = caller.environment;
      const { mode, default: standard, order } = body;
      const changes = {
        ...(mode !== undefined && { mode }),
        ...(standard !== undefined && { default: standard }),
        ...(order !== undefined && { order }),
      };
      await changeRolePolicy(tx, id, changes, acting(caller, request));
      return ok(await bookOf(tx, id));
    }),
});

export const roleRoutes = [get, create, change, remove, changePolicy];

const wordsOf = ({ name, description }: z.infer<typeof roleWordsBody>) => ({
  name,
  description: description === '' ? null : description,
});

async function bookOf(tx: Tx, environmentId: string): Promise<z.infer<typeof roleBook>> {
  const { mode, roles } = await readRoles(tx, environmentId);
  return {
    mode,
    roles: roles.map(({ slug, name, description, isDefault, groups, organizations }) => ({
      slug,
      name,
      description,
      isDefault,
      groups,
      organizations,
    })),
  };
}
