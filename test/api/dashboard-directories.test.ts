import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import {
  endDirectoryRun,
  getDirectory,
  insertDirectoryRequests,
  replaceGroupRoles,
  startDirectoryRun,
  withTenant,
} from '../../db/index.ts';
import type { DirectoryRequestRow } from '../../db/tables/directory-requests.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aDirectory, type RunningDirectory } from '../support/running-directory.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

let api: TestApi;
let vendor: Vendor;
let support: Staff;
let viewer: Staff;
let running: RunningDirectory;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  [support, viewer] = await Promise.all([aStaff(api, vendor, 'support'), aStaff(api, vendor, 'viewer')]);
  running = await aDirectory(api, vendor);
});
afterAll(() => api.close());

/** Calls as the SCIM server keeps them, the last one the newest. */
async function called(of: RunningDirectory, calls: readonly Partial<DirectoryRequestRow>[], own = vendor) {
  const start = api.deps.now().getTime() - calls.length * 1_000;
  const requests = calls.map((call, at) => ({
    id: newId('directory_request_'),
    organizationId: of.organizationId,
    directoryId: of.id,
    at: new Date(start + at * 1_000),
    method: 'GET',
    path: 'Users',
    status: 200,
    milliseconds: 3,
    kind: 'read' as const,
    cause: null,
    client: null,
    subject: null,
    requestBody: null,
    responseBody: null,
    ...call,
  }));
  await asSystem(api, (tx) =>
    insertDirectoryRequests(
      tx,
      { environmentId: own.environment.id },
      { requests, directories: [], tokens: [] },
    ),
  );
  return requests.map(({ id }) => id);
}
type Shown = { id: string };
const list = async (query: string, staff = viewer) => {
  const { body } = await staff.ask('GET', `/directory-requests${query}`);
  return { ids: body.requests.map(({ id }: Shown) => id) as string[], ...body };
};

test('S9 lists calls newest first, with whose they were, and narrows them by all that staff know', async () => {
  const other = await aDirectory(api, vendor);
  const [read, refused, wrongToken] = await called(running, [
    { kind: 'read' },
    { kind: 'refused', cause: 'person_exists', status: 409, method: 'POST', subject: 'a•••@acme.test' },
    { kind: 'refused', cause: 'token_unknown', status: 401 },
  ]);
  const [elsewhere] = await called(other, [{ kind: 'connection_test' }]);

  const { requests } = await list('');
  expect(requests.slice(0, 4).map(({ id }: Shown) => id)).toEqual(
    expect.arrayContaining([elsewhere, wrongToken, refused, read]),
  );
  expect(requests.find(({ id }: Shown) => id === refused)).toMatchObject({
    directoryId: running.id,
    directoryName: 'Acme',
    organizationName: 'Acme',
    method: 'POST',
    status: 409,
    cause: 'person_exists',
    subject: 'a•••@acme.test',
    milliseconds: 3,
  });
  expect((await list(`?directory=${other.id}`)).ids).toEqual([elsewhere]);
  expect((await list(`?organization=${running.organizationId}`)).ids).toEqual([wrongToken, refused, read]);
  expect((await list(`?directory=${running.id}&outcome=refused`)).ids).toEqual([wrongToken, refused]);
  expect((await list(`?directory=${running.id}&outcome=taken`)).ids).toEqual([read]);
  expect((await list(`?directory=${running.id}&cause=person_exists`)).ids).toEqual([refused]);
  const soon = encodeURIComponent(new Date(api.deps.now().getTime() + 60_000).toISOString());
  expect((await list(`?directory=${running.id}&from=${soon}`)).ids).toEqual([]);
  expect((await list(`?directory=${running.id}&until=${soon}`)).ids).toHaveLength(3);
  const first = await list(`?directory=${running.id}&limit=2`);
  expect(first.ids).toEqual([wrongToken, refused]);
  expect((await list(`?directory=${running.id}&limit=2&after=${first.next}`)).ids).toEqual([read]);
  expect((await viewer.ask('GET', '/directory-requests?cause=made_up')).status).toBe(422);
});

test('[AUD-04] one call is shown with what was sent and answered, and the organization sees who has looked', async () => {
  const [id = ''] = await called(running, [{ requestBody: '{"a":1}', responseBody: '{"b":2}' }]);

  const { body } = await viewer.ask('GET', `/directory-requests/${id}`);
  await viewer.ask('GET', `/directory-requests/${id}`);

  expect(body).toMatchObject({ id, requestBody: '{"a":1}', responseBody: '{"b":2}' });
  expect(await auditOf(api, viewer)).toEqual([
    expect.objectContaining({
      action: 'directory_request.viewed',
      targetId: id,
      organizationId: running.organizationId,
    }),
  ]);
});

