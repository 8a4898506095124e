import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem } from '../support/builders.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

let api: TestApi;
let client: ScimClient;
beforeAll(async () => {
  api = await startTestApi();
  client = await aScimClient(api);
});
afterAll(() => api.close());

let made = 0;
const aUser = (more: object = {}) => ({
  schemas: [userUrn],
  userName: `person${(made += 1)}@acme.test`,
  active: true,
  ...more,
});

const create = async (more: object = {}) => {
  const reply = await client.call('POST', '/Users', aUser(more));
  expect([reply.status, reply.text]).toEqual([201, expect.any(String)]);
  return reply.body;
};
const filtered = (filter: string) => `/Users?filter=${encodeURIComponent(filter)}`;
const people = (directoryId: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('directoryUsers').selectAll().where('directoryId', '=', directoryId).execute(),
  );

test('what was sent comes back unmodified, with the id that we have given', async () => {
  const sent = aUser({
    schemas: [userUrn, enterpriseUrn],
    externalId: '00uÅ 1',
    displayName: ' Anna  Berg ',
    name: { formatted: 'Ms. Anna J. Berg', familyName: 'Berg', givenName: 'Anna' },
    emails: [{ primary: true, value: 'Anna@Acme.test', type: 'work' }],
    phoneNumbers: [{ value: '+1 555 1', type: 'mobile' }],
    addresses: [{ type: 'work', streetAddress: '1 Main "St"', locality: 'Köln', country: 'DE' }],
    roles: [{ value: 'chief' }],
    [enterpriseUrn]: { employeeNumber: '701984', department: 'R&D', manager: { value: 'm1' } },
  });
  const reply = await client.call('POST', '/Users', { ...sent, password: 'hunter2', id: 'mine', groups: [] });

  expect(reply.status).toBe(201);
  const { id, meta, ...kept } = reply.body;
  expect(kept).toEqual(sent);
  expect(id).toMatch(/^directory_user_/);
  const location = `${api.url}/scim/v2/${client.directory.externalKey}/Users/${id}`;
  expect(meta).toMatchObject({ resourceType: 'User', location, version: 'W/"1"' });
  expect(reply.headers.get('location')).toBe(location);
  expect(reply.headers.get('etag')).toBe('W/"1"');
  expect(reply.headers.get('content-type')).toBe('application/scim+json; charset=utf-8');
  expect((await client.call('GET', `/Users/${id}`)).body).toEqual(reply.body);
  const [row] = (await people(client.directory.directoryId)).filter((person) => person.id === id);
  expect(row).toMatchObject({
    userName: sent.userName,
    email: 'Anna@Acme.test',
    firstName: 'Anna',
    lastName: 'Berg',
    displayName: ' Anna  Berg ',
    externalId: '00uÅ 1',
    active: true,
    state: 'active',
  });
  expect(JSON.stringify(row)).not.toContain('hunter2');
});

test('a PATCH of a customer’s own extension lands in one place, however it is written, and is read from there', async () => {
  const urn = 'urn:acme:params:scim:schemas:extension:custom:2.0:User';
  const ways = [
    { op: 'replace', value: { [urn]: { badge: '7' } } },
    { op: 'replace', value: { [`${urn}:badge`]: '7' } },
    { op: 'replace', path: `${urn}:badge`, value: '7' },
  ];
  for (const operation of ways) {
    const user = await create();
    const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] };
    expect((await client.call('PATCH', `/Users/${user.id}`, patch)).status).toBe(200);

    const kept = { schemas: [userUrn, urn], [urn]: { badge: '7' } };
    expect((await client.call('GET', `/Users/${user.id}`)).body).toMatchObject(kept);
    const { body } = await client.call('GET', filtered(`userName eq "${user.userName}"`));
    expect(body.Resources).toMatchObject([kept]);
    const shown = await client.call('GET', `/Users/${user.id}?attributes=${urn}:badge`);
    expect(shown.body).toEqual({ id: user.id, ...kept });
    const hidden = await client.call('GET', `/Users/${user.id}?excludedAttributes=${urn}:badge`);
    expect(hidden.body[urn]).toEqual({});
  }
});

