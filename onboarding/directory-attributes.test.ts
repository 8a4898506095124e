import { describe, expect, test } from 'vitest';
import {
  defaultPath,
  directoryFields,
  isReadablePath,
  listReceived,
  shownAt,
  mapDirectoryPerson,
  valueAt,
} from './directory-attributes.ts';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const raw = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  userName: 'ann@acme.test',
  title: 'Engineer',
  name: { givenName: 'Ann', familyName: 'Lee' },
  emails: [
    { value: 'ann@acme.test', type: 'work', primary: true },
    { value: 'ann@home.test', type: 'home' },
  ],
  addresses: [{ type: 'work', locality: 'Berlin', country: 'DE' }],
  [enterprise]: { department: 'Sales', manager: { value: '7', displayName: 'Bob' }, employeeNumber: '42' },
  tags: ['a', 'b'],
  empty: '',
};
const person = {
  externalId: 'e1',
  userName: 'ann@acme.test',
  email: 'ann@acme.test',
  firstName: 'Ann',
  lastName: 'Lee',
  displayName: null,
  active: true,
  raw,
};
const attributes = [
  { key: 'badge', label: 'Badge number', isRequired: false },
  { key: 'department_name', label: 'Team', isRequired: false },
];

describe('a path', () => {
  test.each([
    ['title', 'Engineer'],
    ['name.givenName', 'Ann'],
    ['NAME.GivenName', 'Ann'],
    [`${enterprise}.department`, 'Sales'],
    [`${enterprise}:department`, 'Sales'],
    [`${enterprise}.manager.displayName`, 'Bob'],
    ['emails[type eq "home"].value', 'ann@home.test'],
    ['emails[primary eq true].value', 'ann@acme.test'],
    ['addresses[type eq "WORK"].locality', 'Berlin'],
    ['emails.value', ['ann@acme.test', 'ann@home.test']],
    ['addresses.country', 'DE'],
    ['tags', ['a', 'b']],
  ])('%s leads to its value', (path, value) => {
    expect(valueAt(raw, path)).toEqual(value);
  });

  test.each([
    '',
    'empty',
    'nothing',
    'name.',
    'name.givenName.more',
    'emails[type eq "other"].value',
    'emails[',
    'emails[0].value',
    '__proto__.polluted',
    'constructor.name',
    'name.toString',
    'a'.repeat(400),
  ])('%s leads nowhere', (path) => {
    expect(valueAt(raw, path)).toBeUndefined();
  });

  test.each([
    'title',
    'Job title',
    'name.givenName',
    `${enterprise}:department`,
    'emails.value',
    'tags',
    'emails[type eq "home"].value',
    'emails[primary eq true].value',
    'addresses[type eq "work"]',
    'nothing',
    'emails[type eq "other"].value',
  ])('%s can be read, whether there is anything or not', (path) => {
    expect(isReadablePath(path)).toBe(true);
  });

  test.each([
    '',
    '.',
    'name.',
    'name..givenName',
    '.name',
    'emails[',
    'emails[0].value',
    'emails[]',
    ']',
    'a]b',
    'emails[type eq home].value',
    'emails[type eq "home"',
    'emails[type eq "home"]value',
    '"title"',
    'emails[type eq "home" and primary eq true].value',
    'emails[type eq "home"].',
    'a'.repeat(301),
  ])('%s cannot be read', (path) => {
    expect(isReadablePath(path)).toBe(false);
    expect(valueAt(raw, path)).toBeUndefined();
  });

  test('that stands in the page beside a value can be read', () => {
    expect(listReceived(raw).filter(({ path }) => !isReadablePath(path))).toEqual([]);
  });

  test('may be as deep as nobody needs, and no deeper', () => {
    const deep = (levels: number): unknown => (levels === 0 ? 'end' : { a: deep(levels - 1) });

    expect(valueAt(deep(8), 'a.a.a.a.a.a.a.a')).toBe('end');
    expect(valueAt(deep(12), Array.from({ length: 12 }, () => 'a').join('.'))).toBeUndefined();
  });
});

test('fields of the contract fill themselves, and those of the vendor by their keys', () => {
  const mapped = mapDirectoryPerson(person, {}, attributes);

  expect(mapped.customAttributes).toEqual({
    username: 'ann@acme.test',
    job_title: 'Engineer',
    department_name: 'Sales',
    employee_number: '42',
    emails: raw.emails,
    addresses: raw.addresses,
  });
  expect(mapped).toMatchObject({ email: 'ann@acme.test', firstName: 'Ann' });
});

test('columns of files fill them too', () => {
  const row = { user_id: '7', job_title: 'Lead', department_name: 'IT', manager_email: 'bob@acme.test' };

  expect(mapDirectoryPerson({ ...person, raw: row }, {}, []).customAttributes).toEqual({
    job_title: 'Lead',
    department_name: 'IT',
    manager_email: 'bob@acme.test',
  });
});

test('a field that somebody has mapped is read from its path only', () => {
  const mapping = {
    'custom.badge': `${enterprise}.employeeNumber`,
    'custom.department_name': 'division',
    email: 'emails[type eq "home"].value',
    firstName: 'nothing',
  };

  const mapped = mapDirectoryPerson(person, mapping, attributes);

  expect(mapped).toMatchObject({ email: 'ann@home.test', firstName: null, lastName: 'Lee' });
  expect(mapped.customAttributes).toMatchObject({ badge: '42' });
  expect(mapped.customAttributes).not.toHaveProperty('department_name');
});

test('the vendor’s own field stands in for the contract’s of the same name', () => {
  const fields = directoryFields(attributes).map(({ field }) => field);

  expect(fields).toContain('custom.department_name');
  expect(fields).not.toContain('department_name');
});

test('the default shown is the one that fills the field', () => {
  const field = directoryFields([]).find((one) => one.field === 'job_title');

  expect(field && defaultPath(field, { jobTitle: 'Lead' })).toBe('jobTitle');
  expect(field && defaultPath(field, {})).toBe('title');
});

test('what a path leads to is shown with all its values, whatever it is', () => {
  const sent = {
    Emails: [{ value: 'a@x.test', primary: true }, { value: 'b@x.test' }],
    name: { first: 'Ada' },
  };

  expect(shownAt(sent, 'emails[primary eq true].value')).toBe('a@x.test');
  expect(shownAt(sent, 'emails.value')).toBe('a@x.test, b@x.test');
  expect(shownAt(sent, 'name')).toBe('Ada');
  expect(shownAt(sent, 'emails')).toBe('a@x.test, b@x.test, true');
  expect(shownAt(sent, 'title')).toBeNull();
});

test('everything received is listed by the path that leads to it', () => {
  const received = listReceived(raw);

  expect(received.map(({ path }) => path)).toEqual([
    'userName',
    'title',
    'name.givenName',
    'name.familyName',
    'emails[type eq "work"].value',
    'emails[type eq "work"].primary',
    'emails[type eq "home"].value',
    'addresses[type eq "work"].locality',
    'addresses[type eq "work"].country',
    `${enterprise}.department`,
    `${enterprise}.manager.value`,
    `${enterprise}.manager.displayName`,
    `${enterprise}.employeeNumber`,
    'tags',
  ]);
  for (const { path, value } of received) {
    expect([path, [valueAt(raw, path)].flat().join(', ')]).toEqual([path, value]);
  }
});
