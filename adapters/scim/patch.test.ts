import { describe, expect, test } from 'vitest';
import { enterpriseUrn, groupUrn, userUrn } from './names.ts';
import { readOperations } from './operations.ts';
import { patchGroup } from './patch-group.ts';
import { patchPerson } from './patch-person.ts';
import { readResource } from './values.ts';

const before = readResource('User', {
  schemas: [userUrn, enterpriseUrn],
  userName: 'anna@acme.test',
  displayName: 'Anna',
  active: true,
  externalId: 'ext',
  name: { givenName: 'Anna', familyName: 'Berg' },
  emails: [
    { value: 'anna@acme.test', type: 'work', primary: true },
    { value: 'anna@home.test', type: 'home' },
  ],
  phoneNumbers: [{ value: '1', type: 'work' }],
  addresses: [{ streetAddress: 'Old Road 1', type: 'work' }],
  [enterpriseUrn]: { department: 'Sales', manager: { value: 'm1' } },
});

const patch = (...operations: object[]) =>
  patchPerson(before, readOperations('User', { Operations: operations }, before.schemas));
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });

/** Name of the shape, its operations, what the person has afterwards that differs. */
const shapes: readonly (readonly [string, readonly object[], object])[] = [
  ['Okta deactivates without a path', [{ op: 'replace', value: { active: false } }], { active: false }],
  [
    'Entra without its flag deactivates by a text',
    [{ op: 'Replace', path: 'active', value: 'False' }],
    { active: false },
  ],
  ['Entra with its flag deactivates', [replace('active', false)], { active: false }],
  [
    'programs in .NET name the parts of an operation with capitals',
    [{ Op: 'Replace', Path: 'active', Value: false }],
    { active: false },
  ],
  [
    'Microsoft’s library writes a single value as a list of one',
    [
      { op: 'Replace', path: 'active', value: [{ $ref: null, value: 'False' }] },
      { op: 'Replace', path: 'name.givenName', value: [{ $ref: null, value: 'Ann' }] },
    ],
    { active: false, name: { givenName: 'Ann', familyName: 'Berg' } },
  ],
  ['a single value in a bare list', [replace('active', [false])], { active: false }],
  [
    'Entra by itself adds what is there',
    [{ op: 'Add', path: 'displayName', value: 'A' }],
    { displayName: 'A' },
  ],
  [
    'Entra with its flag sends many attributes at once',
    [
      {
        op: 'replace',
        value: {
          displayName: 'Anna B',
          'name.familyName': 'Bergström',
          [`${enterpriseUrn}:department`]: 'R&D',
          'emails[type eq "work"].value': 'anna.b@acme.test',
        },
      },
    ],
    {
      displayName: 'Anna B',
      name: { givenName: 'Anna', familyName: 'Bergström' },
      emails: [
        { value: 'anna.b@acme.test', type: 'work', primary: true },
        { value: 'anna@home.test', type: 'home' },
      ],
      [enterpriseUrn]: { department: 'R&D', manager: { value: 'm1' } },
    },
  ],
  [
    'an extension as an object',
    [{ op: 'add', value: { [enterpriseUrn]: { costCenter: '7', department: 'HR' } } }],
    { [enterpriseUrn]: { department: 'HR', costCenter: '7', manager: { value: 'm1' } } },
  ],
  [
    'Entra changes a street',
    [{ op: 'Replace', path: 'addresses[type eq "work"].streetAddress', value: 'New Road 2' }],
    { addresses: [{ streetAddress: 'New Road 2', type: 'work' }] },
  ],
  [
    'Entra replaces a number that was never there',
    [{ op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '2' }],
    {
      phoneNumbers: [
        { value: '1', type: 'work' },
        { value: '2', type: 'mobile' },
      ],
    },
  ],
  [
    'Entra adds an address of a kind that was never there',
    [{ op: 'Add', path: 'emails[type eq "other" and primary eq false].value', value: 'x@y.z' }],
    { emails: [...(before.emails as object[]), { type: 'other', primary: false, value: 'x@y.z' }] },
  ],
  [
    'the kind is compared without regard to case',
    [replace('emails[TYPE eq "Work"].value', 'b@acme.test')],
    {
      emails: [
        { value: 'b@acme.test', type: 'work', primary: true },
        { value: 'anna@home.test', type: 'home' },
      ],
    },
  ],
  [
    'colons, dots and brackets in a filter are text',
    [replace('emails[value eq "anna@home.test" and not (value co "]:.")].type', 'other')],
    { emails: [(before.emails as object[])[0], { value: 'anna@home.test', type: 'other' }] },
  ],
  [
    'Entra sends a manager as a text',
    [{ op: 'Add', path: `${enterpriseUrn}:manager`, value: 'm2' }],
    {
      [enterpriseUrn]: { department: 'Sales', manager: { value: 'm2' } },
    },
  ],
  ['a name with its schema in front', [replace(`${userUrn}:displayName`, 'B')], { displayName: 'B' }],
  [
    'a value of the whole list',
    [replace('emails', [{ value: 'n@acme.test' }])],
    { emails: [{ value: 'n@acme.test' }] },
  ],
  [
    'OneLogin removes by value',
    [{ op: 'remove', path: 'emails', value: [{ value: 'anna@home.test' }] }],
    {
      emails: [(before.emails as object[])[0]],
    },
  ],
  [
    'by filter',
    [{ op: 'remove', path: 'emails[type eq "home"]' }],
    { emails: [(before.emails as object[])[0]] },
  ],
  [
    'what is not there is removed already',
    [
      { op: 'remove', path: 'emails[type eq "x"]' },
      { op: 'remove', path: 'title' },
    ],
    {},
  ],
  [
    'a password is taken and forgotten',
    [replace('password', 'hunter2'), { op: 'replace', value: { password: 'x' } }],
    {},
  ],
  [
    'what nobody knows is passed over',
    [replace('favouriteColour', 'red'), replace('active', false)],
    { active: false },
  ],
  [
    'an id beside what is meant is passed over',
    [{ op: 'replace', value: { id: 'x', displayName: 'C' } }],
    { displayName: 'C' },
  ],
  [
    'an attribute of an extension of the customer’s own',
    [replace('urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge', '7')],
    {
      schemas: [userUrn, enterpriseUrn, 'urn:ietf:params:scim:schemas:extension:acme:2.0:User'],
      'urn:ietf:params:scim:schemas:extension:acme:2.0:User': { badge: '7' },
    },
  ],
  [
    'when another address becomes primary, the first ceases to be',
    [replace('emails[type eq "home"].primary', true)],
    {
      emails: [
        { value: 'anna@acme.test', type: 'work', primary: false },
        { value: 'anna@home.test', type: 'home', primary: true },
      ],
    },
  ],
];

