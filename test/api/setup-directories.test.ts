import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { digestToken } from '../../adapters/tokens.ts';
import {
  changeMembers,
  getDirectory,
  insertDirectoryRequests,
  insertGroup,
  insertPerson,
  removePerson,
  sourceScope,
  updateEnvironment,
  withTenant,
  type DirectoryRequestRow,
  type Tx,
} from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';

/** The portal's endpoints about directories: choosing, tokens, what the client calls, who has come. */

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;
let contact: string;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

let customers = 0;
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  contact = `dora${(customers += 1)}@acme.com`;
  visitor = await invited();
});

const invited = (more: object = {}) =>
  anInvited(api, vendor, organizationId, {
    contacts: [contact],
    features: [{ feature: 'sso' }, { feature: 'directory_sync' }],
    ...more,
  });
const state = async () => (await visitor.ask('GET', '/directory')).body;
const choose = (sourceId = 'okta') => visitor.ask('POST', '/directory/source', { sourceId });
const makeToken = (body: object = {}) => visitor.ask('POST', '/directory/tokens', body);

/** The directory of the customer, with its rows to be written. */
async function inDirectory<Made>(
  work: (tx: Tx, directory: Awaited<ReturnType<typeof getDirectory>>) => Promise<Made>,
): Promise<Made> {
  const tenant = { environmentId: vendor.environment.id, organizationId };
  const { directory } = await state();
  return withTenant(api.deps.db, tenant, async (tx) =>
    work(tx, await getDirectory(tx, tenant, directory.id)),
  );
}
const scopeOf = (directory: Awaited<ReturnType<typeof getDirectory>>) =>
  sourceScope(directory, api.deps.now());

function comes(name: string, more: object = {}) {
  const email = `${name.toLowerCase()}@acme.com`;
  return inDirectory((tx, directory) =>
    insertPerson(tx, scopeOf(directory), {
      externalId: newId('x_'),
      userName: email,
      email,
      firstName: name,
      lastName: 'Archer',
      displayName: null,
      active: true,
      customAttributes: {},
      raw: { userName: email },
      ...more,
    }),
  );
}

let second = 0;
function called(change: Partial<DirectoryRequestRow>) {
  return inDirectory(async (tx, directory) => {
    const at = new Date(api.deps.now().getTime() + (second += 1));
    const { environmentId, id: directoryId } = directory;
    await insertDirectoryRequests(
      tx,
      { environmentId },
      {
        requests: [
          {
            id: newId('directory_request_'),
            organizationId,
            directoryId,
            at,
            method: 'GET',
            path: '/Users',
            status: 200,
            milliseconds: 4,
            kind: 'connection_test',
            cause: null,
            client: 'Okta SCIM Client 1.0.0',
            subject: null,
            requestBody: null,
            responseBody: null,
            ...change,
          },
        ],
        directories: [{ id: directoryId, at }],
        tokens: [],
      },
    );
  });
}
const calls = (body: Awaited<ReturnType<typeof state>>) =>
  Object.fromEntries(body.checklist.map((one: { call: string; state: string }) => [one.call, one.state]));

