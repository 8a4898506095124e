import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aVendor, type Call, type Vendor } from '../support/builders.ts';
import { aRecordingScim, type RecordingScim } from '../support/recording-scim.ts';
import { aStaff, auditOf, heldAgainstContract } from '../support/staff.ts';

/** What the sandbox's SCIM client says, word by word, as `providers-directory` §1 and §2 have it. */

let api: TestApi;
let vendor: Vendor;
let script: Call;
let scim: RecordingScim;
beforeAll(async () => {
  api = await startTestApi();
});
beforeEach(async () => {
  [vendor, scim] = await Promise.all([aVendor(api), aRecordingScim()]);
  script = heldAgainstContract(vendor.call);
});
afterEach(() => scim.close());
afterAll(() => api.close());

const path = '/sandbox/test-directory';
const kim = { userName: 'kim@corp.test', firstName: 'Kim', lastName: 'Dahl', department: 'Sales' };

/** A client with one person and one group, who have arrived. */
async function arrived(manner: 'okta' | 'entra', flag = '') {
  for (const { id } of (await script('GET', path)).body.people)
    await script('DELETE', `${path}/people/${id}`);
  for (const { id } of (await script('GET', path)).body.groups)
    await script('DELETE', `${path}/groups/${id}`);
  await script('PUT', path, { manner, baseUrl: `${scim.url}${flag}`, token: 'the-token' });
  const { people } = (await script('POST', `${path}/people`, kim)).body;
  const { groups } = (await script('POST', `${path}/groups`, { name: 'Sales', memberIds: [people[0].id] }))
    .body;
  await script('POST', `${path}/talk`, { about: 'cycle' });
  const calls = scim.taken();
  return { person: people[0].id as string, group: groups[0].id as string, calls };
}
const linesOf = () => scim.taken().map(({ line }) => line.replaceAll(/[\da-f-]{36}/g, '<id>'));

test('in Okta’s manner somebody is looked for, created with a random password, and pushed with the group', async () => {
  const { calls } = await arrived('okta');

  expect(calls.map(({ line }) => line.replaceAll(/[\da-f-]{36}/g, '<id>'))).toEqual([
    'GET /scim/Users?filter=userName eq "kim@corp.test"&startIndex=1&count=100',
    'POST /scim/Users',
    'POST /scim/Groups',
    'PATCH /scim/Groups/<id>',
  ]);
  expect(calls[1]?.headers).toMatchObject({
    authorization: 'Bearer the-token',
    'content-type': 'application/scim+json; charset=utf-8',
    'user-agent': 'Okta SCIM Client 1.0.0',
  });
  expect(calls[1]?.body).toMatchObject({
    externalId: expect.stringMatching(/^00u\w{17}$/),
    userName: 'kim@corp.test',
    emails: [{ primary: true, type: 'work', value: 'kim@corp.test' }],
    password: expect.any(String),
    active: true,
    groups: [],
    locale: 'en-US',
  });
  expect(calls[2]?.body).toMatchObject({ displayName: 'Sales', members: [] });
  expect(calls[3]?.body.Operations).toEqual([
    { op: 'replace', value: { id: expect.any(String), displayName: 'Sales' } },
    { op: 'replace', path: 'members', value: [{ value: expect.any(String), display: 'kim@corp.test' }] },
  ]);
});

test('in Okta’s manner a change is read and PUT at once, and somebody is switched off and never deleted', async () => {
  const { person } = await arrived('okta');

  await script('PUT', `${path}/people/${person}`, { ...kim, title: 'Lead' });
  expect(linesOf()).toEqual(['GET /scim/Users/<id>', 'PUT /scim/Users/<id>']);
  await script('PUT', `${path}/people/${person}`, { ...kim, title: 'Lead', active: false });
  const [off] = scim.taken();
  expect(off?.body.Operations).toEqual([{ op: 'replace', value: { active: false } }]);
  await script('PUT', `${path}/people/${person}`, { ...kim, title: 'Lead' });
  expect(scim.taken()[0]?.body.Operations).toEqual([{ op: 'replace', value: { active: true } }]);
  const { body } = await script('DELETE', `${path}/people/${person}`);

  const gone = scim.taken();
  expect(gone.map(({ line }) => line.split(' ')[0])).toEqual(['PATCH', 'PATCH']);
  expect(gone[0]?.body.Operations).toEqual([{ op: 'replace', value: { active: false } }]);
  expect(body).toMatchObject({ people: [], waiting: 0 });
});

