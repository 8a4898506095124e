import {
  changeMembers,
  getDirectory,
  insertGroup,
  insertPerson,
  sourceScope,
  withTenant,
  type DirectoryGroupRow,
  type DirectoryScope,
  type DirectoryUserRow,
  type SourcePerson,
  type Tx,
} from '../../db/index.ts';
import type { TestApi } from './api.ts';
import { anOrganization, type Vendor } from './builders.ts';

/** A directory made over the API, and its source, which writes as sources of every kind do. */
export interface RunningDirectory {
  id: string;
  organizationId: string;
  baseUrl: string;
  token: string;
  write<T>(work: (tx: Tx, scope: DirectoryScope) => Promise<T>): Promise<T>;
  /** Somebody by the name before the @. */
  addPerson(name: string, changes?: Partial<SourcePerson>): Promise<DirectoryUserRow>;
  addGroup(name: string, members: readonly DirectoryUserRow[]): Promise<DirectoryGroupRow>;
}

export async function aDirectory(
  api: TestApi,
  vendor: Vendor,
  { organizationId, type = 'okta scim v2.0' }: { organizationId?: string; type?: string } = {},
): Promise<RunningDirectory> {
  const organization = organizationId ?? (await anOrganization(vendor)).id;
  const asked = { organization_id: organization, type, name: 'Acme' };
  const { body, text } = await vendor.call('POST', '/directories', asked);
  if (body?.id === undefined) throw new Error(`no directory: ${text}`);
  const id = String(body.id);
  const tenant = { environmentId: vendor.environment.id, organizationId: organization };
  const write: RunningDirectory['write'] = (work) =>
    withTenant(api.db, tenant, async (tx) =>
      work(tx, sourceScope(await getDirectory(tx, tenant, id), api.deps.now())),
    );
  return {
    id,
    organizationId: organization,
    write,
    baseUrl: String(body.scim?.base_url),
    token: String(body.scim?.bearer_token),
    addPerson: (name, changes = {}) => write((tx, scope) => insertPerson(tx, scope, aPerson(name, changes))),
    addGroup: (name, members) =>
      write(async (tx, scope) => {
        const raw = { displayName: name };
        const group = await insertGroup(tx, scope, { externalId: null, displayName: name, raw });
        const add = members.map((member) => member.id);
        await changeMembers(tx, scope, group.id, { add, remove: [] });
        return group;
      }),
  };
}

/** Somebody as a source tells of them. */
export function aPerson(name: string, changes: Partial<SourcePerson> = {}): SourcePerson {
  const userName = `${name}@acme.test`;
  return {
    externalId: `ext-${name}`,
    userName,
    email: userName,
    firstName: name,
    lastName: 'Lee',
    displayName: null,
    active: true,
    customAttributes: {},
    raw: { userName },
    ...changes,
  };
}
