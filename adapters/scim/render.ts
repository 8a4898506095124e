import { listUrn } from './names.ts';

/**
 * Resources as they go out: JSON as text, because what was kept is JSON already and a page holds many. `raw` begins
 * with a brace and is never empty: it has its schemas.
 */
interface StoredResource {
  id: string;
  raw: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  /** JSON of the members of a group, or of the groups of a person; null where they are not shown. */
  linked: string | null;
}

export type Kind = 'User' | 'Group';
const pathOf = { User: 'Users', Group: 'Groups' } as const;
const linkedName = { User: 'groups', Group: 'members' } as const;

export const locationOf = (base: string, kind: Kind, id: string): string => `${base}/${pathOf[kind]}/${id}`;

/** A weak one, because an answer may be cut to what was asked for. */
export const etagOf = (version: number): string => `W/"${version}"`;

export function renderResource(base: string, kind: Kind, stored: StoredResource): string {
  const { id, raw, version, createdAt, updatedAt, linked } = stored;
  const meta =
    `"meta":{"resourceType":"${kind}","created":"${createdAt.toISOString()}",` +
    `"lastModified":"${updatedAt.toISOString()}","location":${JSON.stringify(locationOf(base, kind, id))},` +
    `"version":${JSON.stringify(etagOf(version))}}`;
  const shown = linked === null || linked === '[]' ? '' : `"${linkedName[kind]}":${linked},`;
  return `{"id":${JSON.stringify(id)},${meta},${shown}${raw.slice(1)}`;
}

export function renderList(
  page: { total: number; startIndex: number },
  resources: readonly string[],
): string {
  return (
    `{"schemas":["${listUrn}"],"totalResults":${page.total},"startIndex":${page.startIndex},` +
    `"itemsPerPage":${resources.length},"Resources":[${resources.join(',')}]}`
  );
}
