import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment as environmentContract } from '../../api/contract/developer-settings.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { aMember, anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';
import { codeMailedTo } from '../support/live-customer.ts';
import { aPortalVisitor } from '../support/visitor.ts';

/** What is set per environment: by programs, by the page S15, and what each setting does. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const dayMs = 86_400_000;
const change = (vendor: Vendor, body: object) => vendor.call('PATCH', '/environment', body);
/** Processes remember an environment for two seconds. */
const passMemory = () => api.pass(2_100);

const changesOf = (environmentId: string) =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('auditEvents')
      .select(['action', 'before', 'after'])
      .where('environmentId', '=', environmentId)
      .where('action', 'like', 'environment.%')
      .orderBy('at')
      .orderBy('id')
      .execute(),
  );

describe('/environment', () => {
  test('tells and changes the settings of the key’s own environment, with before and after on record', async () => {
    const [vendor, other] = [await aVendor(api), await aVendor(api)];
    const before = await vendor.call('GET', '/environment');
    expect(environmentContract.parse(before.body)).toEqual(before.body);

    const changed = await change(vendor, { link_days: 14, reminders: { not_opened: [1, 4] } });

    expect(changed.body).toMatchObject({
      link_days: 14,
      domain_policy: 'optional',
      reminders: { enabled: true, not_opened: [1, 4], half_done: [2, 5] },
    });
    expect((await other.call('GET', '/environment')).body.link_days).toBe(30);
    expect(await changesOf(vendor.environment.id)).toEqual([
      {
        action: 'environment.changed',
        before: {
          linkDays: 30,
          reminderDays: { notOpened: [3, 7], halfDone: [2, 5], domainUnseen: 2, linkEnds: 5 },
        },
        after: {
          linkDays: 14,
          reminderDays: { notOpened: [1, 4], halfDone: [2, 5], domainUnseen: 2, linkEnds: 5 },
        },
      },
    ]);
  });

  test('says whom directories keep out, and how many may leave one before a person is asked', async () => {
    const vendor = await aVendor(api);
    expect((await vendor.call('GET', '/environment')).body).toMatchObject({
      directory_policy: 'removed',
      removal_guard: { people: 25, percent: 10 },
    });

    const changed = await change(vendor, { directory_policy: 'members_only', removal_guard: { people: 5 } });

    expect(changed.body).toMatchObject({
      directory_policy: 'members_only',
      removal_guard: { people: 5, percent: 10 },
    });
    expect(await changesOf(vendor.environment.id)).toMatchObject([
      {
        before: { directoryPolicy: 'removed', removalGuardPeople: 25 },
        after: { directoryPolicy: 'members_only', removalGuardPeople: 5 },
      },
    ]);
  });

  test('records nothing where nothing changes, and clears an address with null', async () => {
    const vendor = await aVendor(api, { defaultReturnUrl: 'https://app.example.com/' });

    await change(vendor, { link_days: 30, name: 'Sandbox' });
    const { body } = await change(vendor, { default_return_url: null });

    expect(body.default_return_url).toBeNull();
    expect(await changesOf(vendor.environment.id)).toHaveLength(1);
  });

  test.each([
    [{ link_days: 0 }, 422],
    [{ link_days: 31 }, 422],
    [{ link_days: 'thirty' }, 422],
    [{ domain_label: '-acme' }, 422],
    [{ domain_label: 'Acme' }, 422],
    [{ domain_policy: 'strict' }, 422],
    [{ domain_grace_days: 366 }, 422],
    [{ directory_policy: 'everybody' }, 422],
    [{ removal_guard: { people: -1 } }, 422],
    [{ removal_guard: { percent: 101 } }, 422],
    [{ link_confirmation: 'sms' }, 422],
    [{ name: ' ' }, 422],
    [{ audit_days: 29 }, 422],
    [{ reminders: { not_opened: [7, 3] } }, 422],
    [{ reminders: { half_done: [2] } }, 422],
    [{ reminders: { link_ends: 31 } }, 422],
    [{ default_return_url: 'javascript:alert(1)' }, 400],
    [{ default_success_url: 'https://user:secret@app.example.com/' }, 400],
  ])('refuses %j and changes nothing', async (body, status) => {
    const vendor = await aVendor(api);

    const refused = await change(vendor, body);

    expect([refused.status, typeof refused.body.message]).toEqual([status, 'string']);
    expect(await changesOf(vendor.environment.id)).toEqual([]);
  });

  test('takes http for this machine in a sandbox only', async () => {
    const [sandbox, live] = [await aVendor(api), await aVendor(api, { kind: 'production' })];
    const body = { default_return_url: 'http://localhost:3000/' };

    expect([(await change(sandbox, body)).status, (await change(live, body)).status]).toEqual([200, 400]);
  });
});

