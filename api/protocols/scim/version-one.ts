import { baseUrlOfVersionOne, coreUrnOfVersionOne } from '../../../adapters/scim/names.ts';
import { oneOf } from '../../../adapters/scim/service.ts';
import { readQuestion } from '../../../adapters/scim/version-one/read.ts';
import { schemasOfVersionOne, serviceProviderConfigs } from '../../../adapters/scim/version-one/service.ts';
import { showInVersionOne } from '../../../adapters/scim/version-one/show.ts';
import type { ScimHandler } from './call.ts';
import { answerAbout } from './discovery.ts';

/** A handler as clients of SCIM 1.1 call it. `read` brings the body into the form of 2.0. */
export function inVersionOne(
  handler: ScimHandler,
  read: (body: unknown) => unknown = (body) => body,
): ScimHandler {
  return async (call) => {
    const { body, headers, ...answer } = await handler({
      ...call,
      query: readQuestion(call.query),
      body: read(call.body),
    });
    const location = headers?.Location;
    return {
      ...answer,
      ...(body !== undefined && { body: showInVersionOne(body) }),
      ...(headers && {
        headers: { ...headers, ...(location !== undefined && { Location: baseUrlOfVersionOne(location) }) },
      }),
    };
  };
}

/** What is deleted is told with 200 there, and clients of Ping take nothing else. */
export const deletedInVersionOne =
  (handler: ScimHandler): ScimHandler =>
  async (call) => ({ ...(await handler(call)), status: 200 });

export const readServiceProviderConfigs: ScimHandler = (call) =>
  answerAbout(call, (base) => serviceProviderConfigs(baseUrlOfVersionOne(base)));
export const listSchemasOfVersionOne: ScimHandler = (call) =>
  answerAbout(call, () => {
    const all = schemasOfVersionOne();
    const page = { totalResults: all.length, startIndex: 1, itemsPerPage: all.length };
    return { schemas: [coreUrnOfVersionOne], ...page, Resources: all };
  });
export const readSchemaOfVersionOne: ScimHandler = (call) =>
  answerAbout(call, () => oneOf(schemasOfVersionOne(), call.id ?? ''));
