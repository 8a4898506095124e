import { ScimRefusal } from '../../../adapters/scim/errors.ts';
import { listUrn } from '../../../adapters/scim/names.ts';
import { oneOf, resourceTypes, schemas, serviceProviderConfig } from '../../../adapters/scim/service.ts';
import type { ScimCall, ScimHandler } from './call.ts';

/** What clients read before they send anything (RFC 7644 §4). */
export const readServiceProviderConfig: ScimHandler = (call) => answerAbout(call, serviceProviderConfig);
export const listResourceTypes: ScimHandler = (call) => answerAbout(call, listed(call, resourceTypes));
export const listSchemas: ScimHandler = (call) => answerAbout(call, listed(call, schemas));
export const readResourceType: ScimHandler = (call) =>
  answerAbout(call, (base) => oneOf(resourceTypes(base), call.id ?? ''));
export const readSchema: ScimHandler = (call) =>
  answerAbout(call, (base) => oneOf(schemas(base), call.id ?? ''));

const listed =
  ({ query }: ScimCall, of: (base: string) => object[]) =>
  (base: string): object => {
    // RFC 7644 §4: what is the same for everybody cannot be narrowed.
    if (query.has('filter'))
      throw new ScimRefusal(403, 'filter_unreadable', 'There is nothing to filter by here.');
    const all = of(base);
    const page = { totalResults: all.length, startIndex: 1, itemsPerPage: all.length };
    return { schemas: [listUrn], ...page, Resources: all };
  };

/** What is the same for every client, where the directory's address is in it. */
export async function answerAbout({ door }: ScimCall, of: (base: string) => object) {
  const body = await door.read((_tx, { directory }) => Promise.resolve(of(directory.scimBaseUrl)));
  return { status: 200, body: JSON.stringify(body), kind: 'connection_test', summary: '{}' } as const;
}
