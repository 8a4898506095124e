/**
 * A filter over people or groups of a directory, as the SCIM edge reads it and `db/` asks it: fields are names of the
 * closed lists below, values are data. What is not listed here cannot be asked for [SCIM-05].
 */
export type DirectoryFilter<Field extends string = string> =
  | { is: 'and' | 'or'; parts: readonly DirectoryFilter<Field>[] }
  | { is: 'not'; part: DirectoryFilter<Field> }
  | { is: 'test'; field: Field; test: FilterTest }
  /** Some element of a list fits; the fields of `part` are those of its elements. */
  | { is: 'any'; list: string; part: DirectoryFilter };

export type FilterTest =
  | { op: 'pr' }
  | { op: 'eq' | 'ne'; value: string | boolean | Date | null }
  | { op: 'co' | 'sw' | 'ew'; value: string }
  | { op: 'gt' | 'ge' | 'lt' | 'le'; value: string | Date };

/** `text` is compared without regard to case, `exact` with it. */
export type FieldType = 'text' | 'exact' | 'boolean' | 'time';

const text = 'text';
const exact = 'exact';

export const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** Single values of a person. `enterprise.…` lie in the enterprise extension. */
export const personFields = {
  id: exact,
  externalId: exact,
  userName: text,
  displayName: text,
  nickName: text,
  profileUrl: text,
  title: text,
  userType: text,
  preferredLanguage: text,
  locale: text,
  timezone: text,
  active: 'boolean',
  'name.formatted': text,
  'name.familyName': text,
  'name.givenName': text,
  'name.middleName': text,
  'name.honorificPrefix': text,
  'name.honorificSuffix': text,
  'meta.created': 'time',
  'meta.lastModified': 'time',
  'enterprise.employeeNumber': text,
  'enterprise.costCenter': text,
  'enterprise.organization': text,
  'enterprise.division': text,
  'enterprise.department': text,
  'enterprise.manager.value': exact,
  'enterprise.manager.displayName': text,
} as const satisfies Record<string, FieldType>;
export type PersonField = keyof typeof personFields;

const labelled = { value: text, display: text, type: text, primary: 'boolean' } as const;

/** Lists of a person, and the fields of their elements. */
export const personLists = {
  emails: labelled,
  phoneNumbers: labelled,
  ims: labelled,
  photos: labelled,
  entitlements: labelled,
  roles: labelled,
  addresses: {
    formatted: text,
    streetAddress: text,
    locality: text,
    region: text,
    postalCode: text,
    country: text,
    type: text,
    primary: 'boolean',
  },
  groups: { value: exact, display: text },
} as const satisfies Record<string, Record<string, FieldType>>;

export const groupFields = {
  id: exact,
  externalId: exact,
  displayName: text,
  'meta.created': 'time',
  'meta.lastModified': 'time',
} as const satisfies Record<string, FieldType>;
export type GroupField = keyof typeof groupFields;

export const groupLists = { members: { value: exact } } as const satisfies Record<
  string,
  Record<string, FieldType>
>;

/** By what a list may be sorted; rows of the same value follow each other by id. */
export interface DirectorySort<Field extends string = string> {
  field: Field;
  isDescending: boolean;
}
