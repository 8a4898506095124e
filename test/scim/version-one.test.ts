import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, caller } from '../support/builders.ts';
import { aScimClient, clientOf, type ScimClient } from '../support/scim-client.ts';

/** SCIM 1.1 (Core Schema 1.1, Protocol 1.1) at its own addresses: the same server and the same people in another form. */
let api: TestApi;
let client: ScimClient;
let call: ScimClient['call'];
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  client = await aScimClient(api);
  call = clientOf(api, client.directory, {}, '/scim/v1.1');
});

const core = 'urn:scim:schemas:core:1.0';
const enterprise = 'urn:scim:schemas:extension:enterprise:1.0';
const enterpriseOfTwo = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const anna = { schemas: [core], userName: 'anna@acme.test' };
const json = { 'content-type': 'application/json' };
const error = (code: string, description: unknown = expect.any(String)) => ({
  Errors: [{ description, code }],
});

async function made(path: string, body: object): Promise<string> {
  const reply = await call('POST', path, body, json);
  expect([path, reply.status]).toEqual([path, 201]);
  return reply.body.id;
}
const changed = async (path: string, part: object) => {
  const reply = await call('PATCH', path, { schemas: [core], ...part }, json);
  expect([part, reply.status]).toEqual([part, expect.toBeOneOf([200, 204])]);
  return (await call('GET', path)).body;
};
const membersOf = (group: { members?: { value: string }[] }) =>
  (group.members ?? []).map(({ value }) => value);

describe('an answer has the form of 1.1', () => {
  test('a person: its URNs, the manager, where it is, and no kind', async () => {
    const manager = { managerId: 'm-1', displayName: 'Mia' };
    const sent = { ...anna, [enterprise]: { department: 'R&D', manager } };
    const reply = await call('POST', '/Users', { ...sent, schemas: [core, enterprise] }, json);

    const location = `${api.url}/scim/v1.1/${client.directory.externalKey}/Users/${reply.body.id}`;
    expect(reply.body).toEqual({
      ...sent,
      schemas: [core, enterprise],
      id: expect.any(String),
      active: true,
      meta: { location, version: 'W/"1"', created: expect.any(String), lastModified: expect.any(String) },
    });
    expect([reply.headers.get('location'), reply.headers.get('etag')]).toEqual([location, 'W/"1"']);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    // The same person, as clients of 2.0 see it.
    expect((await client.call('GET', `/Users/${reply.body.id}`)).body).toMatchObject({
      [enterpriseOfTwo]: { department: 'R&D', manager: { value: 'm-1', displayName: 'Mia' } },
    });
  });

  test('a list, with its members where they are, at either address', async () => {
    const id = await made('/Users', anna);
    await made('/Groups', { schemas: [core], displayName: 'IT', members: [{ value: id }] });

    for (const start of ['/scim/v1', '/scim/v1.1']) {
      const { body } = await clientOf(api, client.directory, {}, start)('GET', '/Groups');
      expect(body).toMatchObject({ schemas: [core], totalResults: 1, startIndex: 1, itemsPerPage: 1 });
      const $ref = `${api.url}/scim/v1.1/${client.directory.externalKey}/Users/${id}`;
      expect(body.Resources).toMatchObject([
        { schemas: [core], displayName: 'IT', members: [{ value: id, $ref }] },
      ]);
    }
  });

  test.each([
    ['what is not there', 'GET', '/Users/none', undefined, 404],
    ['a name that is taken', 'POST', '/Users', anna, 409],
    ['a body that is none', 'POST', '/Users', '{', 400],
    ['a filter that is none', 'GET', '/Users?filter=((', undefined, 400],
    ['a method that is none', 'DELETE', '/Users', undefined, 405],
    ['what it does not have', 'POST', '/Users/.search', {}, 405],
    ['an address that is none', 'GET', '/Nothing', undefined, 404],
  ])('[SCIM-08] a refusal: %s', async (_what, method, path, body, status) => {
    await made('/Users', anna);
    const reply = await call(method, path, body, json);

    expect([reply.status, reply.body]).toEqual([status, error(String(status))]);
  });

  test('what is offered, and the schemas, the enterprise extension as part of a person', async () => {
    const { body: config } = await call('GET', '/ServiceProviderConfigs');
    const { body: schemas } = await call('GET', '/Schemas');

    expect(config).toMatchObject({
      schemas: [core],
      patch: { supported: true },
      xmlDataFormat: { supported: false },
      filter: { supported: true, maxResults: 200 },
    });
    expect(schemas.Resources.map(({ id }: { id: string }) => id)).toEqual([`${core}:User`, `${core}:Group`]);
    const { body: user } = await call('GET', `/Schemas/${core}:User`);
    const named = (name: string) => user.attributes.find((one: { name: string }) => one.name === name);
    expect(named('emails')).toMatchObject({ schema: core, multiValuedAttributeChildName: 'email' });
    expect(named('manager')).toMatchObject({
      schema: enterprise,
      readOnly: false,
      subAttributes: [{ name: 'managerId' }, {}, {}],
    });
  });
});