describe('the page of the environment', () => {
  const path = '/dashboard/api/environment';

  test('changes what an admin changes, and is read by everybody', async () => {
    const vendor = await aVendor(api);
    const [admin, developer, viewer] = [
      await aMember(api, vendor),
      await aMember(api, vendor, 'developer'),
      await aMember(api, vendor, 'viewer'),
    ];
    const body = { before: { linkDays: 30 }, after: { linkDays: 7 } };

    expect((await developer.call('PATCH', path, body)).status).toBe(403);
    expect((await admin.call('PATCH', path, body)).body.settings.linkDays).toBe(7);
    expect((await viewer.call('GET', path)).body.settings.linkDays).toBe(7);
  });

  test('refuses a change of what somebody else has changed meanwhile, and lets others stand beside it', async () => {
    const vendor = await aVendor(api);
    const [one, two] = [await aMember(api, vendor), await aMember(api, vendor)];
    await one.call('PATCH', path, { before: { linkDays: 30 }, after: { linkDays: 7 } });

    const stale = await two.call('PATCH', path, {
      before: { linkDays: 30, name: 'Sandbox' },
      after: { linkDays: 14, name: 'Ours' },
    });
    const beside = await two.call('PATCH', path, { before: { name: 'Sandbox' }, after: { name: 'Ours' } });

    expect([stale.status, stale.body.code, stale.body.facts]).toEqual([
      409,
      'settings_changed',
      { fields: ['linkDays'] },
    ]);
    expect(beside.body.settings).toMatchObject({ linkDays: 7, name: 'Ours' });
  });

  test('names the field of a refused address', async () => {
    const vendor = await aVendor(api);
    const admin = await aMember(api, vendor);

    const { status, body } = await admin.call('PATCH', path, {
      before: { defaultReturnUrl: null },
      after: { defaultReturnUrl: 'ftp://example.com' },
    });

    expect([status, body.fields]).toEqual([422, { defaultReturnUrl: 'url_not_allowed' }]);
  });

  test('keeps redirect URIs: the first plain one is the default, a pattern never is, the default stays', async () => {
    const vendor = await aVendor(api);
    const developer = await aMember(api, vendor, 'developer');
    const add = (uri: string) => developer.call('POST', `${path}/redirect-uris`, { uri });

    const pattern = await add('https://*.example.com/cb');
    const plain = await add('https://app.example.com/cb');
    const second = await add('https://other.example.com/cb');
    const idOf = (uri: string) => second.body.redirectUris.find((row: { uri: string }) => row.uri === uri).id;
    const act = (method: string, uri: string, more = '') =>
      developer.call(method, `${path}/redirect-uris/${idOf(uri)}${more}`, method === 'POST' ? {} : undefined);

    expect(pattern.body.redirectUris).toMatchObject([{ isDefault: false }]);
    expect(plain.body.redirectUris[0]).toMatchObject({ uri: 'https://app.example.com/cb', isDefault: true });
    expect((await add('https://app.example.com/cb')).body.fields).toEqual({ uri: 'redirect_uri_known' });
    expect((await act('POST', 'https://*.example.com/cb', '/default')).body.code).toBe(
      'redirect_uri_wildcard',
    );
    expect((await act('DELETE', 'https://app.example.com/cb')).body.code).toBe('redirect_uri_is_default');
    const moved = await act('POST', 'https://other.example.com/cb', '/default');
    expect(moved.body.redirectUris[0]).toMatchObject({
      uri: 'https://other.example.com/cb',
      isDefault: true,
    });
    expect((await act('DELETE', 'https://app.example.com/cb')).body.redirectUris).toHaveLength(2);
  });

  test('keeps custom attributes, and takes no second one of a key', async () => {
    const vendor = await aVendor(api);
    const developer = await aMember(api, vendor, 'developer');
    const put = (key: string, body: object) =>
      developer.call('PUT', `${path}/custom-attributes/${key}`, body);

    await put('cost_center', { label: 'Cost center', isRequired: false, isNew: true });
    const twice = await put('cost_center', { label: 'Other', isRequired: false, isNew: true });
    const changed = await put('cost_center', { label: 'Cost centre', isRequired: true, isNew: false });
    const refused = await put('Cost', { label: 'x', isRequired: false, isNew: true });

    expect([twice.status, twice.body.fields]).toEqual([409, { key: 'attribute_known' }]);
    expect(changed.body.customAttributes).toEqual([
      { key: 'cost_center', label: 'Cost centre', isRequired: true },
    ]);
    expect(refused.status).toBe(422);
    expect((await vendor.call('GET', '/custom_attributes')).body.data).toHaveLength(1);
    const gone = await developer.call('DELETE', `${path}/custom-attributes/cost_center`);
    expect(gone.body.customAttributes).toEqual([]);
  });

  test('makes the secret of mail notices, which replaces the one before and can be taken away', async () => {
    const vendor = await aVendor(api);
    const admin = await aMember(api, vendor);
    const tell = async (secret: string) =>
      (
        await vendor.call(
          'POST',
          '/mail_notices',
          { client_id: vendor.environment.clientId, event: 'delivered', message_id: '<none@vendor.test>' },
          { authorization: `Bearer ${secret}` },
        )
      ).status;
    const make = async () => (await admin.call('POST', `${path}/mail-secret`, {})).body.secret as string;
    const first = await make();
    const second = await make();
    passMemory();

    expect([await tell(first), await tell(second)]).toEqual([401, 204]);
    expect((await admin.call('GET', path)).body.mailNotices.isOn).toBe(true);
    await admin.call('DELETE', `${path}/mail-secret`);
    passMemory();
    expect(await tell(second)).toBe(401);
    expect((await changesOf(vendor.environment.id)).map(({ action }) => action)).toEqual([
      'environment.mail_secret_made',
      'environment.mail_secret_made',
      'environment.mail_secret_removed',
    ]);
  });

  test.each(['not_opened', 'half_done', 'domain_unseen', 'link_ends'])(
    'shows the reminder %s in the vendor’s name',
    async (kind) => {
      const vendor = await aVendor(api);
      const viewer = await aMember(api, vendor, 'viewer');

      const { status, body } = await viewer.call('GET', `${path}/reminder-preview?kind=${kind}`);

      expect(status).toBe(200);
      expect(`${body.subject} ${body.text}`).toContain('Northwind');
    },
  );
});

