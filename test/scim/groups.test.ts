import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { statementsOf } from '../support/statements.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

let api: TestApi;
let client: ScimClient;
/** Ids of people, by their names. */
let ids: Record<'anna' | 'ben' | 'cleo', string>;
beforeAll(async () => {
  api = await startTestApi();
  client = await aScimClient(api);
  const create = async (name: string) => {
    const body = { userName: `${name}@acme.test`, displayName: name };
    return String((await client.call('POST', '/Users', body)).body.id);
  };
  ids = { anna: await create('anna'), ben: await create('ben'), cleo: await create('cleo') };
});
afterAll(() => api.close());

let made = 0;
async function aGroup(members: string[] = [], more: object = {}) {
  const displayName = `Group ${(made += 1)}`;
  const reply = await client.call('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName,
    externalId: `ext-${made}`,
    members: members.map((value) => ({ value })),
    ...more,
  });
  expect(reply.status).toBe(201);
  return reply.body;
}
const membersOf = async (groupId: string): Promise<string[]> => {
  const { body } = await client.call('GET', `/Groups/${groupId}`);
  const names = new Map<string, string>(Object.entries(ids).map(([name, id]) => [id, name]));
  return (body.members ?? []).map(({ value }: { value: string }) => names.get(value) ?? value).sort();
};
const patch = (groupId: string, ...Operations: object[]) =>
  client.call('PATCH', `/Groups/${groupId}`, { Operations });

test('a group comes back with its people, and people with their groups', async () => {
  const group = await aGroup([ids.anna, ids.ben]);
  expect(group).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    members: [
      { value: ids.anna, type: 'User' },
      { value: ids.ben, type: 'User' },
    ],
    meta: { resourceType: 'Group' },
  });
  expect((await client.call('GET', `/Groups/${group.id}`)).body).toEqual(group);

  const person = await client.call('GET', `/Users/${ids.anna}`);
  expect(person.body.groups).toEqual([
    { value: group.id, $ref: group.meta.location, display: group.displayName, type: 'direct' },
  ]);
});

/** Each way in which clients change who is in a group that has anna: operations, and who is in it afterwards. */
const anna = () => ids.anna;
const ben = () => ids.ben;
test.each([
  [
    'Okta adds',
    () => [{ op: 'add', path: 'members', value: [{ value: ben(), display: 'b@acme.test' }] }],
    'anna ben',
  ],
  ['Okta removes', () => [{ op: 'remove', path: `members[value eq "${anna()}"]` }], ''],
  ['Okta pushes all', () => [{ op: 'replace', path: 'members', value: [{ value: ben() }] }], 'ben'],
  ['Entra adds', () => [{ op: 'Add', path: 'members', value: [{ $ref: null, value: ben() }] }], 'anna ben'],
  [
    'Entra removes by value',
    () => [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: anna() }] }],
    '',
  ],
  ['JumpCloud empties', () => [{ op: 'replace', path: 'members', value: [] }], ''],
  [
    'somebody whom nobody knows is left out',
    () => [
      {
        op: 'add',
        path: 'members',
        value: [{ value: 'directory_user_01J00000000000000000000000' }, { value: ben() }],
      },
    ],
    'anna ben',
  ],
])('PATCH: %s', async (_way, operations, expected) => {
  const group = await aGroup([ids.anna]);
  const reply = await patch(group.id, ...operations());

  expect([reply.status, reply.text]).toEqual([204, '']);
  expect((await membersOf(group.id)).join(' ')).toBe(expected);
});

test('PUT: whoever is not named is out, and where nobody is named nothing changes', async () => {
  const group = await aGroup([ids.anna, ids.ben]);
  const { members: _members, ...rest } = group;
  const renamed = await client.call('PUT', `/Groups/${group.id}`, { ...rest, displayName: 'Renamed' });
  expect(renamed.body).toMatchObject({ displayName: 'Renamed', members: [{}, {}] });

  const cut = await client.call('PUT', `/Groups/${group.id}`, { ...rest, members: [{ value: ids.cleo }] });
  expect(cut.status).toBe(200);
  expect(await membersOf(group.id)).toEqual(['cleo']);
});

test('Okta renames a group, with its id in the value, and nobody leaves it', async () => {
  const group = await aGroup([ids.anna]);
  const reply = await patch(group.id, { op: 'replace', value: { id: group.id, displayName: 'Other' } });

  expect(reply.status).toBe(204);
  const { body } = await client.call('GET', `/Groups/${group.id}`);
  expect(body).toMatchObject({
    displayName: 'Other',
    members: [{ value: ids.anna }],
    externalId: group.externalId,
  });
});

test('a PATCH that asks for attributes gets them', async () => {
  const group = await aGroup();
  const reply = await client.call('PATCH', `/Groups/${group.id}?attributes=displayName`, {
    Operations: [{ op: 'replace', path: 'displayName', value: 'Shown' }],
  });
  expect([reply.status, reply.body]).toEqual([
    200,
    { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], id: group.id, displayName: 'Shown' },
  ]);
});

