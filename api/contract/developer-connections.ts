import { z } from 'zod';
import { connectionTypes } from '../../onboarding/providers/sign-in/connection-types.ts';
import { pageQuery, timestamps } from './developer-lists.ts';

/** Connections (`/connections`), and directories, of which there are none yet (`/directories`). */

export const connection = z
  .object({
    object: z.literal('connection'),
    id: z.string(),
    organization_id: z.string(),
    connection_type: z.enum(connectionTypes),
    name: z.string(),
    state: z.enum(['requires_type', 'draft', 'validating', 'active', 'inactive', 'deleting']),
    status: z.enum(['linked', 'unlinked']).meta({ deprecated: true }),
    domains: z.array(
      z.object({ object: z.literal('connection_domain'), id: z.string(), domain: z.string() }),
    ),
    external_id: z.string().optional(),
    ...timestamps,
  })
  .meta({ id: 'Connection' });

export const listConnectionsQuery = pageQuery.extend({
  organization_id: z.string().optional(),
  /** The vendor's filter spells one of them in its own way. */
  connection_type: z.array(z.enum([...connectionTypes, 'GithubOAuth'])).optional(),
  domain: z.string().max(300).optional(),
  search: z.string().max(500).optional(),
});

export const listDirectoriesQuery = pageQuery.extend({
  organization_id: z.string().optional(),
  domain: z.string().max(300).optional(),
  search: z.string().max(500).optional(),
});

const attributeName = z.string().min(1).max(300);
const samlOptions = z.object({
  idp_metadata_url: z.string().max(2000).optional(),
  idp_entity_id: z.string().max(1024).optional(),
  idp_sso_url: z.string().max(2000).optional(),
  idp_signing_certs: z.array(z.string().max(40_000)).max(10).optional(),
  /** Ours are given by the service; these are refused rather than ignored. */
  acs_url: z.string().optional(),
  sp_entity_id: z.string().optional(),
  sp_signing_key_pair: z.unknown().optional(),
  sp_encryption_key_pairs: z.unknown().optional(),
});
export type SamlOptions = z.infer<typeof samlOptions>;

export const createConnectionBody = z.object({
  organization_id: z.string(),
  name: z.string().regex(/\S/, 'must not be blank').max(500).optional(),
  external_id: z.string().min(1).max(128).optional(),
  connection_type: z.enum(connectionTypes).optional(),
  attribute_maps: z
    .object({
      standard_attributes: z
        .object({
          idp_id: attributeName,
          email: attributeName,
          first_name: attributeName,
          last_name: attributeName,
          groups: attributeName.nullable(),
          name: attributeName.nullable(),
        })
        .partial()
        .optional(),
    })
    .optional(),
  saml_options: samlOptions.optional(),
  oidc_options: z.unknown().optional(),
});
export type CreateConnectionBody = z.infer<typeof createConnectionBody>;
