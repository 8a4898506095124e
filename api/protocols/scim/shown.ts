import { project, type Projection } from '../../../adapters/scim/projection.ts';
import { etagOf, locationOf, renderResource, type Kind } from '../../../adapters/scim/render.ts';
import type { Values } from '../../../adapters/scim/values.ts';
import type { DirectoryGroupRow, DirectoryUserRow, SourceResource } from '../../../db/index.ts';

/** A resource as JSON, cut to what was asked for. */
export function show(base: string, kind: Kind, found: Stored, projection: Projection | null): string {
  const whole = renderResource(base, kind, found);
  return projection === null ? whole : JSON.stringify(project(JSON.parse(whole) as Values, projection));
}

type Stored = Omit<SourceResource, 'rowId'>;

/** A row that was just written. */
export function storedOf(
  row: Pick<
    DirectoryUserRow & DirectoryGroupRow,
    'id' | 'sourceId' | 'raw' | 'version' | 'createdAt' | 'updatedAt'
  >,
  linked: string | null = null,
): Stored {
  const { version, createdAt, updatedAt } = row;
  return { id: row.sourceId ?? row.id, raw: JSON.stringify(row.raw), version, createdAt, updatedAt, linked };
}

/** Where a resource is and in which version. */
export const headersOf = (base: string, kind: Kind, { id, version }: Pick<Stored, 'id' | 'version'>) => ({
  Location: locationOf(base, kind, id),
  ETag: etagOf(version),
});
