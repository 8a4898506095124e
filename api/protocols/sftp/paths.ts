/** Which thing of an account's folder a path means. There are two folders, `/` and `/in`, and files in `/in`. */
export type Place =
  { kind: 'root' } | { kind: 'folder' } | { kind: 'file'; name: string } | { kind: 'nowhere' };

export const folder = '/in';

const strictName = /^[A-Za-z0-9._-]{1,128}$/;

/** Whether a file may be called that [IMP-01]. */
export function isStrictName(name: string): boolean {
  return strictName.test(name) && !/^\.+$/.test(name);
}

/** Who comes in stands in `/in`, so that a plain `put users.csv` does what is meant. Nothing leads out of `/`. */
export function placeOf(path: string): Place {
  const absolute = path.startsWith('/') ? path : `${folder}/${path}`;
  const parts: string[] = [];
  for (const part of absolute.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const [first, name, ...deeper] = parts;
  if (first === undefined) return { kind: 'root' };
  if (first !== 'in' || deeper.length > 0) return { kind: 'nowhere' };
  return name === undefined ? { kind: 'folder' } : { kind: 'file', name };
}

export function pathOf(place: Place): string | undefined {
  if (place.kind === 'root') return '/';
  if (place.kind === 'folder') return folder;
  return place.kind === 'file' ? `${folder}/${place.name}` : undefined;
}