describe('[SCIM-04] a PATCH is a part of the resource', () => {
  test('single values take the place of others, parts of a name join them, and the rest stays', async () => {
    const id = await made('/Users', {
      ...anna,
      title: 'old',
      name: { givenName: 'Anna', familyName: 'Old' },
    });

    const after = await changed(`/Users/${id}`, {
      id,
      title: 'new',
      name: { familyName: 'Berg' },
      active: false,
      groups: [],
      [enterprise]: { department: 'R&D', manager: { managerId: 'm-1' } },
    });

    expect(after).toMatchObject({
      userName: 'anna@acme.test',
      title: 'new',
      active: false,
      name: { givenName: 'Anna', familyName: 'Berg' },
      [enterprise]: { department: 'R&D', manager: { managerId: 'm-1' } },
    });
  });

  test('what meta.attributes names goes, before the rest comes', async () => {
    const emails = [{ value: 'a@acme.test', type: 'work' }];
    const name = { givenName: 'Anna', familyName: 'Berg' };
    const inner = { department: 'R&D', manager: { managerId: 'm-1', displayName: 'Mia' } };
    const id = await made('/Users', { ...anna, title: 'x', name, emails, [enterprise]: inner });

    const after = await changed(`/Users/${id}`, {
      meta: {
        attributes: [
          'emails',
          `${core}:title`,
          'name.givenName',
          `${enterprise}:department`,
          `${enterprise}:manager.managerId`,
        ],
      },
      emails: [{ value: 'b@acme.test', type: 'home' }],
    });

    expect(after).not.toHaveProperty('title');
    expect(after).toMatchObject({
      name: { familyName: 'Berg' },
      emails: [{ value: 'b@acme.test', type: 'home' }],
    });
    expect(after.name).not.toHaveProperty('givenName');
    expect(after[enterprise]).toEqual({ manager: { displayName: 'Mia' } });
  });

  test('a list is merged: by its value an element is changed or goes, and what is new joins', async () => {
    const emails = [
      { value: 'work@acme.test', type: 'work', primary: true },
      { value: 'home@acme.test', type: 'home' },
    ];
    const addresses = [
      { type: 'work', locality: 'Oslo' },
      { type: 'home', locality: 'Bergen' },
    ];
    const id = await made('/Users', { ...anna, emails, addresses });

    const after = await changed(`/Users/${id}`, {
      emails: [
        { value: 'home@acme.test', operation: 'delete' },
        { value: 'work@acme.test', display: 'Anna "A" Berg' },
        { value: 'new@acme.test', type: 'other' },
      ],
      addresses: [{ type: 'home', locality: 'Bergen', operation: 'delete' }],
      // Longer than a path of 2.0 may be.
      photos: [{ value: `https://img.acme.test/${'x'.repeat(300)}`, type: 'photo' }],
    });

    expect(after.emails).toEqual([
      { value: 'work@acme.test', type: 'work', primary: true, display: 'Anna "A" Berg' },
      { value: 'new@acme.test', type: 'other' },
    ]);
    expect(after.addresses).toEqual([{ type: 'work', locality: 'Oslo' }]);
    expect(after.photos).toHaveLength(1);
  });

  test('members come and go, and all of them go where meta.attributes says so', async () => {
    const [a, b] = [await made('/Users', anna), await made('/Users', { ...anna, userName: 'ben@acme.test' })];
    const id = await made('/Groups', { schemas: [core], displayName: 'IT', members: [{ value: a }] });

    const swapped = { members: [{ value: a, operation: 'delete' }, { value: b }] };
    expect(membersOf(await changed(`/Groups/${id}`, swapped))).toEqual([b]);
    expect(membersOf(await changed(`/Groups/${id}`, { displayName: 'Ops' }))).toEqual([b]);
    const anew = { meta: { attributes: ['members'] }, members: [{ value: a }] };
    expect(membersOf(await changed(`/Groups/${id}`, anew))).toEqual([a]);
    const none = await changed(`/Groups/${id}`, { meta: { attributes: ['members'] } });
    expect([none.displayName, membersOf(none)]).toEqual(['Ops', []]);
  });

  test('what nobody knows is passed over, and an empty change is none', async () => {
    const id = await made('/Users', { ...anna, emails: [{ value: 'a@acme.test' }] });

    const after = await changed(`/Users/${id}`, { 'x y': 1, shoeSize: '43', emails: [], active: 'False' });
    expect(after).toMatchObject({ active: false, emails: [{ value: 'a@acme.test' }] });
    expect((await changed(`/Users/${id}`, {})).meta.version).toBe(after.meta.version);
  });

  test('what may not be removed, and what is no path, is refused and nothing else of it is done', async () => {
    const id = await made('/Users', anna);
    for (const attributes of [['userName'], ['id'], ['a[']]) {
      const reply = await call(
        'PATCH',
        `/Users/${id}`,
        { schemas: [core], title: 'x', meta: { attributes } },
        json,
      );
      expect([reply.status, reply.body]).toEqual([400, error('400')]);
    }
    expect((await call('PATCH', `/Users/${id}`, '[]', json)).status).toBe(400);
    expect((await call('GET', `/Users/${id}`)).body).not.toHaveProperty('title');
  });
});

