import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connection } from '../../api/contract/developer-connections.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aCrookedProvider, type CrookedProvider } from '../support/crooked-provider.ts';

let api: TestApi;
let vendor: Vendor;
let provider: CrookedProvider;
let organizationId: string;
beforeAll(async () => {
  api = await startTestApi();
  vendor = await aVendor(api);
  provider = await aCrookedProvider(api.deps.now);
  organizationId = (await anOrganization(vendor)).id;
});
afterAll(async () => {
  provider.close();
  await api.close();
});
beforeEach(() => {
  provider.crookedness = {};
});

const secret = 'planted-secret-of-the-developer';
const options = (more: object = {}) => ({
  discovery_endpoint: `${provider.issuer}/.well-known/openid-configuration`,
  client_id: 'the client',
  client_secret: secret,
  ...more,
});
const create = (body: object) =>
  vendor.call('POST', '/connections', { organization_id: organizationId, ...body });
const rowOf = (id: string) =>
  asSystem(api, (tx) =>
    tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  );

test('a connection of OpenID Connect is live at once, and GET shows it as its type', async () => {
  const { status, body } = await create({
    oidc_options: options({ fetch_user_info: true, pkce: true }),
    attribute_maps: { standard_attributes: { email: 'mail' } },
  });

  expect(status).toBe(201);
  expect(connection.parse(body)).toEqual(body);
  expect(body).toMatchObject({ connection_type: 'GenericOIDC', state: 'active' });
  expect(await rowOf(body.id)).toMatchObject({
    ...{ protocol: 'oidc', oidcIssuer: provider.issuer, oidcClientId: 'the client' },
    ...{ oidcClientAuth: 'client_secret_basic', oidcTokenAlg: 'RS256', oidcFetchUserInfo: true },
    attributeMapping: { email: 'mail' },
  });
  const { body: got } = await vendor.call('GET', `/connections/${body.id}`);
  expect(got).toEqual(body);
});

test('its secret is sealed and is in no answer, log or audit row [OIDC-08] [SEC-04]', async () => {
  const { body } = await create({ oidc_options: options() });
  const audits = await asSystem(api, (tx) =>
    tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
  );

  expect((await rowOf(body.id)).oidcClientSecretSealed).toMatch(/^A256GCM\./);
  for (const place of [body, audits, api.logged()]) expect(JSON.stringify(place)).not.toContain(secret);
});

test('private_key_jwt makes a key of the service and publishes it [OIDC-08]', async () => {
  provider.crookedness = {
    document: (good) => ({ ...good, token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
  };
  const { status, body } = await create({
    oidc_options: options({ client_secret: undefined, token_authentication_method: 'private_key_jwt' }),
  });
  const published = await fetch(`${api.url}/sso/oidc/${body.id}/jwks`);

  expect(status).toBe(201);
  expect(((await published.json()) as { keys: object[] }).keys).toHaveLength(1);
});

test.each<[number, string, object]>([
  [400, 'oidc_options_required', { client_id: undefined }],
  [400, 'oidc_options_required', { discovery_endpoint: undefined }],
  [400, 'client_secret_required', { client_secret: undefined }],
  [400, 'client_secret_not_accepted', { token_authentication_method: 'private_key_jwt' }],
  [400, 'key_pair_not_accepted', { jwt_signing_key_pair: { key: 'k', cert: 'c' } }],
  [400, 'discovery_endpoint_must_use_https', { discovery_endpoint: 'http://idp.example.com/' }],
  [400, 'discovery_endpoint_must_use_https', { discovery_endpoint: 'no address' }],
  [400, 'token_authentication_method_not_supported', { token_authentication_method: 'client_secret_jwt' }],
  [422, 'connection_could_not_be_verified', { discovery_endpoint: 'http://localhost:9/' }],
  [422, 'connection_could_not_be_verified', { id_token_signature_algorithm: 'HS256' }],
  [422, 'connection_could_not_be_verified', { id_token_signature_algorithm: 'PS256' }],
])('%i %s is what %j gets', async (status, code, more) => {
  const reply = await create({ oidc_options: options(more) });

  expect([reply.status, reply.body.code]).toEqual([status, code]);
});

test('a method that the provider does not offer, and one of another issuer, are refused [OIDC-04]', async () => {
  provider.crookedness = {
    document: (good) => ({ ...good, token_endpoint_auth_methods_supported: ['client_secret_post'] }),
  };
  const method = await create({ oidc_options: options() });
  provider.crookedness = { document: (good) => ({ ...good, issuer: 'https://evil.test' }) };
  const issuer = await create({ oidc_options: options() });

  expect(method.body.code).toBe('token_authentication_method_not_supported');
  expect(issuer.body.code).toBe('connection_could_not_be_verified');
});
