import { describe, expect, test } from 'vitest';
import { enterpriseUrn, groupUrn, userUrn } from './names.ts';
import { personOf } from './person.ts';
import { readResource, refuseForbiddenNames } from './values.ts';

const read = (given: object) => readResource('User', { userName: 'anna', ...given });
const core = { schemas: [userUrn], userName: 'anna' };

describe('[SCIM-03] what is written comes through a list, in its own name and type', () => {
  test.each([
    ['names know no case', { USERNAME: 'Anna', DisplayName: 'A' }, { userName: 'Anna', displayName: 'A' }],
    ['a password is dropped', { password: 'hunter2', Password: 'x' }, {}],
    [
      'what only we may write is dropped',
      { id: 'x', meta: { version: 'y' }, groups: [{ value: 'admins' }] },
      {},
    ],
    ['what nobody knows is dropped', { isAdmin: true, role: 'owner' }, {}],
    ['a boolean comes as a text', { active: 'False' }, { active: false }],
    [
      'so do those inside lists',
      { emails: [{ value: 'a@b.c', primary: 'True' }] },
      { emails: [{ value: 'a@b.c', primary: true }] },
    ],
    ['a number becomes a text', { nickName: 7 }, { nickName: '7' }],
    ['a single value of a list is a list', { emails: { value: 'a@b.c' } }, { emails: [{ value: 'a@b.c' }] }],
    ['so is a bare text', { emails: 'a@b.c' }, { emails: [{ value: 'a@b.c' }] }],
    [
      'nothing, empty and null are no value',
      { title: '', nickName: null, emails: [], phoneNumbers: [{ value: '' }], name: {} },
      {},
    ],
    ['roles are kept as sent', { roles: [{ value: 'admin' }] }, { roles: [{ value: 'admin' }] }],
    [
      'a manager comes as a text',
      { [enterpriseUrn]: { manager: '26118915', department: 'R&D', secret: 'x' } },
      {
        schemas: [userUrn, enterpriseUrn],
        [enterpriseUrn]: { manager: { value: '26118915' }, department: 'R&D' },
      },
    ],
    [
      'an extension of SCIM 1.1 is ours',
      {
        schemas: ['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'],
        'urn:scim:schemas:extension:enterprise:1.0': { employeeNumber: '7' },
      },
      { schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: { employeeNumber: '7' } },
    ],
    [
      'an extension that the client declares is kept, another is not',
      {
        schemas: [userUrn, 'urn:okta:acme:1.0:user:custom'],
        'urn:okta:acme:1.0:user:custom': { badge: 7, sites: ['Oslo'] },
        'urn:okta:other:1.0:user:custom': { badge: 8 },
      },
      {
        schemas: [userUrn, 'urn:okta:acme:1.0:user:custom'],
        'urn:okta:acme:1.0:user:custom': { badge: 7, sites: ['Oslo'] },
      },
    ],
  ])('%s', (_rule, given, expected) => {
    expect(read(given)).toEqual({ ...core, ...expected });
  });

  test('of a group its names are kept; members lie elsewhere', () => {
    const given = {
      schemas: [groupUrn, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      displayName: 'IT',
      externalId: 'e',
      members: [{ value: 'x' }],
      roles: ['admin'],
    };
    expect(readResource('Group', given)).toEqual({ schemas: [groupUrn], displayName: 'IT', externalId: 'e' });
  });

  test('texts come back as they were sent, to the last space', () => {
    const given = { userName: ' Anna@Acme.Test ', displayName: 'Ånna  Bérg\u{1F600}', title: '<b>&"\\' };
    expect(read(given)).toEqual({ ...core, ...given });
  });

  test.each([
    [{ active: 'perhaps' }, 'value_wrong'],
    [{ name: 'Anna Berg' }, 'value_wrong'],
    [{ title: { a: 1 } }, 'value_wrong'],
    [{ emails: [7] }, 'value_wrong'],
    [{ userName: 'x'.repeat(513) }, 'value_too_long'],
    [{ externalId: 'x'.repeat(513) }, 'value_too_long'],
    [{ emails: [{ value: 'x'.repeat(513) }] }, 'value_too_long'],
    [{ roles: Array.from({ length: 201 }, (_, at) => ({ value: `r${at}` })) }, 'value_too_long'],
    [{ title: 'x'.repeat(66_000) }, 'value_too_long'],
  ])('what does not fit is refused: %j', (given, reason) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue', reason }),
    );
  });
});

test.each(['__proto__', 'constructor', 'prototype', 'name.__proto__', 'a.constructor.b', '__PROTO__'])(
  '[SCIM-04] "%s" is the name of nothing, however deep it lies',
  (name) => {
    const body: unknown = JSON.parse(
      `{"Operations":[{"value":{"a":[{${JSON.stringify(name)}:{"admin":true}}]}}]}`,
    );
    expect(() => refuseForbiddenNames(body)).toThrow(
      expect.objectContaining({ status: 400, reason: 'name_forbidden' }),
    );
  },
);

describe('who a person is', () => {
  const emails = [
    { value: 'other@b.c', type: 'other' },
    { value: 'home@b.c', type: 'home' },
    { value: 'work@b.c', type: 'Work' },
    { value: 'main@b.c', primary: true },
  ];
  test.each([
    ['the primary address', emails, 'main@b.c'],
    ['else that of work', emails.slice(0, 3), 'work@b.c'],
    ['else that of home', emails.slice(0, 2), 'home@b.c'],
    ['else the first', emails.slice(0, 1), 'other@b.c'],
  ])('is known by %s', (_which, given, email) => {
    expect(personOf(read({ emails: given })).email).toBe(email);
  });

  test('without an address a user name that is one serves, and the resource stays as it was sent', () => {
    const person = personOf(readResource('User', { userName: 'Anna@Acme.test' }));
    expect(person.email).toBe('Anna@Acme.test');
    expect(person.raw).not.toHaveProperty('emails');
    expect(personOf(read({})).email).toBeNull();
  });

  test('a resource that does not say whether somebody is active leaves it as it was', () => {
    expect(personOf(read({})).active).toBe(true);
    expect(personOf(read({}), { wasActive: false }).active).toBe(false);
    expect(personOf(read({ active: true }), { wasActive: false }).active).toBe(true);
  });

  test.each([[{}], [{ userName: '' }], [{ userName: ' ' }], [{ userName: '\t\u00a0' }]])(
    'needs a userName with something in it: %j has none',
    (given) => {
      expect(() => personOf(readResource('User', { displayName: 'x', ...given }))).toThrow(
        expect.objectContaining({ reason: 'user_name_missing' }),
      );
    },
  );
});