describe('each shape that clients send leaves the person that they expect', () => {
  test.each(shapes)('%s', (_shape, operations, changed) => {
    expect(patch(...operations)).toEqual({ ...before, ...changed });
  });

  test.each([[''], [[]], [null]])('%j clears, as a removal does', (value) => {
    const { displayName: _gone, ...rest } = before;
    expect(patch(replace('displayName', value))).toEqual(rest);
    expect(patch({ op: 'Remove', path: 'displayName' })).toEqual(rest);
  });

  test('what was there before is left alone', () => {
    const copy = structuredClone(before);
    patch(replace('name.familyName', 'X'), replace('emails[type eq "work"].value', 'x@y.z'));
    expect(before).toEqual(copy);
  });
});

describe('somebody of whom nothing but the name is there', () => {
  const bare = readResource('User', { userName: 'anna@acme.test', active: true });
  const change = (...operations: object[]) =>
    patchPerson(bare, readOperations('User', { Operations: operations }, bare.schemas));

  test.each<[string, object[], object]>([
    [
      'gets an address of work from Entra, by its path',
      [{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'a@acme.test' }],
      { emails: [{ type: 'work', value: 'a@acme.test' }] },
    ],
    [
      'gets one from Entra with its flag, in one value',
      [
        {
          op: 'replace',
          value: {
            'emails[type eq "work"].value': 'a@acme.test',
            'emails[type eq "work"].primary': 'True',
            'name.givenName': 'Anna',
            'name.formatted': 'Anna Berg',
          },
        },
      ],
      {
        emails: [{ type: 'work', value: 'a@acme.test', primary: true }],
        name: { givenName: 'Anna', formatted: 'Anna Berg' },
      },
    ],
    [
      'gets telephones and an address, each as one element',
      [
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '1' },
        { op: 'Add', path: 'phoneNumbers[type eq "fax"].value', value: '2' },
        { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Oslo' },
        { op: 'Add', path: 'addresses[type eq "work"].country', value: 'NO' },
      ],
      {
        phoneNumbers: [
          { type: 'mobile', value: '1' },
          { type: 'fax', value: '2' },
        ],
        addresses: [{ type: 'work', locality: 'Oslo', country: 'NO' }],
      },
    ],
    [
      'gets an app role from Entra, whose filter is a text',
      [{ op: 'Add', path: 'roles[primary eq "True"].value', value: '{"id":"r"}' }],
      { roles: [{ primary: true, value: '{"id":"r"}' }] },
    ],
    [
      'gets a department without having had the extension',
      [{ op: 'Add', path: `${enterpriseUrn}:department`, value: 'HR' }],
      { schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: { department: 'HR' } },
    ],
    [
      'is deactivated by a text in a value without a path',
      [{ op: 'Replace', value: { active: 'False' } }],
      { active: false },
    ],
    [
      'gets another id of the client’s own',
      [replace('externalId', 'object-id')],
      { externalId: 'object-id' },
    ],
  ])('%s', (_shape, operations, changed) => {
    expect(change(...operations)).toEqual({ ...bare, ...changed });
  });
});