test('a client that looks for nobody gets an empty list with numbers', async () => {
  const reply = await client.call('GET', filtered('userName eq "nobody@acme.test"'));

  expect(reply.status).toBe(200);
  expect(reply.body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 0,
    startIndex: 1,
    itemsPerPage: 0,
    Resources: [],
  });
});

test('a name is found in any case, and is there once', async () => {
  const { userName, id } = await create();
  const found = await client.call('GET', filtered(`userName eq "${userName.toUpperCase()}"`));
  expect(found.body.Resources.map((one: { id: string }) => one.id)).toEqual([id]);

  const twice = await client.call('POST', '/Users', aUser({ userName: userName.toUpperCase() }));
  expect(twice.status).toBe(409);
  expect(twice.body).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: '409',
    scimType: 'uniqueness',
    detail: expect.any(String),
  });
});

test('[SCIM-02] an external id is the client’s own: of any form, once in a directory, and never an id of ours', async () => {
  const first = await create({ externalId: '7' });
  expect((await client.call('POST', '/Users', aUser({ externalId: '7' }))).status).toBe(409);

  const second = await create({ externalId: first.id });
  expect(second.id).not.toBe(first.id);
  expect((await client.call('GET', `/Users/${first.id}`)).body.externalId).toBe('7');
  expect((await client.call('GET', '/Users/7')).status).toBe(404);
  const renamed = await client.call('PATCH', `/Users/${second.id}`, {
    Operations: [{ op: 'replace', path: 'externalId', value: '7' }],
  });
  expect(renamed.status).toBe(409);
});

test.each([
  ['PUT', (user: object) => ({ ...user, active: false })],
  ['PATCH', () => ({ Operations: [{ op: 'Replace', path: 'active', value: 'False' }] })],
])('%s deactivates a person, who keeps the id when they come back', async (method, body) => {
  const user = await create();
  const left = await client.call(method, `/Users/${user.id}`, body(user));
  expect([left.status, left.body.active, left.body.meta.version]).toEqual([200, false, 'W/"2"']);
  const [row] = (await people(client.directory.directoryId)).filter(({ id }) => id === user.id);
  expect(row).toMatchObject({ active: false, state: 'inactive' });

  const back = await client.call('PUT', `/Users/${user.id}`, { ...user, active: true });
  expect([back.status, back.body.id, back.body.active]).toEqual([200, user.id, true]);
});

test('a PUT without `active` lets nobody in again, and keeps the client’s own id', async () => {
  const user = await create({ externalId: 'kept', active: false });
  const { active: _left, externalId: _out, ...rest } = user;
  const reply = await client.call('PUT', `/Users/${user.id}`, { ...rest, displayName: 'New' });

  expect(reply.body).toMatchObject({ active: false, externalId: 'kept', displayName: 'New' });
});

test('what a PUT leaves out is gone', async () => {
  const user = await create({ title: 'Chief', name: { givenName: 'Anna' } });
  const reply = await client.call('PUT', `/Users/${user.id}`, {
    schemas: [userUrn],
    userName: user.userName,
  });

  expect(reply.body).not.toHaveProperty('title');
  expect(reply.body).not.toHaveProperty('name');
});

test('whoever is deleted is gone; the same name comes back as somebody else', async () => {
  const user = await create({ externalId: 'again' });
  const gone = await client.call('DELETE', `/Users/${user.id}`);
  expect([gone.status, gone.text]).toEqual([204, '']);
  expect((await client.call('GET', `/Users/${user.id}`)).status).toBe(404);
  expect((await client.call('DELETE', `/Users/${user.id}`)).status).toBe(404);

  const again = await create({ userName: user.userName, externalId: 'again' });
  expect(again.id).not.toBe(user.id);
});

test('a change that changes nothing gives the same version', async () => {
  const user = await create();
  const same = await client.call('PATCH', `/Users/${user.id}`, {
    Operations: [{ op: 'replace', value: { active: true } }],
  });
  expect([same.status, same.body.meta.version]).toEqual([200, 'W/"1"']);
});

