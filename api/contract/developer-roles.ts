import { z } from 'zod';
import { roleModes, roleSlug } from '../../onboarding/roles.ts';
import { timestamps } from './developer-lists.ts';

/** `/roles` and `/role_policy`: the vendor's roles, ours in the style of the contract. */

export const roleName = z.string().trim().min(1, 'must not be blank').max(80);
export const roleDescription = z.string().trim().max(300);
export const roleSlugField = z
  .string()
  .regex(roleSlug, 'must be like admin or billing-admin: a-z, 0-9, - and _, at most 48 characters, not none');

export const role = z
  .object({
    object: z.literal('role'),
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    rank: z.int().meta({ description: '1 is the top role' }),
    default: z.boolean().meta({ description: 'Of everybody to whom no group gives a role' }),
    ...timestamps,
  })
  .meta({ id: 'Role' });

/** No `list_metadata`: the whole list is short and comes at once, the top role first. */
export const roleList = z.object({ object: z.literal('list'), data: z.array(role) });

export const createRoleBody = z.object({
  slug: roleSlugField,
  name: roleName,
  description: roleDescription.optional(),
});
/** What is left out is cleared; the slug stays. */
export const putRoleBody = z.object({ name: roleName, description: roleDescription.optional() });

export const deleteRoleQuery = z.object({
  replacement: z.string().max(60).optional().meta({
    description: 'What a role that is in use is replaced by: the slug of another, or `none`',
  }),
});

export const rolePolicy = z
  .object({
    object: z.literal('role_policy'),
    mode: z.enum(roleModes).meta({
      description: '`highest`: one role a person, the highest that a group gives; `all`: all of them',
    }),
    default: z.string().nullable().meta({ description: 'Slug of the role of everybody else; null: none' }),
    order: z.array(z.string()).meta({ description: 'Slugs of all roles, the top one first' }),
  })
  .meta({ id: 'RolePolicy' });

/** What is left out stays; a `default` of null takes it away. */
export const putRolePolicyBody = z.object({
  mode: z.enum(roleModes).optional(),
  default: z.string().max(60).nullable().optional(),
  order: z.array(z.string().max(60)).max(100).optional(),
});
