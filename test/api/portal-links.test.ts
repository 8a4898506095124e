import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestToken } from '../../adapters/tokens.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
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
      ...{ providerId: 'google-workspace', name: 'Google Workspace', reason: 'vendor' },
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
  [{ intent: 'bring_your_own_key' }, 403, 'This key may not do that.'],
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

test('[LNK-07] no token stands in the log', async () => {
  const { body } = await generate({ intent: 'sso' });
  const token = String(body.link).slice(String(body.link).lastIndexOf('/') + 1);

  await vendor.call('GET', `/setup/${vendor.environment.handle}/${token}`);

  expect(api.logged()).toContain('/portal/generate_link');
  expect(api.logged()).not.toContain(token);
  expect(api.logged()).not.toContain(vendor.secret);
});
