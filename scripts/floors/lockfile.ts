/**
 * The least versions that are safe, and packages that are not to be used: what an audit would ask a registry for, kept
 * here so that it needs no network [SUP-02]. Extend it when you read of a new advisory.
 */

/** A package below the floor of its line is unsafe; a line is told by the version it begins with, the lowest last. */
const floors: Readonly<Record<string, readonly string[]>> = {
  '@node-saml/node-saml': ['5.1.0'],
  '@xmldom/xmldom': ['0.9.10', '0.8.13'],
  'body-parser': ['2.3.0'],
  kysely: ['0.28.17'],
  nodemailer: ['9.1.1'],
  'path-to-regexp': ['8.4.0'],
  qs: ['6.16.0'],
  ssh2: ['1.15.0'],
  undici: ['7.18.2', '6.23.0'],
  'xml-crypto': ['6.0.1'],
};

const refused: Readonly<Record<string, string>> = {
  ip: 'it calls private addresses public; use ipaddr.js',
  'passport-saml': 'it is no longer kept; use @node-saml/node-saml',
  'private-ip': 'it misses private addresses; use ipaddr.js',
  'saml-idp': 'it brings an old XML parser and a package from git',
  samlp: 'it brings an old XML parser',
  'ssrf-req-filter': 'it can be gone around; use adapters/egress.ts',
  xmldom: 'it is no longer kept; use @xmldom/xmldom',
};

/** Fine among the tools, no guarantee for the product. */
const refusedInProduct: Readonly<Record<string, string>> = {
  'safe-regex': 'what it calls safe need not be; take no patterns from outside',
};

export type Lockfile = {
  packages?: Record<
    string,
    {
      version?: string;
      resolved?: string;
      integrity?: string;
      dev?: boolean;
      link?: boolean;
      /** It came within the archive of another package, whose integrity covers it. */
      inBundle?: boolean;
      /** Where it lies under another name. */
      name?: string;
    }
  >;
};

/** One sentence for each package of the lockfile that must not be there as it is; none when all is well. */
export function violationsOf({ packages = {} }: Lockfile): string[] {
  const found: string[] = [];
  for (const [place, entry] of Object.entries(packages)) {
    const { version = '', resolved = '', integrity, dev } = entry;
    if (place === '' || entry.link === true) continue;
    const name = entry.name ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const reason = refused[name] ?? (dev === true ? undefined : refusedInProduct[name]);
    if (reason !== undefined) found.push(`${place} must not be used: ${reason}.`);
    const floor = floorOf(name, version);
    if (floor !== undefined && isBelow(version, floor))
      found.push(`${place} is ${version || 'of no version'}, and what is safe begins with ${floor}.`);
    if (/^(git[+:]|github:)|\.git(#|$)/.test(resolved))
      found.push(
        `${place} comes from a git address (${resolved}), which nothing holds to what was looked at.`,
      );
    else if (integrity === undefined && entry.inBundle !== true)
      found.push(`${place} has no integrity in the lockfile, so anything could be installed in its name.`);
  }
  return found;
}

function floorOf(name: string, version: string): string | undefined {
  const lines = floors[name];
  return lines?.find((floor) => !isBelow(version, lineOf(floor))) ?? lines?.at(-1);
}

/** Where the line of a floor begins: 7.0.0 of 7.18.2, and 0.9.0 of 0.9.10, because zeros change by their second number. */
function lineOf(floor: string): string {
  const [major, minor] = numbersOf(floor);
  return major === 0 ? `0.${minor}.0` : `${major}.0.0`;
}

/** A version before a release (`2.3.0-beta.1`) is below that release. */
function isBelow(version: string, floor: string): boolean {
  const [own, least] = [numbersOf(version), numbersOf(floor)];
  for (const [index, number] of own.entries()) {
    const other = least[index] ?? 0;
    if (number !== other) return number < other;
  }
  return version.includes('-') || version === '';
}

function numbersOf(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split(/[-+]/, 1)[0]?.split('.').map(Number) ?? [];
  return [major || 0, minor || 0, patch || 0];
}
