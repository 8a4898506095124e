import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

/**
 * What the consoles of clients say that these do, of whom nobody has published the wire: each by the methods it may be
 * set to, held to what it takes for granted afterwards. The shapes of Okta and Entra are in the tests beside this one.
 */
let api: TestApi;
let client: ScimClient;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  client = await aScimClient(api);
});

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group';

async function done(method: string, path: string, body?: object) {
  const reply = await client.call(method, path, body);
  expect([method, path, reply.status]).toEqual([method, path, expect.toBeOneOf([200, 201, 204])]);
  return reply.body;
}
const patch = (path: string, ...operations: object[]) =>
  done('PATCH', path, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: operations,
  });
const found = async (path: string): Promise<number> => (await done('GET', path)).totalResults;
const isActive = async (id: string): Promise<boolean> => (await done('GET', `/Users/${id}`)).active;
const membersOf = async (id: string): Promise<string[]> =>
  ((await done('GET', `/Groups/${id}`)).members ?? []).map(({ value }: { value: string }) => value);

const person = (userName: string, more: object = {}) => ({
  schemas: [userUrn],
  userName,
  externalId: `ext-${userName}`,
  active: true,
  name: { givenName: 'Anna', familyName: 'Berg' },
  emails: [{ value: userName, type: 'work', primary: true }],
  ...more,
});
const anna = 'anna@acme.test';
const ben = 'ben@acme.test';
const filter = (text: string) => `filter=${encodeURIComponent(text)}`;

describe('OneLogin', () => {
  test('suspends or deletes whoever it lets go, as it is set, and keeps the groups of its roles', async () => {
    await done('POST', '/Users', person(ben));
    expect(await found(`/Users?${filter(`userName eq "${anna}"`)}`)).toBe(0);
    const { id } = await done('POST', '/Users', person(anna));
    const group = await done('POST', '/Groups', { schemas: [groupUrn], displayName: 'Sales' });
    await patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: id }] });

    await done('PUT', `/Users/${id}`, person(anna, { active: false }));
    expect(await isActive(id)).toBe(false);
    await done('PUT', `/Users/${id}`, person(anna));
    expect([await isActive(id), await membersOf(group.id)]).toEqual([true, [id]]);
    await done('DELETE', `/Users/${id}`);

    expect([await found('/Users'), await membersOf(group.id)]).toEqual([1, []]);
  });
});

describe('JumpCloud', () => {
  test('tries with somebody of its own, whom it lets go again', async () => {
    await done('POST', '/Users', person(ben));
    const test1 = 'test@acme.test';
    expect(await found(`/Users?${filter(`userName eq "${test1}"`)}`)).toBe(0);
    const { id } = await done('POST', '/Users', person(test1));

    await done('PUT', `/Users/${id}`, person(test1, { active: false }));

    expect(await isActive(id)).toBe(false);
  });

  test('empties a group that is taken from the app, and leaves it and its people', async () => {
    const { id } = await done('POST', '/Users', person(anna));
    const group = { schemas: [groupUrn], displayName: 'IT', externalId: 'jc-1' };
    const made = await done('POST', '/Groups', { ...group, members: [{ value: id }] });
    expect(await membersOf(made.id)).toEqual([id]);

    await done('PUT', `/Groups/${made.id}`, { ...group, members: [] });

    expect([await membersOf(made.id), await found('/Groups'), await isActive(id)]).toEqual([[], 1, true]);
  });
});

