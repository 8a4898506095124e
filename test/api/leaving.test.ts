import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { exportedTables, insertItContact, withTenant } from '../../db/index.ts';
import { aDirectory } from '../db/builders.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aScimClient } from '../support/scim-client.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

/** What leaves: deleted organizations as the API sees them, persons to be erased, and a customer's data as a file. */

let api: TestApi;
let vendor: Vendor;
let support: Staff;
let admin: Staff;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  [support, admin] = [await aStaff(api, vendor), await aStaff(api, vendor, 'admin')];
});
afterAll(() => api.close());

const dayMs = 86_400_000;
const waiting = () =>
  asSystem(api, (tx) => tx.selectFrom('erasures').selectAll().orderBy('createdAt').execute());

test('an onboarding of a deleted organization is not there any more, and cannot be taken up again', async () => {
  const { id: organization } = await anOrganization(vendor);
  const copy = { organization, delivery: 'copy', features: [{ feature: 'sso' }] };
  const { body: onboarding } = await vendor.call('POST', '/onboardings', copy);
  const other = await anOrganization(vendor);
  await vendor.call('POST', '/onboardings', { ...copy, organization: other.id });
  await vendor.call('DELETE', `/organizations/${organization}`);

  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/timeline'],
    ['POST', '/remind'],
    ['POST', '/fresh_link'],
    ['POST', '/cancel'],
  ] as const) {
    const body = method === 'GET' ? undefined : {};
    const reply = await vendor.call(method, `/onboardings/${onboarding.id}${path}`, body);
    expect([path, reply.status]).toEqual([path, 404]);
  }
  for (const act of ['remind', 'cancel', 'undo-cancel', 'fresh-link']) {
    const body = act === 'fresh-link' ? { delivery: 'copy' } : {};
    const reply = await admin.ask('POST', `/onboardings/${onboarding.id}/${act}`, body);
    expect([act, reply.status]).toEqual([act, 404]);
  }
  const { body: listed } = await vendor.call('GET', '/onboardings');
  expect(listed.data.map((one: { organization_id: string }) => one.organization_id)).toEqual([other.id]);
});

test('directories stop with their organization, and those that went with it come back', async () => {
  const { id: organizationId } = await anOrganization(vendor, { name: 'Peopled' });
  const tenant = { environmentId: vendor.environment.id, organizationId };
  const app = { app: api.deps.db };
  const called = await aDirectory(app, tenant);
  const read = await aDirectory(app, tenant, { road: 'google', state: 'validating', linkedAt: null });
  const before = new Date(api.deps.now().getTime() - dayMs);
  const gone = await aDirectory(app, tenant, { deletedAt: before });
  const living = () =>
    asSystem(api, async (tx) =>
      (
        await tx
          .selectFrom('directories')
          .select('id')
          .where('organizationId', '=', organizationId)
          .where('deletedAt', 'is', null)
          .orderBy('createdAt')
          .orderBy('id')
          .execute()
      ).map(({ id }) => id),
    );
  const told = () =>
    asSystem(api, async (tx) => ({
      events: (
        await tx
          .selectFrom('events')
          .select(['name', 'data'])
          .where('organizationId', '=', organizationId)
          .where('name', 'like', 'dsync.%')
          .orderBy('ordinal')
          .execute()
      ).map(({ name, data }) => [name, data['id']]),
      signals: (
        await tx
          .selectFrom('commands')
          .select(['workflowId', 'message'])
          .where('organizationId', '=', organizationId)
          .where('workflowId', 'like', 'dir/%')
          .orderBy('createdAt')
          .orderBy('id')
          .execute()
      ).map(({ workflowId, message }) => [workflowId, message]),
    }));

  await admin.ask('DELETE', `/organizations/${organizationId}`, { name: 'Peopled' });
  expect(await living()).toEqual([]);
  await admin.ask('POST', `/organizations/${organizationId}/restore`);

  expect(await living()).toEqual([called.id, read.id].toSorted());
  expect(await living()).not.toContain(gone.id);
  expect(await told()).toEqual({
    events: [
      ...[called.id, read.id].toSorted().map((id) => ['dsync.deleted', id]),
      ['dsync.activated', called.id],
    ],
    signals: [
      [`dir/${read.id}`, 'stopDirectory'],
      [`dir/${read.id}`, 'readDirectory'],
    ],
  });
});

