import { ScimRefusal, versionUnknown } from '../../../adapters/scim/errors.ts';
import { readPart, readWhole } from '../../../adapters/scim/version-one/read.ts';
import type { ScimAddress, ScimResource, ScimVersion } from './address.ts';
import { bulkHandler } from './bulk.ts';
import type { ScimHandler } from './call.ts';
import {
  listResourceTypes,
  listSchemas,
  readResourceType,
  readSchema,
  readServiceProviderConfig,
} from './discovery.ts';
import * as groups from './groups.ts';
import * as people from './people.ts';
import { searchAll } from './search.ts';
import {
  deletedInVersionOne,
  inVersionOne,
  listSchemasOfVersionOne,
  readSchemaOfVersionOne,
  readServiceProviderConfigs,
} from './version-one.ts';

/** What can be called below a directory's address, and by which methods (RFC 7644 §3.2). HEAD is GET without a body. */
type Methods = Readonly<Partial<Record<string, ScimHandler>>>;

interface Resource {
  all: Methods;
  /** With an id behind it. */
  one?: Methods;
  /** `POST …/.search` */
  search?: ScimHandler;
}

type FindScimHandler = (
  method: string,
  address: Pick<ScimAddress, 'version' | 'resource' | 'id'>,
) => { handler: ScimHandler; route: string };

type Resources = Readonly<Partial<Record<ScimResource, Resource>>>;

/** `onFailure` hears of what nobody foresaw inside a Bulk, which answers for itself. */
export function createHandlers(onFailure: (error: unknown) => void): FindScimHandler {
  const bulkOf = (version: ScimVersion) =>
    bulkHandler((method, address) => find(method, { ...address, version }).handler, onFailure);
  const offered: Readonly<Record<ScimVersion, Resources>> = {
    '2.0': { ...versionTwo, Bulk: { all: { POST: bulkOf('2.0') } } },
    '1.1': { ...versionOne, Bulk: { all: { POST: inVersionOne(bulkOf('1.1')) } } },
  };

  function find(method: string, { version, resource, id }: Pick<ScimAddress, 'version' | 'resource' | 'id'>) {
    if (resource === 'Me') throw new ScimRefusal(501, 'not_offered', 'A directory has no "me".');
    const found = resource === null ? undefined : offered[version][resource];
    if (found === undefined && resource !== null) {
      const other = version === '2.0' ? '1.1' : '2.0';
      if (offered[other][resource] !== undefined) throw versionUnknown(other);
    }
    if (found === undefined || (id !== null && found.one === undefined)) throw addressUnknown();
    const path = `/scim/${version === '2.0' ? 'v2' : 'v1.1'}/:key/${resource ?? ''}`;
    if (id === '.search' && found.search !== undefined) {
      if (method !== 'POST') throw methodUnknown(method);
      return { handler: found.search, route: `${path}/.search` };
    }
    const methods = id === null ? found.all : found.one;
    const handler = methods?.[method === 'HEAD' ? 'GET' : method];
    if (handler === undefined) throw methodUnknown(method);
    return { handler, route: id === null ? path : `${path}/:id` };
  }

  return find;
}

const versionTwo: Resources = {
  Users: {
    all: { GET: people.listPeople, POST: people.createPerson },
    one: {
      GET: people.readPerson,
      PUT: people.replacePerson,
      PATCH: people.patchOnePerson,
      DELETE: people.deletePerson,
    },
    search: people.searchPeople,
  },
  Groups: {
    all: { GET: groups.listGroups, POST: groups.createGroup },
    one: {
      GET: groups.readGroup,
      PUT: groups.replaceGroup,
      PATCH: groups.patchOneGroup,
      DELETE: groups.deleteGroup,
    },
    search: groups.searchGroups,
  },
  ServiceProviderConfig: { all: { GET: readServiceProviderConfig } },
  ResourceTypes: { all: { GET: listResourceTypes }, one: { GET: readResourceType } },
  Schemas: { all: { GET: listSchemas }, one: { GET: readSchema } },
  '.search': { all: { POST: searchAll } },
};

/** The same handlers, and what SCIM 1.1 has in their place (Protocol 1.1 §3.1). */
const versionOne: Resources = {
  Users: {
    all: { GET: inVersionOne(people.listPeople), POST: inVersionOne(people.createPerson, readWhole) },
    one: {
      GET: inVersionOne(people.readPerson),
      PUT: inVersionOne(people.replacePerson, readWhole),
      PATCH: inVersionOne(people.patchOnePerson, readPart('User')),
      DELETE: deletedInVersionOne(people.deletePerson),
    },
  },
  Groups: {
    all: { GET: inVersionOne(groups.listGroups), POST: inVersionOne(groups.createGroup, readWhole) },
    one: {
      GET: inVersionOne(groups.readGroup),
      PUT: inVersionOne(groups.replaceGroup, readWhole),
      PATCH: inVersionOne(groups.patchOneGroup, readPart('Group')),
      DELETE: deletedInVersionOne(groups.deleteGroup),
    },
  },
  ServiceProviderConfigs: { all: { GET: readServiceProviderConfigs } },
  Schemas: { all: { GET: listSchemasOfVersionOne }, one: { GET: readSchemaOfVersionOne } },
};

const addressUnknown = () => new ScimRefusal(404, 'address_unknown', 'There is nothing at this address.');
const methodUnknown = (method: string) =>
  new ScimRefusal(405, 'method_unknown', `${method.slice(0, 20)} cannot be used here.`);
