import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { auditOf, aStaff, type Staff } from '../support/staff.ts';
import { openLink } from '../support/visitor.ts';

/** IT contacts on an organization's page, as the developer API has them. */

let api: TestApi;
let vendor: Vendor;
let staff: Staff;
let organization: string;
let path: string;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  staff = await aStaff(api, vendor, 'support');
  organization = (await anOrganization(vendor)).id;
  path = `/organizations/${organization}/contacts`;
});

const shown = async () =>
  (await staff.ask('GET', `/organizations/${organization}`)).body.contacts.map(
    ({ email }: { email: string }) => email,
  );
const actsOf = async () => (await auditOf(api, staff)).map(({ action }) => action);

test('a contact is recorded without being invited, once, and the API knows them, too', async () => {
  const added = await staff.ask('POST', path, { email: ' Dana@Acme.test ' });

  expect(added.status).toBe(201);
  expect(await shown()).toEqual(['Dana@acme.test']);
  const { body } = await vendor.call('GET', `/organizations/${organization}/it_contacts`);
  expect(body.data).toMatchObject([{ id: added.body.id }]);
  expect((await vendor.call('GET', '/onboardings')).body.data).toEqual([]);
  const again = await staff.ask('POST', path, { email: 'dana@acme.test' });
  expect([again.status, again.body.code]).toEqual([409, 'contact_known']);
  expect((await staff.ask('POST', path, { email: 'nobody' })).body.code).toBe('email_invalid');
  expect(await actsOf()).toEqual(['it_contact.created']);
});

test('revoking ends the links of a contact, who stays one; removing takes both, at once and on record', async () => {
  const { body: contact } = await staff.ask('POST', path, { email: 'dana@acme.test' });
  const invited = async () => {
    const { body } = await vendor.call('POST', '/onboardings', {
      organization,
      features: [{ feature: 'sso' }],
      contacts: ['dana@acme.test'],
      delivery: 'copy',
    });
    return openLink(api, vendor, body.link);
  };

  const first = await invited();
  expect((await staff.ask('POST', `${path}/${contact.id}/revoke`)).status).toBe(204);
  expect((await first.ask('GET', '/session')).body.code).toBe('link_ended');
  expect(await shown()).toEqual(['dana@acme.test']);

  const second = await invited();
  expect((await staff.ask('DELETE', `${path}/${contact.id}`)).status).toBe(204);
  expect((await second.ask('GET', '/session')).body.code).toBe('link_ended');
  expect(await shown()).toEqual([]);
  expect((await staff.ask('DELETE', `${path}/${contact.id}`)).status).toBe(404);
  expect(await actsOf()).toEqual(
    expect.arrayContaining(['it_contact.created', 'link.revoked', 'it_contact.deleted']),
  );
});

test('viewers and developers see contacts only, and those of another environment are not there', async () => {
  const { body: contact } = await staff.ask('POST', path, { email: 'dana@acme.test' });
  const others = [await aStaff(api, vendor, 'viewer'), await aStaff(api, vendor, 'developer')];
  for (const one of others)
    for (const [method, below, body] of [
      ['POST', path, { email: 'new@acme.test' }],
      ['POST', `${path}/${contact.id}/revoke`, undefined],
      ['DELETE', `${path}/${contact.id}`, undefined],
    ] as const)
      expect([below, (await one.ask(method, below, body)).status]).toEqual([below, 403]);
  const stranger = await aStaff(api, await aVendor(api), 'admin');
  expect((await stranger.ask('POST', path, { email: 'new@acme.test' })).status).toBe(404);
  expect((await stranger.ask('DELETE', `${path}/${contact.id}`)).status).toBe(404);
  expect(await shown()).toEqual(['dana@acme.test']);
});
