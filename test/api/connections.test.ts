import { afterAll, beforeAll, expect, test } from 'vitest';
import { connection } from '../../api/contract/developer-connections.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aCertificate } from '../support/saml.ts';

let api: TestApi;
let vendor: Vendor;
let pem: string;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  ({ pem } = await aCertificate({ name: 'idp' }));
  organizationId = (
    await anOrganization(vendor, { domain_data: [{ domain: 'acme.test', state: 'verified' }] })
  ).id;
});
afterAll(() => api.close());

const values = () => ({
  idp_entity_id: 'http://www.okta.com/exk1a2b3c4d5e6f7g8h9',
  idp_sso_url: 'https://acme.okta.com/app/acme_northwind/exk1a2b3c4d5e6f7g8h9/sso/saml',
  idp_signing_certs: [pem],
});
const create = (body: object) =>
  vendor.call('POST', '/connections', { organization_id: organizationId, ...body });
const commandsOf = (workflowId: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('commands').select('message').where('workflowId', '=', workflowId).orderBy('seq').execute(),
  );

test('a connection that the developer vouches for is live at once, and its certificate is watched', async () => {
  const { status, body } = await create({
    saml_options: values(),
    attribute_maps: { standard_attributes: { email: 'mail', groups: null } },
  });

  expect(status).toBe(201);
  expect(connection.parse(body)).toEqual(body);
  expect(body).toMatchObject({
    organization_id: organizationId,
    connection_type: 'OktaSAML',
    name: 'Acme',
    state: 'active',
    status: 'linked',
    domains: [{ object: 'connection_domain', domain: 'acme.test' }],
  });
  expect(await commandsOf(`cert/${body.id}`)).toEqual([{ message: 'certificatesChanged' }]);
  const [row] = await asSystem(api, (tx) =>
    tx.selectFrom('connections').selectAll().where('id', '=', body.id).execute(),
  );
  expect(row).toMatchObject({
    spEntityId: `${api.url}/sso/saml/${body.id}`,
    acsUrl: `${api.url}/sso/saml/${body.id}/acs`,
    attributeMapping: { email: 'mail' },
  });
  const { body: happened } = await vendor.call('GET', '/events?events=connection.activated');
  expect(happened.data[0].data).toMatchObject({ id: body.id, external_key: body.id });
  expect(happened.data[0].data.domains[0].id).toMatch(/^conn_domain_/);
});

test('a null says "not given" however deep it lies, because typed clients send what nobody set', async () => {
  const unset = {
    acs_url: null,
    sp_entity_id: null,
    sp_signing_key_pair: null,
    sp_encryption_key_pairs: null,
  };
  const { status, body } = await create({
    name: null,
    external_id: null,
    connection_type: null,
    attribute_maps: { standard_attributes: { email: 'mail', first_name: null }, custom_attributes: null },
    saml_options: {
      ...values(),
      idp_entity_id: 'https://idp.acme.test/unset',
      idp_metadata_url: null,
      ...unset,
    },
    oidc_options: null,
  });

  expect([status, body.state]).toEqual([201, 'active']);
});

test('the same external id in an organization gives the connection that is there', async () => {
  const first = await create({ saml_options: values(), external_id: 'sso-1' });

  const again = await create({ saml_options: values(), external_id: 'sso-1', name: 'Other' });

  expect([again.status, again.body.id, again.body.name]).toEqual([201, first.body.id, 'Acme']);
});

test.each([
  ['connection_type_or_options_required', {}],
  ['saml_options_required', { connection_type: 'OktaSAML' }],
  ['both_saml_and_oidc_options_provided', { saml_options: {}, oidc_options: {} }],
  ['connection_type_conflicts_with_options', { connection_type: 'OktaOIDC', saml_options: {} }],
  ['connection_type_conflicts_with_options', { connection_type: 'OktaSAML', oidc_options: {} }],
  ['connection_type_not_supported', { connection_type: 'GoogleOAuth' }],
  ['oidc_options_required', { connection_type: 'OktaOIDC' }],
  ['incomplete_saml_options', { saml_options: { idp_entity_id: 'x' } }],
  [
    'ambiguous_saml_options',
    { saml_options: { idp_metadata_url: 'https://x.example/m', idp_sso_url: 'https://x.example/' } },
  ],
  ['key_pair_not_accepted', { saml_options: { sp_signing_key_pair: { key: 'k', cert: 'c' } } }],
  [
    'invalid_certificate',
    {
      saml_options: {
        idp_entity_id: 'e',
        idp_sso_url: 'https://x.example/',
        idp_signing_certs: ['nonsense'],
      },
    },
  ],
])('%s is what %j gets', async (code, body) => {
  const reply = await create(body);

  expect([reply.status, reply.body.code]).toEqual([400, code]);
});

test('a filter that is refused is called by the name that was sent', async () => {
  const { status, body } = await vendor.call('GET', '/connections?connection_type=Nope');

  expect([status, body.errors.length, body.errors[0].field]).toEqual([422, 1, 'connection_type']);
  expect(body.errors[0].code).toMatch(/^connection_type must be one of Pending, /);
});

test('an address for signing in that is no https, or not to be reached, is refused', async () => {
  const plain = await create({ saml_options: { ...values(), idp_sso_url: 'http://idp.example.com/sso' } });
  const away = await create({ saml_options: { idp_metadata_url: 'http://127.0.0.1:9/metadata' } });

  expect([plain.status, plain.body.code]).toEqual([422, 'invalid_idp_sso_url']);
  expect([away.status, away.body.code]).toEqual([422, 'idp_metadata_fetch_failed']);
});

test('connections are listed by organization, type, domain and name', async () => {
  const other = await anOrganization(vendor, { name: 'Globex' });
  const { body: theirs } = await vendor.call('POST', '/connections', {
    organization_id: other.id,
    connection_type: 'GenericSAML',
    saml_options: values(),
  });
  const idsOf = async (query: string) => {
    const { body } = await vendor.call('GET', `/connections?limit=100&${query}`);
    return body.data.map(({ id }: { id: string }) => id);
  };

  expect(await idsOf(`organization_id=${other.id}`)).toEqual([theirs.id]);
  expect(await idsOf('connection_type=GenericSAML')).toEqual([theirs.id]);
  expect(await idsOf('connection_type=GithubOAuth')).toEqual([]);
  expect(await idsOf('search=globex')).toEqual([theirs.id]);
  expect(await idsOf('domain=acme.test')).not.toContain(theirs.id);
});

test('a deleted connection is gone, its event carries what the contract says, its watch ends', async () => {
  const { body } = await create({ saml_options: values() });

  const reply = await vendor.call('DELETE', `/connections/${body.id}`);

  expect([reply.status, reply.text]).toEqual([204, '']);
  const missing = await vendor.call('GET', `/connections/${body.id}`);
  expect([missing.status, missing.body.message]).toEqual([404, `Connection not found: '${body.id}'.`]);
  const { body: happened } = await vendor.call('GET', '/events?events=connection.deleted');
  expect(happened.data[0].data).not.toHaveProperty('status');
  expect((await commandsOf(`cert/${body.id}`)).map(({ message }) => message)).toContain(
    'stopCertificateWatch',
  );
});

test('[TIDP-04] a production environment takes no connection to the Test IdP', async () => {
  const production = await aVendor(api, { kind: 'production' });
  const { id } = await anOrganization(production);

  const { status, body } = await production.call('POST', '/connections', {
    organization_id: id,
    saml_options: { ...values(), idp_entity_id: `${api.url}/test-idp/saml` },
  });

  expect([status, body.code]).toEqual([422, 'test_idp_refused']);
});