describe('a setting takes effect', () => {
  const invite = async (vendor: Vendor, more: object = {}) => {
    const { id } = await anOrganization(vendor);
    const features = [{ feature: 'sso' }];
    return vendor.call('POST', '/onboardings', { organization: id, delivery: 'copy', features, ...more });
  };

  test('link life: a link made from now on ends after so many days, unless it says otherwise', async () => {
    const vendor = await aVendor(api);
    await change(vendor, { link_days: 7 });
    passMemory();
    await invite(vendor);
    await invite(vendor, { life_days: 3 });

    const links = await asSystem(api, (tx) =>
      tx
        .selectFrom('links')
        .select(['createdAt', 'expiresAt'])
        .where('environmentId', '=', vendor.environment.id)
        .orderBy('createdAt')
        .orderBy('id')
        .execute(),
    );
    expect(
      links.map(({ createdAt, expiresAt }) => (expiresAt.getTime() - createdAt.getTime()) / dayMs),
    ).toEqual([7, 3]);
  });

  test('addresses: the back link and finishing lead there', async () => {
    const vendor = await aVendor(api);
    await change(vendor, {
      default_return_url: 'https://app.example.com/back',
      default_success_url: 'https://app.example.com/done',
    });
    passMemory();
    const { id } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, id);

    const { body: session } = await visitor.ask('GET', '/session');
    const { body: finished } = await visitor.ask('POST', '/session/finish');

    expect(JSON.stringify(session)).toContain('https://app.example.com/back');
    expect(finished).toEqual({ location: 'https://app.example.com/done' });
  });

  test('domain label: a new domain’s record carries it, and one that waits keeps its own', async () => {
    const vendor = await aVendor(api);
    const admin = await aMember(api, vendor);
    const { id } = await anOrganization(vendor);
    const claim = (domain: string) =>
      vendor.call('POST', '/organization_domains', { organization_id: id, domain });
    await claim('before.test');
    await change(vendor, { domain_label: 'northwind' });
    passMemory();
    const { body: after } = await claim('after.test');

    expect(after.verification_prefix).toMatch(/^northwind-domain-verification-/);
    const { body } = await admin.call('GET', '/dashboard/api/domains');
    const rows = await Promise.all(
      body.domains.map(async (row: { id: string; domain: string }) => [
        row.domain,
        JSON.stringify((await admin.call('GET', `/dashboard/api/domains/${row.id}`)).body),
      ]),
    );
    expect(new Map(rows).get('after.test')).toContain('_northwind-challenge');
    expect(new Map(rows).get('before.test')).toContain('_vestibule-challenge');
  });

  test('reminders: an onboarding takes the switch and the days with it into its workflow', async () => {
    const vendor = await aVendor(api);
    await change(vendor, { reminders: { enabled: false, link_ends: 2 } });
    passMemory();
    await invite(vendor);

    const [command] = await asSystem(api, (tx) =>
      tx
        .selectFrom('commands')
        .select('body')
        .where('environmentId', '=', vendor.environment.id)
        .orderBy('createdAt')
        .orderBy('id')
        .execute(),
    );
    expect(command?.body).toMatchObject({
      kind: 'start',
      reminders: false,
      reminderDays: { notOpened: [3, 7], linkEnds: 2 },
    });
  });

  test('e-mail code: a link that is out already asks its contact for one from now on', async () => {
    const vendor = await aVendor(api);
    const { id } = await anOrganization(vendor);
    const asked = { organization: id, contacts: ['anna@acme.test'], delivery: 'copy' };
    const { body } = await vendor.call('POST', '/onboardings', { ...asked, features: [{ feature: 'sso' }] });
    const press = () => caller(api)('POST', new URL(body.link).pathname, new URLSearchParams());
    expect((await press()).status).toBe(303);
    await change(vendor, { link_confirmation: 'email_code' });
    passMemory();

    const reply = await press();
    expect([reply.status, reply.headers.get('set-cookie')]).toEqual([200, null]);
    expect(await codeMailedTo(api, 'anna@acme.test')).toMatch(/^\d{6}$/);
  });

  test('domain policy: a page of a customer tells the one that holds now', async () => {
    const vendor = await aVendor(api);
    await change(vendor, { domain_policy: 'required' });
    passMemory();
    const { id } = await anOrganization(vendor);
    const visitor = await aPortalVisitor(api, vendor, id);

    expect((await visitor.ask('GET', '/domains')).body.policy).toBe('required');
  });
});

