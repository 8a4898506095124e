/**
 * Directories, their people and their groups as the developer API shows them, in answers and in events alike
 * (`workos-api` contract §10, §12.3). Rows in, snake_case out.
 */

export type DirectoryFacts = {
  id: string;
  organizationId: string;
  externalKey: string;
  type: string;
  state: 'validating' | 'linked' | 'unlinked' | 'invalid_credentials' | 'deleting';
  name: string;
  createdAt: Date;
  updatedAt: Date;
};

/** How many people and groups the vendor is shown. */
export type DirectoryCounts = { active: number; inactive: number; groups: number };

/** A directory as the API answers it. */
export function directoryObject(d: DirectoryFacts, counts?: DirectoryCounts) {
  return {
    object: 'directory' as const,
    id: d.id,
    organization_id: d.organizationId,
    external_key: d.externalKey,
    type: d.type,
    state: d.state,
    name: d.name,
    ...(counts && {
      metadata: { users: { active: counts.active, inactive: counts.inactive }, groups: counts.groups },
    }),
    created_at: d.createdAt.toISOString(),
    updated_at: d.updatedAt.toISOString(),
  };
}

/** Events call two of the states by older names. */
const eventStates = {
  validating: 'validating',
  linked: 'active',
  unlinked: 'inactive',
  invalid_credentials: 'invalid_credentials',
  deleting: 'deleting',
} as const;

/** What `dsync.activated` carries: with the domains of the organization. */
export function directoryEventObject(d: DirectoryFacts, domains: readonly { id: string; domain: string }[]) {
  return {
    ...directoryObject(d),
    state: eventStates[d.state],
    domains: domains.map(({ id, domain }) => ({ object: 'organization_domain' as const, id, domain })),
  };
}

/** What `dsync.deleted` carries: without the external key and the domains. */
export function deletedDirectoryObject(d: DirectoryFacts) {
  const { external_key: _externalKey, ...rest } = directoryObject(d);
  return { ...rest, state: eventStates[d.state] };
}

export type DirectoryTokenFacts = {
  id: string;
  organizationId: string;
  directoryId: string;
  suffix: string;
  createdAt: Date;
};

/** What `dsync.token.created` and `.revoked` carry. */
export function directoryTokenObject(t: DirectoryTokenFacts) {
  return {
    object: 'directory_token' as const,
    id: t.id,
    directory_id: t.directoryId,
    organization_id: t.organizationId,
    token_suffix: t.suffix,
    created_at: t.createdAt.toISOString(),
  };
}

export type DirectoryUserFacts = {
  id: string;
  organizationId: string;
  directoryId: string;
  externalId: string | null;
  userName: string;
  email: string | null;
  firstName: string | null;
  lastName: string | null;
  displayName: string | null;
  customAttributes: Record<string, unknown>;
  raw: Record<string, unknown>;
  state: 'active' | 'inactive' | 'suspended' | null;
  createdAt: Date;
  updatedAt: Date;
};

/** Slugs. `role` is the highest; absent where the environment has no roles. */
export type PersonRoles = { role?: string; roles?: readonly string[] };

/**
 * A person of a directory, as events carry them: an answer of the API adds `groups`. What the source sent whole stays
 * with us: `raw_attributes` is deprecated, and what the vendor wants of it is mapped into `custom_attributes`.
 * `db/directories/user-object.ts` builds the same in SQL; a test compares the two.
 */
export function directoryUserObject(u: DirectoryUserFacts, { role, roles }: PersonRoles = {}) {
  const parts = [u.firstName, u.lastName].filter((part) => part !== null && part !== '');
  return {
    object: 'directory_user' as const,
    id: u.id,
    directory_id: u.directoryId,
    organization_id: u.organizationId,
    idp_id: u.externalId ?? u.id,
    email: u.email,
    first_name: u.firstName,
    last_name: u.lastName,
    name: u.displayName ?? (parts.length === 0 ? null : parts.join(' ')),
    emails: emailsOf(u),
    job_title: textOf(u.customAttributes.job_title) ?? textOf(u.raw.title),
    username: u.userName,
    state: u.state ?? 'inactive',
    custom_attributes: u.customAttributes,
    raw_attributes: {},
    ...(role === undefined ? {} : { role: { slug: role } }),
    ...(roles === undefined ? {} : { roles: roles.map((slug) => ({ slug })) }),
    created_at: u.createdAt.toISOString(),
    updated_at: u.updatedAt.toISOString(),
  };
}

/** All addresses that a SCIM source has sent; of other sources the one that is known. */
function emailsOf({ raw, email }: DirectoryUserFacts) {
  const sent = Array.isArray(raw.emails) ? (raw.emails as unknown[]) : [];
  const emails = sent.flatMap((one) => {
    const { value, type, primary } = (one ?? {}) as Record<string, unknown>;
    if (typeof value !== 'string') return [];
    return [{ primary: primary === true, type: textOf(type), value }];
  });
  if (emails.length > 0 || email === null) return emails;
  return [{ primary: true, type: 'work', value: email }];
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export type DirectoryGroupFacts = {
  id: string;
  organizationId: string;
  directoryId: string;
  externalId: string | null;
  displayName: string;
  createdAt: Date;
  updatedAt: Date;
};

/** A group of a directory. Okta gives its groups no external id: the name stands for it. */
export function directoryGroupObject(g: DirectoryGroupFacts) {
  return {
    object: 'directory_group' as const,
    id: g.id,
    idp_id: g.externalId ?? g.displayName,
    directory_id: g.directoryId,
    organization_id: g.organizationId,
    name: g.displayName,
    raw_attributes: {},
    created_at: g.createdAt.toISOString(),
    updated_at: g.updatedAt.toISOString(),
  };
}

/**
 * What `previous_attributes` carries: of what differs, how it was before; null where it was not there. Undefined where
 * nothing differs but the instant of the change, so that nobody is told of it.
 */
export function previousAttributes(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => name !== 'updated_at' && !isSame(before[name], after[name]));
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((name) => [name, before[name] ?? null]));
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keysOfA.length === keysOfB.length &&
    keysOfA.every((key) => isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}