test('in Okta’s manner who was switched off stays so when everything is sent again', async () => {
  const { person } = await arrived('okta');
  await script('PUT', `${path}/people/${person}`, { ...kim, active: false });
  scim.taken();

  await script('POST', `${path}/talk`, { about: 'everything' });

  const [, put, ...others] = scim.taken();
  expect([put?.line.split(' ')[0], put?.body.active]).toEqual(['PUT', false]);
  expect(others.filter(({ line }) => line.includes('/Users'))).toEqual([]);
});

test('in Okta’s manner members come and go by name, and a group goes with its deletion', async () => {
  const { group } = await arrived('okta');
  const lea = { userName: 'lea@corp.test', firstName: 'Lea', lastName: 'Ost' };
  const { people } = (await script('POST', `${path}/people`, lea)).body;
  scim.taken();

  await script('PUT', `${path}/groups/${group}`, { name: 'Sellers', memberIds: [people[1].id] });
  const [changed] = scim.taken();
  await script('DELETE', `${path}/groups/${group}`);

  expect(changed?.body.Operations).toEqual([
    { op: 'replace', value: { id: expect.any(String), displayName: 'Sellers' } },
    { op: 'remove', path: expect.stringMatching(/^members\[value eq "[\da-f-]{36}"\]$/) },
    { op: 'add', path: 'members', value: [{ value: expect.any(String), display: 'lea@corp.test' }] },
  ]);
  expect(linesOf()).toEqual(['DELETE /scim/Groups/<id>']);
});

test('in Entra’s manner nothing is said before the cycle, and then in capital words and lists', async () => {
  const { person, group, calls } = await arrived('entra');
  expect(calls.map(({ line }) => line.replaceAll(/[\da-f-]{36}/g, '<id>'))).toEqual([
    'GET /scim/Users?filter=userName eq "kim@corp.test"',
    'POST /scim/Users',
    'GET /scim/Groups?excludedAttributes=members&filter=displayName eq "Sales"',
    'POST /scim/Groups',
    'PATCH /scim/Groups/<id>',
  ]);
  expect(calls[1]?.body).toMatchObject({ meta: { resourceType: 'User' }, roles: [], active: true });
  expect(calls[4]?.body.Operations).toEqual([
    { op: 'Add', path: 'members', value: [{ value: expect.any(String) }] },
  ]);

  const off = await script('PUT', `${path}/people/${person}`, { ...kim, lastName: 'Dal', active: false });
  await script('PUT', `${path}/groups/${group}`, { name: 'Sales', memberIds: [] });
  expect([off.body.waiting, scim.taken()]).toEqual([1, []]);
  await script('POST', `${path}/talk`, { about: 'cycle' });
  const [, patched, left] = scim.taken();
  await script('DELETE', `${path}/people/${person}`);
  const { body } = await script('POST', `${path}/talk`, { about: 'cycle' });

  expect(patched?.body.Operations).toEqual([
    { op: 'Replace', path: 'displayName', value: 'Kim Dal' },
    { op: 'Replace', path: 'name.familyName', value: 'Dal' },
    { op: 'Replace', path: 'active', value: 'False' },
  ]);
  expect(left?.body.Operations).toEqual([
    { op: 'Remove', path: 'members', value: [{ value: expect.any(String) }] },
  ]);
  expect(linesOf()).toEqual(['DELETE /scim/Users/<id>']);
  expect(body.waiting).toBe(0);
});