describe('PingOne and PingFederate', () => {
  test.each([
    `userName eq "${anna}"`,
    `externalId eq "ext-${anna}"`,
    `emails[type eq "work"].value eq "${anna}"`,
  ])('finds people by what it is set to know them by: %s', async (text) => {
    await done('POST', '/Users', person(ben));
    const { id } = await done('POST', '/Users', person(anna));

    const { Resources } = await done('GET', `/Users?${filter(text)}&startIndex=1&count=1`);

    expect(Resources.map((one: { id: string }) => one.id)).toEqual([id]);
  });

  test('may create who is disabled, and disables or deletes', async () => {
    const { id } = await done('POST', '/Users', person(anna, { active: false }));
    expect(await isActive(id)).toBe(false);
    await done('PUT', `/Users/${id}`, person(anna, { [enterpriseUrn]: { department: 'R&D' } }));
    expect(await isActive(id)).toBe(true);
    await done('PUT', `/Users/${id}`, person(anna, { active: false }));
    expect(await isActive(id)).toBe(false);

    await done('DELETE', `/Users/${id}`);

    expect((await client.call('GET', `/Users/${id}`)).status).toBe(404);
  });

  test('changes groups whole or, where it is set to, by PATCH', async () => {
    const { id } = await done('POST', '/Users', person(anna));
    const other = await done('POST', '/Users', person(ben));
    const group = { schemas: [groupUrn], displayName: 'IT' };
    const made = await done('POST', '/Groups', { ...group, members: [{ value: id }] });
    expect(await membersOf(made.id)).toEqual([id]);

    await done('PUT', `/Groups/${made.id}`, { ...group, members: [{ value: other.id }] });
    expect(await membersOf(made.id)).toEqual([other.id]);
    await patch(`/Groups/${made.id}`, { op: 'add', path: 'members', value: [{ value: id }] });

    expect((await membersOf(made.id)).toSorted()).toEqual([id, other.id].toSorted());
  });
});

describe('CyberArk', () => {
  test('disables whoever loses a role, and says nothing of the group', async () => {
    const { id } = await done('POST', '/Users', person(anna));
    const group = await done('POST', '/Groups', { schemas: [groupUrn], displayName: 'Admins' });
    await patch(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: id }] });

    await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });

    expect([await isActive(id), await membersOf(group.id)]).toEqual([false, [id]]);
  });
});

describe('Rippling', () => {
  test('sends the attributes that it lists, and has them back as they were', async () => {
    const sent = person(anna, {
      schemas: [userUrn, enterpriseUrn],
      displayName: 'Anna Berg',
      title: 'Engineer',
      userType: 'Employee',
      addresses: [{ type: 'work', streetAddress: 'Main 1', locality: 'Oslo', country: 'NO' }],
      phoneNumbers: [{ type: 'work', value: '+47 1' }],
      photos: [{ type: 'photo', value: 'https://img.acme.test/a.png' }],
      [enterpriseUrn]: { employeeNumber: '7', department: 'R&D', manager: { value: 'm-1' } },
    });

    const { id } = await done('POST', '/Users', sent);

    expect(await done('GET', `/Users/${id}`)).toMatchObject(sent);
  });

  test('reads everybody by pages, and deletes groups', async () => {
    for (const name of ['a', 'b', 'c']) await done('POST', '/Users', person(`${name}@acme.test`));
    const pages = [
      await done('GET', '/Users?startIndex=1&count=2'),
      await done('GET', '/Users?startIndex=3'),
    ];
    expect(pages.map(({ Resources }) => Resources.length)).toEqual([2, 1]);
    const group = await done('POST', '/Groups', { schemas: [groupUrn], displayName: 'IT' });

    await done('DELETE', `/Groups/${group.id}`);

    expect([await found('/Groups'), await found('/Users')]).toEqual([0, 3]);
  });
});

describe('SailPoint', () => {
  test('reads what there is before anything else, and then people with their groups', async () => {
    const { Resources: types } = await done('GET', '/ResourceTypes');
    expect(types.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['/Users', '/Groups']);
    const { Resources: schemas } = await done('GET', '/Schemas');
    expect(schemas.map(({ id }: { id: string }) => id)).toEqual([userUrn, enterpriseUrn, groupUrn]);
    const { id } = await done('POST', '/Users', person(anna));
    const members = [{ value: id }];
    await done('POST', '/Groups', { schemas: [groupUrn], displayName: 'IT', members });

    const { Resources } = await done('GET', '/Users?startIndex=1&count=100');

    expect(Resources).toMatchObject([{ id, groups: [{ display: 'IT' }] }]);
  });
});
