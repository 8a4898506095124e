import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../adapters/ids.ts';
import { addressesOf } from '../../api/connections.ts';
import { insertConnection } from '../../db/index.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Call, type Vendor } from '../support/builders.ts';
import { aStaff, auditOf, heldAgainstContract, type Staff } from '../support/staff.ts';

let api: TestApi;
let vendor: Vendor;
let developer: Staff;
let script: Call;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  developer = await aStaff(api, vendor, 'developer');
  script = heldAgainstContract(vendor.call);
});
afterAll(() => api.close());

test('a mail that stayed here is read by a page and by a script, with its parts, headers and links', async () => {
  await api.deps.mailer.send({
    environmentId: vendor.environment.id,
    to: { address: 'dana@corp.test' },
    subject: 'Hello',
    text: 'See http://127.0.0.1:1/setup/x',
    html: '<a href="http://127.0.0.1:1/setup/x">x</a>',
    messageId: '<1@vendor.test>',
  });

  const listed = await developer.ask('GET', '/sandbox/mails?to=DANA@corp.test&limit=5');
  const [{ id }] = listed.body.mails;
  const read = await script('GET', `/sandbox/mails/${id}`);

  expect(read.body).toMatchObject({
    to: 'dana@corp.test',
    subject: 'Hello',
    links: ['http://127.0.0.1:1/setup/x'],
  });
  expect(read.body.headers).toContainEqual({ name: 'subject', value: 'Hello' });
  expect((await script('GET', '/sandbox/mails?to=nobody@corp.test')).body.mails).toEqual([]);
  expect((await script('GET', '/sandbox/mails/mail_none')).status).toBe(404);
});

// [TEN-01] codes of staff and links of customers are in there.
test('a mail of another environment is neither listed nor read', async () => {
  const other = await aVendor(api);
  await api.deps.mailer.send({
    environmentId: other.environment.id,
    to: { address: 'eve@corp.test' },
    subject: 'Hello',
    text: 'x',
    html: 'x',
    messageId: '<2@vendor.test>',
  });
  const theirs = heldAgainstContract(other.call);
  const [{ id }] = (await theirs('GET', '/sandbox/mails?to=eve@corp.test')).body.mails;

  expect((await script('GET', '/sandbox/mails?to=eve@corp.test')).body.mails).toEqual([]);
  expect((await developer.ask('GET', `/sandbox/mails/${id}`)).status).toBe(404);
  expect((await theirs('GET', `/sandbox/mails/${id}`)).status).toBe(200);
});

test('a record below .test is published in its one form, and taken away again', async () => {
  const published = await developer.ask('POST', '/sandbox/dns/records', {
    name: ' _Vestibule-challenge.ACME.test. ',
    type: 'TXT',
    value: ' Kept "as it is" ',
    server: 2,
  });
  const alias = await script('POST', '/sandbox/dns/records', {
    name: '*.acme.test',
    type: 'CNAME',
    value: 'Elsewhere.example.',
  });

  expect(published.status).toBe(201);
  expect(published.body).toMatchObject({
    name: '_vestibule-challenge.acme.test',
    value: ' Kept "as it is" ',
    server: 2,
  });
  expect(alias.body).toMatchObject({ name: '*.acme.test', value: 'elsewhere.example', server: null });
  expect((await script('GET', '/sandbox/dns/records')).body.records).toEqual([published.body, alias.body]);
  expect((await developer.ask('DELETE', `/sandbox/dns/records/${published.body.id}`)).status).toBe(204);
  expect((await developer.ask('DELETE', `/sandbox/dns/records/${published.body.id}`)).status).toBe(404);
  expect((await auditOf(api, developer)).map(({ action }) => action)).toEqual([
    'sandbox_record.published',
    'sandbox_record.removed',
  ]);
});

test.each([
  'acme.com',
  'test',
  'acme.test.com',
  'a..test',
  '-a.test',
  'a b.test',
  '*.test',
  'x.*.test',
  `${'a'.repeat(64)}.test`,
])('the name %s is not below .test and is refused', async (name) => {
  const reply = await script('POST', '/sandbox/dns/records', { name, type: 'TXT', value: 'x' });

  expect([reply.status, reply.body.fields]).toEqual([422, { name: 'not_below_test' }]);
});

