import { z } from 'zod';
import { connectionTypes } from '../../onboarding/providers/sign-in/connection-types.ts';
import { pageQuery, timestamps } from './developer-lists.ts';

/** Connections (`/connections`). */

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

const attributeName = z.string().min(1).max(300);
/** PEM: a private key that is not encrypted, and its certificate. Kept sealed; no answer ever holds the key. */
const keyPair = z.object({ key: z.string().max(20_000), cert: z.string().max(20_000) });
const samlOptions = z.object({
  idp_metadata_url: z.string().max(2000).optional(),
  /** Whose key signs the metadata: documents that are not signed with it are refused from then on. */
  idp_metadata_signing_cert: z.string().max(40_000).optional(),
  idp_entity_id: z.string().max(1024).optional(),
  idp_sso_url: z.string().max(2000).optional(),
  idp_signing_certs: z.array(z.string().max(40_000)).max(10).optional(),
  /** Our side as it was elsewhere, for a customer who moves in; left out, it is given by the service. */
  acs_url: z.string().max(2000).optional(),
  sp_entity_id: z.string().regex(/\S/, 'must not be blank').max(1024).optional(),
  sp_signing_key_pair: keyPair.optional(),
  sp_encryption_key_pairs: z.array(keyPair).max(2).optional(),
});
export type SamlOptions = z.infer<typeof samlOptions>;

/** What is required of them is said by its own code, after what stands beside them. */
const oidcOptions = z.object({
  discovery_endpoint: z.string().max(2000).optional(),
  client_id: z.string().max(1000).optional(),
  client_secret: z.string().max(2000).optional(),
  /** PKCE with S256 is always used. */
  pkce: z.boolean().optional(),
  token_authentication_method: z.string().max(100).optional(),
  jwt_signing_key_pair: z.unknown().optional(),
  id_token_signature_algorithm: z.string().max(20).optional(),
  fetch_user_info: z.boolean().optional(),
});
export type OidcOptions = z.infer<typeof oidcOptions>;

const attributeMaps = z.object({
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
  custom_attributes: z.record(z.string().max(60), attributeName.nullable()).optional(),
});

export const createConnectionBody = z.object({
  organization_id: z.string(),
  name: z.string().regex(/\S/, 'must not be blank').max(500).optional(),
  external_id: z.string().min(1).max(128).optional(),
  connection_type: z.enum(connectionTypes).optional(),
  attribute_maps: attributeMaps.optional(),
  saml_options: samlOptions.optional(),
  oidc_options: oidcOptions.optional(),
});
export type CreateConnectionBody = z.infer<typeof createConnectionBody>;

/** PATCH /connections/{id}: what is left out stays, null takes what was given back. The type cannot change. */
export const updateConnectionBody = z.object({
  name: z.string().regex(/\S/, 'must not be blank').max(500).optional(),
  external_id: z.string().min(1).max(128).nullable().optional(),
  connection_type: z.string().max(60).optional(),
  attribute_maps: attributeMaps.nullable().optional(),
  saml_options: z
    .object({
      idp_metadata_url: z.string().max(2000).nullable(),
      idp_metadata_signing_cert: z.string().max(40_000).nullable(),
      idp_entity_id: z.string().max(1024),
      idp_sso_url: z.string().max(2000),
      idp_signing_certs: z.array(z.string().max(40_000)).min(1).max(10),
      acs_url: z.string().max(2000).nullable(),
      sp_entity_id: z.string().regex(/\S/, 'must not be blank').max(1024).nullable(),
      sp_signing_key_pair: keyPair.nullable(),
      sp_encryption_key_pairs: z.array(keyPair).max(2).nullable(),
    })
    .partial()
    .optional(),
  oidc_options: z
    .object({
      discovery_endpoint: z.string().max(2000),
      client_id: z.string().min(1).max(1000),
      client_secret: z.string().max(2000).nullable(),
      /** PKCE with S256 is always used. */
      pkce: z.boolean().nullable(),
      token_authentication_method: z.string().max(100).nullable(),
      jwt_signing_key_pair: z.unknown(),
      id_token_signature_algorithm: z.string().max(20).nullable(),
      fetch_user_info: z.boolean().nullable(),
    })
    .partial()
    .optional(),
});
export type UpdateConnectionBody = z.infer<typeof updateConnectionBody>;

const certificateFields = {
  id: z.string(),
  value: z.string().meta({ description: 'PEM' }),
  not_before: timestamps.created_at,
  not_after: timestamps.created_at,
  created_at: timestamps.created_at,
};
export const idpSigningCertificate = z
  .object({ object: z.literal('saml_idp_signing_certificate'), ...certificateFields })
  .meta({ id: 'SamlIdpSigningCertificate' });
export const spEncryptionCertificate = z
  .object({ object: z.literal('saml_sp_encryption_certificate'), ...certificateFields })
  .meta({ id: 'SamlSpEncryptionCertificate' });
export const spSigningCertificate = z
  .object({ object: z.literal('saml_sp_signing_certificate'), ...certificateFields })
  .meta({ id: 'SamlSpSigningCertificate' });
/** Without `list_metadata`: there are few. */
export const wholeListOf = <T extends z.ZodType>(item: T) =>
  z.object({ object: z.literal('list'), data: z.array(item) });
/** `value` is required; whether the connection exists is said first. */
export const addCertificateBody = z.object({ value: z.string().max(40_000).optional() });
