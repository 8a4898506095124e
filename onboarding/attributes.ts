/**
 * Which attribute of an assertion fills which field of the profile. The rules are the same for a test, a sign-in and
 * the page that shows the mapping; they read values only, never trust and never invent.
 */
export const profileFields = ['id', 'email', 'firstName', 'lastName', 'name', 'groups'] as const;

export type ProfileField = (typeof profileFields)[number];

/** Stands for the subject's NameID where an attribute name is expected. */
export const nameIdSource = '@name_id';

/** What the vendor wants to know of people beyond the standard fields, defined per environment. */
export interface CustomAttribute {
  /** How the profile names it: `[a-z][a-z0-9_]*`, 60 characters at most. */
  readonly key: string;
  /** How the portal names it to the customer's admin. */
  readonly label: string;
  /** Nobody signs in without it. */
  readonly isRequired: boolean;
}

/** Where a connection's mapping keeps the attribute that fills a custom one. */
export const customField = (key: string): `custom.${string}` => `custom.${key}`;

/** A person's choice per field: an attribute name as the provider sends it, or `nameIdSource`. */
export type AttributeMapping = Readonly<Partial<Record<ProfileField, string>>>;

export interface ProfileGap {
  readonly field: ProfileField;
  /** `several_values`: the field needs one value and picking one would be a guess about who somebody is. */
  readonly reason: 'not_sent' | 'empty' | 'several_values' | 'transient_name_id';
}

export interface ResolvedProfile {
  readonly idpId?: string;
  readonly email?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** As the provider sent it; most send its parts only. */
  readonly name?: string;
  readonly groups: readonly string[];
  /** Everything received, duplicates merged; without a prototype, because names come from outside. */
  readonly rawAttributes: Readonly<Record<string, readonly string[]>>;
  /** The attribute that filled a field, by the name received, or `nameIdSource`. */
  readonly sources: AttributeMapping;
  readonly gaps: readonly ProfileGap[];
}

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

/**
 * Names that mean a field without anybody saying so: of SAML attributes, and of the claims of OpenID Connect Core §5.1.
 * The order decides when several are received.
 */
export const attributeAliases: Readonly<Record<ProfileField, readonly string[]>> = {
  id: [
    'id',
    'http://schemas.microsoft.com/identity/claims/objectidentifier',
    `${claims}/nameidentifier`,
    'sub',
    // eduPersonPrincipalName, as Shibboleth names it on the wire.
    'urn:oid:1.3.6.1.4.1.5923.1.1.1.6',
  ],
  email: ['email', `${claims}/emailaddress`, 'mail', 'emailAddress', 'urn:oid:0.9.2342.19200300.100.1.3'],
  firstName: [
    'firstName',
    `${claims}/givenname`,
    'givenName',
    'given_name',
    'first_name',
    'urn:oid:2.5.4.42',
  ],
  lastName: ['lastName', `${claims}/surname`, 'sn', 'surname', 'family_name', 'last_name', 'urn:oid:2.5.4.4'],
  // Not Entra's `…/claims/name`: that is the user principal name.
  name: [
    'name',
    'displayName',
    'http://schemas.microsoft.com/identity/claims/displayname',
    'cn',
    'urn:oid:2.5.4.3',
  ],
  groups: [
    'groups',
    'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
    'http://schemas.xmlsoap.org/claims/Group',
    'memberOf',
    'isMemberOf',
    'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
  ],
};

const transientFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** Names that usually mean a field: whole, or their last part in lower case without punctuation. Best first. */
const likelyNames: Readonly<Record<ProfileField, readonly string[]>> = {
  id: [
    'objectid',
    'objectguid',
    'userid',
    'uid',
    'employeeid',
    'eppn',
    'edupersonprincipalname',
    'userprincipalname',
    'upn',
  ],
  email: [
    'emailaddress',
    'useremail',
    'mailaddress',
    'primaryemail',
    'workemail',
    'emailid',
    'preferredusername',
    'userprincipalname',
    'upn',
    'login',
    'username',
    `${claims}/name`,
  ],
  firstName: ['first', 'forename', 'fname', 'givennames', 'legalfirstname'],
  lastName: ['last', 'familyname', 'lname', 'legallastname'],
  name: [],
  groups: ['group', 'roles', 'role', 'userroles', 'groupmembership', 'groupnames'],
};

/**
 * Fills the profile. A field that somebody has mapped is read from that attribute only: falling back would let
 * another attribute decide who a person is. Unmapped fields follow the aliases, `id` and `email` the NameID last
 * (SAML 2.0 core §8.3; a transient NameID changes with every sign-in and is never a key).
 */
