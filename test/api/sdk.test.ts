import { WorkOS } from '@workos-inc/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { removePerson, updatePerson, withSystem } from '../../db/index.ts';
import { aVendor, type Vendor } from '../support/builders.ts';
import { aDirectory, aPerson } from '../support/running-directory.ts';

let api: TestApi;
let vendor: Vendor;
let workos: WorkOS;

beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  const { hostname, port } = new URL(api.url);
  workos = new WorkOS(vendor.secret, {
    apiHostname: hostname,
    https: false,
    port: Number(port),
    clientId: vendor.environment.clientId,
  });
});
afterAll(() => api.close());

test('the official Node SDK takes a customer from creation to deletion', async () => {
  const { organizations, organizationDomains, adminPortal, sso, directorySync, events } = workos;

  const made = await organizations.createOrganization({
    name: 'Acme',
    externalId: 'acme/1 a',
    domainData: [{ domain: 'Acme.test', state: 'verified' as never }],
  });
  expect(made.domains).toMatchObject([
    { domain: 'acme.test', state: 'verified', verificationStrategy: 'manual' },
  ]);

  const found = await organizations.listOrganizations({ domains: ['acme.test', 'other.test'] });
  expect(found.data.map(({ id }) => id)).toEqual([made.id]);

  const { link } = await adminPortal.generateLink({
    organization: made.id,
    intent: 'sso',
    returnUrl: 'https://app.northwind.example/settings',
    adminEmails: ['it@acme.test'],
  });
  expect(link).toMatch(new RegExp(`^${api.url}/setup/${vendor.environment.handle}/vb_portal_`));

  // generateLink has recorded one; another is recorded, invited, revoked and removed.
  const known = await organizations.listItContacts({ organizationId: made.id });
  expect(known.data.map(({ email }) => email)).toEqual(['it@acme.test']);
  const contact = await organizations.createItContact({ organizationId: made.id, email: 'Ops@acme.test' });
  const of = { organizationId: made.id, contactId: contact.id };
  await organizations.inviteItContact({ ...of, intents: ['sso'] });
  await expect(organizations.inviteItContact({ ...of, intents: ['sso'] })).rejects.toMatchObject({
    status: 409,
  });
  await organizations.revokeItContact(of);
  await organizations.deleteItContact(of);
  expect((await organizations.listItContacts({ organizationId: made.id })).data).toEqual(known.data);

  const same = await organizations.getOrganizationByExternalId('acme/1 a');
  expect(same.id).toBe(made.id);

  const updated = await organizations.updateOrganization({
    organization: made.id,
    metadata: { tier: 'gold' },
  });
  expect(updated.metadata).toEqual({ tier: 'gold' });

  const domain = await organizationDomains.createOrganizationDomain({
    organizationId: made.id,
    domain: 'eu.acme.test',
  });
  expect(domain).toMatchObject({ state: 'pending', verificationStrategy: 'dns' });
  expect(domain.verificationToken).toMatch(/^[\w-]{25,}$/);

  const looked = await organizationDomains.verifyOrganizationDomain(domain.id);
  expect(looked.state).toBe('pending');

  const connections = await sso.listConnections({ organizationId: made.id });
  expect(connections.data).toEqual([]);

  const directories = await directorySync.listDirectories({ organizationId: made.id });
  expect(directories.data).toEqual([]);

  const happened = await events.listEvents({
    events: ['organization.created', 'organization_domain.created', 'organization_domain.verified'],
  });
  expect(happened.data.map(({ event }) => event)).toEqual([
    'organization.created',
    'organization_domain.created',
    'organization_domain.verified',
    'organization_domain.created',
  ]);

  await organizations.deleteOrganization(made.id);
  await expect(organizations.getOrganization(made.id)).rejects.toMatchObject({
    status: 404,
    message: `Organization not found: '${made.id}'.`,
  });
});