describe('choosing a directory', () => {
  test('makes one whose address every console takes, tells the journey, and fills in the guide', async () => {
    const chosen = await choose();

    expect(chosen).toMatchObject({ status: 200, body: { status: 'applied' } });
    const { directory, guide, view, checklist } = await state();
    expect(directory).toMatchObject({ name: 'Okta', type: 'okta scim v2.0', chip: 'waiting', tokens: [] });
    expect(directory.baseUrl).toMatch(/^https?:\/\/[^_]+\/scim\/v2\/[a-z0-9-]{16,}$/);
    expect(JSON.stringify(guide)).toContain(directory.baseUrl);
    expect(checklist.map(({ state: one }: { state: string }) => one)).toEqual(Array(5).fill('open'));
    const steps = view.features.find(
      ({ feature }: { feature: string }) => feature === 'directory_sync',
    ).steps;
    expect(steps[0]).toMatchObject({ step: 'choose_directory', state: 'done' });
  });

  test('again before anybody came keeps the address; the guide is the other one’s', async () => {
    await choose();
    const { baseUrl } = (await state()).directory;

    await choose('microsoft-entra-id');

    const { directory, guide } = await state();
    expect(directory).toMatchObject({ baseUrl, type: 'azure scim v2.0' });
    expect(JSON.stringify(guide)).toContain(`${baseUrl}?aadOptscim062020`);
  });

  test('of any client gives the address of SCIM 1.1 beside that of 2.0, and both answer its token', async () => {
    await choose('custom-scim');
    const { guide } = await state();
    const addresses = JSON.stringify(guide).match(/https?:[^"]+\/scim\/v[\d.]+\/[a-z0-9-]{16,}/g) ?? [];
    const { token } = (await makeToken()).body;

    const answers = await Promise.all(
      addresses.map(async (address) => {
        const { pathname } = new URL(address);
        const asked = await fetch(`${api.url}${pathname}/Users`, {
          headers: { authorization: `Bearer ${token}` },
        });
        const { schemas } = (await asked.json()) as { schemas: string[] };
        return [pathname.split('/')[2], asked.status, schemas[0]];
      }),
    );
    expect(answers).toEqual(
      expect.arrayContaining([
        ['v2', 200, 'urn:ietf:params:scim:api:messages:2.0:ListResponse'],
        ['v1.1', 200, 'urn:scim:schemas:core:1.0'],
      ]),
    );
  });

  test('is refused for one that people come from, and for a source that is not offered', async () => {
    await choose();
    await comes('Ada');

    expect((await choose('microsoft-entra-id')).body.code).toBe('directory_state_refused');
    expect((await choose('no-such-source')).status).toBe(404);
  });

  test('lists sources by any name, with their rhythm and needs', async () => {
    const { body } = await visitor.ask('GET', '/directory/sources?query=azure');

    expect(body.sources[0]).toMatchObject({
      name: 'Microsoft Entra ID',
      matchedName: 'Azure AD',
      rhythm: 'Sends changes about every 40 minutes.',
    });
  });

  test('is for links that cover it [LNK-03]', async () => {
    organizationId = (await anOrganization(vendor)).id;
    visitor = await invited({ features: [{ feature: 'sso' }] });

    expect((await choose()).status).toBe(403);
    expect((await state()).directory).toBeNull();
    expect((await visitor.ask('GET', '/directory/people')).status).toBe(403);
  });

  test('is before everything else', async () => {
    for (const path of ['/directory/people', '/directory/requests', '/directory/attributes']) {
      expect((await visitor.ask('GET', path)).body).toMatchObject({
        code: 'step_blocked',
        facts: { step: 'choose_directory' },
      });
    }
    expect((await makeToken()).body.code).toBe('step_blocked');
  });
});

describe('the tokens [SCIM-01]', () => {
  beforeEach(() => choose());

  test('are shown once and kept as digests', async () => {
    const { body } = await makeToken({ days: 180 });

    const { tokens } = (await state()).directory;
    expect(tokens).toEqual([body.made]);
    expect(body.token.endsWith(body.made.suffix)).toBe(true);
    const { createdAt, expiresAt } = body.made;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(180 * 86_400_000);
    const rows = await asSystem(api, (tx) => tx.selectFrom('directoryTokens').selectAll().execute());
    expect(rows.map(({ digest }) => digest)).toContain(digestToken(body.token).toString('hex'));
    expect(JSON.stringify(rows)).not.toContain(body.token);
    expect(api.logged()).not.toContain(body.token);
  });

  test('run two at once; the old one ends when it is retired', async () => {
    const first = (await makeToken()).body.made;
    const next = (await makeToken()).body.made;

    expect((await makeToken()).body.code).toBe('directory_tokens_full');
    expect((await visitor.ask('POST', `/directory/tokens/${first.id}/retire`)).status).toBe(200);
    expect((await state()).directory.tokens.map(({ id }: { id: string }) => id)).toEqual([next.id]);
    expect((await visitor.ask('POST', `/directory/tokens/${first.id}/retire`)).status).toBe(404);
  });

  test('[LNK-10] of a directory that people come from are made with a code from the contact’s mail only', async () => {
    await makeToken();
    await comes('Ada');
    const { id: subject } = (await state()).directory;

    expect((await makeToken()).body.code).toBe('code_needed');
    await visitor.ask('POST', '/codes', { act: 'directory_token', subject });
    const code = await codeMailedTo(api, contact);
    const wrong = code === '111111' ? '222222' : '111111';
    expect((await makeToken({ code: wrong })).body.code).toBe('code_wrong');
    expect((await makeToken({ code })).status).toBe(200);
    expect((await state()).directory.tokens).toHaveLength(2);
  });
});

describe('the client’s calls', () => {
  beforeEach(() => choose());

  test('tick the checklist; a refused one says where it is mended', async () => {
    await called({});
    await called({ method: 'POST', status: 201, kind: 'person_created', subject: 'a•••@acme.com' });
    await called({ method: 'POST', path: '/Groups', status: 409, kind: 'refused', cause: 'group_exists' });

    const body = await state();
    expect(calls(body)).toEqual({
      connection_test: 'done',
      create_user: 'done',
      update_user: 'open',
      deactivate_user: 'open',
      push_group: 'failed',
    });
    expect(body.checklist.at(-1)).toMatchObject({
      status: 409,
      cause: 'group_exists',
      where: { path: ['Push Groups'], label: '+ Push Groups' },
    });
    expect(body.checklist[1].subject).toBe('a•••@acme.com');
  });

  test('are listed newest first, a page at a time, the refused ones alone where asked', async () => {
    for (let count = 0; count < 51; count += 1) await called({});
    await called({ kind: 'refused', status: 401, cause: 'token_unknown' });

    const first = (await visitor.ask('GET', '/directory/requests')).body;
    expect(first.requests).toHaveLength(50);
    expect(first.requests[0]).toMatchObject({
      cause: 'token_unknown',
      where: { label: 'OAuth Bearer Token' },
    });
    const rest = (await visitor.ask('GET', `/directory/requests?after=${first.after}`)).body;
    expect(rest).toMatchObject({ after: null });
    expect(rest.requests).toHaveLength(2);
    const refused = (await visitor.ask('GET', '/directory/requests?refused=true')).body;
    expect(refused.requests).toHaveLength(1);
  });

  test('are followed through a provisioning test from its start on', async () => {
    const created = { method: 'POST', status: 201, kind: 'person_created' } as const;
    await called({ ...created, subject: 'b•••@acme.com' });
    api.pass(60_000);
    await visitor.ask('POST', '/directory/test');
    api.pass(1_000);
    await called({ ...created, subject: 't•••@acme.com' });
    await called({ method: 'PATCH', path: '/Users/1', kind: 'person_changed', subject: 't•••@acme.com' });

    const { test: running } = await state();
    expect(running.person).toBe('t•••@acme.com');
    expect(running.steps.map(({ state: one }: { state: string }) => one)).toEqual(['done', 'done', 'open']);
    await visitor.ask('PUT', '/directory/progress', { doneSteps: ['add-app'] });
    expect((await state()).test).not.toBeNull();
    await visitor.ask('POST', '/directory/test/stop');
    expect((await state()).test).toBeNull();
  });

  test('of a client that calls by the clock are to be expected again', async () => {
    await choose('microsoft-entra-id');
    await called({});

    const { directory, nextCallAt } = await state();
    expect(Date.parse(nextCallAt) - Date.parse(directory.lastRequestAt)).toBe(40 * 60_000);
  });
});

describe('who has come', () => {
  beforeEach(() => choose());

  test('is listed and found by any part of a name or an address', async () => {
    await comes('Ada');
    await comes('Ben', { active: false });
    await inDirectory(async (tx, directory) => {
      const scope = scopeOf(directory);
      const cleo = await insertPerson(tx, scope, {
        externalId: 'cleo',
        userName: 'cleo',
        email: null,
        firstName: null,
        lastName: null,
        displayName: 'Cleo Cruz',
        active: true,
        customAttributes: {},
        raw: {},
      });
      const group = await insertGroup(tx, scope, { externalId: null, displayName: 'Engineering', raw: {} });
      await changeMembers(tx, scope, group.id, { add: [cleo.id], remove: [] });
    });

    const people = (await visitor.ask('GET', '/directory/people')).body.people;
    expect(people.map(({ name, state: one }: { name: string; state: string }) => [name, one])).toEqual([
      ['Ada Archer', 'active'],
      ['Ben Archer', 'inactive'],
      ['Cleo Cruz', 'active'],
    ]);
    const names = async (search: string) =>
      (await visitor.ask('GET', `/directory/people?search=${encodeURIComponent(search)}`)).body.people.length;
    expect([await names('archer'), await names('BEN@'), await names('%')]).toEqual([2, 1, 0]);
    const { groups } = (await visitor.ask('GET', '/directory/groups?search=engine')).body;
    expect(groups).toMatchObject([{ name: 'Engineering', members: 1 }]);
    const { directory } = await state();
    expect(directory).toMatchObject({ chip: 'linked', counts: { active: 2, inactive: 1, groups: 1 } });
  });

  test('[SCIM-09] many who leave wait for a person, who sees whom and decides', async () => {
    await asSystem(api, (tx) =>
      updateEnvironment(
        tx,
        vendor.environment.id,
        { removalGuardPeople: 1, removalGuardPercent: 1 },
        api.deps.now(),
      ),
    );
    const people = [await comes('Ada'), await comes('Ben'), await comes('Cleo')];
    api.pass(2 * 3_600_000);
    visitor = await invited();
    await inDirectory(async (tx, directory) => {
      for (const person of people.slice(0, 2)) await removePerson(tx, scopeOf(directory), person);
    });

    const { directory } = await state();
    expect(directory).toMatchObject({ chip: 'held', hold: { reason: 'many_leave', activeBefore: 3 } });
    const review = (await visitor.ask('GET', '/directory/hold')).body;
    expect(review.people).toHaveLength(directory.hold.leaving);
    expect(review.people[0]).toMatchObject({ state: 'active', becomes: 'removed' });
    const { id } = directory.hold;
    const grown = await visitor.ask('POST', `/directory/hold/${id}/apply`, { people: 0 });
    // It had grown since the page that was answered: nobody agrees to more than it said.
    expect(grown.body).toMatchObject({
      code: 'directory_more_leave',
      facts: { people: directory.hold.leaving },
    });
    expect((await state()).directory).toMatchObject({ chip: 'held', counts: { active: 2 } });
    const agreed = { people: directory.hold.leaving };
    expect((await visitor.ask('POST', `/directory/hold/${id}/apply`, agreed)).status).toBe(200);
    expect((await visitor.ask('POST', `/directory/hold/${id}/discard`)).body.code).toBe(
      'directory_hold_decided',
    );
    expect((await visitor.ask('GET', '/directory/hold')).body.hold).toBeNull();
    expect((await state()).directory).toMatchObject({ chip: 'linked', counts: { active: 1 } });
  });

  test('[SCIM-09] whom a discarded change was about is shown, and may leave after all', async () => {
    await asSystem(api, (tx) =>
      updateEnvironment(
        tx,
        vendor.environment.id,
        { removalGuardPeople: 1, removalGuardPercent: 1 },
        api.deps.now(),
      ),
    );
    const people = [await comes('Ada'), await comes('Ben'), await comes('Cleo')];
    api.pass(2 * 3_600_000);
    visitor = await invited();
    await inDirectory(async (tx, directory) => {
      for (const person of people.slice(0, 2)) await removePerson(tx, scopeOf(directory), person);
    });
    const { id, leaving } = (await state()).directory.hold;
    expect((await visitor.ask('POST', `/directory/hold/${id}/let-leave`)).body.code).toBe(
      'directory_hold_decided',
    );
    await visitor.ask('POST', `/directory/hold/${id}/discard`);

    expect((await state()).directory).toMatchObject({ hold: null, kept: { holdId: id, people: leaving } });
    const review = (await visitor.ask('GET', '/directory/hold')).body;
    expect(review).toMatchObject({ hold: null, kept: { people: leaving } });
    expect(review.people).toHaveLength(leaving);
    expect((await visitor.ask('POST', `/directory/hold/${id}/let-leave`)).status).toBe(200);
    expect((await state()).directory).toMatchObject({ kept: null, counts: { active: 1 } });
  });
});

describe('the attributes', () => {
  test('are mapped over what really arrived', async () => {
    await choose();
    await comes('Ada', { raw: { title: 'Engineer', emails: [{ type: 'work', value: 'ada@acme.com' }] } });

    const { fields, person, received, raw } = (await visitor.ask('GET', '/directory/attributes')).body;
    const title = fields.find(({ field }: { field: string }) => field === 'job_title');
    expect(title).toMatchObject({ path: 'title', isDefault: true });
    expect(person).toMatchObject({ name: 'Ada Archer' });
    expect(received).toContainEqual({ path: 'emails[type eq "work"].value', value: 'ada@acme.com' });
    expect(raw).toMatchObject({ emails: [{ type: 'work', value: 'ada@acme.com' }] });

    const mapping = { job_title: 'emails[type eq "work"].value', department_name: '' };
    expect((await visitor.ask('PUT', '/directory/attributes', { mapping })).status).toBe(200);
    const rows = await asSystem(api, (tx) =>
      tx
        .selectFrom('directoryUsers')
        .select('customAttributes')
        .where('organizationId', '=', organizationId)
        .execute(),
    );
    expect(rows[0]?.customAttributes).toMatchObject({ job_title: 'ada@acme.com' });
    const after = (await visitor.ask('GET', '/directory/attributes')).body.fields;
    expect(after.find(({ field }: { field: string }) => field === 'job_title')).toMatchObject({
      path: mapping.job_title,
      isDefault: false,
    });
    const refused = await visitor.ask('PUT', '/directory/attributes', { mapping: { nonsense: 'x' } });
    expect(refused.status).toBe(422);
  });

  test('are not mapped by a path that cannot be read: the field is named, and nothing is saved', async () => {
    await choose();
    const mapping = { job_title: 'title', department_name: 'emails[0].value' };

    expect(await visitor.ask('PUT', '/directory/attributes', { mapping })).toMatchObject({
      status: 422,
      body: { code: 'invalid_request', fields: { 'mapping.department_name': 'path_unreadable' } },
    });
    const { fields } = (await visitor.ask('GET', '/directory/attributes')).body;
    expect(fields.filter(({ isDefault }: { isDefault: boolean }) => !isDefault)).toEqual([]);
  });
});
