import type { TestApi } from './api.ts';
import { anOrganization, aVendor, caller, type Reply, type Vendor } from './builders.ts';
import { aScimDirectory, type ScimDirectory } from './directories.ts';

/** A client of one directory, as providers have it: its address and its token, and nothing else. */
export interface ScimClient {
  directory: ScimDirectory;
  vendor: Vendor;
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
}

export async function aScimClient(
  api: TestApi,
  more: { vendor?: Vendor; organizationId?: string } & Parameters<typeof aScimDirectory>[2] = {},
): Promise<ScimClient> {
  const { vendor = await aVendor(api), organizationId, ...changes } = more;
  const organization = organizationId ?? (await anOrganization(vendor)).id;
  const whose = { environmentId: vendor.environment.id, organizationId: organization };
  const directory = await aScimDirectory(api.systemDb, whose, { apiUrl: api.url, ...changes });
  return { directory, vendor, call: clientOf(api, directory) };
}

/** Calls with this token at this directory's address, `/scim/v2/…` unless another start of it is given. */
export function clientOf(
  api: TestApi,
  { externalKey, token }: Pick<ScimDirectory, 'externalKey' | 'token'>,
  standing: Record<string, string> = {},
  start = '/scim/v2',
): ScimClient['call'] {
  const call = caller(api, { authorization: `Bearer ${token}`, ...standing });
  return (method, path, body, headers) =>
    call(method, `${start}/${externalKey}${path}`, body, {
      ...(body !== undefined && { 'content-type': 'application/scim+json' }),
      ...headers,
    });
}
