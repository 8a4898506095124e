/**
 * What a source that we read is set up with. Everything here is no secret and lies in the directory's settings; the one
 * secret of each, a key, a password or a token, lies sealed beside them.
 */

/** Roads of directories that we read ourselves: by an API, or the files of a server of the customer's. */
export const pulledRoads = ['google', 'workday', 'bamboohr', 'sftp_pull'] as const;
export type PulledRoad = (typeof pulledRoads)[number];

export const isPulled = (road: string): road is PulledRoad => pulledRoads.some((known) => known === road);

export interface ChosenGroup {
  readonly id: string;
  readonly name: string;
}

/** Google's Admin SDK: through a service account that may speak for an admin, or by the consent of an admin. */
export type GoogleSettings = (
  | {
      readonly way: 'service_account';
      /** The admin whose view of the company is read. */
      readonly adminEmail: string;
      readonly clientEmail: string;
      /** What the admin allows in the console; the key's id tells which key it is. */
      readonly clientId: string;
      readonly keyId: string;
    }
  | { readonly way: 'consent' }
) & {
  /** Null: everybody and every group. */
  readonly groups: readonly ChosenGroup[] | null;
  /** Whether who is in a group of a group is in the group. */
  readonly nested: boolean;
};

/** Workday's reports as a service. */
export interface WorkdaySettings {
  readonly usersUrl: string;
  readonly groupsUrl: string | null;
  readonly userName: string;
}

export interface BamboohrSettings {
  /** The first part of `<company>.bamboohr.com`. */
  readonly company: string;
}

/** A server of the customer's that we fetch files from. */
export interface SftpPullSettings {
  readonly host: string;
  readonly port: number;
  readonly userName: string;
  /** Where the files lie; empty: where the account begins. */
  readonly folder: string;
  readonly way: SftpWay;
  /** The fingerprint of the server's key, as a person confirmed it; empty while nobody has. */
  readonly hostKey: string;
}

/** How we sign in there: with a key of ours whose public half they have, or with a password of theirs. */
export const sftpWays = ['key', 'password'] as const;
export type SftpWay = (typeof sftpWays)[number];

/**
 * What opens such a server. Our key stays, whichever way is taken, until the next one has let us in; that one is tried
 * first.
 */
export interface SftpSecret {
  readonly privateKey: string | null;
  readonly nextPrivateKey: string | null;
  readonly password: string | null;
}

/** Ports of servers of SFTP; nothing else of a customer's is knocked at. */
export const sftpPorts: readonly number[] = [22, 222, 2022, 2222, 8022, 10022, 22022, 22222];

/** A source with what it takes to read it. */
export type PulledSource =
  | { readonly road: 'google'; readonly settings: GoogleSettings; readonly secret: string }
  | { readonly road: 'workday'; readonly settings: WorkdaySettings; readonly secret: string }
  | { readonly road: 'bamboohr'; readonly settings: BamboohrSettings; readonly secret: string }
  // An `SftpSecret`.
  | { readonly road: 'sftp_pull'; readonly settings: SftpPullSettings; readonly secret: string };

/** The most groups that can be chosen: each is asked for by itself, at every reading. */
export const mostChosenGroups = 200;

export const googleScopes = [
  'https://www.googleapis.com/auth/admin.directory.user.readonly',
  'https://www.googleapis.com/auth/admin.directory.group.readonly',
  'https://www.googleapis.com/auth/admin.directory.group.member.readonly',
] as const;

type Stored = Readonly<Record<string, unknown>>;

/** The source that a directory's settings and opened secret describe; undefined while something is missing. */
export function sourceOf(road: PulledRoad, settings: Stored, secret: string): PulledSource | undefined {
  switch (road) {
    case 'google': {
      const read = googleSettingsOf(settings);
      return read && { road, settings: read, secret };
    }
    case 'workday': {
      const read = workdaySettingsOf(settings);
      return read && { road, settings: read, secret };
    }
    case 'bamboohr': {
      const company = textIn(settings, 'company');
      return company === undefined ? undefined : { road, settings: { company }, secret };
    }
    case 'sftp_pull': {
      const read = sftpPullSettingsOf(settings);
      return read === undefined || read.hostKey === '' ? undefined : { road, settings: read, secret };
    }
  }
}

export function googleSettingsOf(settings: Stored): GoogleSettings | undefined {
  const shared = { groups: groupsIn(settings['groups']), nested: settings['nested'] === true };
  if (settings['way'] === 'consent') return { way: 'consent', ...shared };
  const adminEmail = textIn(settings, 'adminEmail');
  const clientEmail = textIn(settings, 'clientEmail');
  const clientId = textIn(settings, 'clientId');
  const keyId = textIn(settings, 'keyId');
  if (!adminEmail || !clientEmail || clientId === undefined || keyId === undefined) return undefined;
  return { way: 'service_account', adminEmail, clientEmail, clientId, keyId, ...shared };
}

export function workdaySettingsOf(settings: Stored): WorkdaySettings | undefined {
  const usersUrl = textIn(settings, 'usersUrl');
  const userName = textIn(settings, 'userName');
  if (!usersUrl || !userName) return undefined;
  return { usersUrl, userName, groupsUrl: textIn(settings, 'groupsUrl') ?? null };
}

export function sftpPullSettingsOf(settings: Stored): SftpPullSettings | undefined {
  const host = textIn(settings, 'host');
  const userName = textIn(settings, 'userName');
  const port = settings['port'];
  if (!host || !userName || typeof port !== 'number') return undefined;
  const way = settings['way'] === 'password' ? 'password' : 'key';
  const rest = { folder: textIn(settings, 'folder') ?? '', hostKey: textIn(settings, 'hostKey') ?? '' };
  return { host, port, userName, way, ...rest };
}

/** What is kept for a server; nothing where there is nothing yet. */
export function sftpSecretOf(kept: string | undefined): SftpSecret {
  const stored = kept === undefined ? {} : (JSON.parse(kept) as Partial<SftpSecret>);
  const { privateKey = null, nextPrivateKey = null, password = null } = stored;
  return { privateKey, nextPrivateKey, password };
}

function textIn(settings: Stored, name: string): string | undefined {
  const value = settings[name];
  return typeof value === 'string' ? value : undefined;
}

function groupsIn(value: unknown): readonly ChosenGroup[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('id' in one) || typeof one.id !== 'string') return [];
    const name = 'name' in one && typeof one.name === 'string' ? one.name : one.id;
    return [{ id: one.id, name }];
  });
}
