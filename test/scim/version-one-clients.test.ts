import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aScimClient, clientOf, type ScimClient } from '../support/scim-client.ts';

/**
 * Clients of SCIM 1.1, call by call, each held to what it takes for granted afterwards. Okta's calls are those of its
 * reference (“Okta and SCIM Version 1.1”), Ping's those of its SCIM 1.1 SDK (github.com/pingidentity/scim), in its own way
 * of PUT and DELETE through POST; OneLogin has published a template and no wire, so its methods are what its console names.
 */
let api: TestApi;
let call: ScimClient['call'];
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  const { directory } = await aScimClient(api);
  call = clientOf(api, directory, {}, '/scim/v1');
});

const core = 'urn:scim:schemas:core:1.0';
const enterprise = 'urn:scim:schemas:extension:enterprise:1.0';
const json = { 'content-type': 'application/json', accept: 'application/json' };
const found = async (text: string) =>
  (await call('GET', `/Users?filter=${encodeURIComponent(text)}&startIndex=1&count=100`)).body;

async function done(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const reply = await call(method, path, body, { ...json, ...headers });
  expect([method, path, reply.status]).toEqual([method, path, expect.toBeOneOf([200, 201, 204])]);
  return reply.body;
}
const membersOf = async (id: string): Promise<string[]> =>
  ((await done('GET', `/Groups/${id}`)).members ?? []).map(({ value }: { value: string }) => value);

describe('Okta', () => {
  const userName = 'test.user@okta.local';
  const profile = {
    schemas: [core],
    userName,
    externalId: '00b443dd40SOK2eup0h7',
    name: { givenName: 'Test', familyName: 'User' },
    displayName: 'Test User',
    locale: 'en_US',
    active: true,
    groups: [],
    emails: [{ primary: true, value: userName, type: 'work' }],
  };
  const { groups: _none, ...kept } = profile;

  test('tests its connection, looks for somebody, creates them, and finds them by any case', async () => {
    for (const path of ['/Users?startIndex=1&count=2', '/Groups?startIndex=1&count=100'])
      expect(await done('GET', path)).toEqual({
        schemas: [core],
        totalResults: 0,
        startIndex: 1,
        itemsPerPage: 0,
        Resources: [],
      });
    expect((await found(`userName eq "${userName}"`)).totalResults).toBe(0);

    const { id, ...made } = await done('POST', '/Users', { ...profile, password: '1mz050nq' });

    expect(made).toEqual({ ...kept, meta: expect.objectContaining({ version: 'W/"1"' }) });
    expect((await found(`userName eq "${userName.toUpperCase()}"`)).Resources).toMatchObject([{ id }]);
    const twice = await call('POST', '/Users', profile, json);
    expect([twice.status, twice.body]).toEqual([
      409,
      { Errors: [{ description: expect.any(String), code: '409' }] },
    ]);
  });

  test('reads a person and puts back what it has changed, its deactivation among it', async () => {
    const { id } = await done('POST', '/Users', profile);
    const read = await done('GET', `/Users/${id}`);

    const renamed = await done('PUT', `/Users/${id}`, {
      ...read,
      displayName: 'Test1 User',
      groups: [],
      name: { ...read.name, givenName: 'Test1' },
    });
    expect(renamed).toMatchObject({
      id,
      displayName: 'Test1 User',
      name: { givenName: 'Test1' },
      active: true,
    });

    expect(await done('PUT', `/Users/${id}`, { ...renamed, active: false })).toMatchObject({
      id,
      active: false,
    });
    expect((await found(`userName eq "${userName}"`)).Resources).toMatchObject([{ id, active: false }]);
  });

  test('lets go and takes back by a PATCH that has nothing else in it', async () => {
    const { id } = await done('POST', '/Users', profile);

    const off = await done('PATCH', `/Users/${id}`, { schemas: [core], id, active: false });
    expect(off).toMatchObject({ ...kept, id, active: false });
    expect((await done('PATCH', `/Users/${id}`, { schemas: [core], id, active: true })).active).toBe(true);
  });

  test('pushes a group with its description, its members and its new name, and takes it away', async () => {
    const { id: user } = await done('POST', '/Users', profile);
    const { id } = await done('POST', '/Groups', {
      schemas: [core, 'urn:okta:custom:group:1.0'],
      displayName: 'Test SCIMv1',
      'urn:okta:custom:group:1.0': { description: 'All Users West of the Rockies' },
    });
    const display = userName;

    await done('PATCH', `/Groups/${id}`, { schemas: [core], id, displayName: 'Test SCIMv11' });
    await done('PATCH', `/Groups/${id}`, { schemas: [core], members: [{ value: user, display }] });
    expect(await membersOf(id)).toEqual([user]);
    const leaves = { value: user, display, operation: 'delete' };
    await done('PATCH', `/Groups/${id}`, { schemas: [core], members: [leaves] });

    const { displayName } = await done('GET', `/Groups/${id}`);
    expect([displayName, await membersOf(id)]).toEqual(['Test SCIMv11', []]);
    await done('DELETE', `/Groups/${id}`);
    expect((await done('GET', '/Groups?startIndex=1&count=100')).totalResults).toBe(0);
  });
});