test('faults of the Test IdP are turned on one at a time', async () => {
  const before = await script('GET', '/sandbox/test-idp');
  expect(before.body).toMatchObject({ fault: null, rollover: 'one_key' });
  expect(before.body.faults).toContainEqual({
    id: 'wrong_audience',
    protocol: 'saml',
    group: 'identity',
    expected: 'audience_differs',
  });

  const faulty = await developer.ask('PUT', '/sandbox/test-idp', { fault: 'wrong_audience' });
  const both = await developer.ask('PUT', '/sandbox/test-idp', { rollover: 'two_keys' });
  const unknown = await developer.ask('PUT', '/sandbox/test-idp', { fault: 'made_up' });

  expect(faulty.body).toMatchObject({ fault: 'wrong_audience', rollover: 'one_key' });
  expect(both.body).toMatchObject({ fault: 'wrong_audience', rollover: 'two_keys' });
  expect([unknown.status, unknown.body.fields]).toEqual([422, { fault: 'unknown' }]);
});

test('one reset turns off what is on anywhere in the sandbox, and leaves what is there', async () => {
  const sandbox = heldAgainstContract((await aVendor(api)).call);
  await sandbox('PUT', '/sandbox/test-idp', { fault: 'wrong_audience', rollover: 'two_keys' });
  await sandbox('PUT', '/sandbox/test-directory', { faults: ['slow', 'capital_ops'] });
  await sandbox('PUT', '/sandbox/test-sink', { faults: ['errors'] });
  await sandbox('DELETE', '/sandbox/test-idp/people/tp-anna');
  const turned = await sandbox('PUT', '/sandbox/dns/faults', { faults: ['servfail', 'slow', 'slow'] });

  expect(turned.body.faults).toEqual([
    { id: 'servfail', expected: 'broken', isOn: true },
    { id: 'refused', expected: 'broken', isOn: false },
    { id: 'slow', expected: 'unknown', isOn: true },
    { id: 'silent', expected: 'unknown', isOn: false },
    { id: 'truncated', expected: 'found', isOn: false },
  ]);
  expect((await sandbox('GET', '/sandbox/switches')).body.places).toEqual([
    { place: 'test_idp', on: 2 },
    { place: 'test_directory', on: 2 },
    { place: 'dns', on: 2 },
    { place: 'test_sink', on: 1 },
  ]);

  const reset = await sandbox('POST', '/sandbox/switches/reset');

  expect(reset.body.places.map(({ on }: { on: number }) => on)).toEqual([0, 0, 0, 0]);
  expect((await sandbox('GET', '/sandbox/switches')).body).toEqual(reset.body);
  const idp = (await sandbox('GET', '/sandbox/test-idp')).body;
  expect(idp).toMatchObject({ fault: null, rollover: 'one_key' });
  expect(idp.people.map(({ id }: { id: string }) => id)).not.toContain('tp-anna');
  for (const path of ['/sandbox/test-directory', '/sandbox/dns/faults', '/sandbox/test-sink']) {
    const { faults } = (await sandbox('GET', path)).body;
    expect(faults.filter(({ isOn }: { isOn: boolean }) => isOn)).toEqual([]);
  }
});

const kim = { email: 'Kim@acme.test', firstName: 'Kim', lastName: 'Dahl' };

test('somebody can be added to the Test IdP, changed, taken away, and the first people brought back', async () => {
  const added = await developer.ask('POST', '/sandbox/test-idp/people', { ...kim, groups: ['Sales'] });
  const path = `/sandbox/test-idp/people/${added.body.id}`;
  const changed = await script('PUT', path, {
    ...kim,
    email: null,
    groups: ['Sales', 'Leads'],
    attributes: { department: 'North', costCenter: '4711' },
  });

  expect([added.status, changed.status]).toEqual([201, 200]);
  expect(changed.body).toMatchObject({ id: added.body.id, email: null, groups: ['Sales', 'Leads'] });
  expect((await script('GET', '/sandbox/test-idp')).body.people.at(-1)).toEqual(changed.body);

  expect((await developer.ask('DELETE', path)).status).toBe(204);
  expect((await developer.ask('DELETE', path)).status).toBe(404);
  expect((await developer.ask('PUT', path, kim)).status).toBe(404);
  await script('DELETE', '/sandbox/test-idp/people/tp-anna');
  const restored = await script('POST', '/sandbox/test-idp/people/restore');
  const ids = restored.body.people.map(({ id }: { id: string }) => id);
  expect(ids.toSorted()).toEqual(['tp-anna', 'tp-greta', 'tp-malik', 'tp-noor', 'tp-zofia']);
});

