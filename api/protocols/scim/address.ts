/** What a path below `/scim/<version>/<external key>` names, whatever slashes clients put around it. */
export interface ScimAddress {
  /** 2.0 at `/scim/v2/…`; 1.1 at `/scim/v1/…` and `/scim/v1.1/…`. */
  version: ScimVersion;
  key: string;
  /** Null for what there is in neither version. */
  resource: ScimResource | null;
  /** What stands behind it: an id, or `.search`. */
  id: string | null;
  /** As the client wrote it, without key and query. */
  path: string;
}

export type ScimVersion = '1.1' | '2.0';

const resources = [
  'Users',
  'Groups',
  'ServiceProviderConfig',
  // Only in version 1.1 it has an s.
  'ServiceProviderConfigs',
  'ResourceTypes',
  'Schemas',
  'Bulk',
  'Me',
  '.search',
] as const;
export type ScimResource = (typeof resources)[number];

const known = new Map(resources.map((name) => [name.toLowerCase(), name]));
const prefix = /^\/scim\/v(1|1\.1|2)\//;

/** Undefined for a path that is not below ours. */
export function readAddress(target: string): ScimAddress | undefined {
  const [path = ''] = target.split('?', 1);
  const [start, version] = prefix.exec(path) ?? [];
  if (start === undefined) return undefined;
  const [key = '', ...rest] = path.slice(start.length).split('/');
  // A base address that ends in a slash makes two of them; some clients put one at the end.
  const parts = rest.filter((part) => part !== '');
  const [first = '', second = null] = parts;
  const isKnown = parts.length > 0 && parts.length <= 2;
  return {
    version: version === '2' ? '2.0' : '1.1',
    key,
    resource: (isKnown ? known.get(first.toLowerCase()) : undefined) ?? null,
    id: second === null ? null : decoded(second),
    path: `/${parts.join('/')}`,
  };
}

function decoded(part: string): string {
  try {
    const text = decodeURIComponent(part);
    // No column can hold it, so it is the id of nothing.
    return text.includes('\0') ? part : text;
  } catch {
    return part;
  }
}

/** The query as last said: names as they are, values decoded. */
export function readQuery(target: string): Map<string, string> {
  const at = target.indexOf('?');
  return new Map(at < 0 ? [] : new URLSearchParams(target.slice(at + 1)));
}