test('[IDB-03] nothing of another environment is listed or shown', async () => {
  const other = await aVendor(api);
  const theirs = await aDirectory(api, other);
  const [id = ''] = await called(theirs, [{}], other);

  expect((await list(`?directory=${theirs.id}`)).ids).toEqual([]);
  expect((await viewer.ask('GET', `/directory-requests/${id}`)).status).toBe(404);
  expect((await viewer.ask('GET', `/directories/${theirs.id}`)).status).toBe(404);
  expect((await support.ask('POST', `/directories/${theirs.id}/read`)).status).toBe(404);
});

test('a directory has a page with its state, its numbers, its tokens by their ends and its last calls', async () => {
  const one = await aDirectory(api, vendor);
  const anna = await one.addPerson('anna');
  await one.addPerson('off', { active: false });
  await one.addGroup('Sales', [anna]);
  const [call] = await called(one, [{ kind: 'person_created', method: 'POST', status: 201 }]);

  const { body, text } = await viewer.ask('GET', `/directories/${one.id}`);

  expect(body).toMatchObject({
    id: one.id,
    name: 'Acme',
    type: 'okta scim v2.0',
    road: 'scim',
    sourceName: 'Okta',
    chip: 'linked',
    counts: { active: 1, inactive: 1, groups: 1 },
    organization: { id: one.organizationId, name: 'Acme' },
    scimBaseUrl: one.baseUrl,
    tokens: [{ suffix: one.token.slice(-4), lastUsedAt: null, expiresAt: null }],
    holds: [],
    runs: [],
    files: [],
    troubles: [],
    recentRequests: [{ id: call }],
  });
  expect(text).not.toContain(one.token);
  expect(text).not.toContain('anna@acme.test');
});

test('why a reading did not work comes with what fills the words', async () => {
  const one = await aDirectory(api, vendor);
  const now = api.deps.now();
  const id = newId('directory_run_');
  await asSystem(api, async (tx) => {
    const row = await getDirectory(tx, { environmentId: vendor.environment.id }, one.id);
    await startDirectoryRun(tx, row, { id, kind: 'pull', now });
    const cause = 'workday_fields_missing';
    await endDirectoryRun(
      tx,
      row,
      id,
      { state: 'failed', cause, facts: { fields: ['email'] }, nextAt: null },
      now,
    );
  });

  const { body } = await viewer.ask('GET', `/directories/${one.id}`);

  expect(body.runs).toMatchObject([
    { id, refusal: { cause: 'workday_fields_missing', facts: { fields: ['email'] } } },
  ]);
});

test('[SCIM-09] a change on hold is told with how many wait, and staff have no act to decide it', async () => {
  const one = await aDirectory(api, vendor);
  const at = api.deps.now();
  const people = [await one.addPerson('anna'), await one.addPerson('bela')];
  const holdId = newId('directory_hold_');
  await asSystem(api, async (tx) => {
    const whose = { environmentId: vendor.environment.id, organizationId: one.organizationId };
    const hold = {
      id: holdId,
      ...whose,
      directoryId: one.id,
      reason: 'many_leave' as const,
      activeBefore: 2,
    };
    await tx
      .insertInto('directoryHolds')
      .values({ ...hold, createdAt: at })
      .execute();
    const ids = people.map(({ id }) => id);
    await tx.updateTable('directoryUsers').set({ holdId, active: false }).where('id', 'in', ids).execute();
  });

  const { body } = await support.ask('GET', `/directories/${one.id}`);

  expect([body.chip, body.counts.active]).toEqual(['held', 2]);
  expect(body.holds).toMatchObject([{ id: holdId, state: 'open', waiting: 2, activeBefore: 2 }]);
  const line = await support.ask('GET', `/organizations/${one.organizationId}`);
  expect(line.body.directories).toMatchObject([{ id: one.id, chip: 'held', counts: { active: 2 } }]);
  const other = await aStaff(api, vendor, 'support');
  const keptBy = async () => {
    const [person] = (await other.ask('GET', `/directories/${one.id}/people?search=anna`)).body.people;
    return (await other.ask('GET', `/directory-users/${person.id}`)).body.keptBy;
  };
  expect(await keptBy()).toBe('hold');

  await asSystem(api, (tx) =>
    tx
      .updateTable('directoryHolds')
      .set({ state: 'discarded', decidedAt: api.deps.now(), decidedBy: 'contact_1' })
      .where('id', '=', holdId)
      .execute(),
  );
  const { holds } = (await support.ask('GET', `/directories/${one.id}`)).body;
  expect(holds).toMatchObject([{ id: holdId, state: 'discarded', waiting: 0, staying: 2 }]);
  expect(await keptBy()).toBe('discarded');
});

