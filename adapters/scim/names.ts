import { enterpriseUrn } from '../../onboarding/directory-filter.ts';

/** The URNs of what we speak. Those of SCIM 1.1 mean the same things. */
export const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const listUrn = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const bulkResponseUrn = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
export { enterpriseUrn };
export const coreUrnOfVersionOne = 'urn:scim:schemas:core:1.0';
export const enterpriseUrnOfVersionOne = 'urn:scim:schemas:extension:enterprise:1.0';

const prefixes: readonly (readonly [string, string])[] = [
  [`${userUrn}:`, ''],
  [`${groupUrn}:`, ''],
  [`${enterpriseUrn}:`, 'enterprise.'],
  [`${coreUrnOfVersionOne}:`, ''],
  [`${enterpriseUrnOfVersionOne}:`, 'enterprise.'],
].map(([urn = '', short = '']) => [urn.toLowerCase(), short]);

/** An attribute's name without its schema; those of the enterprise extension get `enterprise.` in front. */
export function shortName(attribute: string): string {
  const lower = attribute.toLowerCase();
  for (const [urn, short] of prefixes) if (lower.startsWith(urn)) return short + attribute.slice(urn.length);
  return attribute;
}

/** Where the same server speaks SCIM 1.1 (`api/protocols/scim/address.ts`). */
export const baseUrlOfVersionOne = (scimBaseUrl: string): string =>
  scimBaseUrl.replace('/scim/v2/', '/scim/v1.1/');
