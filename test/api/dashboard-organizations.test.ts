import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestToken } from '../../adapters/tokens.ts';
import { lookUpLink } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf, type Staff } from '../support/staff.ts';

let api: TestApi;
let vendor: Vendor;
let staff: Staff;
let admin: Staff;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  [staff, admin] = await Promise.all([aStaff(api, vendor), aStaff(api, vendor, 'admin')]);
});
afterAll(() => api.close());

const invitation = {
  features: [
    { feature: 'sso', requirement: 'required' },
    { feature: 'domain_verification', requirement: 'optional' },
  ],
  delivery: 'copy',
  email: null,
  lifeDays: 30,
  note: '',
};
const organizationOf = async (more: object = {}) => {
  const { body } = await staff.ask('POST', '/organizations', {
    name: 'Acme',
    domains: [],
    contacts: [],
    ...more,
  });
  return String(body.id);
};

test('an organization is made with its domains and contacts, its event, and an audit row of who made it', async () => {
  const made = await staff.ask('POST', '/organizations', {
    name: '  Globex ',
    domains: ['GLOBEX.test', 'globex.test', ''],
    contacts: ['it@globex.test'],
  });

  expect(made.status).toBe(201);
  const { body } = await staff.ask('GET', `/organizations/${made.body.id}`);
  expect(body).toMatchObject({
    name: 'Globex',
    domains: [{ domain: 'globex.test', chip: 'waiting', state: 'pending' }],
    contacts: [{ email: 'it@globex.test', bounced: false, lastOpenedAt: null }],
    onboarding: null,
  });
  expect(body.domains[0].record).toMatchObject({ type: 'TXT', name: '_vestibule-challenge.globex.test' });
  const audit = await auditOf(api, staff);
  expect(audit.filter(({ organizationId }) => organizationId === made.body.id)).toMatchObject([
    { action: 'organization_domain.created' },
    { action: 'organization.created', targetId: made.body.id },
  ]);
});

test.each([
  [{ domains: ['gmail.com'] }, 'domain_public_mail'],
  [{ domains: ['a_b.test'] }, 'domain_invalid'],
  [{ contacts: ['nobody'] }, 'email_invalid'],
  [{ name: '' }, 'invalid_request'],
  [{ extra: true }, 'invalid_request'],
])('an organization with %j is refused with %s and nothing is made', async (more, code) => {
  const reply = await staff.ask('POST', '/organizations', {
    name: 'Refused Ltd',
    domains: [],
    contacts: [],
    ...more,
  });

  expect([reply.status, reply.body.code]).toEqual([422, code]);
  expect((await staff.ask('GET', '/organizations?search=Refused')).body.organizations).toEqual([]);
});

test('of several domains or contacts the one that is refused is named at its field', async () => {
  const domains = ['fine.test', ' gmail.com'];
  const one = await staff.ask('POST', '/organizations', { name: 'Lines', domains, contacts: [] });
  expect(one.body.fields).toEqual({ domains: 'domain_public_mail' });
  expect(one.body.facts).toMatchObject({ line: 'gmail.com' });

  const contacts = ['it@fine.test', 'nobody'];
  const other = await staff.ask('POST', '/organizations', { name: 'Lines', domains: [], contacts });
  expect(other.body.fields).toEqual({ contacts: 'email_invalid' });
  expect(other.body.facts).toMatchObject({ line: 'nobody' });
});