export function resolveProfile(
  attributes: readonly (readonly [string, readonly string[]])[],
  nameId: string | null,
  nameIdFormat: string | null,
  mapping: AttributeMapping = {},
): ResolvedProfile {
  const received = mergeAttributes(attributes);
  const subject = { nameId: nameId?.trim() ?? '', nameIdFormat: nameIdFormat ?? '' };
  const found = {
    id: readField('id', received, subject, mapping),
    email: readField('email', received, subject, mapping),
    firstName: readField('firstName', received, subject, mapping),
    lastName: readField('lastName', received, subject, mapping),
    name: readField('name', received, subject, mapping),
    groups: readField('groups', received, subject, mapping),
  };
  const sources: Partial<Record<ProfileField, string>> = {};
  const gaps: ProfileGap[] = [];
  for (const field of profileFields) {
    const { source, gap } = found[field];
    if (source !== undefined) sources[field] = source;
    if (gap && field !== 'name') gaps.push({ field, reason: gap });
  }
  return {
    idpId: found.id.values[0],
    email: found.email.values[0],
    firstName: found.firstName.values[0],
    lastName: found.lastName.values[0],
    name: found.name.values[0],
    groups: found.groups.values,
    rawAttributes: withoutPrototype(received),
    sources,
    gaps,
  };
}

/**
 * Guesses a mapping for fields that the aliases do not fill, from the names received: "No e-mail came; we received
 * {names}. Use {guess}". Give the NameID when there is one: it is the guess of last resort for the e-mail.
 */
export function suggestMapping(receivedNames: readonly string[], nameId?: string): AttributeMapping {
  const suggestion: Partial<Record<ProfileField, string>> = {};
  const taken = new Set<string>();
  // A whole name is welcome and never missed; what looks like one is often a login. The id comes last: a user principal
  // name may do for it, but only where the e-mail doesn't need it.
  for (const field of ['email', 'firstName', 'lastName', 'groups', 'id'] as const) {
    if (attributeAliases[field].some((alias) => receivedNames.includes(alias))) continue;
    const wanted = [...attributeAliases[field].map(lastPart), ...likelyNames[field]];
    const guess = wanted
      .map((part) =>
        receivedNames.find((name) => (name === part || lastPart(name) === part) && !taken.has(name)),
      )
      .find((name) => name !== undefined);
    if (guess !== undefined) {
      suggestion[field] = guess;
      taken.add(guess);
    } else if (field === 'email' && nameId !== undefined && looksLikeEmail(nameId)) {
      suggestion.email = nameIdSource;
    }
  }
  return suggestion;
}

export interface CustomValues {
  /** By key; one value as a text, several as a list, absent when nothing came. Without a prototype. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /** The attribute that filled a key, by the name received. */
  readonly sources: Readonly<Record<string, string>>;
  /** Required ones that did not come. */
  readonly missing: readonly CustomAttribute[];
}

/**
 * Fills the vendor's own attributes from what was received: by the connection's mapping, else from the attribute that
 * is called like the key. As with standard fields, a mapped one is read from its attribute only.
 */
export function resolveCustomAttributes(
  received: ResolvedProfile['rawAttributes'],
  attributes: readonly CustomAttribute[],
  mapping: Readonly<Record<string, string>>,
): CustomValues {
  const names = new Map(Object.entries(received).map(([name, values]) => [name, [...values]]));
  const values: Record<string, string | readonly string[]> = Object.create(null);
  const sources: Record<string, string> = {};
  const missing: CustomAttribute[] = [];
  for (const attribute of attributes) {
    const { key } = attribute;
    const name = mapping[customField(key)] ?? receivedNameOf(key, names);
    const sent = [
      ...new Set((names.get(name) ?? []).map((value) => value.trim()).filter((value) => value !== '')),
    ];
    const [first] = sent;
    if (first === undefined) {
      if (attribute.isRequired) missing.push(attribute);
      continue;
    }
    values[key] = sent.length === 1 ? first : sent;
    sources[customField(key)] = name;
  }
  return { values, sources, missing };
}

/** The name received that most likely holds a custom attribute, by its key or its label. */
export function suggestCustom(
  receivedNames: readonly string[],
  { key, label }: CustomAttribute,
): string | undefined {
  const wanted = [lastPart(key), lastPart(label)];
  return receivedNames.find((name) => wanted.includes(lastPart(name)));
}

interface Subject {
  readonly nameId: string;
  readonly nameIdFormat: string;
}

interface FieldReading {
  readonly values: readonly string[];
  readonly source?: string;
  readonly gap?: ProfileGap['reason'];
}

