import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { caller } from '../support/builders.ts';
import { aScimClient, type ScimClient } from '../support/scim-client.ts';

/** Clients of SCIM 1.1: they are told which version to choose, in their own form and in that of 2.0. */
let api: TestApi;
let client: ScimClient;
beforeAll(async () => {
  api = await startTestApi();
  client = await aScimClient(api);
});
afterAll(() => api.close());

const core = 'urn:scim:schemas:core:1.0';
const detail = 'This server speaks SCIM 2.0 only. Choose version 2.0 in the client.';
const refusal = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  ...{ status: '400', scimType: 'invalidVers', detail },
  Errors: [{ description: detail, code: '400' }],
};
const theirs = { schemas: [core], userName: 'first@acme.test', active: true };

test('[SCIM-08] a client of version 1.1 is told to choose 2.0, wherever its calls show which it speaks', async () => {
  const made = await client.call('POST', '/Users', { userName: 'second@acme.test', title: 'kept' });
  const { externalKey, token } = client.directory;
  const call = caller(api, { authorization: `Bearer ${token}`, 'content-type': 'application/json' });

  for (const [method, path, body] of [
    ['GET', `/scim/v1/${externalKey}/Users`],
    ['POST', `/scim/v1.1/${externalKey}/Users`, theirs],
    ['GET', `/scim/v2/${externalKey}/ServiceProviderConfigs`],
    ['PATCH', `/scim/v2/${externalKey}/Users/${made.body.id}`, { schemas: [core], title: 'lost' }],
  ] as const) {
    const reply = await call(method, path, body && JSON.stringify(body));
    expect([path, reply.status, JSON.parse(reply.text)]).toEqual([path, 400, refusal]);
  }

  expect((await client.call('GET', `/Users/${made.body.id}`)).body.title).toBe('kept');
  expect((await client.call('GET', '/Users')).body.totalResults).toBe(1);
});

test('[SCIM-01] at the address of version 1.1, too, nobody is answered without a token', async () => {
  const { externalKey } = client.directory;

  const { status, headers } = await caller(api)('GET', `/scim/v1/${externalKey}/Users`);

  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect((await caller(api)('GET', '/scim/v3/x/Users')).status).toBe(404);
});

test('a whole resource that only names itself by the URN of version 1.1 is taken', async () => {
  const other = await aScimClient(api);

  const made = await other.call('POST', '/Users', theirs);

  expect([made.status, made.body.schemas]).toEqual([201, ['urn:ietf:params:scim:schemas:core:2.0:User']]);
});