describe('a question of 1.1', () => {
  test('filters, sorts, pages and picks attributes by the names of 1.1', async () => {
    for (const [name, managerId] of [
      ['c@acme.test', 'm-1'],
      ['a@acme.test', 'm-1'],
      ['b@acme.test', 'm-2'],
    ])
      await made('/Users', {
        ...anna,
        userName: name,
        [enterprise]: { department: 'R&D', manager: { managerId } },
      });
    const asked = async (query: Record<string, string>) =>
      (await call('GET', `/Users?${new URLSearchParams(query)}`)).body;

    const sorted = await asked({
      filter: `${enterprise}:manager.managerId eq "m-1"`,
      sortBy: `${core}:userName`,
      sortOrder: 'descending',
      attributes: `${core}:userName,${enterprise}`,
    });
    expect(sorted.Resources.map(({ userName }: { userName: string }) => userName)).toEqual([
      'c@acme.test',
      'a@acme.test',
    ]);
    expect(Object.keys(sorted.Resources[0]).sort()).toEqual(['id', 'schemas', enterprise, 'userName'].sort());
    // A value is no name, whatever stands in it.
    expect((await asked({ filter: 'title eq "manager.managerId"' })).totalResults).toBe(0);
    const page = await asked({ startIndex: '2', count: '1' });
    expect([page.totalResults, page.startIndex, page.itemsPerPage]).toEqual([3, 2, 1]);
    expect(page.Resources[0].userName).toBe('a@acme.test');
  });
});

test('a POST stands for the method that X-HTTP-Method-Override names, at the addresses of 1.1 alone', async () => {
  const id = await made('/Users', anna);
  const as = (method: string, body?: object) =>
    call('POST', `/Users/${id}`, body, { ...json, 'x-http-method-override': method });

  expect((await as('PATCH', { schemas: [core], title: 'a' })).body.title).toBe('a');
  expect((await as('put', { ...anna, title: 'b' })).body.title).toBe('b');
  const ofTwo = await client.call('POST', `/Users/${id}`, anna, { 'x-http-method-override': 'DELETE' });
  expect(ofTwo.status).toBe(405);
  const deleted = await as('DELETE');
  expect([deleted.status, deleted.text]).toEqual([200, '']);
  expect((await call('GET', `/Users/${id}`)).status).toBe(404);
});

test('[SCIM-10] a change of another version than the client knows is refused', async () => {
  const id = await made('/Users', anna);
  const put = (version: string) =>
    call('PUT', `/Users/${id}`, { ...anna, title: version }, { ...json, 'if-match': version });

  expect((await put('W/"1"')).status).toBe(200);
  expect((await put('W/"1"')).status).toBe(412);
  const known = await call('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"2"' });
  expect([known.status, known.text]).toEqual([304, '']);
});

test('a Bulk holds parts of resources, and tells of each how it ended as 1.1 has it', async () => {
  const id = await made('/Users', anna);
  const { body } = await call(
    'POST',
    '/Bulk',
    {
      schemas: [core],
      Operations: [
        { method: 'PATCH', path: `/Users/${id}`, data: { schemas: [core], title: 'x' } },
        { method: 'POST', path: '/Groups', bulkId: 'g', data: { schemas: [core], displayName: 'IT' } },
        { method: 'PATCH', path: '/Groups/bulkId:g', data: { schemas: [core], members: [{ value: id }] } },
        { method: 'POST', path: '/Users', bulkId: 'u', data: anna },
        { method: 'DELETE', path: `/Users/${id}` },
      ],
    },
    json,
  );

  const at = `${api.url}/scim/v1.1/${client.directory.externalKey}`;
  expect(body.schemas).toEqual([core]);
  expect(body.Operations).toMatchObject([
    { method: 'PATCH', location: `${at}/Users/${id}`, status: { code: '200' } },
    { method: 'POST', bulkId: 'g', status: { code: '201' } },
    { method: 'PATCH', status: { code: '204' } },
    { bulkId: 'u', status: { code: '409', description: expect.stringContaining('userName') } },
    { method: 'DELETE', status: { code: '200' } },
  ]);
});