test('the official Node SDK reads directories, people and groups, and their events in causal order', async () => {
  const running = await aDirectory(api, vendor);
  const anna = await running.addPerson('anna');
  const group = await running.addGroup('Sales', [anna]);
  await running.write(async (tx, scope) => {
    const off = await updatePerson(tx, scope, anna, aPerson('anna', { active: false }));
    await removePerson(tx, scope, off);
  });
  const bela = await running.addPerson('bela');
  const { directorySync, events } = workos;

  const { data } = await directorySync.listDirectories({ organizationId: running.organizationId });
  expect(data).toMatchObject([{ id: running.id, state: 'active', type: 'okta scim v2.0', name: 'Acme' }]);
  expect(await directorySync.getDirectory(running.id)).toMatchObject({ externalKey: expect.any(String) });
  const users = await directorySync.listUsers({ directory: running.id });
  expect(users.data).toMatchObject([
    { id: bela.id, idpId: 'ext-bela', email: 'bela@acme.test', state: 'active', groups: [] },
  ]);
  expect(await directorySync.getUser(bela.id)).toMatchObject({ firstName: 'bela', customAttributes: {} });
  expect((await directorySync.listGroups({ directory: running.id })).data).toMatchObject([{ id: group.id }]);
  expect(await directorySync.getGroup(group.id)).toMatchObject({ name: 'Sales', directoryId: running.id });
  await directorySync.deleteDirectory(running.id);
  await expect(directorySync.getDirectory(running.id)).rejects.toMatchObject({
    status: 404,
    code: 'entity_not_found',
  });

  const happened = await events.listEvents({
    limit: 100,
    organizationId: running.organizationId,
    events: [
      ...(['dsync.activated', 'dsync.deleted', 'dsync.user.created', 'dsync.user.updated'] as const),
      ...(['dsync.user.deleted', 'dsync.group.created', 'dsync.group.deleted'] as const),
      ...(['dsync.group.user_added', 'dsync.group.user_removed'] as const),
    ],
  });
  expect(happened.data.map(({ event }) => event)).toEqual([
    'dsync.activated',
    'dsync.user.created',
    'dsync.group.created',
    'dsync.group.user_added',
    'dsync.user.updated',
    'dsync.group.user_removed',
    'dsync.user.deleted',
    'dsync.user.created',
    'dsync.deleted',
  ]);
  expect(happened.data[4]?.data).toMatchObject({
    state: 'inactive',
    previousAttributes: { state: 'active' },
  });
});

test('what the SDK makes of a refusal keeps our words', async () => {
  const asked = workos.organizations.createOrganization({
    name: 'Gmail',
    domainData: [{ domain: 'gmail.com', state: 'pending' as never }],
  });

  await expect(asked).rejects.toMatchObject({
    status: 422,
    message: expect.stringContaining('is a public email domain'),
  });
});

test('the official Node SDK makes schemas, sends audit events, has a file written and says how long they are kept', async () => {
  const { auditLogs, organizations } = workos;
  const { id: organizationId } = await organizations.createOrganization({ name: 'Audited' });
  const schema = {
    action: 'document.updated',
    targets: [{ type: 'document', metadata: { pages: 'number' } }],
    metadata: { reason: 'string' },
  };
  const made = await auditLogs.createSchema(schema);
  expect(made).toMatchObject({ version: 1, targets: [{ type: 'document', metadata: { pages: 'number' } }] });
  const listed = await auditLogs.listSchemas('document.updated');
  expect(listed.data).toMatchObject([{ version: 1 }]);

  const event = {
    action: 'document.updated',
    occurredAt: new Date(),
    actor: { id: 'user_1', type: 'user', name: 'Ann' },
    targets: [{ id: 'doc_1', type: 'document', metadata: { pages: 3 } }],
    context: { location: '192.0.2.1', userAgent: 'Lynx' },
    metadata: { reason: 'typo' },
  };
  await auditLogs.createEvent(organizationId, event);
  await auditLogs.createEvent(organizationId, event, { idempotencyKey: 'once' });
  await auditLogs.createEvent(organizationId, event, { idempotencyKey: 'once' });
  const refused = auditLogs.createEvent(organizationId, { ...event, metadata: { reason: 4 } });
  await expect(refused).rejects.toMatchObject({
    name: 'BadRequestException',
    code: 'invalid_audit_log_event',
    errors: [expect.objectContaining({ instancePath: '/metadata/reason', keyword: 'type' })],
  });

  const range = { rangeStart: new Date(Date.now() - 60_000), rangeEnd: new Date(Date.now() + 60_000) };
  const file = await auditLogs.createExport({ organizationId, ...range, actions: ['document.updated'] });
  expect(await auditLogs.getExport(file.id)).toMatchObject({ object: 'audit_log_export', state: 'pending' });
  const rows = await withSystem(api.systemDb, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select('action')
      .where('organizationId', '=', organizationId)
      .where('origin', '=', 'vendor')
      .execute(),
  );
  expect(rows).toHaveLength(2);

  const kept = await auditLogs.updateOrganizationAuditLogsRetention({
    id: organizationId,
    retentionPeriod: '3_MONTHS',
  });
  expect(kept).toMatchObject({ retentionPeriodInDays: 90 });
});