/** [SAML-15]: duplicate attributes become one list. A Map, because a name may be `__proto__`. */
function mergeAttributes(
  attributes: readonly (readonly [string, readonly string[]])[],
): Map<string, string[]> {
  const merged = new Map<string, string[]>();
  for (const [name, values] of attributes) merged.set(name, [...(merged.get(name) ?? []), ...values]);
  return merged;
}

function withoutPrototype(received: Map<string, string[]>): Record<string, readonly string[]> {
  const raw: Record<string, readonly string[]> = Object.fromEntries(received);
  Object.setPrototypeOf(raw, null);
  return raw;
}

function readField(
  field: ProfileField,
  received: Map<string, string[]>,
  subject: Subject,
  mapping: AttributeMapping,
): FieldReading {
  const mapped = mapping[field];
  if (mapped === nameIdSource) return readNameId(field, subject, true);
  if (mapped !== undefined) return readAttribute(field, mapped, received);
  let best: FieldReading = { values: [], gap: 'not_sent' };
  for (const alias of attributeAliases[field]) {
    const reading = readAttribute(field, receivedNameOf(alias, received), received);
    if (reading.source !== undefined || reading.gap === 'several_values') return reading;
    if (reading.gap === 'empty') best = reading;
  }
  const fromSubject = readNameId(field, subject, false);
  return fromSubject.values.length > 0 || fromSubject.gap === 'transient_name_id' ? fromSubject : best;
}

/** Consoles let people type attribute names, so capitals differ; an exact match always wins. */
function receivedNameOf(alias: string, received: Map<string, string[]>): string {
  if (received.has(alias)) return alias;
  const folded = alias.toLowerCase();
  return [...received.keys()].find((name) => name.toLowerCase() === folded) ?? alias;
}

function readAttribute(field: ProfileField, name: string, received: Map<string, string[]>): FieldReading {
  const sent = received.get(name);
  if (!sent) return { values: [], gap: 'not_sent' };
  const values = [...new Set(sent.map((value) => value.trim()).filter((value) => value !== ''))];
  if (field === 'groups') return { values, source: name };
  if (values.length === 0) return { values, gap: 'empty' };
  if (values.length > 1) return { values: [], gap: 'several_values' };
  return { values, source: name };
}

function readNameId(field: ProfileField, subject: Subject, isMapped: boolean): FieldReading {
  const { nameId, nameIdFormat } = subject;
  if (nameId === '') return { values: [], gap: 'not_sent' };
  if (field === 'id') {
    return nameIdFormat === transientFormat
      ? { values: [], gap: 'transient_name_id' }
      : { values: [nameId], source: nameIdSource };
  }
  const isEmail = field === 'email' && (isMapped || nameIdFormat === emailFormat) && looksLikeEmail(nameId);
  return isEmail ? { values: [nameId], source: nameIdSource } : { values: [], gap: 'not_sent' };
}

/** Guests of an Entra tenant carry `jane_gmail.com#EXT#@tenant.onmicrosoft.com`, which receives no mail. */
function looksLikeEmail(value: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) && !value.includes('#EXT#');
}

/** What Entra sends in place of groups: of SAML, of a short ID token, and of a long one. */
export const leftOutSigns = {
  link: 'http://schemas.microsoft.com/claims/groups.link',
  flag: 'hasgroups',
  names: '_claim_names',
} as const;

/**
 * Whether the provider left the person's groups out, because they are in more than it sends. Entra does so from 150
 * groups in SAML and 200 in an ID token, and leaves a sign of it instead.
 */
export function leftGroupsOut(
  received: readonly { readonly name: string; readonly values: readonly string[] }[],
): boolean {
  return received.some(
    ({ name, values }) =>
      name === leftOutSigns.link ||
      (name === leftOutSigns.flag && values.includes('true')) ||
      (name === leftOutSigns.names && values.some((value) => value.includes('"groups"'))),
  );
}

/** Names as their consoles print them: without what stands before the last part, where that tells them apart. */
export function spokenNames(names: readonly string[]): string[] {
  const ends = names.map((name) => (name.includes('://') ? (/[^/]+$/.exec(name)?.[0] ?? name) : name));
  return names.map((name, at) => {
    const end = ends[at] ?? name;
    return ends.filter((other) => other === end).length === 1 ? end : name;
  });
}

/** A name that people can tell apart at a glance: the last part of an address or an OID, then where it comes from. */
export function readableName(name: string): string {
  const at = Math.max(name.lastIndexOf('/'), name.startsWith('urn:') ? name.lastIndexOf(':') : -1);
  return at <= 0 || at === name.length - 1 ? name : `${name.slice(at + 1)} (${name.slice(0, at)})`;
}

function lastPart(name: string): string {
  const parts = name.split(/[/:]/).filter((part) => part !== '');
  return (parts.at(-1) ?? name).toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