/** URNs of extensions as clients write them, with the ends that could be taken for an attribute. */
describe.each([
  'urn:acme:params:scim:schemas:extension:custom:2.0:User',
  'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User',
  'urn:okta:acme_hr_1:1.0:user:custom',
  'urn:scim:schemas:extension:acme:1.0',
])('an attribute of the customer’s own extension %s', (urn) => {
  const held = { ...before, schemas: [userUrn, enterpriseUrn, urn], [urn]: { badge: '7' } };
  const change = (person: typeof before, ...operations: object[]) =>
    patchPerson(person, readOperations('User', { Operations: operations }, person.schemas));

  test.each([
    ['by its path', replace(`${urn}:badge`, '7')],
    ['by its path, added', { op: 'Add', path: `${urn}:badge`, value: '7' }],
    ['as a key of a value', { op: 'replace', value: { [`${urn}:badge`]: '7' } }],
    ['within its extension, as a key of a value', { op: 'replace', value: { [urn]: { badge: '7' } } }],
    ['within its extension, by the path of it', replace(urn, { badge: '7' })],
    ['with the schema beside it', { op: 'add', value: { schemas: [userUrn, urn], [urn]: { badge: '7' } } }],
  ])('lands in one place %s', (_how, operation) => {
    expect(change(before, operation)).toEqual(held);
    expect(change({ ...held, [urn]: { badge: '6' } }, operation)).toEqual(held);
  });

  test('is found in any case once the person has it, and goes alone or with its extension', () => {
    const more = { ...held, [urn]: { badge: '7', site: { city: 'Oslo' } } };

    expect(change(more, replace(`${urn.toUpperCase()}:site.city`, 'Bergen'))).toEqual({
      ...more,
      [urn]: { badge: '7', site: { city: 'Bergen' } },
    });
    expect(change(more, { op: 'remove', path: `${urn}:site` })).toEqual(held);
    expect(change(more, { op: 'remove', path: urn.toLowerCase() })).toEqual({ ...held, [urn]: undefined });
  });

  test('may be an object, where the person has the extension', () => {
    const user = replace(`${urn}:user`, { level: 3 });

    expect(change(held, user)).toEqual({ ...held, [urn]: { badge: '7', user: { level: 3 } } });
  });
});

