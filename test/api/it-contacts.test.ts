import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { itContact } from '../../api/contract/developer-it-contacts.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
});
afterAll(() => api.close());
beforeEach(async () => {
  ({ id: organizationId } = await anOrganization(vendor));
});

const path = (rest = '') => `/organizations/${organizationId}/it_contacts${rest}`;
const record = (email: string) => vendor.call('POST', path(), { email });
const invite = (id: string, intents: readonly string[] = ['sso']) =>
  vendor.call('POST', path(`/${id}/invite`), { intents });
const links = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('links')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .orderBy('createdAt')
      .execute(),
  );
const commands = async () => {
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('commands')
      .select('body')
      .where('organizationId', '=', organizationId)
      .orderBy('seq')
      .execute(),
  );
  return rows.map(({ body }) => body);
};
const audits = async () => {
  const rows = await asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .orderBy('ordinal')
      .execute(),
  );
  return rows.map(({ action }) => action);
};

describe('an IT contact is recorded', () => {
  test('without inviting: nothing is mailed, no onboarding begins', async () => {
    const { status, body } = await record('  IT@Acme.test ');

    expect([status, itContact.parse(body)]).toEqual([201, body]);
    expect(body.email.toLowerCase()).toBe('it@acme.test');
    expect([await links(), await commands()]).toEqual([[], []]);
    expect(await audits()).toContain('it_contact.created');
  });

  test('once, in any case; a second time is a conflict in the words of the contract', async () => {
    await record('it@acme.test');

    const { status, body } = await record('IT@ACME.test');

    expect([status, body.code]).toEqual([409, 'it_contact_already_exists']);
  });

  test('of several at the same instant once', async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => record('race@acme.test')));

    expect(replies.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  test.each([{}, { email: 'nobody' }, { email: 7 }, { email: null }])(
    'not from the body %j, which is answered with 422 and names the field',
    async (bad) => {
      const { status, body } = await vendor.call('POST', path(), bad);

      expect([status, body.errors?.[0]?.field]).toEqual([422, 'email']);
    },
  );

  test('up to twenty for one organization', async () => {
    for (let n = 0; n < 20; n += 1) expect((await record(`it${n}@acme.test`)).status).toBe(201);

    expect((await record('one-more@acme.test')).status).toBe(422);
  });

  test('once for one idempotency key, with the same answer', async () => {
    const key = { 'idempotency-key': 'record-one' };
    const [first, second] = [
      await vendor.call('POST', path(), { email: 'it@acme.test' }, key),
      await vendor.call('POST', path(), { email: 'it@acme.test' }, key),
    ];

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
  });
});

test('contacts are listed oldest first, with both cursors null', async () => {
  const one = await record('one@acme.test');
  const two = await record('two@acme.test');

  const { status, body } = await vendor.call('GET', path());

  expect(status).toBe(200);
  expect(body.data).toEqual([one.body, two.body]);
  expect(body.list_metadata).toEqual({ before: null, after: null });
});

describe('an IT contact is invited', () => {
  test('to features: the onboarding begins with a link that is mailed to them, and the answer is empty', async () => {
    const { body: contact } = await record('it@acme.test');

    const { status, body } = await invite(contact.id, ['sso', 'domain_verification']);

    expect([status, body]).toEqual([204, undefined]);
    expect(await links()).toMatchObject([
      { kind: 'main', contactId: contact.id, features: ['sso', 'domain_verification'], delivery: 'mail' },
    ]);
    expect(await commands()).toMatchObject([
      { kind: 'start', plan: { sso: 'required', domain_verification: 'required' } },
      { kind: 'invite', contactId: contact.id },
    ]);
  });

  test('while nobody else of the organization holds an invitation, and again once it was revoked', async () => {
    const { body: one } = await record('one@acme.test');
    const { body: two } = await record('two@acme.test');
    await invite(one.id);

    const refused = await invite(two.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'it_contact_invitation_already_active']);

    expect((await vendor.call('POST', path(`/${one.id}/revoke`), {})).status).toBe(204);
    expect((await invite(two.id)).status).toBe(204);
    expect((await links()).map(({ state }) => state)).toEqual(['revoked', 'created']);
  });

  test.each([
    [{}, 'intents'],
    [{ intents: [] }, 'intents'],
    [{ intents: ['sso', 'sso'] }, 'intents'],
    [{ intents: ['dsync'] }, 'intents.0'],
    [{ intents: 'sso' }, 'intents'],
  ])('not to %j, which is answered with 422', async (bad, field) => {
    const { body: contact } = await record('it@acme.test');

    const { status, body } = await vendor.call('POST', path(`/${contact.id}/invite`), bad);

    expect(status).toBe(422);
    expect(JSON.stringify(body.errors)).toContain(field.split('.')[0]);
    expect(await links()).toEqual([]);
  });

  test('not to the renewal of what is not there', async () => {
    const { body: contact } = await record('it@acme.test');

    expect((await invite(contact.id, ['sso', 'certificate_renewal'])).status).toBe(422);
    expect(await links()).toEqual([]);
  });
});

describe('an IT contact', () => {
  test('whose invitation is revoked stays recorded, and the onboarding hears that its link has ended', async () => {
    const { body: contact } = await record('it@acme.test');
    await invite(contact.id);

    const { status } = await vendor.call('POST', path(`/${contact.id}/revoke`));

    expect(status).toBe(204);
    const [link] = await links();
    expect(link?.state).toBe('revoked');
    expect((await commands()).at(-1)).toMatchObject({ kind: 'link_ended', linkId: link?.id });
    expect((await vendor.call('GET', path())).body.data).toHaveLength(1);
    expect((await vendor.call('POST', path(`/${contact.id}/revoke`))).status).toBe(204);
  });

  test('who is removed loses the link, is gone from the list, and may be recorded again', async () => {
    const { body: contact } = await record('it@acme.test');
    await invite(contact.id);

    expect((await vendor.call('DELETE', path(`/${contact.id}`))).status).toBe(204);

    expect((await links()).map(({ state }) => state)).toEqual(['revoked']);
    expect((await vendor.call('GET', path())).body.data).toEqual([]);
    expect(await audits()).toEqual(expect.arrayContaining(['it_contact.deleted', 'link.revoked']));
    expect((await vendor.call('DELETE', path(`/${contact.id}`))).status).toBe(404);
    expect((await record('it@acme.test')).status).toBe(201);
  });

  test('of another organization is not found', async () => {
    const { body: contact } = await record('it@acme.test');
    const { id: elsewhere } = await anOrganization(vendor);

    for (const [method, rest] of [
      ['DELETE', ''],
      ['POST', '/invite'],
      ['POST', '/revoke'],
    ] as const) {
      const target = `/organizations/${elsewhere}/it_contacts/${contact.id}${rest}`;
      expect((await vendor.call(method, target, { intents: ['sso'] })).status).toBe(404);
    }
  });
});
