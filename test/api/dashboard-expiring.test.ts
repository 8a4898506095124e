import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayIn } from '../../activities/calendar.ts';
import { newId } from '../../adapters/ids.ts';
import { insertSpKey, takeAgeingNotice, withTenant, type ConnectionRow } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aLiveCustomer, idpMetadata, type LiveCustomer } from '../support/live-customer.ts';
import { aCertificate } from '../support/saml.ts';
import { auditOf, aStaff } from '../support/staff.ts';
import { openLink } from '../support/visitor.ts';
import { aDirectory, aDirectoryToken } from '../db/builders.ts';

/** S12: what ends within 90 days or has ended, and the link that has it renewed. */

const dayMs = 86_400_000;
let api: TestApi;
let pem: string;
beforeAll(async () => {
  api = await startTestApi();
  pem = (await aCertificate({ name: 'expiring' })).pem;
});
afterAll(() => api.close());

const inDays = (days: number) => new Date(api.deps.now().getTime() + days * dayMs);

let customers = 0;
async function aCustomer(
  vendor: Vendor,
  certificateEnds: Date,
): Promise<LiveCustomer & { row: ConnectionRow }> {
  runJourneys(api);
  const contacts = [`anna${(customers += 1)}@acme.com`];
  const customer = await aLiveCustomer(api, vendor, { metadata: idpMetadata([pem]), contacts });
  const row = await customer.connection();
  await asSystem(api, (tx) =>
    tx
      .updateTable('idpCertificates')
      .set({ notAfter: certificateEnds })
      .where('connectionId', '=', row.id)
      .execute(),
  );
  return { ...customer, row };
}

const giveSecret = ({ id }: ConnectionRow, endsOn: Date) =>
  asSystem(api, (tx) =>
    tx
      .updateTable('connections')
      .set({ oidcSecretEndsOn: endsOn.toISOString().slice(0, 10) })
      .where('id', '=', id)
      .execute(),
  );
const giveKey = ({ id, environmentId, organizationId }: ConnectionRow, notAfter: Date) =>
  withTenant(api.db, { environmentId, organizationId }, (tx) =>
    insertSpKey(tx, {
      id: newId('saml_party_trust_'),
      environmentId,
      organizationId,
      connectionId: id,
      use: 'signing',
      certificatePem: 'pem',
      privateKeySealed: 's',
      notBefore: api.deps.now(),
      notAfter,
      createdAt: api.deps.now(),
    }),
  );

test('lists certificates, secrets and our own keys, soonest first, with what was told and done', async () => {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'viewer');
  const first = await aCustomer(vendor, inDays(-3));
  const second = await aCustomer(vendor, inDays(200));
  await giveSecret(second.row, inDays(20));
  await giveKey(second.row, inDays(60));
  const { environmentId, organizationId, id } = second.row;
  await asSystem(api, (tx) =>
    takeAgeingNotice(tx, {
      environmentId,
      organizationId,
      kind: 'client_secret',
      subjectId: id,
      endsOn: inDays(20).toISOString().slice(0, 10),
      threshold: 30,
      toldAt: inDays(-1),
    }),
  );

  const { body } = await staff.ask('GET', '/expiring');

  expect(body.things.map(({ kind }: { kind: string }) => kind)).toEqual([
    'idp_certificate',
    'client_secret',
    'signing_key',
  ]);
  expect(body.things[0]).toMatchObject({
    of: { type: 'connection', id: first.row.id },
    organization: { id: first.organizationId },
    renewsItself: false,
    lastNotice: null,
    lastLink: null,
    owner: expect.stringMatching(/^anna\d+@acme\.com$/),
  });
  expect(body.things[1].lastNotice).toMatchObject({ threshold: 30 });
  expect(body.counts).toEqual({ ended: 1, soon: 2, all: 3 });
  expect(body.perDay.map(({ count }: { count: number }) => count)).toEqual([1, 1]);
  expect((await staff.ask('GET', '/expiring/count')).body).toEqual({ soon: 2 });
});

test('[REL-19] whatever has been announced is listed and counted, also where a reader’s calendar is a day ahead', async () => {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'viewer');
  const { row } = await aCustomer(vendor, inDays(200));
  // From the morning on, wherever it is later than in UTC: the same secret is announced there first.
  const furthest = 'Pacific/Kiritimati';
  const today = dayIn(api.deps.now(), furthest);
  const endsIn = (days: number) => new Date(Date.parse(today) + days * 86_400_000);
  for (const [days, view] of [
    [90, 'all'],
    [30, 'month'],
    [14, 'two_weeks'],
  ] as const) {
    await giveSecret(row, endsIn(days));
    const { body } = await staff.ask('GET', `/expiring?view=${view}`);
    expect([days, body.things.map(({ kind }: { kind: string }) => kind)]).toEqual([days, ['client_secret']]);
    expect(body.counts.all).toBe(1);
    await giveSecret(row, endsIn(days + 2));
    expect((await staff.ask('GET', `/expiring?view=${view}`)).body.things).toEqual([]);
  }
  await giveSecret(row, endsIn(30));
  expect((await staff.ask('GET', '/expiring/count')).body).toEqual({ soon: 1 });
});

