import { z } from 'zod';
import { roleModes } from '../../onboarding/roles.ts';
import { roleDescription, roleName, roleSlugField } from './developer-roles.ts';

/** The page of roles. Paths are below `/dashboard/api`; every change answers with the whole list. */

/** GET roles */
export const roleBook = z.strictObject({
  mode: z.enum(roleModes),
  /** The top one first. */
  roles: z.array(
    z.strictObject({
      slug: z.string(),
      name: z.string(),
      description: z.string().nullable(),
      isDefault: z.boolean(),
      /** How many groups and values of claims give it, and of how many customers. */
      groups: z.int(),
      organizations: z.int(),
    }),
  ),
});
export type RoleBook = z.infer<typeof roleBook>;

/** POST roles · PUT roles/{slug} */
const words = { name: roleName, description: roleDescription };
export const newRoleBody = z.strictObject({ slug: roleSlugField, ...words });
export const roleWordsBody = z.strictObject(words);

/** POST roles/{slug}/remove: what takes the place of one that is in use; null: nothing does. */
export const removeRoleBody = z.strictObject({ replacement: z.string().max(60).nullable().optional() });

/** PUT role-policy: what changes. */
export const rolePolicyBody = z.strictObject({
  mode: z.enum(roleModes).optional(),
  default: z.string().max(60).nullable().optional(),
  order: z.array(z.string().max(60)).max(100).optional(),
});
