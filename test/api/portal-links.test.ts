import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestToken } from '../../adapters/tokens.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, caller, type Vendor } from '../support/builders.ts';
import { aPortalVisitor } from '../support/visitor.ts';

let api: TestApi;
let vendor: Vendor;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api, { defaultReturnUrl: 'https://app.northwind.example/' });
  organizationId = (await anOrganization(vendor)).id;
});
afterAll(() => api.close());

const generate = (body: object) =>
  vendor.call('POST', '/portal/generate_link', { organization: organizationId, ...body });
const linkRow = async (link: string) => {
  const digest = digestToken(link.slice(link.lastIndexOf('/') + 1)).toString('hex');
  const rows = await asSystem(api, (tx) =>
    tx.selectFrom('links').selectAll().where('digest', '=', digest).execute(),
  );
  return rows[0];
};

test('[LNK-01] [LNK-02] a portal link carries a random token, of which only a digest is kept', async () => {
  const { status, body } = await generate({ intent: 'sso' });

  expect([status, Object.keys(body)]).toEqual([201, ['link']]);
  const row = await linkRow(body.link);
  expect(row).toMatchObject({
    kind: 'portal',
    intent: 'sso',
    features: ['sso'],
    tokenSealed: null,
    state: 'created',
  });
  expect((row?.expiresAt.getTime() ?? 0) - (row?.createdAt.getTime() ?? 0)).toBe(5 * 60_000);
});

test('ways back are those of the body, or the defaults of the environment', async () => {
  const own = await generate({
    intent: 'sso',
    return_url: 'https://app.example.com/back',
    success_url: 'http://localhost:3000/done',
  });
  const defaults = await generate({ intent: 'sso', return_url: '', success_url: null });

  expect(await linkRow(own.body.link)).toMatchObject({
    returnUrl: 'https://app.example.com/back',
    successUrl: 'http://localhost:3000/done',
  });
  expect(await linkRow(defaults.body.link)).toMatchObject({
    returnUrl: 'https://app.northwind.example/',
    successUrl: null,
  });
});

test('contacts may be given under both names, and are kept once each', async () => {
  await generate({
    intent: 'domain_verification',
    it_contact_emails: ['it@acme.test'],
    admin_emails: ['IT@acme.test', 'ops@acme.test'],
    intent_options: { sso: { provider_type: 'GoogleSAML' }, unknown: 1 },
  });

  const rows = await asSystem(api, (tx) =>
    tx.selectFrom('itContacts').select('email').where('organizationId', '=', organizationId).execute(),
  );
  expect(rows.map(({ email }) => email).sort()).toEqual(['it@acme.test', 'ops@acme.test']);
});

test('what intent_options name is offered in the portal, and is the customer’s to change; what is not understood is nothing', async () => {
  const shown = async (sso: object) => {
    const visitor = await aPortalVisitor(api, vendor, organizationId, {
      intent_options: { sso, domain_verification: { domain_name: 'acme.example' } },
    });
    const { body: providers } = await visitor.ask('GET', '/sso/providers');
    return { suggestion: providers.suggestion, hint: (await visitor.ask('GET', '/domains')).body.hint };
  };

  expect(await shown({ provider_type: 'GoogleSAML' })).toEqual({
    suggestion: {
      providerId: 'google-workspace',
      name: 'Google Workspace',
      reason: 'vendor',
      evidence: { vendor: vendor.environment.vendorName },
    },
    hint: 'acme.example',
  });
  expect((await shown({ provider_type: 'okta-oidc' })).suggestion.providerId).toBe('okta-oidc');
  for (const provider_type of ['GenericSAML', 'Nobody', 7])
    expect((await shown({ provider_type })).suggestion).toBeNull();
});

test('without an intent the link opens everything', async () => {
  const { body } = await generate({});

  expect(await linkRow(body.link)).toMatchObject({
    intent: null,
    features: ['sso', 'directory_sync', 'domain_verification', 'log_streams', 'audit_logs'],
  });
});

test.each(['log_streams', 'audit_logs'])('the intent %s opens its part, and nothing else', async (intent) => {
  const { body } = await generate({ intent });

  expect(await linkRow(body.link)).toMatchObject({ intent, features: [intent] });
});

test('the intent dsync opens the directory, and nothing else', async () => {
  const { status, body } = await generate({ intent: 'dsync' });

  expect(status).toBe(201);
  expect(await linkRow(body.link)).toMatchObject({ intent: 'dsync', features: ['directory_sync'] });
});

test.each([
  [{ organization: 'bogus-id' }, 400, 'Could not find an organization with the id, bogus-id.'],
  [{ intent: 'everything' }, 400, 'The intent "everything" is not known.'],
  [{ intent: 'bring_your_own_key' }, 403, 'The intent "bring_your_own_key" is not offered here.'],
  [
    { intent: 'sso', return_url: 'javascript:alert(1)' },
    400,
    'return_url must be an https URL without credentials.',
  ],
  [
    { intent: 'sso', success_url: 'http://evil.example/' },
    400,
    'success_url must be an https URL without credentials.',
  ],
])('%j is refused', async (body, status, message) => {
  const reply = await generate(body);

  expect([reply.status, reply.body.message]).toEqual([status, message]);
});