test('[SCIM-01] a client is let in to nothing the moment its organization is deleted, and is again when it is restored', async () => {
  const { id: organizationId } = await anOrganization(vendor, { name: 'Called' });
  const client = await aScimClient(api, { vendor, organizationId });
  const statusNow = async () => (await client.call('GET', '/Users')).status;
  expect(await statusNow()).toBe(200);

  await admin.ask('DELETE', `/organizations/${organizationId}`, { name: 'Called' });
  expect([401, 404]).toContain(await statusNow());
  await admin.ask('POST', `/organizations/${organizationId}/restore`);

  expect(await statusNow()).toBe(200);
});

test('what is deleted is listed for admins for 30 days, and cannot be restored afterwards', async () => {
  const own = await aVendor(api);
  const boss = await aStaff(api, own, 'admin');
  const { id } = await anOrganization(own, { name: 'Leaving Ltd' });
  await boss.ask('DELETE', `/organizations/${id}`, { name: 'Leaving Ltd' });

  const { body } = await boss.ask('GET', '/deleted-organizations');
  expect(body.organizations).toMatchObject([{ id, name: 'Leaving Ltd' }]);
  const [{ deletedAt, erasedAt }] = body.organizations;
  expect(Date.parse(erasedAt) - Date.parse(deletedAt)).toBe(30 * dayMs);
  expect((await support.ask('GET', '/deleted-organizations')).status).toBe(403);

  // The worker may be erasing it: half of a customer must not come back.
  await asSystem(api, (tx) =>
    tx
      .updateTable('organizations')
      .set({ deletedAt: new Date(api.deps.now().getTime() - 30 * dayMs) })
      .where('id', '=', id)
      .execute(),
  );
  expect((await boss.ask('GET', '/deleted-organizations')).body.organizations).toEqual([]);
  expect((await boss.ask('POST', `/organizations/${id}/restore`)).status).toBe(404);
});

test('[AUD-04] a person is asked to be erased by address or by the provider’s id, and the log does not say whom', async () => {
  const { id: organization } = await anOrganization(vendor);
  const everywhere = await vendor.call('POST', '/erasures', { email: ' Ann@Acme.test ' });
  const byId = await vendor.call('POST', '/erasures', { organization, idp_id: '00u1secretid' });
  const byStaff = await admin.ask('POST', '/erasures', {
    organizationId: organization,
    email: 'ann@acme.test',
  });

  expect([everywhere.status, byId.status, byStaff.status]).toEqual([201, 201, 201]);
  expect(everywhere.body).toEqual({
    object: 'erasure',
    id: expect.stringMatching(/^erasure_/),
    organization_id: null,
    state: 'in_progress',
    erased: {},
    created_at: expect.any(String),
    finished_at: null,
  });
  expect((await waiting()).map(({ email, idpId }) => [email, idpId])).toEqual([
    ['Ann@acme.test', null],
    [null, '00u1secretid'],
    ['ann@acme.test', null],
  ]);
  expect((await vendor.call('GET', `/erasures/${everywhere.body.id}`)).body).toEqual(everywhere.body);
  const listed = await admin.ask('GET', `/erasures?organization=${organization}`);
  expect(listed.body.erasures.map((one: { id: string }) => one.id)).toEqual([byStaff.body.id, byId.body.id]);
  const log = await asSystem(api, (tx) =>
    tx.selectFrom('auditEvents').selectAll().where('action', '=', 'person.erasure_asked').execute(),
  );
  expect(log).toHaveLength(3);
  expect(JSON.stringify(log).toLowerCase()).not.toMatch(/ann@acme|00u1secretid/);
});

test('an erasure needs somebody, an address that is one, and an organization for an id', async () => {
  const { id: organization } = await anOrganization(vendor);
  const before = (await waiting()).length;
  for (const [body, status] of [
    [{}, 422],
    [{ organization }, 422],
    [{ email: 'nobody' }, 422],
    [{ idp_id: '00u1' }, 422],
    [{ idp_id: '', organization }, 422],
    [{ organization: 'org_01J00000000000000000000000', email: 'a@b.test' }, 404],
  ] as const) {
    expect([body, (await vendor.call('POST', '/erasures', body)).status]).toEqual([body, status]);
  }
  const member = await admin.ask('POST', '/erasures', { email: support.member.email.toUpperCase() });
  expect([member.status, member.body.code]).toEqual([409, 'still_a_member']);
  expect((await support.ask('POST', '/erasures', { email: 'a@b.test' })).status).toBe(403);
  expect((await vendor.call('GET', '/erasures/erasure_01J00000000000000000000000')).status).toBe(404);
  expect(await waiting()).toHaveLength(before);
});