test('Entra reads groups without their members', async () => {
  const group = await aGroup([ids.anna]);
  const query = `filter=${encodeURIComponent(`displayName eq "${group.displayName}"`)}&excludedAttributes=members`;
  const found = await client.call('GET', `/Groups?${query}`);
  expect(found.body.totalResults).toBe(1);
  expect(found.body.Resources[0]).not.toHaveProperty('members');
  const read = await client.call('GET', `/Groups/${group.id}?excludedAttributes=members`);
  expect(read.body).not.toHaveProperty('members');
  const all = await client.call('GET', `/Groups?filter=${encodeURIComponent(`id eq "${group.id}"`)}`);
  expect(all.body.Resources[0].members).toHaveLength(1);
});

test('Entra asks whether somebody is in a group', async () => {
  const group = await aGroup([ids.anna]);
  const ask = async (person: string) => {
    const filter = encodeURIComponent(`id eq "${group.id}" and members eq "${person}"`);
    return (await client.call('GET', `/Groups?filter=${filter}`)).body.totalResults;
  };
  expect([await ask(ids.anna), await ask(ids.ben)]).toEqual([1, 0]);
});

test('without an id of the client’s a name is there once; with one it may be there twice', async () => {
  const bare = { displayName: 'Okta group ΝΊΚΟΣ', members: [] };
  expect((await client.call('POST', '/Groups', bare)).status).toBe(201);
  const twice = await client.call('POST', '/Groups', { ...bare, displayName: 'OKTA GROUP ΝΊΚΟΣ' });
  expect([twice.status, twice.body.scimType]).toEqual([409, 'uniqueness']);
  expect((await client.call('POST', '/Groups', { ...bare, externalId: 'own' })).status).toBe(201);
  expect((await client.call('POST', '/Groups', { displayName: 'x', externalId: 'own' })).status).toBe(409);
});

test('no group takes the name of another by being renamed where only names tell them apart', async () => {
  const [one, other] = await Promise.all(
    ['Sales', 'Buyers'].map(
      async (displayName) => (await client.call('POST', '/Groups', { displayName })).body,
    ),
  );
  const rename = { op: 'replace', value: { id: other.id, displayName: 'SALES' } };
  const refused = [
    await patch(other.id, rename),
    await client.call('PUT', `/Groups/${other.id}`, { displayName: 'SALES' }),
  ];
  expect(refused.map(({ status, body }) => [status, body.scimType])).toEqual([
    [409, 'uniqueness'],
    [409, 'uniqueness'],
  ]);
  expect((await patch(one.id, { ...rename, value: { displayName: 'SALES' } })).status).toBe(204);
  expect((await client.call('PUT', `/Groups/${other.id}`, { displayName: 'BUYERS' })).status).toBe(200);
});

test('a group that is deleted is gone, its people are not', async () => {
  const group = await aGroup([ids.anna]);
  expect((await client.call('DELETE', `/Groups/${group.id}`)).status).toBe(204);
  expect((await client.call('GET', `/Groups/${group.id}`)).status).toBe(404);
  expect((await client.call('GET', `/Users/${ids.anna}`)).status).toBe(200);
});

test('whoever comes or goes makes another version of the group', async () => {
  const group = await aGroup();
  await patch(group.id, { op: 'add', path: 'members', value: [{ value: ids.anna }] });
  expect((await client.call('GET', `/Groups/${group.id}`)).body.meta.version).toBe('W/"2"');
});

test('a group needs a name, and one that it can be found by', async () => {
  const nameless = await client.call('POST', '/Groups', { members: [] });
  expect([nameless.status, nameless.body.scimType]).toEqual([400, 'invalidValue']);
  const long = await client.call('POST', '/Groups', { displayName: 'x'.repeat(513) });
  expect(long.status).toBe(400);
});

test('the number of statements does not grow with the members', async () => {
  const bodies = Array.from({ length: 60 }, (_, at) => ({ userName: `crowd${at}@acme.test` }));
  const crowd = await Promise.all(bodies.map((body) => client.call('POST', '/Users', body)));
  const add = async (members: readonly { body: { id: string } }[]) => {
    const group = await aGroup();
    await api.deps.directoryRequests.flush();
    const value = members.map(({ body }) => ({ value: body.id }));
    const operation = { op: 'add', path: 'members', value };
    const { sent } = await statementsOf(api.db, () => patch(group.id, operation));
    expect(await membersOf(group.id)).toHaveLength(members.length);
    return sent.length;
  };

  // What is written a few times a minute, whoever calls, may fall into either.
  expect(await add(crowd)).toBeLessThan((await add(crowd.slice(0, 2))) + 4);
});
