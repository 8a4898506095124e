import {
  baseUrlOfVersionOne,
  bulkResponseUrn,
  coreUrnOfVersionOne,
  enterpriseUrn,
  enterpriseUrnOfVersionOne,
  groupUrn,
  listUrn,
  userUrn,
} from '../names.ts';
import { isValues, type Values } from '../values.ts';

/** An answer of ours, JSON as text, in the form of SCIM 1.1. */
export function showInVersionOne(answer: string): string {
  const body = JSON.parse(answer) as Values;
  const [schema] = Array.isArray(body.schemas) ? (body.schemas as unknown[]) : [];
  return JSON.stringify(
    schema === listUrn ? listOf(body) : schema === bulkResponseUrn ? bulkOf(body) : resourceOf(body),
  );
}

const valuesIn = (list: unknown): Values[] => (Array.isArray(list) ? list.filter(isValues) : []);

const listOf = (body: Values): Values => ({
  ...body,
  schemas: [coreUrnOfVersionOne],
  Resources: valuesIn(body.Resources).map(resourceOf),
});

/** How an operation ended is an object with a code there. */
const bulkOf = ({ Operations: operations }: Values): Values => ({
  schemas: [coreUrnOfVersionOne],
  Operations: valuesIn(operations).map(({ status, response, ...told }) => ({
    ...told,
    status: { code: status, ...(isValues(response) && { description: response.detail }) },
  })),
});

function resourceOf(resource: Values): Values {
  const { schemas, meta, members, groups, [enterpriseUrn]: enterprise, ...rest } = resource;
  return {
    schemas: [...new Set((schemas as string[]).map((urn) => urnsOfVersionOne[urn] ?? urn))],
    ...rest,
    ...(isValues(enterprise) && { [enterpriseUrnOfVersionOne]: withManagerId(enterprise) }),
    ...(members !== undefined && { members: valuesIn(members).map(placed) }),
    ...(groups !== undefined && { groups: valuesIn(groups).map(placed) }),
    ...(isValues(meta) && { meta: metaOf(meta) }),
  };
}

const urnsOfVersionOne: Readonly<Partial<Record<string, string>>> = {
  [userUrn]: coreUrnOfVersionOne,
  [groupUrn]: coreUrnOfVersionOne,
  [enterpriseUrn]: enterpriseUrnOfVersionOne,
};

function withManagerId({ manager, ...extension }: Values): Values {
  if (!isValues(manager)) return extension;
  const { value, ...rest } = manager;
  return { ...extension, manager: { ...(value !== undefined && { managerId: value }), ...rest } };
}

/** What kind a resource is of, 1.1 does not say. */
function metaOf({ resourceType: _kind, location, ...meta }: Values): Values {
  return { ...meta, ...(typeof location === 'string' && { location: baseUrlOfVersionOne(location) }) };
}

/** Where somebody is found is another address here. */
function placed({ $ref: where, ...one }: Values): Values {
  return { ...one, ...(typeof where === 'string' && { $ref: baseUrlOfVersionOne(where) }) };
}