test('with the flag of its address Entra’s manner keeps to the standard', async () => {
  const { person, group } = await arrived('entra', '?aadOptscim062020');

  await script('PUT', `${path}/people/${person}`, { ...kim, department: null, active: false });
  await script('PUT', `${path}/groups/${group}`, { name: 'Sales', memberIds: [] });
  await script('POST', `${path}/talk`, { about: 'cycle' });

  const [, patched, left] = scim.taken();
  expect(patched?.line).not.toContain('aadOptscim');
  expect(patched?.body.Operations).toEqual([
    { op: 'replace', value: { active: false } },
    { op: 'remove', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department' },
  ]);
  expect(left?.body.Operations).toEqual([
    { op: 'remove', path: expect.stringMatching(/^members\[value eq "/) },
  ]);
});

test('what did not arrive is said again, and who is there already is found by name', async () => {
  scim.refuse('POST', 500);
  await arrived('okta');
  const failed = await script('GET', path);
  scim.refuse('POST', undefined);
  expect([failed.body.waiting, failed.body.people[0].arrival]).toEqual([2, 'none']);

  const again = await script('POST', `${path}/talk`, { about: 'cycle' });
  expect(again.body.waiting).toBe(0);
  scim.taken();
  // Another address is another directory: all is said anew, and to one that has them, changed.
  await script('PUT', path, { baseUrl: `${scim.url}/` });
  await script('POST', `${path}/talk`, { about: 'cycle' });

  expect(linesOf()).toEqual([
    'GET /scim/Users?filter=userName eq "kim@corp.test"&startIndex=1&count=100',
    'PUT /scim/Users/<id>',
    'POST /scim/Groups',
    'PATCH /scim/Groups/<id>',
  ]);
});

test('what comes too fast for the server is said again when it says, and nothing is left waiting', async () => {
  await arrived('okta');
  scim.putOff('POST', 1);

  const lea = { userName: 'lea@corp.test', firstName: 'Lea', lastName: 'Ost' };
  const { body } = await script('POST', `${path}/people`, lea);

  expect(linesOf().slice(1)).toEqual(['POST /scim/Users', 'POST /scim/Users']);
  expect(body.waiting).toBe(0);
  expect(body.log.map(({ status }: { status: number }) => status).slice(0, 3)).toEqual([201, 429, 200]);
});

test('faults change what is said and nothing else', async () => {
  const { person } = await arrived('okta');
  const turn = (...faults: string[]) => script('PUT', path, { faults });
  const again = async () => {
    await script('POST', `${path}/talk`, { about: 'everything' });
    return scim.taken();
  };

  await turn('wrong_token', 'stale_if_match', 'unknown_attributes');
  const [, put] = await again();
  expect(put?.headers.authorization).toBe('Bearer not-the-token-of-this-directory');
  expect(put?.headers['if-match']).toBe('W/"0"');
  expect(put?.body).toHaveProperty('shoeSize');
  await turn('duplicate_create');
  expect((await again()).map(({ line }) => line.split('?')[0])).toEqual([
    'POST /scim/Users',
    'POST /scim/Groups',
    expect.stringContaining('PATCH /scim/Groups'),
  ]);
  await turn('many_removals', 'capital_ops', 'string_booleans');
  const last = (await again()).find(({ line }) => line.startsWith('PATCH /scim/Users'));
  expect(last?.body.Operations).toEqual([{ op: 'Replace', value: { active: 'False' } }]);
  const { body } = await turn();
  expect(body.people).toMatchObject([{ id: person, active: true, arrival: 'differs' }]);
});

test('no answer is a line of the log with its reason, and no token is in it', async () => {
  await script('PUT', path, { baseUrl: 'http://127.0.0.1:9/scim', token: 'secret-of-theirs' });
  const { body, text } = await script('POST', `${path}/talk`, { about: 'test' });

  expect(body.log).toMatchObject([{ status: null, problem: 'could_not_connect', path: expect.any(String) }]);
  expect(text).not.toContain('secret-of-theirs');
  expect(body).toMatchObject({ hasToken: true, isTalking: false });
});

test('entries are refused in words: an address outside .test, a name that is taken, a member who is not here', async () => {
  const fieldsOf = async (method: string, at: string, body: object) => {
    const reply = await script(method, `${path}${at}`, body);
    return [reply.status, reply.body.fields];
  };

  expect(await fieldsOf('POST', '/people', { ...kim, userName: 'kim@corp.com' })).toEqual([
    422,
    { userName: 'email_not_below_test' },
  ]);
  expect(await fieldsOf('POST', '/people', { ...kim, userName: 'ANNA@people.test' })).toEqual([
    422,
    { userName: 'taken' },
  ]);
  expect(await fieldsOf('POST', '/groups', { name: 'New', memberIds: ['nobody'] })).toEqual([
    422,
    { memberIds: 'unknown' },
  ]);
  expect(await fieldsOf('PUT', '', { baseUrl: 'ftp://x' })).toEqual([422, { baseUrl: 'no_address' }]);
  for (const [method, at] of [
    ['PUT', '/people/nobody'],
    ['DELETE', '/people/nobody'],
    ['DELETE', '/groups/nobody'],
  ] as const) {
    expect((await script(method, `${path}${at}`, method === 'PUT' ? kim : undefined)).status).toBe(404);
  }
});

test('a crowd can be added, and again, and each time leaves an audit row', async () => {
  const developer = await aStaff(api, vendor, 'developer');
  const { body } = await developer.ask('POST', `${path}/crowd`, { count: 40 });
  const more = await developer.ask('POST', `${path}/crowd`, { count: 2 });

  expect(body.people).toHaveLength(44);
  expect(more.body.people.at(-1).userName).toBe('person042@people.test');
  expect((await auditOf(api, developer)).map(({ action }) => action)).toEqual([
    'test_directory.person_changed',
    'test_directory.person_changed',
  ]);
});