describe('[LNK-11] in production a way back', () => {
  let production: Vendor;
  beforeAll(async () => {
    production = await aVendor(api, {
      kind: 'production',
      defaultReturnUrl: 'https://app.northwind.example/settings',
      defaultSuccessUrl: 'https://northwind.example:8443/done',
    });
    for (const uri of ['https://login.northwind.example/callback', 'https://*.tenants.northwind.example/cb'])
      await production.call('POST', '/user_management/redirect_uris', { uri });
  });

  const lead = async (to: object) => {
    const organization = (await anOrganization(production)).id;
    return production.call('POST', '/portal/generate_link', { organization, intent: 'sso', ...to });
  };

  test.each([
    'https://app.northwind.example/elsewhere?tab=2',
    'https://northwind.example:8443/',
    'https://login.northwind.example/',
    'https://LOGIN.northwind.example:443/',
    'https://acme.tenants.northwind.example/settings',
  ])('may lead to %s, a host of the environment', async (url) => {
    expect((await lead({ return_url: url })).status).toBe(201);
    expect((await lead({ success_url: url })).status).toBe(201);
  });

  test.each([
    'https://evil.example/',
    'https://app.northwind.example.evil.example/',
    'https://evil.example/https://app.northwind.example/',
    'https://app.northwind.example:8443/',
    'https://northwind.example/',
    'https://evil.example/#.tenants.northwind.example',
    'https://a.b.tenants.northwind.example/',
    'https://tenants.northwind.example/',
    'https://evilnorthwind.example:8443/',
  ])('never to %s', async (url) => {
    for (const field of ['return_url', 'success_url']) {
      const { status, body } = await lead({ [field]: url });

      expect([status, body.message]).toEqual([400, expect.stringMatching(`^${field} leads to `)]);
    }
  });

  test('of an environment that has named no host leads nowhere', async () => {
    production = await aVendor(api, { kind: 'production' });

    const { status, body } = await lead({ return_url: 'https://app.example.com/' });

    expect([status, body.message]).toEqual([
      400,
      'return_url leads to https://app.example.com, where this environment has no address. Add a redirect URI there, or make it the default way back.',
    ]);
    expect((await lead({})).status).toBe(201);
  });
});

test('[LNK-11] nothing that a browser sends says where finishing leads', async () => {
  const visitor = await aPortalVisitor(api, vendor, organizationId, {
    success_url: 'https://app.example.com/done',
  });

  const { body } = await visitor.ask('POST', '/session/finish?success_url=https://evil.example/', {});

  expect(body).toEqual({ location: 'https://app.example.com/done' });
});

test('[LNK-07] no token stands in the log', async () => {
  const { body } = await generate({ intent: 'sso' });
  const token = String(body.link).slice(String(body.link).lastIndexOf('/') + 1);

  await vendor.call('GET', `/setup/${vendor.environment.handle}/${token}`);

  expect(api.logged()).toContain('/portal/generate_link');
  expect(api.logged()).not.toContain(token);
  expect(api.logged()).not.toContain(vendor.secret);
});

describe('links made for one of the vendor’s own users', () => {
  const revoke = (body: object) => vendor.call('POST', '/portal/revoke_link', body);

  test('are revoked together by the vendor’s id for that user: none opens, and what was opened ends', async () => {
    const organization = (await anOrganization(vendor)).id;
    const visit = (id: string) => aPortalVisitor(api, vendor, organization, { external_user_id: id });
    const leaver = await visit('user_1');
    const colleague = await visit('user_2');
    const unopened = await generate({ organization, intent: 'sso', external_user_id: 'user_1' });

    const { status, text } = await revoke({ organization, external_user_id: 'user_1' });

    expect([status, text]).toEqual([204, '']);
    expect((await leaver.ask('GET', '/session')).status).toBe(401);
    expect((await colleague.ask('GET', '/session')).status).toBe(200);
    const door = await caller(api)('POST', new URL(unopened.body.link).pathname, new URLSearchParams());
    expect(door.status).toBe(404);
    const audits = await asSystem(api, (tx) =>
      tx
        .selectFrom('auditEvents')
        .select('action')
        .where('organizationId', '=', organization)
        .where('action', '=', 'link.revoked')
        .execute(),
    );
    expect(audits).toHaveLength(2);
    const again = await revoke({ organization, external_user_id: 'user_1' });
    expect(again.status).toBe(204);
  });

  test('stay when another organization’s user of the same id is revoked', async () => {
    const [one, other] = await Promise.all([anOrganization(vendor), anOrganization(vendor)]);
    const visitor = await aPortalVisitor(api, vendor, one.id, { external_user_id: 'user_1' });

    await revoke({ organization: other.id, external_user_id: 'user_1' });

    expect((await visitor.ask('GET', '/session')).status).toBe(200);
  });

  test('need the organization and the id', async () => {
    const unknown = await revoke({ organization: 'org_x', external_user_id: 'user_1' });
    const nobody = await revoke({ organization: organizationId, external_user_id: '' });

    expect([unknown.status, unknown.body]).toEqual([404, { message: "Organization not found: 'org_x'." }]);
    expect(nobody.body.errors).toEqual([{ field: 'external_user_id', code: 'external_user_id is required' }]);
  });
});