// [API-02] what belongs to another environment is not there.
test('[API-03] an erasure with a name that we do not know is refused: dropped, it would be done everywhere', async () => {
  const { id: organization_id } = await anOrganization(vendor);

  const reply = await vendor.call('POST', '/erasures', { organization_id, email: 'ann@elsewhere.test' });

  expect(reply.status).toBe(422);
  expect(reply.text).toContain('organization_id');
});

test('[API-02] erasures and data of another environment are not there', async () => {
  const stranger = await aVendor(api);
  const theirs = await anOrganization(stranger);
  const asked = await stranger.call('POST', '/erasures', { email: 'a@b.test' });

  for (const path of [`/erasures/${asked.body.id}`, `/organizations/${theirs.id}/export`])
    expect((await vendor.call('GET', path)).status).toBe(404);
  const body = { organization: theirs.id, email: 'a@b.test' };
  expect((await vendor.call('POST', '/erasures', body)).status).toBe(404);
  expect((await admin.ask('GET', `/organizations/${theirs.id}/export`)).status).toBe(404);
});

test('a customer’s data is one file, page after page, without secrets, on record before it leaves', async () => {
  const { id } = await anOrganization(vendor, {
    name: 'Packing Ltd',
    metadata: { contract: 'A-1' },
    domain_data: [{ domain: 'packing.test', state: 'pending' }],
  });
  const copy = { organization: id, delivery: 'copy', features: [{ feature: 'sso' }] };
  const { body: onboarding } = await vendor.call('POST', '/onboardings', copy);
  const tenant = { environmentId: vendor.environment.id, organizationId: id };
  await withTenant(api.db, tenant, async (tx) => {
    for (let n = 0; n < 401; n += 1)
      await insertItContact(tx, {
        id: newId('it_contact_'),
        ...tenant,
        email: `it${n}@packing.test`,
        createdAt: api.deps.now(),
      });
  });

  const reply = await vendor.call('GET', `/organizations/${id}/export`);

  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-disposition')).toMatch(
    new RegExp(`^attachment; filename="${id}-\\d{4}-\\d\\d-\\d\\d\\.json"$`),
  );
  expect(reply.body).toMatchObject({
    object: 'organization_export',
    version: 1,
    made_at: expect.any(String),
    organization: { id, name: 'Packing Ltd', metadata: { contract: 'A-1' } },
    organization_domains: [{ domain: 'packing.test', state: 'pending' }],
    onboardings: [{ id: onboarding.id }],
    links: [{ delivery: 'copy', state: 'created' }],
  });
  expect(Object.keys(reply.body).slice(4)).toEqual([...exportedTables]);
  const addresses = reply.body.it_contacts.map(({ email }: { email: string }) => email);
  expect(new Set(addresses).size).toBe(401);
  const token = String(onboarding.link).split('/').at(-1) ?? '';
  const row = await asSystem(api, (tx) =>
    tx.selectFrom('links').selectAll().where('organizationId', '=', id).executeTakeFirstOrThrow(),
  );
  for (const secret of [token, row.digest, row.tokenSealed ?? 'none'])
    expect(reply.text).not.toContain(secret);
  const actions = reply.body.audit_events.map(({ action }: { action: string }) => action);
  expect(actions).toContain('organization.exported');
});

test('an admin takes a customer’s data from the dashboard, nobody else does, and asking for the head takes nothing', async () => {
  const { id } = await anOrganization(vendor);

  const reply = await admin.ask('GET', `/organizations/${id}/export`);
  const refused = await support.ask('GET', `/organizations/${id}/export`);
  await fetch(`${api.url}/dashboard/api/organizations/${id}/export`, {
    method: 'HEAD',
    headers: { cookie: admin.cookie },
  });

  expect([reply.status, reply.body.organization.id, refused.status]).toEqual([200, id, 403]);
  const exported = (await auditOf(api, admin)).filter(({ organizationId }) => organizationId === id);
  expect(exported.map(({ action }) => action)).toEqual(['organization.exported']);
});

test('the data of a deleted organization is nobody’s to take', async () => {
  const { id } = await anOrganization(vendor);
  await vendor.call('DELETE', `/organizations/${id}`);

  expect((await vendor.call('GET', `/organizations/${id}/export`)).status).toBe(404);
});
