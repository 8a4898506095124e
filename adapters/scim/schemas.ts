import { enterpriseUrn, groupUrn, userUrn } from './names.ts';

/** An attribute as RFC 7643 §7 describes it; `/Schemas` shows these very values. */
export interface Attribute {
  readonly name: string;
  readonly type: 'string' | 'boolean' | 'complex' | 'reference' | 'binary';
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default' | 'request';
  readonly uniqueness: 'none' | 'server';
  readonly subAttributes?: readonly Attribute[];
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
}

export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

function attribute(name: string, description: string, more: Partial<Attribute> = {}): Attribute {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}

const complex = (name: string, description: string, subAttributes: readonly Attribute[]): Attribute =>
  attribute(name, description, { type: 'complex', subAttributes });

const list = (
  name: string,
  description: string,
  subAttributes: readonly Attribute[],
  more: Partial<Attribute> = {},
): Attribute => attribute(name, description, { type: 'complex', multiValued: true, subAttributes, ...more });

const primary = attribute('primary', 'Whether this one is preferred.', { type: 'boolean' });
const display = attribute('display', 'A name for people to read.');

const labelled = (what: string, types: readonly string[], value: Partial<Attribute> = {}) => [
  attribute('value', what, value),
  display,
  attribute('type', 'What kind it is.', types.length > 0 ? { canonicalValues: types } : {}),
  primary,
];

export const userSchema: Schema = {
  id: userUrn,
  name: 'User',
  description: 'A person of the directory',
  attributes: [
    attribute('userName', 'By what the directory knows the person; unique without regard to case.', {
      required: true,
      uniqueness: 'server',
    }),
    complex('name', 'The parts of the name.', [
      attribute('formatted', 'The whole name.'),
      attribute('familyName', 'The family name.'),
      attribute('givenName', 'The given name.'),
      attribute('middleName', 'The middle names.'),
      attribute('honorificPrefix', 'What stands before it.'),
      attribute('honorificSuffix', 'What stands behind it.'),
    ]),
    attribute('displayName', 'The name to show.'),
    attribute('nickName', 'How the person is called.'),
    attribute('profileUrl', 'Where more about the person is.', {
      type: 'reference',
      referenceTypes: ['external'],
      caseExact: true,
    }),
    attribute('title', 'The title at work.'),
    attribute('userType', 'How the person belongs to the company.'),
    attribute('preferredLanguage', 'The language to write in.'),
    attribute('locale', 'How dates and numbers are written.'),
    attribute('timezone', 'Where the person works.'),
    attribute(
      'active',
      'Whether the person may sign in. Who is new may, unless told; later it stays as it was.',
      { type: 'boolean' },
    ),
    attribute('password', 'Taken and forgotten.', { mutability: 'writeOnly', returned: 'never' }),
    list('emails', 'Addresses for mail.', labelled('The address.', ['work', 'home', 'other'])),
    list(
      'phoneNumbers',
      'Telephone numbers.',
      labelled('The number.', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    ),
    list('ims', 'Addresses for messages.', labelled('The address.', [])),
    list(
      'photos',
      'Pictures.',
      labelled('Where the picture is.', ['photo', 'thumbnail'], {
        type: 'reference',
        referenceTypes: ['external'],
        caseExact: true,
      }),
    ),
    list('addresses', 'Postal addresses.', [
      attribute('formatted', 'The whole address.'),
      attribute('streetAddress', 'Street and number.'),
      attribute('locality', 'The city.'),
      attribute('region', 'The state or region.'),
      attribute('postalCode', 'The postal code.'),
      attribute('country', 'The country.'),
      attribute('type', 'What kind it is.', { canonicalValues: ['work', 'home', 'other'] }),
      primary,
    ]),
    list(
      'groups',
      'The groups that the person is in.',
      [
        attribute('value', 'The id of the group.', { mutability: 'readOnly', caseExact: true }),
        attribute('$ref', 'Where the group is.', {
          type: 'reference',
          referenceTypes: ['Group'],
          mutability: 'readOnly',
          caseExact: true,
        }),
        attribute('display', 'The name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'Direct: the person itself is a member.', {
          mutability: 'readOnly',
          canonicalValues: ['direct'],
        }),
      ],
      { mutability: 'readOnly' },
    ),
    list('entitlements', 'Kept as sent; grants nothing.', labelled('The entitlement.', [])),
    list('roles', 'Kept as sent; grants nothing.', labelled('The role.', [])),
    list(
      'x509Certificates',
      'Certificates.',
      labelled('The certificate.', [], { type: 'binary', caseExact: true }),
    ),
  ],
};

export const enterpriseSchema: Schema = {
  id: enterpriseUrn,
  name: 'EnterpriseUser',
  description: 'What companies know about the people who work for them',
  attributes: [
    attribute('employeeNumber', 'The number of the employee.'),
    attribute('costCenter', 'The cost center.'),
    attribute('organization', 'The organization.'),
    attribute('division', 'The division.'),
    attribute('department', 'The department.'),
    complex('manager', 'Whom the person reports to.', [
      attribute('value', 'The id of the manager, as the client has it.', { caseExact: true }),
      attribute('$ref', 'Where the manager is.', {
        type: 'reference',
        referenceTypes: ['User'],
        caseExact: true,
      }),
      attribute('displayName', 'The name of the manager.'),
    ]),
  ],
};

export const groupSchema: Schema = {
  id: groupUrn,
  name: 'Group',
  description: 'A group of people',
  attributes: [
    attribute('displayName', 'The name of the group.', { required: true }),
    list('members', 'The people in the group.', [
      attribute('value', 'The id of the person.', { mutability: 'immutable', caseExact: true }),
      attribute('$ref', 'Where the person is.', {
        type: 'reference',
        referenceTypes: ['User'],
        mutability: 'immutable',
        caseExact: true,
      }),
      attribute('type', 'What kind of member it is.', {
        mutability: 'immutable',
        canonicalValues: ['User'],
      }),
    ]),
  ],
};

/** What every resource has besides its schema. */
export const externalId = attribute('externalId', 'The id that the client has given.', { caseExact: true });

/** An attribute of a list by its name, which knows no case. */
export function attributeNamed(
  attributes: readonly Attribute[] | undefined,
  name: string,
): Attribute | undefined {
  return attributes && indexOf(attributes).get(name.toLowerCase());
}

const indexes = new WeakMap<readonly Attribute[], Map<string, Attribute>>();

function indexOf(attributes: readonly Attribute[]): Map<string, Attribute> {
  const known = indexes.get(attributes);
  if (known !== undefined) return known;
  const made = new Map(attributes.map((attribute) => [attribute.name.toLowerCase(), attribute]));
  indexes.set(attributes, made);
  return made;
}