describe('the vendor’s own client at Google', () => {
  const client = {
    client_id: '1048576-acme.apps.googleusercontent.com',
    client_secret: 'GOCSPX-planted-secret',
  };

  test('[SEC-04] is kept with its secret sealed, shown without it, and taken away again', async () => {
    const vendor = await aVendor(api);
    const kept = await vendor.call('PUT', '/environment/google_client', client);

    expect(kept.body.google_client).toEqual({
      client_id: client.client_id,
      redirect_uri: `${api.url}/setup/${vendor.environment.handle}/api/directory/credentials/consent`,
    });
    expect(JSON.stringify((await vendor.call('GET', '/environment')).body)).not.toContain('GOCSPX');
    const everything = await asSystem(api, async (tx) => [
      await tx.selectFrom('environments').selectAll().execute(),
      await tx.selectFrom('auditEvents').selectAll().execute(),
      await tx.selectFrom('idempotencyKeys').selectAll().execute(),
    ]);
    expect(JSON.stringify(everything) + api.logged()).not.toContain('GOCSPX-planted-secret');

    expect((await vendor.call('DELETE', '/environment/google_client')).status).toBe(204);
    expect((await vendor.call('GET', '/environment')).body.google_client.client_id).toBeNull();
  });

  test('is refused where it is none', async () => {
    const vendor = await aVendor(api);
    const refused = await vendor.call('PUT', '/environment/google_client', { ...client, client_id: 'a b' });
    expect(refused.status).toBe(422);
  });
});