describe('another manager', () => {
  const manager = { value: 'm1', displayName: 'Mia Moe', $ref: '../Users/m1' };
  const led = { ...before, [enterpriseUrn]: { department: 'Sales', manager } };
  const change = (...operations: object[]) =>
    patchPerson(led, readOperations('User', { Operations: operations }, before.schemas))[enterpriseUrn];
  const path = `${enterpriseUrn}:manager`;

  test.each([
    ['Entra by a text', { op: 'Replace', path, value: 'm2' }],
    ['Entra by a list', { op: 'Add', path, value: [{ value: 'm2' }] }],
    ['Entra with its flag', { op: 'replace', value: { [path]: 'm2' } }],
    ['by an object', replace(path, { value: 'm2' })],
    ['by the value alone', replace(`${path}.value`, 'm2')],
    ['within the extension', replace(enterpriseUrn, { manager: { value: 'm2' } })],
  ])('does not bear the name of the one before: %s', (_shape, operation) => {
    expect(change(operation)).toEqual({ department: 'Sales', manager: { value: 'm2' } });
  });

  test('has the name that comes along, whatever is said first, and the same one keeps theirs', () => {
    const named = { department: 'Sales', manager: { value: 'm2', displayName: 'Noa' } };
    const [value, name] = [replace(`${path}.value`, 'm2'), replace(`${path}.displayName`, 'Noa')];
    expect(change(value, name)).toEqual(named);
    expect(change(name, value)).toEqual(named);
    expect(change(replace(path, 'm1'))).toEqual({ department: 'Sales', manager });
  });

  test.each([
    [{ op: 'Remove', path }],
    [{ op: 'Replace', path, value: '' }],
    [{ op: 'replace', value: { [path]: null } }],
  ])('nobody after %j', (operation) => {
    expect(change(operation)).toEqual({ department: 'Sales' });
  });
});

describe('[SCIM-04] what does not fit the grammar is refused, and nothing else of the request is done', () => {
  const many = Array.from({ length: 101 }, () => replace('title', 'x'));
  test.each([
    [[], 'patch_unreadable', 'invalidSyntax'],
    [many, 'too_many_operations', 'tooMany'],
    [[{ op: 'move', path: 'title', value: 'x' }], 'patch_unreadable', 'invalidSyntax'],
    [[{ op: 'replace', path: 'title' }], 'patch_unreadable', 'invalidSyntax'],
    [[{ op: 'replace', path: 7, value: 'x' }], 'patch_unreadable', 'invalidSyntax'],
    [[{ op: 'add', value: 'x' }], 'patch_unreadable', 'invalidSyntax'],
    [[{ op: 'remove' }], 'patch_no_target', 'noTarget'],
    [[replace('name..familyName', 'x')], 'patch_path_unreadable', 'invalidPath'],
    [[replace('emails[type eq "work"', 'x')], 'patch_path_unreadable', 'invalidPath'],
    [[replace('title[type eq "work"]', 'x')], 'patch_path_unreadable', 'invalidPath'],
    [[replace(`t${'x'.repeat(256)}`, 'x')], 'patch_path_unreadable', 'invalidPath'],
    [[replace('__proto__.isAdmin', true)], 'patch_path_unreadable', 'invalidPath'],
    [[replace('name.constructor', 'x')], 'patch_path_unreadable', 'invalidPath'],
    [[replace('urn:a:b:prototype', 'x')], 'patch_path_unreadable', 'invalidPath'],
    [[replace('emails[type is "work"].value', 'x')], 'filter_unreadable', 'invalidFilter'],
    [[replace('emails[colour eq "work"].value', 'x')], 'filter_attribute_unknown', 'invalidFilter'],
    [[replace('emails[value co "nobody"].value', 'x')], 'patch_no_target', 'noTarget'],
    [[replace('id', 'x')], 'attribute_read_only', 'mutability'],
    [[replace('meta.version', 'x')], 'attribute_read_only', 'mutability'],
    [[replace('schemas', ['x'])], 'attribute_read_only', 'mutability'],
    [[{ op: 'add', path: 'groups', value: [{ value: 'x' }] }], 'attribute_read_only', 'mutability'],
    [[{ op: 'remove', path: 'userName' }], 'attribute_read_only', 'mutability'],
    [[replace('active', 'perhaps')], 'value_wrong', 'invalidValue'],
  ])('%j', (operations, reason, scimType) => {
    expect(() => patch(...operations)).toThrow(expect.objectContaining({ status: 400, reason, scimType }));
  });

  test('the prototype of objects is as it was', () => {
    expect(() => patch(replace('__proto__.isAdmin', true))).toThrow();
    expect({}).not.toHaveProperty('isAdmin');
  });
});

