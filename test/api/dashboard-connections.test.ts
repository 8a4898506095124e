import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../support/api.ts';
import { asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aLiveCustomer, codeMailedTo, idpMetadata, type LiveCustomer } from '../support/live-customer.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';
import { auditOf, aStaff, type Staff } from '../support/staff.ts';

/** S7: the draft beside a live connection, what it was before, and a domain that staff vouch for. */

let api: TestApi;
let vendor: Vendor;
let old: MadeCertificate;
let renewed: MadeCertificate;
let customer: LiveCustomer;
let connectionId: string;
let contact: string;
let staff: Staff;

beforeAll(async () => {
  api = await startTestApi();
  [old, renewed] = await Promise.all([aCertificate({ name: 'old' }), aCertificate({ name: 'renewed' })]);
});
afterAll(() => api.close());

let customers = 0;
beforeEach(async () => {
  runJourneys(api);
  vendor = await aVendor(api);
  contact = `anna${(customers += 1)}@acme.com`;
  customer = await aLiveCustomer(api, vendor, { metadata: idpMetadata([old.pem]), contacts: [contact] });
  connectionId = (await customer.connection()).id;
  staff = await aStaff(api, vendor);
});

const page = async (who = staff) => (await who.ask('GET', `/connections/${connectionId}`)).body;
const bringBack = (formerId: string, who = staff) =>
  who.ask('POST', `/connections/${connectionId}/formers/${formerId}/bring-back`);
async function reset(): Promise<string> {
  const { visitor } = customer;
  const earlier = api.mailbox.list({ to: contact }).length;
  await visitor.ask('POST', '/codes', { act: 'reset', subject: connectionId });
  const code = await codeMailedTo(api, contact, earlier);
  expect((await visitor.ask('POST', '/sso/reset', { code })).status).toBe(200);
  return (await page()).formers[0].id;
}

describe('the page of a connection', () => {
  test('shows what the open draft changes, whose it is, and that it was not tested', async () => {
    expect((await page()).draft).toBeNull();
    await customer.visitor.ask('POST', '/sso/draft');
    await customer.visitor.ask('POST', '/sso/metadata', {
      way: 'metadata_file',
      accepted: true,
      text: idpMetadata([renewed.pem], 'https://new.acme.example/saml'),
    });

    const { draft } = await page();

    expect(draft).toMatchObject({ heldBy: 'a•••@acme.com', testedAt: null });
    expect(draft.differences.map(({ field }: { field: string }) => field)).toEqual([
      'entityId',
      'ssoUrl',
      'certificates',
    ]);
    expect(draft.differences[0]).toMatchObject({
      before: ['https://idp.acme.example/saml'],
      after: ['https://new.acme.example/saml'],
    });
  });

  test('lists the domains of its organization, and what it was before for as long as that is kept', async () => {
    await vendor.call('POST', '/organization_domains', {
      organization_id: customer.organizationId,
      domain: `page${customers}-acme.com`,
    });
    await reset();

    expect(await page()).toMatchObject({
      domains: [{ unicode: `page${customers}-acme.com`, chip: 'waiting' }],
      formers: [{ reason: 'reset', wasLive: true }],
    });
    api.pass(30 * 86_400_000);
    const later = await aStaff(api, vendor);
    expect((await page(later)).formers).toEqual([]);
  });
});