describe('PingFederate and PingOne', () => {
  const person = {
    schemas: [core, enterprise],
    userName: 'marcher',
    active: true,
    name: { familyName: 'Archer', givenName: 'Meredith' },
    emails: [{ type: 'work', value: 'meredith.archer@acme.test' }],
    [enterprise]: { employeeNumber: '7', department: 'R&D', manager: { managerId: 'm-1' } },
  };
  /** It takes 200 and nothing else for a change and a deletion. */
  const over = async (meant: string, path: string, body?: object) => {
    const reply = await call('POST', path, body, { ...json, 'x-http-method-override': meant });
    expect([meant, path, reply.status]).toEqual([meant, path, 200]);
    return reply.body;
  };

  test('reads the schemas, creates somebody and has them back as they were', async () => {
    const { Resources } = await done('GET', '/Schemas');
    expect(Resources.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['/Users', '/Groups']);

    const { id } = await done('POST', '/Users', { ...person, password: '2Federate' });

    expect(await done('GET', `/Users/${id}`)).toMatchObject({ id, ...person });
    expect((await found('userName eq "marcher"')).Resources).toMatchObject([{ id, ...person }]);
  });

  test('disables by a whole resource, and deletes', async () => {
    const { id } = await done('POST', '/Users', person);

    expect(await over('PUT', `/Users/${id}`, { ...person, id, active: false })).toMatchObject({
      active: false,
    });
    await over('DELETE', `/Users/${id}`);

    expect((await found('userName eq "marcher"')).totalResults).toBe(0);
  });

  test('sends the difference of two states: what is gone, and what has come', async () => {
    const { id } = await done('POST', '/Users', person);

    const after = await over('PATCH', `/Users/${id}`, {
      schemas: [core, enterprise],
      meta: { attributes: [`${enterprise}:manager`, 'name.givenName'] },
      emails: [
        { type: 'work', value: 'meredith.archer@acme.test', operation: 'delete' },
        { type: 'work', value: 'm.archer@acme.test' },
      ],
      [enterprise]: { department: 'Sales' },
    });

    expect(after.name).toEqual({ familyName: 'Archer' });
    expect(after.emails).toEqual([{ type: 'work', value: 'm.archer@acme.test' }]);
    expect(after[enterprise]).toEqual({ employeeNumber: '7', department: 'Sales' });
  });

  test('changes groups whole, or by their members where it is set to', async () => {
    const { id: a } = await done('POST', '/Users', person);
    const { id: b } = await done('POST', '/Users', { ...person, userName: 'other' });
    const group = { schemas: [core], displayName: 'IT' };
    const { id } = await done('POST', '/Groups', { ...group, members: [{ value: a }] });

    await over('PUT', `/Groups/${id}`, { ...group, id, members: [{ value: b }] });
    expect(await membersOf(id)).toEqual([b]);
    const members = [{ value: b, operation: 'delete' }, { value: a }];
    await done('PATCH', `/Groups/${id}`, { schemas: [core], members });

    expect(await membersOf(id)).toEqual([a]);
  });
});

describe('OneLogin', () => {
  const person = {
    schemas: [core],
    userName: 'anna@acme.test',
    displayName: 'Anna Berg',
    active: true,
    name: { familyName: 'Berg', givenName: 'Anna', formatted: 'Anna Berg' },
    emails: [{ value: 'anna@acme.test', type: 'work', primary: true }],
    phoneNumbers: [{ value: '+47 1', type: 'work' }],
  };

  test('matches somebody who is there, suspends or deletes them, and keeps the groups of its roles', async () => {
    const { id } = await done('POST', '/Users', person);
    expect((await found('userName eq "anna@acme.test"')).Resources).toMatchObject([{ id, ...person }]);
    const { id: group } = await done('POST', '/Groups', { schemas: [core], displayName: 'Sales' });
    await done('PATCH', `/Groups/${group}`, { schemas: [core], members: [{ value: id }] });

    await done('PUT', `/Users/${id}`, { ...person, active: false });
    expect([(await done('GET', `/Users/${id}`)).active, await membersOf(group)]).toEqual([false, [id]]);
    await done('PUT', `/Users/${id}`, person);
    expect((await done('GET', `/Users/${id}`)).active).toBe(true);
    await done('DELETE', `/Users/${id}`);

    expect([(await found('userName pr')).totalResults, await membersOf(group)]).toEqual([0, []]);
  });

  test('a field that is empty in its template clears what was there', async () => {
    const { id } = await done('POST', '/Users', { ...person, title: 'Engineer' });

    const after = await done('PUT', `/Users/${id}`, { ...person, title: '', phoneNumbers: [] });

    expect(Object.keys(after)).not.toEqual(expect.arrayContaining(['title']));
    expect(after).not.toHaveProperty('phoneNumbers');
  });
});