test('one who is unknown is answered in the shape that Okta’s test reads', async () => {
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
    const body = method === 'PUT' ? aUser() : { Operations: [{ op: 'replace', value: { active: true } }] };
    const reply = await client.call(
      method,
      '/Users/directory_user_01J00000000000000000000000',
      method === 'GET' || method === 'DELETE' ? undefined : body,
    );
    expect([reply.status, reply.body]).toEqual([
      404,
      { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: expect.any(String) },
    ]);
  }
});

test('attributes can be chosen and left out, in answers to reads, searches and writes', async () => {
  const user = await create({ title: 'Chief', name: { givenName: 'Anna', familyName: 'Berg' } });
  const keys = async (method: string, path: string, body?: object) =>
    Object.keys((await client.call(method, path, body)).body).sort();

  expect(await keys('GET', `/Users/${user.id}?attributes=userName,NAME.familyname`)).toEqual([
    'id',
    'name',
    'schemas',
    'userName',
  ]);
  const read = await client.call('GET', `/Users/${user.id}?attributes=name.familyName`);
  expect(read.body.name).toEqual({ familyName: 'Berg' });
  expect(await keys('GET', `/Users/${user.id}?excludedAttributes=title,name,meta,id`)).toEqual([
    'active',
    'id',
    'schemas',
    'userName',
  ]);
  expect(await keys('POST', '/Users?attributes=userName', aUser())).toEqual(['id', 'schemas', 'userName']);
  const searched = await client.call('POST', '/Users/.search', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
    filter: `userName eq "${user.userName}"`,
    attributes: ['title'],
  });
  expect(searched.body.Resources).toEqual([{ schemas: [userUrn], id: user.id, title: 'Chief' }]);
});

test('slashes too many and names in another case lead to the same place', async () => {
  const user = await create();
  for (const path of [
    `//Users/${user.id}`,
    `/Users/${user.id}/`,
    `/users/${user.id}`,
    `/Users/${user.id}?aadOptscim062020`,
  ])
    expect((await client.call('GET', path)).body.id).toBe(user.id);
});

test('a HEAD has the head of a GET and no body', async () => {
  const user = await create();
  const { externalKey, token } = client.directory;
  const reply = await fetch(`${api.url}/scim/v2/${externalKey}/Users/${user.id}`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${token}` },
  });
  expect([reply.status, reply.headers.get('etag'), await reply.text()]).toEqual([200, 'W/"1"', '']);
});

test('whoever is inactive stays so when `active` is taken away', async () => {
  const user = await create({ active: false });
  const reply = await client.call('PATCH', `/Users/${user.id}`, {
    Operations: [{ op: 'remove', path: 'active' }],
  });
  expect([reply.status, reply.body.active]).toEqual([200, undefined]);
  const [row] = (await people(client.directory.directoryId)).filter(({ id }) => id === user.id);
  expect(row).toMatchObject({ active: false, state: 'inactive' });
});

test('what the directory’s mapping names fills the vendor’s fields from what came', async () => {
  const { environment } = client.vendor;
  await asSystem(api, (tx) =>
    tx
      .updateTable('environments')
      .set({ customAttributes: JSON.stringify([{ key: 'badge', label: 'Badge', isRequired: false }]) })
      .where('id', '=', environment.id)
      .execute(),
  );
  await asSystem(api, (tx) =>
    tx
      .updateTable('directories')
      .set({
        attributeMapping: JSON.stringify({ 'custom.badge': 'urn:acme:hr:1.0:User.badge' }),
        updatedAt: api.deps.now(),
      })
      .where('id', '=', client.directory.directoryId)
      .execute(),
  );
  api.deps.environments.forget(environment.id);
  const user = await create({
    schemas: [userUrn, enterpriseUrn, 'urn:acme:hr:1.0:User'],
    'urn:acme:hr:1.0:User': { badge: 'B7' },
    [enterpriseUrn]: { department: 'R&D' },
  });
  const [row] = (await people(client.directory.directoryId)).filter(({ id }) => id === user.id);
  expect(row?.customAttributes).toMatchObject({ badge: 'B7', department_name: 'R&D' });
});