test('support has a directory read now; a viewer may not, and one whose client calls us is not read', async () => {
  const one = await aDirectory(api, vendor);
  const refused = await support.ask('POST', `/directories/${one.id}/read`);
  await asSystem(api, (tx) =>
    tx.updateTable('directories').set({ road: 'bamboohr' }).where('id', '=', one.id).execute(),
  );

  expect([refused.status, refused.body.code]).toEqual([409, 'directory_not_read']);
  expect((await viewer.ask('POST', `/directories/${one.id}/read`)).status).toBe(403);
  expect((await support.ask('POST', `/directories/${one.id}/read`)).status).toBe(202);
  expect((await auditOf(api, support)).map(({ action }) => action)).toEqual(['directory.reading_asked']);
  const { road, scimBaseUrl } = (await viewer.ask('GET', `/directories/${one.id}`)).body;
  expect([road, scimBaseUrl]).toEqual(['bamboohr', null]);
});

test('[IDB-03] the search finds directories and people of directories, by word, address and id, and nobody who is gone', async () => {
  const own = await aVendor(api);
  const staff = await aStaff(api, own, 'viewer');
  const one = await aDirectory(api, own);
  await asSystem(api, (tx) =>
    tx.updateTable('directories').set({ name: 'Zephyr People' }).where('id', '=', one.id).execute(),
  );
  const anna = await one.addPerson('quintessa');
  const group = await one.addGroup('Sales', [anna]);
  const [call = ''] = await called(one, [{}], own);
  const find = async (q: string, as = staff) => {
    const { body } = await as.ask('GET', `/search?q=${encodeURIComponent(q)}`);
    return body.found.map(({ kind, id }: { kind: string; id: string }) => [kind, id]);
  };

  expect(await find('zephyr')).toEqual([['directory', one.id]]);
  expect(await find('QUINT')).toEqual([['directory_person', anna.id]]);
  expect(await find(one.id)).toEqual([['directory', one.id]]);
  expect(await find(one.baseUrl.split('/').at(-1) ?? '')).toEqual([['directory', one.id]]);
  expect(await find(anna.id)).toEqual([['directory_person', anna.id]]);
  expect(await find(group.id)).toEqual([['directory_group', group.id]]);
  expect(await find(call)).toEqual([['directory_request', call]]);
  expect(await find('quint', viewer)).toEqual([]);
  expect(await find(anna.id, viewer)).toEqual([]);
  await own.call('DELETE', `/directories/${one.id}`);
  for (const q of ['zephyr', 'quint', one.id, anna.id, group.id]) expect(await find(q)).toEqual([]);
});

test('[AUD-04] support looks up one person with groups, roles and their reason, and the organization sees who has looked', async () => {
  const of = await aDirectory(api, vendor);
  const anna = await of.addPerson('anna', {
    displayName: 'Anna Berg',
    customAttributes: { job_title: 'CTO' },
  });
  await of.addPerson('ben');
  const it = await of.addGroup('IT', [anna]);
  await vendor.call('POST', '/roles', { slug: 'looked-up', name: 'Looked up' });
  await withTenant(
    api.db,
    { environmentId: vendor.environment.id, organizationId: of.organizationId },
    (tx) =>
      replaceGroupRoles(
        tx,
        { environmentId: vendor.environment.id, organizationId: of.organizationId },
        [{ id: newId('group_role_'), role: 'looked-up', source: { kind: 'group', id: it.id } }],
        api.deps.now(),
      ),
  );
  const names = async (search: string) => {
    const { body } = await support.ask(
      'GET',
      `/directories/${of.id}/people?search=${encodeURIComponent(search)}`,
    );
    return body.people.map(({ name }: { name: string }) => name);
  };

  expect(await names('BERG')).toEqual(['Anna Berg']);
  expect(await names('anna@acme')).toEqual(['Anna Berg']);
  expect(await names(anna.id)).toEqual(['Anna Berg']);
  expect(await names('nobody')).toEqual([]);
  const { body } = await support.ask('GET', `/directory-users/${anna.id}`);
  await support.ask('GET', `/directory-users/${anna.id}`);

  expect(body).toMatchObject({
    name: 'Anna Berg',
    state: 'active',
    email: 'anna@acme.test',
    groups: [{ id: it.id, name: 'IT' }],
    roles: [{ slug: 'looked-up', groups: ['IT'] }],
    attributes: [{ name: 'job_title', value: 'CTO' }],
  });
  const views = (await auditOf(api, support)).filter(({ action }) => action === 'directory_user.viewed');
  expect(views).toEqual([expect.objectContaining({ targetId: anna.id, organizationId: of.organizationId })]);
  expect((await viewer.ask('GET', `/directory-users/${anna.id}`)).status).toBe(403);
  expect((await support.ask('GET', `/directories/${of.id}/people?search=a`)).status).toBe(422);
});
