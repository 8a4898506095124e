import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connection } from '../../api/contract/developer-connections.ts';
import { clientSecretPlace } from '../../api/sign-in/oidc-trust.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { aCrookedProvider, type CrookedProvider } from '../support/crooked-provider.ts';
import { aCertificate } from '../support/saml.ts';

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
    protocol: 'oidc',
    oidcIssuer: provider.issuer,
    oidcClientId: 'the client',
    oidcClientAuth: 'client_secret_basic',
    oidcTokenAlg: 'RS256',
    oidcFetchUserInfo: true,
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

describe('PATCH of oidc_options', () => {
  let id: string;
  beforeEach(async () => {
    id = (await create({ oidc_options: options({ fetch_user_info: true }) })).body.id;
    provider.asked.clear();
  });
  const change = (oidc_options: object, more: object = {}) =>
    vendor.call('PATCH', `/connections/${id}`, { oidc_options, ...more });

  test('changes what is named, leaves the rest, and asks the provider nothing for it', async () => {
    const before = await rowOf(id);
    const { status, body } = await change({ client_id: 'another client' }, { name: 'Renamed' });

    expect(status).toBe(200);
    expect(connection.parse(body)).toEqual(body);
    const { updatedAt, settingsRevision, ...rest } = before;
    expect(await rowOf(id)).toMatchObject({
      ...rest,
      name: 'Renamed',
      oidcClientId: 'another client',
      settingsRevision: settingsRevision + 1,
    });
    expect(updatedAt).toBeInstanceOf(Date);
    expect(provider.asked.size).toBe(0);
  });

  test('a new secret is told of once, and nothing is said of what leaves the secret alone', async () => {
    api.pass(1000);
    await change({ client_secret: 'another-planted-secret' });
    await change({ client_id: 'another client' });

    const renewed = await asSystem(api, (tx) =>
      tx
        .selectFrom('events')
        .select('data')
        .where('organizationId', '=', organizationId)
        .where('name', '=', 'connection.client_secret_renewed')
        .execute(),
    );
    expect(renewed.filter(({ data }) => JSON.stringify(data).includes(id))).toMatchObject([
      { data: { client_secret: { expiry_date: null } } },
    ]);
  });

  test('a new secret is sealed, is in no answer, log or audit row, and its end is not known [OIDC-08] [SEC-04]', async () => {
    const before = await rowOf(id);
    const next = 'another-planted-secret';
    api.pass(1000);
    const { body } = await change({ client_secret: next });
    const audits = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
    );

    const after = await rowOf(id);
    expect(after.oidcClientSecretSealed).not.toBe(before.oidcClientSecretSealed);
    expect(api.deps.secrets.open(after.oidcClientSecretSealed ?? '', clientSecretPlace(after))).toBe(next);
    expect(Date.parse(after.oidcSecretSetAt ?? '')).toBeGreaterThan(Date.parse(before.oidcSecretSetAt ?? ''));
    expect(after.oidcSecretEndsOn).toBeNull();
    for (const place of [body, audits, api.logged()]) expect(JSON.stringify(place)).not.toContain(next);
  });

  test('null gives back what it was made with', async () => {
    provider.crookedness = {
      document: (good) => ({
        ...good,
        token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      }),
    };
    id = (
      await create({
        oidc_options: options({ token_authentication_method: 'client_secret_post', fetch_user_info: true }),
      })
    ).body.id;
    await change({
      token_authentication_method: null,
      fetch_user_info: null,
      id_token_signature_algorithm: null,
    });

    expect(await rowOf(id)).toMatchObject({
      oidcClientAuth: 'client_secret_basic',
      oidcFetchUserInfo: false,
      oidcTokenAlg: 'RS256',
    });
  });

  test('to private_key_jwt makes a key of the service, and the secret is not kept [OIDC-08]', async () => {
    provider.crookedness = {
      document: (good) => ({
        ...good,
        token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
      }),
    };
    const made = await create({ oidc_options: options() });
    id = made.body.id;
    const { status } = await change({ token_authentication_method: 'private_key_jwt' });
    const published = await fetch(`${api.url}/sso/oidc/${id}/jwks`);

    expect(status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ oidcClientSecretSealed: null, oidcSecretSetAt: null });
    expect(((await published.json()) as { keys: object[] }).keys).toHaveLength(1);
    expect((await change({ token_authentication_method: null })).body.code).toBe('client_secret_required');
  });

  test('another provider is fetched, and is never shown the secret of the one before [OIDC-08]', async () => {
    const other = await aCrookedProvider(api.deps.now);
    const discovery_endpoint = `${other.issuer}/.well-known/openid-configuration`;
    const bare = await change({ discovery_endpoint });
    const same = await change({ discovery_endpoint: options().discovery_endpoint });
    const whole = await change({ discovery_endpoint, client_secret: 'one of the other' });
    other.close();

    expect([bare.status, bare.body.code]).toEqual([400, 'client_secret_required']);
    expect(same.status).toBe(200);
    expect(whole.status).toBe(200);
    expect(await rowOf(id)).toMatchObject({ oidcIssuer: other.issuer, oidcClientId: 'the client' });
  });

  test.each<[number, string, object]>([
    [400, 'client_secret_required', { client_secret: null }],
    [400, 'client_secret_required', { client_secret: '' }],
    [
      400,
      'client_secret_not_accepted',
      { token_authentication_method: 'private_key_jwt', client_secret: 'x' },
    ],
    [400, 'key_pair_not_accepted', { jwt_signing_key_pair: { key: 'k', cert: 'c' } }],
    [400, 'discovery_endpoint_must_use_https', { discovery_endpoint: 'http://idp.example.com/' }],
    [400, 'token_authentication_method_not_supported', { token_authentication_method: 'client_secret_jwt' }],
    [422, 'connection_could_not_be_verified', { discovery_endpoint: 'http://localhost:9/' }],
    [422, 'connection_could_not_be_verified', { id_token_signature_algorithm: 'PS256' }],
  ])('%i %s is what %j gets, and nothing changes', async (status, code, oidc) => {
    const before = await rowOf(id);
    const reply = await change(oidc);

    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(await rowOf(id)).toEqual(before);
  });

  test('does not go with saml_options, nor with a connection of SAML', async () => {
    const both = await change({}, { saml_options: {} });
    const certificate = await aCertificate({ name: 'idp' });
    const { body: saml } = await create({
      saml_options: {
        idp_entity_id: 'https://idp.acme.example/saml',
        idp_sso_url: 'https://idp.acme.example/sso',
        idp_signing_certs: [certificate.pem],
      },
    });
    const other = await vendor.call('PATCH', `/connections/${saml.id}`, { oidc_options: {} });

    expect([both.status, both.body.code]).toEqual([400, 'both_saml_and_oidc_options_provided']);
    expect([other.status, other.body.code]).toEqual([400, 'connection_type_conflicts_with_options']);
  });
});
