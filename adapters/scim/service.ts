import { ScimRefusal } from './errors.ts';
import { enterpriseUrn, groupUrn, userUrn } from './names.ts';
import { enterpriseSchema, groupSchema, userSchema } from './schemas.ts';

/** What we offer, for clients that ask before they send (RFC 7644 §4). */
export const serviceLimits = { page: 200, defaultPage: 100, bulkOperations: 100, body: 1_048_576 } as const;

/** The same in both versions of the protocol. */
export const offered = {
  patch: { supported: true },
  bulk: {
    supported: true,
    maxOperations: serviceLimits.bulkOperations,
    maxPayloadSize: serviceLimits.body,
  },
  filter: { supported: true, maxResults: serviceLimits.page },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
} as const;
export const bearerScheme = {
  type: 'oauthbearertoken',
  name: 'Bearer token',
  description: 'The token of the directory, as it was shown when it was made.',
  primary: true,
} as const;
export const bearerSpecification = 'https://www.rfc-editor.org/rfc/rfc6750';

export const serviceProviderConfig = (base: string): object => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  documentationUri: 'https://www.rfc-editor.org/rfc/rfc7644',
  ...offered,
  authenticationSchemes: [{ ...bearerScheme, specUri: bearerSpecification }],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});

const typeUrn = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';

export const resourceTypes = (base: string): object[] => [
  {
    schemas: [typeUrn],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    schema: userUrn,
    description: userSchema.description,
    schemaExtensions: [{ schema: enterpriseUrn, required: false }],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
  },
  {
    schemas: [typeUrn],
    id: 'Group',
    name: 'Group',
    endpoint: '/Groups',
    schema: groupUrn,
    description: groupSchema.description,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/Group` },
  },
];

export const schemas = (base: string): object[] =>
  [userSchema, enterpriseSchema, groupSchema].map((schema) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...schema,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  }));

/** One of them by its id. Throws 404. */
export function oneOf(all: readonly object[], id: string): object {
  const wanted = id.toLowerCase();
  const found = all.find((one) => 'id' in one && String(one.id).toLowerCase() === wanted);
  if (found === undefined) throw new ScimRefusal(404, 'address_unknown', 'There is nothing of this id.');
  return found;
}