describe('bringing back by staff', () => {
  test('needs no code, makes the connection live again, and is the member’s act in every log', async () => {
    const before = await customer.connection();
    const formerId = await reset();
    expect((await customer.connection()).state).toBe('draft');

    const reply = await bringBack(formerId);

    expect([reply.status, reply.body.state, reply.body.formers]).toEqual([200, 'active', []]);
    expect(await customer.connection()).toMatchObject({
      state: 'active',
      idpEntityId: before.idpEntityId,
      signedFloor: 'both',
      notices: [{ kind: 'reset' }, { kind: 'settings_brought_back', isVendors: true }],
    });
    expect((await auditOf(api, staff)).map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'connection.configuration_brought_back',
        'connection.activated',
        'onboarding.bring_back_connection',
      ]),
    );
    const home = await customer.visitor.ask('GET', '/home');
    expect(home.body.timeline).toContainEqual(
      expect.objectContaining({
        kind: 'connection_brought_back',
        actor: expect.objectContaining({ type: 'staff' }),
      }),
    );
  });

  test('goes by the rules of the customer’s own: once, in time, and of this connection', async () => {
    const formerId = await reset();
    const other = await aLiveCustomer(api, vendor, { metadata: idpMetadata([old.pem]) });
    const elsewhere = await staff.ask(
      'POST',
      `/connections/${(await other.connection()).id}/formers/${formerId}/bring-back`,
    );
    expect(elsewhere.status).toBe(404);

    expect((await bringBack(formerId)).status).toBe(200);
    const again = await bringBack(formerId);
    expect([again.status, again.body.code]).toEqual([410, 'former_ended']);
    const later = await reset();
    await asSystem(api, (tx) =>
      tx
        .updateTable('formerConfigurations')
        .set({ keptUntil: api.deps.now() })
        .where('id', '=', later)
        .execute(),
    );
    expect((await bringBack(later)).body.code).toBe('former_ended');
  });

  test('is support’s and an admin’s act, and nobody’s of another vendor', async () => {
    const formerId = await reset();
    const [viewer, developer] = [await aStaff(api, vendor, 'viewer'), await aStaff(api, vendor, 'developer')];
    const stranger = await aStaff(api, await aVendor(api), 'admin');

    const statuses = [];
    for (const who of [viewer, developer, stranger, await aStaff(api, vendor, 'admin')]) {
      statuses.push((await bringBack(formerId, who)).status);
    }

    expect(statuses).toEqual([403, 403, 404, 200]);
  });

  test('done by two at the same moment happens once', async () => {
    const formerId = await reset();

    const replies = await Promise.all([bringBack(formerId), bringBack(formerId), bringBack(formerId)]);

    expect(replies.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
    expect((await page()).formers).toEqual([]);
  });
});

describe('a domain that staff vouch for', () => {
  let domains = 0;
  async function aDomain(): Promise<string> {
    const { body } = await vendor.call('POST', '/organization_domains', {
      organization_id: customer.organizationId,
      domain: `vouch${(domains += 1)}-acme.com`,
    });
    return body.id;
  }
  const verify = (id: string, note = 'Their contract names it.', who = staff) =>
    who.ask('POST', `/domains/${id}/verify`, { note });

  test('counts as verified at once, as one the developer vouches for; the reason is in our own log alone', async () => {
    const id = await aDomain();

    const reply = await verify(id);

    expect(reply.body).toMatchObject({ state: 'verified', strategy: 'manual', chip: 'verified' });
    const seen = await vendor.call('GET', `/organization_domains/${id}`);
    expect(seen.body).toMatchObject({ state: 'verified', verification_strategy: 'manual' });
    const { body: events } = await vendor.call('GET', '/events?events=organization_domain.verified');
    expect(events.data).toHaveLength(1);
    const acts = await auditOf(api, staff);
    expect(acts.map(({ action, organizationId }) => [action, organizationId])).toEqual([
      ['organization_domain.verified', customer.organizationId],
      ['organization_domain.vouched_for', null],
    ]);
    expect(acts[1]?.after).toMatchObject({ note: 'Their contract names it.' });
    expect(JSON.stringify(acts[0])).not.toContain('contract');
  });

  test('needs a reason, support or admin, and a domain of the vendor’s', async () => {
    const id = await aDomain();

    expect((await verify(id, '  ')).status).toBe(422);
    expect((await verify(id, 'why not', await aStaff(api, vendor, 'viewer'))).status).toBe(403);
    expect((await verify(id, 'why not', await aStaff(api, await aVendor(api), 'admin'))).status).toBe(404);
    expect((await vendor.call('GET', `/organization_domains/${id}`)).body.state).toBe('pending');
  });

  test('[DOM-04] one that another organization holds is refused; vouched for twice it is told once', async () => {
    const id = await aDomain();
    const other = await aLiveCustomer(api, vendor, { metadata: idpMetadata([old.pem]) });
    await asSystem(api, (tx) =>
      tx
        .insertInto('organizationDomains')
        .values({
          id: `org_domain_held${customers}`,
          environmentId: vendor.environment.id,
          organizationId: other.organizationId,
          domain: `vouch${domains}-acme.com`,
          state: 'verified',
          strategy: 'manual',
        })
        .execute(),
    );

    const held = await verify(id);
    expect([held.status, held.body.code]).toEqual([409, 'domain_held_elsewhere']);

    const free = await aDomain();
    await verify(free);
    expect((await verify(free)).status).toBe(200);
    const { body: events } = await vendor.call('GET', '/events?events=organization_domain.verified');
    expect(events.data).toHaveLength(1);
  });
});
