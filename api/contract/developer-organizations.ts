import { z } from 'zod';
import { pageQuery, timestamps } from './developer-lists.ts';

/** Organizations and their domains (`/organizations`, `/organization_domains`). */

export const organizationDomain = z
  .object({
    object: z.literal('organization_domain'),
    id: z.string(),
    organization_id: z.string(),
    domain: z.string(),
    state: z.enum(['pending', 'verified', 'failed', 'unverified', 'legacy_verified']),
    verification_strategy: z.enum(['dns', 'manual']),
    verification_token: z.string().optional(),
    verification_prefix: z.string().optional(),
    ...timestamps,
  })
  .meta({ id: 'OrganizationDomain' });

export const organization = z
  .object({
    object: z.literal('organization'),
    id: z.string(),
    name: z.string(),
    domains: z.array(organizationDomain),
    metadata: z.record(z.string(), z.string()),
    external_id: z.string().nullable(),
    stripe_customer_id: z.string().optional(),
    allow_profiles_outside_organization: z.boolean(),
    ...timestamps,
  })
  .meta({ id: 'Organization' });

const name = z.string().regex(/\S/, 'must not be blank').max(500).meta({ example: 'Acme' });
const externalId = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\x01-\x7f]*$/, 'must be ASCII');
const domainText = z.string().max(300);
const domainData = z.array(z.object({ domain: domainText, state: z.enum(['pending', 'verified']) })).max(100);
const legacyDomains = z.array(domainText).max(100);
/** Limits of keys and values are the handler's to check: they have an error of their own. */
const metadata = z.record(z.string(), z.string().nullable());

export const createOrganizationBody = z.object({
  name,
  domain_data: domainData.optional(),
  domains: legacyDomains.optional().meta({ deprecated: true }),
  metadata: metadata.nullable().optional(),
  external_id: externalId.nullable().optional(),
  allow_profiles_outside_organization: z.boolean().optional(),
});

export const updateOrganizationBody = z.object({
  name: name.optional(),
  domain_data: domainData.optional(),
  domains: legacyDomains.optional().meta({ deprecated: true }),
  metadata: metadata.nullable().optional(),
  external_id: externalId.nullable().optional(),
  stripe_customer_id: z.string().min(1).max(255).nullable().optional(),
  allow_profiles_outside_organization: z.boolean().optional(),
});

export const listOrganizationsQuery = pageQuery.extend({
  domains: z.array(z.string().max(300)).max(100).optional(),
  search: z.string().max(500).optional(),
});

export const createDomainBody = z.object({ domain: domainText, organization_id: z.string() });