test('a view narrows by days and by organization, and pages go on where they stopped', async () => {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'viewer');
  const one = await aCustomer(vendor, inDays(5));
  await aCustomer(vendor, inDays(40));
  await giveKey(one.row, inDays(5));

  const all = (await staff.ask('GET', '/expiring')).body.things;
  const soon = await staff.ask('GET', '/expiring?view=two_weeks');
  const its = await staff.ask('GET', `/expiring?organization=${one.organizationId}`);
  const firstPage = await staff.ask('GET', '/expiring?limit=2');
  const rest = await staff.ask('GET', `/expiring?limit=2&after=${firstPage.body.next}`);

  expect(soon.body.things).toHaveLength(2);
  expect(its.body.counts).toEqual({ ended: 0, soon: 2, all: 2 });
  expect([...firstPage.body.things, ...rest.body.things]).toEqual(all);
  expect(rest.body.next).toBeNull();
  expect((await staff.ask('GET', '/expiring?after=nonsense')).status).toBe(422);
});

test('what serves nobody, has a longer certificate beside it, or belongs to another environment is left out', async () => {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'viewer');
  await aCustomer(await aVendor(api), inDays(5));
  const renewed = await aCustomer(vendor, inDays(5));
  const off = await aCustomer(vendor, inDays(5));
  await asSystem(api, async (tx) => {
    await tx.updateTable('connections').set({ state: 'inactive' }).where('id', '=', off.row.id).execute();
    const old = await tx
      .selectFrom('idpCertificates')
      .selectAll()
      .where('connectionId', '=', renewed.row.id)
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('idpCertificates')
      .values({ ...old, id: newId('saml_x509_cert_'), spkiFingerprint: 'other', notAfter: inDays(500) })
      .execute();
  });

  expect((await staff.ask('GET', '/expiring')).body.things).toEqual([]);
});

test('a copied link is told once, opens the renewal of its connection, and is audited', async () => {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'support');
  const { row, organizationId } = await aCustomer(vendor, inDays(5));

  const { status, body } = await staff.ask('POST', `/connections/${row.id}/renewal-links`, {
    delivery: 'copy',
  });

  expect(status).toBe(201);
  const visitor = await openLink(api, vendor, body.link);
  expect((await visitor.ask('GET', '/sso/renewal')).status).toBe(200);
  expect((await staff.ask('GET', '/expiring')).body.things[0].lastLink).toMatchObject({ state: 'opened' });
  expect(await auditOf(api, staff)).toMatchObject([
    {
      action: 'link.created_for_renewal',
      organizationId,
      after: { connection_id: row.id, delivery: 'copy' },
    },
  ]);
});

test('viewers and developers look and send nothing; nobody sends a link for what is not live', async () => {
  const vendor = await aVendor(api);
  const { row } = await aCustomer(vendor, inDays(5));
  const path = `/connections/${row.id}/renewal-links`;
  for (const role of ['viewer', 'developer'] as const) {
    const staff = await aStaff(api, vendor, role);
    expect((await staff.ask('GET', '/expiring')).status).toBe(200);
    expect((await staff.ask('POST', path, { delivery: 'copy' })).status).toBe(403);
  }
  const support = await aStaff(api, vendor, 'support');
  expect((await support.ask('POST', path, { delivery: 'mail', email: 'nobody' })).status).toBe(422);
  await asSystem(api, (tx) =>
    tx.updateTable('connections').set({ state: 'inactive' }).where('id', '=', row.id).execute(),
  );
  expect((await support.ask('POST', path, { delivery: 'copy' })).body.code).toBe('connection_state_refused');
});

test('a token of a directory stands among what ends, and its link leads to where it is replaced', async () => {
  const vendor = await aVendor(api);
  const staff = await aStaff(api, vendor, 'support');
  const { id: organizationId } = await anOrganization(vendor);
  const app = { app: api.deps.db };
  const directory = await aDirectory(app, { environmentId: vendor.environment.id, organizationId });
  const token = await aDirectoryToken(app, directory, { expiresAt: inDays(20) });
  await aDirectoryToken(app, directory, { expiresAt: inDays(10), revokedAt: inDays(-1) });
  await aDirectoryToken(app, directory);

  expect((await staff.ask('GET', '/expiring')).body.things).toMatchObject([
    {
      id: `scim_token.${token}`,
      kind: 'scim_token',
      renewsItself: false,
      lastLink: null,
      of: { type: 'directory', id: directory.id, name: 'People', providerName: 'Okta' },
      organization: { id: organizationId },
    },
  ]);
  const path = `/directories/${directory.id}/renewal-links`;
  const { status, body } = await staff.ask('POST', path, { delivery: 'copy' });
  expect(status).toBe(201);
  const visitor = await openLink(api, vendor, body.link);
  expect(visitor.landedOn).toMatch(/\/directory\/tokens$/);
  expect((await staff.ask('GET', '/expiring')).body.things[0].lastLink).toMatchObject({ state: 'opened' });
  expect((await auditOf(api, staff))[0]).toMatchObject({
    action: 'link.created_for_renewal',
    after: { directory_id: directory.id, delivery: 'copy' },
  });
  expect((await (await aStaff(api, vendor, 'viewer')).ask('POST', path, { delivery: 'copy' })).status).toBe(
    403,
  );
  expect(
    (await staff.ask('POST', '/directories/directory_x/renewal-links', { delivery: 'copy' })).status,
  ).toBe(404);
});
