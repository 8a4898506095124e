import { errorBody, refuse, ScimRefusal } from '../../../adapters/scim/errors.ts';
import { bulkResponseUrn } from '../../../adapters/scim/names.ts';
import { serviceLimits } from '../../../adapters/scim/service.ts';
import { isValues, named, type Values } from '../../../adapters/scim/values.ts';
import { readAddress, type ScimAddress } from './address.ts';
import type { ScimAnswer, ScimCall, ScimHandler } from './call.ts';
import { refusalOf } from './failures.ts';

/** Finds what an operation calls; throws where there is no such thing. */
type FindHandler = (method: string, address: Pick<ScimAddress, 'version' | 'resource' | 'id'>) => ScimHandler;

const methods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Operations in their order, each as if it had come alone and in a transaction of its own (RFC 7644 §3.7). */
export function bulkHandler(find: FindHandler, onFailure: (error: unknown) => void): ScimHandler {
  return async (call) => {
    await call.door.read(() => Promise.resolve());
    const { operations, failOnErrors } = readBulk(call.body);
    /** Ids of what was made, by the names that the client gave them. */
    const made = new Map<string, string>();
    const results: object[] = [];
    let errors = 0;
    for (const operation of operations) {
      if (errors >= failOnErrors) break;
      const result = await perform(operation, call, made, find, onFailure);
      if (result.status >= 400) errors += 1;
      results.push(result.shown);
    }
    const body = JSON.stringify({ schemas: [bulkResponseUrn], Operations: results });
    return {
      status: 200,
      body,
      kind: 'bulk',
      summary: JSON.stringify({ operations: results.length, errors }),
    };
  };
}

function readBulk(body: unknown): { operations: unknown[]; failOnErrors: number } {
  const operations = isValues(body) ? named(body, 'Operations') : undefined;
  if (!isValues(body) || !Array.isArray(operations) || operations.length === 0)
    throw refuse(
      'invalidSyntax',
      'body_unreadable',
      'The body must have "Operations", a list with something in it.',
    );
  if (operations.length > serviceLimits.bulkOperations) {
    const most = serviceLimits.bulkOperations;
    throw new ScimRefusal(
      413,
      'too_many_operations',
      `More than ${most} operations in one request.`,
      'tooMany',
    );
  }
  const failOnErrors = named(body, 'failOnErrors');
  const limit = typeof failOnErrors === 'number' && failOnErrors > 0 ? failOnErrors : Infinity;
  return { operations: operations as unknown[], failOnErrors: limit };
}

async function perform(
  given: unknown,
  call: ScimCall,
  made: Map<string, string>,
  find: FindHandler,
  onFailure: (error: unknown) => void,
): Promise<{ status: number; shown: object }> {
  const asked = isValues(given) ? readOne(given) : undefined;
  const told = asked === undefined ? {} : pick(asked);
  try {
    const { answer, location } = await performOne(asked, call, made, find);
    const { status, headers = {} } = answer;
    const version = headers.ETag === undefined ? {} : { version: headers.ETag };
    return { status, shown: { ...told, ...(location && { location }), ...version, status: String(status) } };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) onFailure(error);
    const { status } = refusal;
    return { status, shown: { ...told, status: String(status), response: errorBody(refusal) } };
  }
}

/** What an operation says, its names in any case. */
const readOne = (given: Values): Values =>
  Object.fromEntries(
    ['method', 'bulkId', 'version', 'path', 'data'].map((name) => [name, named(given, name)]),
  );

const pick = ({ method, bulkId }: Values) => ({
  ...(typeof method === 'string' && { method }),
  ...(typeof bulkId === 'string' && { bulkId }),
});

async function performOne(
  given: Values | undefined,
  call: ScimCall,
  made: Map<string, string>,
  find: FindHandler,
): Promise<{ answer: ScimAnswer; location: string | undefined }> {
  if (typeof given?.method !== 'string' || typeof given.path !== 'string')
    throw refuse('invalidSyntax', 'body_unreadable', 'An operation needs "method" and "path".');
  const method = given.method.toUpperCase();
  if (!methods.has(method))
    throw refuse('invalidSyntax', 'method_unknown', `"${method.slice(0, 20)}" cannot be part of a Bulk.`);
  const path = String(resolved(given.path, made));
  const address = readAddress(`/scim/v2/-/${path.replace(/^\/+/, '')}`);
  const isResource = address?.resource === 'Users' || address?.resource === 'Groups';
  if (address === undefined || !isResource)
    throw refuse('invalidPath', 'address_unknown', `"${path.slice(0, 100)}" cannot be part of a Bulk.`);
  const handler = find(method, address);
  const answer = await handler({
    door: call.door,
    attributes: call.attributes,
    id: address.id,
    query: new Map<string, string>(),
    isWhole: method === 'PUT',
    body: resolved(given.data, made),
    ifMatch: typeof given.version === 'string' ? given.version : undefined,
    ifNoneMatch: undefined,
  });
  const location = answer.headers?.Location;
  const id = location?.slice(location.lastIndexOf('/') + 1);
  if (method === 'POST' && typeof given.bulkId === 'string' && id !== undefined) made.set(given.bulkId, id);
  return { answer, location };
}

/** `bulkId:…` stands for the id of what an earlier operation has made; one that is not made is refused. */
function resolved(value: unknown, made: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/(^|\/)bulkId:([^/]+)/, (_whole, before: string, name: string) => {
      const id = made.get(name);
      if (id === undefined) {
        const detail = `No operation before this one has made "${name.slice(0, 100)}".`;
        throw new ScimRefusal(409, 'bulk_reference_unknown', detail, 'invalidValue');
      }
      return before + id;
    });
  }
  if (Array.isArray(value)) return value.map((one) => resolved(one, made));
  if (!isValues(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner, made)]));
}