describe('a client at the address of the other version', () => {
  test('[SCIM-08] of 1.1 is told the address of 1.1, in both forms', async () => {
    const id = await made('/Users', { ...anna, title: 'kept' });
    const detail =
      'This address speaks SCIM 2.0. Choose version 2.0 in the client, or give it the address of SCIM 1.1: the same with /scim/v1.1/ in place of /scim/v2/.';

    for (const [method, path, body] of [
      ['GET', '/ServiceProviderConfigs', undefined],
      ['PATCH', `/Users/${id}`, { schemas: [core], title: 'lost' }],
    ] as const) {
      const reply = await client.call(method, path, body);
      expect([path, reply.status, reply.body]).toEqual([
        path,
        400,
        {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: '400',
          scimType: 'invalidVers',
          detail,
          ...error('400', detail),
        },
      ]);
    }
    expect((await client.call('GET', `/Users/${id}`)).body.title).toBe('kept');
  });

  test('of 2.0 is told the address of 2.0, and its change is not lost without a word', async () => {
    const id = await made('/Users', anna);
    const Operations = [{ op: 'replace', path: 'active', value: false }];

    for (const [method, path, body] of [
      ['GET', '/ServiceProviderConfig', undefined],
      ['GET', '/ResourceTypes', undefined],
      ['PATCH', `/Users/${id}`, { Operations }],
    ] as const) {
      const reply = await call(method, path, body, json);
      expect([path, reply.status, reply.body]).toEqual([
        path,
        400,
        error('400', expect.stringContaining('/scim/v2/')),
      ]);
    }
    expect((await call('GET', `/Users/${id}`)).body.active).toBe(true);
  });

  test('whole resources that only name the URNs of 1.1 are taken at the address of 2.0, too', async () => {
    const { status, body } = await client.call('POST', '/Users', { ...anna, active: true });

    expect([status, body.schemas]).toEqual([201, ['urn:ietf:params:scim:schemas:core:2.0:User']]);
  });
});

test('there is no third version', async () => {
  expect((await caller(api)('GET', '/scim/v3/x/Users')).status).toBe(404);
});

test('the request log has the calls of 1.1 with what they were, as it has those of 2.0', async () => {
  const { body: user } = await call('GET', '/ServiceProviderConfigs').then(() =>
    call('POST', '/Users', anna, json),
  );
  api.pass(10);
  await call(
    'POST',
    `/Users/${user.id}`,
    { schemas: [core], active: false },
    { ...json, 'x-http-method-override': 'PATCH' },
  );
  api.pass(10);
  const { body: group } = await call('POST', '/Groups', { schemas: [core], displayName: 'IT' }, json);
  api.pass(10);
  await call('PATCH', `/Groups/${group.id}`, { schemas: [core], members: [{ value: user.id }] }, json);
  api.pass(10);
  await call('PATCH', `/Users/${user.id}`, { schemas: [core], password: 'hunter2' }, json);
  api.pass(10);
  await call('PATCH', `/Users/${user.id}`, { Operations: [] }, json);

  await api.deps.directoryRequests.flush();
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('directoryRequests')
      .selectAll()
      .where('directoryId', '=', client.directory.directoryId)
      .orderBy('at')
      .orderBy('id')
      .execute(),
  );
  expect(rows.slice(2).map(({ method, status, kind, cause }) => [method, status, kind, cause])).toEqual([
    ['PATCH', 200, 'person_deactivated', null],
    ['POST', 201, 'group_pushed', null],
    ['PATCH', 204, 'members_changed', null],
    ['PATCH', 200, 'person_changed', null],
    ['PATCH', 400, 'refused', 'protocol_version_unknown'],
  ]);
  expect(
    rows
      .slice(0, 2)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['connection_test', 'person_created']);
  expect(JSON.parse(rows[2]?.requestBody ?? '')).toEqual({ schemas: [core], active: false });
  expect(JSON.stringify(rows)).not.toContain('hunter2');
});