describe('each shape that clients send of a group says who is to be in it', () => {
  const group = readResource('Group', { displayName: 'IT', externalId: 'g' });
  const change = (...operations: object[]) =>
    patchGroup(group, readOperations('Group', { Operations: operations }));
  const moves = (add: string[], remove: string[]) => ({ is: 'change', add, remove });

  test.each([
    ['Okta adds', [{ op: 'add', path: 'members', value: [{ value: 'a', display: 'A' }] }], moves(['a'], [])],
    ['Okta removes', [{ op: 'remove', path: 'members[value eq "a"]' }], moves([], ['a'])],
    [
      'Entra without its flag adds',
      [{ op: 'Add', path: 'members', value: [{ $ref: null, value: 'a' }] }],
      moves(['a'], []),
    ],
    [
      'Entra without its flag removes',
      [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'a' }] }],
      moves([], ['a']),
    ],
    ['by its URN', [{ op: 'add', path: `${groupUrn}:members`, value: [{ value: 'a' }] }], moves(['a'], [])],
    ['nobody of an empty list', [{ op: 'Remove', path: 'members', value: [] }], moves([], [])],
    [
      'several at once',
      [{ op: 'remove', path: 'members[value eq "a" or value eq "b"]' }],
      moves([], ['a', 'b']),
    ],
    [
      'one as an object, one as a text',
      [
        { op: 'add', path: 'members', value: { value: 'a' } },
        { op: 'add', path: 'members', value: 'b' },
      ],
      moves(['a', 'b'], []),
    ],
    ['without a path', [{ op: 'add', value: { members: [{ value: 'a' }] } }], moves(['a'], [])],
    [
      'all of them anew',
      [{ op: 'replace', path: 'members', value: [{ value: 'a' }] }],
      { is: 'replace', ids: ['a'] },
    ],
    [
      'nobody, as JumpCloud empties a group',
      [{ op: 'replace', path: 'members', value: [] }],
      { is: 'replace', ids: [] },
    ],
    ['nobody, by a removal', [{ op: 'remove', path: 'members' }], { is: 'replace', ids: [] }],
    [
      'what is said last counts',
      [
        { op: 'add', path: 'members', value: [{ value: 'a' }] },
        { op: 'remove', path: 'members[value eq "a"]' },
      ],
      moves([], ['a']),
    ],
    [
      'after a new beginning',
      [
        { op: 'replace', path: 'members', value: [{ value: 'a' }] },
        { op: 'add', path: 'members', value: [{ value: 'b' }] },
        { op: 'remove', path: 'members[value eq "a"]' },
      ],
      { is: 'replace', ids: ['b'] },
    ],
    [
      'twice the same',
      [{ op: 'add', path: 'members', value: [{ value: 'a' }, { value: 'a' }] }],
      moves(['a'], []),
    ],
  ])('%s', (_shape, operations, members) => {
    expect(change(...operations)).toEqual({ values: group, members });
  });

  test('Okta renames, and says the id with it', () => {
    const { values, members } = change({ op: 'replace', value: { id: 'x', displayName: 'Operations' } });
    expect(values).toEqual({ schemas: [groupUrn], displayName: 'Operations', externalId: 'g' });
    expect(members).toEqual(moves([], []));
  });

  test.each([
    [[{ op: 'remove', path: 'displayName' }], 'attribute_read_only'],
    [[{ op: 'replace', path: 'members[value eq "a"].value', value: 'b' }], 'attribute_read_only'],
    [[{ op: 'remove', path: 'members[display eq "a"]' }], 'filter_attribute_unknown'],
    [[{ op: 'remove', path: 'members[not (value eq "a")]' }], 'patch_path_unreadable'],
    [[{ op: 'add', path: 'members', value: [7] }], 'value_wrong'],
  ])('[SCIM-03] what cannot be is refused: %j', (operations, reason) => {
    expect(() => change(...operations)).toThrow(expect.objectContaining({ status: 400, reason }));
  });
});