test.each([
  [{ email: 'kim@acme.com' }, { email: 'not_below_test' }],
  [{ email: 'not an address' }, { email: 'email_invalid' }],
  [{ email: 'ANNA@people.test' }, { email: 'taken' }],
  [{ firstName: ' ' }, { firstName: 'too_small' }],
  [{ attributes: { '<x>': 'y' } }, { 'attributes.<x>': 'invalid_key' }],
])('nobody is added with %j [TIDP-04]', async (wrong, fields) => {
  const reply = await script('POST', '/sandbox/test-idp/people', { ...kim, ...wrong });

  expect([reply.status, reply.body.fields]).toEqual([422, fields]);
});

test('the first signing key is retired only when the next one signs, and then another waits', async () => {
  const early = await developer.ask('POST', '/sandbox/test-idp/retire-key');
  await developer.ask('PUT', '/sandbox/test-idp', { rollover: 'next_signs' });
  const late = await developer.ask('POST', '/sandbox/test-idp/retire-key');

  expect([early.status, early.body.code]).toEqual([409, 'conflict']);
  expect(late.body).toMatchObject({ rollover: 'one_key' });
});

test('a connection is registered as a client once, and a connection that there is not never', async () => {
  const organization = await anOrganization(vendor);
  const connectionId = newId('conn_');
  const whose = { environmentId: vendor.environment.id, organizationId: organization.id };
  const { oidcRedirectUri } = await asSystem(api, (tx) =>
    insertConnection(tx, {
      id: connectionId,
      ...whose,
      name: 'Acme',
      externalId: null,
      connectionType: 'TestIdp',
      providerId: null,
      state: 'draft',
      createdAt: api.deps.now(),
      ...addressesOf(api.deps.urls, connectionId),
    }),
  );

  const first = await developer.ask('POST', '/sandbox/test-idp/clients', { connectionId });
  const again = await script('POST', '/sandbox/test-idp/clients', { connectionId });
  const none = await script('POST', '/sandbox/test-idp/clients', { connectionId: 'conn_none' });

  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({ redirectUri: oidcRedirectUri });
  expect(again.body).toEqual(first.body);
  expect(none.status).toBe(404);
  const kept = await asSystem(api, (tx) => tx.selectFrom('sandboxState').select('value').execute());
  expect(JSON.stringify(kept)).not.toContain(first.body.clientSecret);
});

test('switches are for developers; everybody on staff may look', async () => {
  const viewer = await aStaff(api, vendor, 'viewer');

  expect((await viewer.ask('GET', '/sandbox/test-idp')).status).toBe(200);
  expect((await viewer.ask('POST', '/sandbox/test-idp/people', kim)).status).toBe(403);
  expect((await viewer.ask('PUT', '/sandbox/test-idp', { rollover: 'two_keys' })).status).toBe(403);
  expect(
    (await viewer.ask('POST', '/sandbox/dns/records', { name: 'a.test', type: 'TXT', value: 'x' })).status,
  ).toBe(403);
  expect((await viewer.ask('GET', '/sandbox/switches')).status).toBe(200);
  expect((await viewer.ask('GET', '/sandbox/dns/faults')).status).toBe(200);
  expect((await viewer.ask('PUT', '/sandbox/dns/faults', { faults: ['slow'] })).status).toBe(403);
  expect((await viewer.ask('POST', '/sandbox/switches/reset')).status).toBe(403);
});

// [LNK-09], [API-06]
test('a foreign page can neither turn a switch nor read an answer', async () => {
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };

  const reply = await developer.ask('PUT', '/sandbox/test-idp', { rollover: 'two_keys' }, headers);

  expect([reply.status, reply.body.code]).toEqual([403, 'request_refused']);
  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
});

test('outside the embedded default there is no sandbox [TIDP-01]', async () => {
  const bare = await startTestApi({ isEmbedded: false });
  try {
    const owner = await aVendor(bare);
    const admin = await aStaff(bare, owner, 'admin');
    for (const path of [
      '/sandbox/mails',
      '/sandbox/dns/records',
      '/sandbox/test-idp',
      '/sandbox/switches',
      '/sandbox/dns/faults',
    ]) {
      expect((await admin.ask('GET', path)).status).toBe(404);
      expect((await heldAgainstContract(owner.call)('GET', path)).status).toBe(404);
    }
    expect((await admin.ask('GET', '/session')).body.sandbox).toBe(false);
  } finally {
    await bare.close();
  }
});
