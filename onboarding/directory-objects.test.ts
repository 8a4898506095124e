import { expect, test } from 'vitest';
import {
  deletedDirectoryObject,
  directoryEventObject,
  directoryGroupObject,
  directoryObject,
  directoryUserObject,
  previousAttributes,
} from './directory-objects.ts';

const at = new Date('2026-11-26T06:00:00.000Z');
const directory = {
  id: 'directory_1',
  organizationId: 'org_1',
  externalKey: 'abc-1',
  type: 'okta scim v2.0',
  state: 'linked' as const,
  name: 'Acme',
  createdAt: at,
  updatedAt: at,
};
const person = {
  id: 'directory_user_1',
  organizationId: 'org_1',
  directoryId: 'directory_1',
  externalId: null,
  userName: 'ann@acme.test',
  email: 'ann@acme.test',
  firstName: 'Ann',
  lastName: 'Lee',
  displayName: null,
  customAttributes: {},
  raw: {},
  state: 'active' as const,
  createdAt: at,
  updatedAt: at,
};

test('a directory is linked in answers and active in events', () => {
  const counts = { active: 2, inactive: 1, groups: 3 };
  expect(directoryObject(directory, counts)).toMatchObject({
    state: 'linked',
    external_key: 'abc-1',
    metadata: { users: { active: 2, inactive: 1 }, groups: 3 },
  });
  expect(directoryEventObject(directory, [{ id: 'org_domain_1', domain: 'acme.test' }])).toMatchObject({
    state: 'active',
    external_key: 'abc-1',
    domains: [{ object: 'organization_domain', id: 'org_domain_1', domain: 'acme.test' }],
  });
  expect(deletedDirectoryObject(directory)).not.toHaveProperty('external_key');
});

test('a person without an external id is known by their own, and a name is made of its parts', () => {
  expect(directoryUserObject(person)).toMatchObject({
    idp_id: 'directory_user_1',
    name: 'Ann Lee',
    raw_attributes: {},
    job_title: null,
    emails: [{ primary: true, type: 'work', value: 'ann@acme.test' }],
  });
  expect(directoryUserObject(person)).not.toHaveProperty('role');
  expect(directoryUserObject(person, { role: 'admin', roles: ['admin'] })).toMatchObject({
    role: { slug: 'admin' },
    roles: [{ slug: 'admin' }],
  });
});

test('all addresses that were sent are shown, and what is no address is left out', () => {
  const raw = {
    emails: [{ value: 'a@acme.test', primary: true }, null, { type: 'home' }],
    title: 'Engineer',
  };

  expect(directoryUserObject({ ...person, raw })).toMatchObject({
    emails: [{ primary: true, type: null, value: 'a@acme.test' }],
    job_title: 'Engineer',
  });
});

test('a group without an external id is known by its name', () => {
  const group = { ...directory, id: 'directory_group_1', directoryId: 'directory_1', displayName: 'Sales' };

  expect(directoryGroupObject({ ...group, externalId: null }).idp_id).toBe('Sales');
  expect(directoryGroupObject({ ...group, externalId: 'g-1' }).idp_id).toBe('g-1');
});

test('previous attributes name what differs as it was, and nothing where only the instant differs', () => {
  const before = { title: 'Engineer', custom: { tags: ['a', 'b'] }, updated_at: 'then' };

  expect(previousAttributes(before, { ...before, title: 'Lead', updated_at: 'now' })).toEqual({
    title: 'Engineer',
  });
  expect(previousAttributes(before, { ...before, custom: { tags: ['a'] } })).toEqual({
    custom: { tags: ['a', 'b'] },
  });
  expect(previousAttributes(before, { ...before, role: 'admin' })).toEqual({ role: null });
  expect(previousAttributes(before, { ...structuredClone(before), updated_at: 'now' })).toBeUndefined();
});