test('the list is searched by name, domain and external id, and goes on from page to page', async () => {
  const other = await aVendor(api);
  const theirs = await aStaff(api, other);
  for (const name of ['Initech', 'Initrode', 'Umbrella']) await anOrganization(other, { name });
  await anOrganization(other, {
    name: 'Hooli',
    external_id: 'ini-77',
    domain_data: [{ domain: 'hooli.test', state: 'verified' }],
  });

  const named = await theirs.ask('GET', '/organizations?search=init');
  const byDomain = await theirs.ask('GET', '/organizations?search=hooli.te');
  const first = await theirs.ask('GET', '/organizations?limit=3');
  const second = await theirs.ask('GET', `/organizations?limit=3&after=${first.body.next}`);

  expect(named.body.organizations.map(({ name }: { name: string }) => name)).toEqual(['Initrode', 'Initech']);
  expect(byDomain.body.organizations).toMatchObject([
    {
      name: 'Hooli',
      domains: [{ domain: 'hooli.test', chip: 'verified' }],
      features: [{ feature: 'domain_verification', state: 'done' }],
      onboarding: null,
    },
  ]);
  expect(first.body.organizations).toHaveLength(3);
  expect(second.body).toMatchObject({ organizations: [{ name: 'Initech' }], next: null });
});

test('a copied invitation tells its link once, with a text to pass on; nothing of it is stored in the clear', async () => {
  const id = await organizationOf({ name: 'Copied' });
  const headers = { 'idempotency-key': 'copied-1' };

  const invited = await staff.ask('POST', `/organizations/${id}/invitations`, invitation, headers);
  const repeated = await staff.ask('POST', `/organizations/${id}/invitations`, invitation, headers);

  expect(invited.status).toBe(202);
  expect(invited.body).toMatchObject({ status: 'queued', replaced: null, view: { state: 'invited' } });
  expect(invited.body.text).toContain(invited.body.link);
  expect(invited.body.text).toContain('Northwind Analytics');
  expect(repeated.body).toEqual(invited.body);
  const token = String(invited.body.link).split('/').at(-1) ?? '';
  const stored = await asSystem(api, async (tx) => [
    await tx.selectFrom('links').selectAll().execute(),
    await tx.selectFrom('idempotencyKeys').selectAll().execute(),
    await tx.selectFrom('auditEvents').selectAll().execute(),
    await tx.selectFrom('commands').selectAll().execute(),
  ]);
  expect(JSON.stringify(stored)).not.toContain(token);
  expect(await lookUpLink(api.db, digestToken(token).toString('hex'))).toMatchObject({ delivery: 'copy' });
  const { body } = await staff.ask('GET', `/organizations/${id}`);
  expect(body.links).toMatchObject([{ kind: 'main', delivery: 'copy', state: 'created', contact: null }]);
  expect(JSON.stringify(body)).not.toContain(token);
  expect(body.onboarding).toMatchObject({ id: invited.body.onboardingId, number: 1 });
});

test('a second invitation joins the open onboarding and says whose link it replaces', async () => {
  const id = await organizationOf();
  const mailed = { ...invitation, delivery: 'mail', email: 'anna@acme.test', note: 'See you' };
  const first = await staff.ask('POST', `/organizations/${id}/invitations`, mailed);

  const second = await staff.ask('POST', `/organizations/${id}/invitations`, invitation);

  expect(first.body).toMatchObject({ link: null, text: null, replaced: null });
  expect(second.body).toMatchObject({
    onboardingId: first.body.onboardingId,
    replaced: { to: 'anna@acme.test' },
  });
  const { body } = await staff.ask('GET', `/organizations/${id}`);
  expect(body.links.map(({ state }: { state: string }) => state)).toEqual(['created', 'replaced']);
  expect(body.contacts).toMatchObject([{ email: 'anna@acme.test' }]);
});

test('an invitation by mail without an address is refused, and one to nobody we know finds nothing', async () => {
  const id = await organizationOf();
  const mailed = { ...invitation, delivery: 'mail' };

  const noContact = await staff.ask('POST', `/organizations/${id}/invitations`, mailed);
  const unknown = await staff.ask(
    'POST',
    '/organizations/org_01J00000000000000000000000/invitations',
    mailed,
  );

  expect([noContact.status, noContact.body.code]).toEqual([409, 'no_contact']);
  expect(unknown.status).toBe(404);
});

