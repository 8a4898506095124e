import { z } from 'zod';
import { directoryTypes } from '../../onboarding/providers/directory/directory-types.ts';
import { pageQuery, timestamps } from './developer-lists.ts';

/** Directories, and the people and groups that came from them (`/directories`, `/directory_users`, `/directory_groups`). */

const directoryFields = {
  object: z.literal('directory'),
  id: z.string(),
  organization_id: z.string(),
  external_key: z.string(),
  type: z.enum(directoryTypes),
  state: z.enum(['validating', 'linked', 'unlinked', 'invalid_credentials', 'deleting']),
  name: z.string(),
  ...timestamps,
};
export const directory = z
  .object({
    ...directoryFields,
    metadata: z.object({
      users: z.object({ active: z.int(), inactive: z.int() }),
      groups: z.int(),
    }),
  })
  .meta({ id: 'Directory' });

export const newDirectory = directory
  .extend({
    scim: z
      .object({
        base_url: z.string(),
        bearer_token: z.string().meta({ description: 'In this answer alone; if it is lost, make another' }),
      })
      .optional()
      .meta({ description: 'Where the directory calls us' }),
    needs: z.enum(['public_key', 'credentials']).optional().meta({
      description:
        'Where it does not: what the customer enters behind a link of `POST /portal/generate_link` with the intent `dsync`',
    }),
  })
  .meta({ id: 'NewDirectory' });

export const createDirectoryBody = z.object({
  organization_id: z.string(),
  type: z.enum(directoryTypes),
  name: z.string().regex(/\S/, 'must not be blank').max(500).optional(),
});

export const listDirectoriesQuery = pageQuery.extend({
  organization_id: z.string().optional(),
  domain: z.string().max(300).optional(),
  search: z.string().max(500).optional(),
});

export const directoryGroup = z
  .object({
    object: z.literal('directory_group'),
    id: z.string(),
    idp_id: z.string(),
    directory_id: z.string(),
    organization_id: z.string(),
    name: z.string(),
    raw_attributes: z.record(z.string(), z.json()).meta({ deprecated: true }),
    ...timestamps,
  })
  .meta({ id: 'DirectoryGroup' });

const slug = z.object({ slug: z.string() });
export const directoryUser = z
  .object({
    object: z.literal('directory_user'),
    id: z.string(),
    directory_id: z.string(),
    organization_id: z.string(),
    idp_id: z.string(),
    email: z.string().nullable(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    name: z.string().nullable(),
    emails: z
      .array(z.object({ primary: z.boolean(), type: z.string().nullable(), value: z.string() }))
      .meta({ deprecated: true }),
    job_title: z.string().nullable().meta({ deprecated: true }),
    username: z.string().nullable().meta({ deprecated: true }),
    state: z.enum(['active', 'suspended', 'inactive']),
    custom_attributes: z.record(z.string(), z.json()),
    raw_attributes: z.record(z.string(), z.json()).meta({ deprecated: true }),
    role: slug.optional().meta({ description: 'The highest; absent where the environment has no roles' }),
    roles: z.array(slug).optional(),
    groups: z.array(directoryGroup),
    ...timestamps,
  })
  .meta({ id: 'DirectoryUser' });

const id = z.string().max(100);
export const listDirectoryUsersQuery = pageQuery.extend({
  directory: id.optional(),
  group: id.optional(),
  idp_id: z.string().max(500).optional(),
  email: z.string().max(320).optional(),
});
export const listDirectoryGroupsQuery = pageQuery.extend({ directory: id.optional(), user: id.optional() });