test('an organization is deleted only by its name, and restored with its domains pending', async () => {
  const id = await organizationOf({ name: 'Gone', domains: ['gone.test'] });
  await staff.ask('POST', `/organizations/${id}/invitations`, invitation);

  const wrong = await admin.ask('DELETE', `/organizations/${id}`, { name: 'gone' });
  expect([wrong.status, wrong.body.fields]).toEqual([422, { name: 'unknown' }]);
  expect((await staff.ask('DELETE', `/organizations/${id}`, { name: 'Gone' })).status).toBe(403);
  expect((await admin.ask('DELETE', `/organizations/${id}`, { name: 'Gone' })).status).toBe(204);
  expect((await staff.ask('GET', `/organizations/${id}`)).status).toBe(404);

  expect((await admin.ask('POST', `/organizations/${id}/restore`)).body).toEqual({ id });

  const { body } = await staff.ask('GET', `/organizations/${id}`);
  expect(body).toMatchObject({ name: 'Gone', domains: [{ domain: 'gone.test', state: 'pending' }] });
  expect(body.links).toMatchObject([{ state: 'revoked' }]);
  const events = await asSystem(api, (tx) =>
    tx.selectFrom('events').select('name').where('organizationId', '=', id).orderBy('ordinal').execute(),
  );
  expect(events.map(({ name }) => name).slice(-2)).toEqual(['organization.deleted', 'organization.created']);
  expect((await admin.ask('POST', `/organizations/${id}/restore`)).status).toBe(404);
  expect((await auditOf(api, admin)).map(({ action }) => action)).toEqual([
    'onboarding.cancel',
    'organization.deleted',
    'organization.restored',
  ]);
});

// [API-02] what belongs to another environment is not there.
test('an organization of another environment is found by nobody here', async () => {
  const other = await aVendor(api);
  const theirs = await anOrganization(other, { name: 'Theirs', domain_data: [] });

  for (const reply of [
    await admin.ask('GET', `/organizations/${theirs.id}`),
    await admin.ask('DELETE', `/organizations/${theirs.id}`, { name: 'Theirs' }),
    await admin.ask('POST', `/organizations/${theirs.id}/restore`),
    await admin.ask('POST', `/organizations/${theirs.id}/invitations`, invitation),
  ]) {
    expect([reply.status, reply.body.code]).toEqual([404, 'not_found']);
  }
});

test('the first run ticks what really happened, and skipping leaves it', async () => {
  const fresh = await aVendor(api);
  const owner = await aStaff(api, fresh, 'admin');
  const viewer = await aStaff(api, fresh, 'viewer');
  const before = await owner.ask('GET', '/first-run');
  expect(before.body).toMatchObject({ apiKeyShown: 'sk_test_shown', link: null, events: [], skipped: false });
  expect(before.body.commands.curl).toContain(`${api.url}/organizations`);
  expect(before.body.commands.curl).toContain('sk_test_shown');
  const doneOf = (body: { steps: { step: string; doneAt: string | null }[] }) =>
    body.steps.filter(({ doneAt }) => doneAt !== null).map(({ step }) => step);
  expect(doneOf(before.body)).toEqual(['key']);

  const organization = await anOrganization(fresh);
  const started = await fresh.call('POST', '/onboardings', {
    organization: organization.id,
    delivery: 'copy',
    features: [{ feature: 'sso' }],
  });

  const after = await owner.ask('GET', '/first-run');
  expect(doneOf(after.body)).toEqual(['key', 'onboarding_created']);
  expect(after.body.link).toBe(started.body.link);
  expect(after.body.events).toMatchObject([{ name: 'organization.created' }]);
  const theirs = await viewer.ask('GET', '/first-run');
  expect(theirs.body).toMatchObject({ apiKeyShown: null, link: null });
  expect(theirs.body.commands.curl).not.toContain('sk_test_shown');
  expect((await viewer.ask('POST', '/first-run/skip')).status).toBe(403);
  expect((await owner.ask('POST', '/first-run/skip')).status).toBe(204);
  expect((await owner.ask('GET', '/first-run')).body.skipped).toBe(true);
});
