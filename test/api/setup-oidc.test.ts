import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  aCrookedProvider,
  aSigningKey,
  type CrookedProvider,
  type Crookedness,
} from '../support/crooked-provider.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { anInvited, type Visitor } from '../support/visitor.ts';
import type { SsoState } from '../../api/contract/setup-connections.ts';
import type { OidcCheck } from '../../api/contract/setup-provider-settings.ts';
import type { StepResult } from '../../api/contract/shared.ts';

let api: TestApi;
let provider: CrookedProvider;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;

beforeAll(async () => {
  api = await startTestApi();
  provider = await aCrookedProvider(api.deps.now);
});
afterAll(async () => {
  provider.close();
  await api.close();
});
beforeEach(async () => {
  runJourneys(api);
  provider.crookedness = {};
  provider.asked.clear();
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
  await visitor.ask('POST', '/sso/provider', { providerId: 'custom-oidc' });
});

const secret = 'planted-secret-of-the-client';
const typed = (more: object = {}) => ({
  discoveryUrl: `${provider.issuer}/.well-known/openid-configuration`,
  clientId: provider.clientId,
  clientSecret: secret,
  secretEndsOn: '',
  ...more,
});

async function check(more: object = {}, crookedness: Crookedness = {}): Promise<OidcCheck> {
  provider.crookedness = crookedness;
  const answer = await visitor.ask('POST', '/sso/oidc/check', typed(more));
  expect(answer.status).toBe(200);
  return answer.body as OidcCheck;
}

const stopsOf = ({ findings }: OidcCheck) =>
  findings.filter(({ severity }) => severity === 'stop').map(({ code }) => code);
const state = async () => (await visitor.ask('GET', '/sso')).body as SsoState;
const theConnection = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('connections')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .executeTakeFirstOrThrow(),
  );
const without = (name: string) => (document: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(document).filter(([key]) => key !== name));
const withFields = (more: Record<string, unknown>) => (document: Record<string, unknown>) => ({
  ...document,
  ...more,
});

describe('the settings of a connection by OpenID Connect', () => {
  const put = (body: object) => visitor.ask('PUT', '/sso/options', body);

  it('are the fresh sign-in alone; what belongs to SAML is refused', async () => {
    await visitor.ask('POST', '/sso/oidc', typed());

    expect((await put({ forceAuthn: true })).status).toBe(200);
    expect((await put({ signRequests: true })).body.code).toBe('conflict');

    expect((await state()).connection?.options).toMatchObject({ offered: ['forceAuthn'], forceAuthn: true });
    expect(await theConnection()).toMatchObject({ forceAuthn: true, signRequests: false });
  });

  it('keep the day of the secret whatever is typed besides', async () => {
    await visitor.ask('POST', '/sso/oidc', typed());
    const before = (await state()).connection?.openIdProvider?.secretSetAt;
    await visitor.ask('PUT', '/sso/drafts', { clientId: 'another' });

    expect(before).toEqual(expect.any(String));
    expect((await state()).connection?.openIdProvider?.secretSetAt).toBe(before);
  });
});

describe('looking at a provider while it is typed', () => {
  it('finds a good one good, and says what it will use', async () => {
    const found = await check();

    expect(found).toMatchObject({
      canSave: true,
      needsAccepting: false,
      summary: { issuer: provider.issuer, tokenAlg: 'RS256', clientAuth: 'client_secret_basic' },
    });
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it.each<[string, object, string]>([
    ['nothing', { discoveryUrl: '' }, 'empty'],
    ['a word', { discoveryUrl: 'acme okta' }, 'not_an_address'],
    ['http', { discoveryUrl: 'http://idp.example.com/.well-known/openid-configuration' }, 'not_https'],
    [
      'Entra’s address for every customer [OIDC-04]',
      { discoveryUrl: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration' },
      'common_tenant',
    ],
    [
      'Entra’s address for every organization [OIDC-04]',
      {
        discoveryUrl: 'https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration',
      },
      'common_tenant',
    ],
    [
      'SAML metadata',
      { discoveryUrl: 'https://acme.okta.com/app/x/sso/saml/metadata' },
      'metadata_as_discovery',
    ],
    ['no client id', { clientId: ' ' }, 'empty'],
    ['the client id as secret', { clientId: 'same', clientSecret: 'same' }, 'client_id_as_secret'],
    ['a private key as secret', { clientSecret: '-----BEGIN PRIVATE KEY-----\nMIIE\n' }, 'private_key'],
    ['a secret that has ended', { secretEndsOn: '2020-01-31' }, 'secret_ended'],
    ['a day that there is not', { secretEndsOn: '2030-02-31' }, 'date_unreadable'],
  ])('stops %s before anything is fetched', async (_what, more, code) => {
    const found = await check(more);

    expect(stopsOf(found)).toContain(code);
    expect(found.canSave).toBe(false);
    expect(provider.asked.size).toBe(0);
  });

  it('wants a secret where the provider takes one', async () => {
    const found = await check({ clientSecret: '' });

    expect([stopsOf(found), found.canSave]).toEqual([['empty'], false]);
  });

  it('knows Entra’s secret ID from a secret', async () => {
    await visitor.ask('POST', '/sso/provider', { providerId: 'microsoft-entra-id-oidc' });

    const found = await check({ clientSecret: '4f1c7a10-0000-4000-8000-000000000000' });

    expect(stopsOf(found)).toEqual(['secret_id_as_secret']);
  });

  it('completes an issuer to its discovery address', async () => {
    const { findings } = await check({ discoveryUrl: provider.issuer });

    expect(findings.find(({ code }) => code === 'issuer_as_discovery')?.repair).toBe(
      `${provider.issuer}/.well-known/openid-configuration`,
    );
  });

  it.each<[string, Crookedness, string]>([
    ['another issuer [OIDC-04]', { document: withFields({ issuer: 'https://evil.test' }) }, 'issuer_differs'],
    [
      'a blank in its issuer',
      { document: withFields({ issuer: 'https://x.test/{tenantid}' }) },
      'issuer_template',
    ],
    ['no token address', { document: without('token_endpoint') }, 'endpoint_missing'],
    ['keys at a relative address', { document: withFields({ jwks_uri: '/jwks' }) }, 'endpoint_refused'],
    [
      'no code flow [OIDC-01]',
      { document: withFields({ response_types_supported: ['id_token'] }) },
      'no_code_flow',
    ],
    [
      'unsafe algorithms only [OIDC-05]',
      { document: withFields({ id_token_signing_alg_values_supported: ['HS256', 'none'] }) },
      'no_accepted_algorithm',
    ],
    [
      'a way to prove ourselves that we lack [OIDC-08]',
      { document: withFields({ token_endpoint_auth_methods_supported: ['tls_client_auth'] }) },
      'client_auth_unsupported',
    ],
    [
      'nothing of OpenID Connect',
      { document: without('id_token_signing_alg_values_supported') },
      'discovery_not_oidc',
    ],
    ['a list', { document: () => [] }, 'discovery_not_oidc'],
    ['no document', { rawDocument: { status: 404, body: 'no' } }, 'discovery_not_found'],
    ['an error', { rawDocument: { status: 500, body: 'no' } }, 'discovery_unreachable'],
    ['a sign-in page', { rawDocument: { status: 200, body: '<!doctype html><p>Sign in' } }, 'discovery_page'],
    ['text', { rawDocument: { status: 200, body: 'hello' } }, 'discovery_not_json'],
    ['no keys', { keys: () => [] }, 'no_usable_key'],
    ['keys that are none', { keys: () => 'none' }, 'no_usable_key'],
  ])('stops a provider with %s', async (_what, crookedness, code) => {
    const found = await check({}, crookedness);

    expect(stopsOf(found)).toEqual([code]);
    expect(found.canSave).toBe(false);
  });

  it('stops a document that leads to another host [OIDC-04]', async () => {
    const other = await aCrookedProvider(api.deps.now);
    const location = `${other.issuer}/.well-known/openid-configuration`;
    const rawDocument = { status: 302, headers: { location }, body: '' };
    const found = await check({}, { rawDocument });
    other.close();

    expect(stopsOf(found)).toEqual(['discovery_moved']);
  });

  it('takes an issuer that ends in a slash, to the letter', async () => {
    const found = await check({}, { document: withFields({ issuer: `${provider.issuer}/` }) });

    expect(found.summary?.issuer).toBe(`${provider.issuer}/`);
  });

  it('notes unsafe algorithms beside good ones, and pins a good one [OIDC-05]', async () => {
    const algs = ['HS256', 'none', 'ES256'];
    const key = provider.key;
    provider.key = await aSigningKey('second', 'ES256');
    const found = await check({}, { document: withFields({ id_token_signing_alg_values_supported: algs }) });
    provider.key = key;

    expect(found).toMatchObject({ canSave: true, summary: { tokenAlg: 'ES256' } });
    expect(found.findings.map(({ code }) => code)).toContain('weak_algorithms_offered');
  });

  it('wants a yes for a secret that ends soon', async () => {
    const soon = new Date(api.deps.now().getTime() + 5 * 86_400_000).toISOString().slice(0, 10);

    expect(await check({ secretEndsOn: soon })).toMatchObject({ canSave: true, needsAccepting: true });
    const refused = await visitor.ask('POST', '/sso/oidc', typed({ secretEndsOn: soon }));
    expect(refused.status).toBe(422);
    const taken = await visitor.ask('POST', '/sso/oidc', typed({ secretEndsOn: soon, accepted: true }));
    expect(taken.status).toBe(200);
  });
});

describe('saving a provider', () => {
  it('keeps what its answers are verified with, and goes on to the test', async () => {
    const { status, body } = await visitor.ask('POST', '/sso/oidc', typed());

    expect(status).toBe(200);
    const { view } = body as StepResult;
    const steps = view.features.flatMap(({ steps: all }) => all);
    expect(steps.find(({ step }) => step === 'test_sign_in')?.state).toBe('open');
    expect(await theConnection()).toMatchObject({
      protocol: 'oidc',
      state: 'validating',
      connectionType: 'GenericOIDC',
      settingsRevision: 1,
      oidcIssuer: provider.issuer,
      oidcClientId: 'the client',
      oidcTokenAlg: 'RS256',
      oidcClientAuth: 'client_secret_basic',
    });
    expect((await state()).connection).toMatchObject({
      protocol: 'oidc',
      identityProvider: null,
      openIdProvider: { issuer: provider.issuer, clientId: 'the client', hasSecret: true },
    });
  });

  it('seals the secret and never gives it back [OIDC-08] [SEC-04]', async () => {
    const saved = await visitor.ask('POST', '/sso/oidc', typed());
    const { oidcClientSecretSealed: sealed } = await theConnection();
    const audits = await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    const keys = await asSystem(api, (tx) => tx.selectFrom('idempotencyKeys').selectAll().execute());

    expect(sealed).toMatch(/^A256GCM\./);
    for (const place of [saved.body, await state(), audits, keys, sealed, api.logged()]) {
      expect(JSON.stringify(place)).not.toContain(secret);
    }
  });

  it('keeps the secret when the field stays empty', async () => {
    await visitor.ask('POST', '/sso/oidc', typed());
    const before = (await theConnection()).oidcClientSecretSealed;
    const again = await visitor.ask('POST', '/sso/oidc', typed({ clientSecret: '', clientId: 'other' }));
    const { oidcClientSecretSealed: after, oidcClientId } = await theConnection();

    expect(again.status).toBe(200);
    expect([after, oidcClientId]).toEqual([before, 'other']);
  });

  it('asks for the secret again where it would go to another provider [STR-01]', async () => {
    await visitor.ask('POST', '/sso/oidc', typed());
    const other = await aCrookedProvider(api.deps.now);
    onTestFinished(() => other.close());
    const elsewhere = typed({
      clientSecret: '',
      discoveryUrl: `${other.issuer}/.well-known/openid-configuration`,
    });

    const found = await visitor.ask('POST', '/sso/oidc/check', elsewhere);
    const refused = await visitor.ask('POST', '/sso/oidc', elsewhere);

    expect((found.body as { findings: object[] }).findings).toContainEqual(
      expect.objectContaining({ severity: 'stop', code: 'secret_of_another_host', field: 'clientSecret' }),
    );
    expect(refused.status).toBe(422);
    expect(await theConnection()).toMatchObject({ oidcIssuer: provider.issuer });
  });

  it('makes a key of our own for a provider that takes no secret, and publishes it [OIDC-08]', async () => {
    provider.crookedness = {
      document: withFields({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
    };
    const saved = await visitor.ask('POST', '/sso/oidc', typed({ clientSecret: '' }));
    const { id, oidcClientSecretSealed } = await theConnection();
    const published = await fetch(`${api.url}/sso/oidc/${id}/jwks`);

    expect([saved.status, oidcClientSecretSealed]).toEqual([200, null]);
    const { keys } = (await published.json()) as { keys: object[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('has the certificate that Login.gov takes as soon as its guide is there, and keeps it [OIDC-08]', async () => {
    await visitor.ask('POST', '/sso/provider', { providerId: 'login-gov' });
    const { id } = await theConnection();
    const certificates = async () =>
      JSON.stringify((await state()).guide).match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/g);
    const given = await certificates();
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    await visitor.ask('POST', '/sso/provider', { providerId: 'login-gov' });
    const published = (await (await fetch(`${api.url}/sso/oidc/${id}/jwks`)).json()) as {
      keys: JsonWebKey[];
    };

    expect(given).toHaveLength(1);
    expect(await certificates()).toEqual(given);
    const pem = (given?.[0] ?? '').replaceAll(String.raw`\n`, '\n');
    expect(published.keys.map(({ n }) => n)).toEqual([
      new X509Certificate(pem).publicKey.export({ format: 'jwk' }).n,
    ]);
  });

  it('refuses what stops, at its field', async () => {
    const answer = await visitor.ask('POST', '/sso/oidc', typed({ secretEndsOn: '2020-01-31' }));

    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ fields: { secretEndsOn: 'secret_ended' } });
    expect((await theConnection()).oidcIssuer).toBeNull();
  });

  it('forgets the provider when another one is chosen, the secret too', async () => {
    await visitor.ask('POST', '/sso/oidc', typed());
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });

    expect(await theConnection()).toMatchObject({
      protocol: 'saml',
      oidcIssuer: null,
      oidcClientSecretSealed: null,
      oidcServer: null,
    });
  });

  it('keeps drafts of everything but the secret', async () => {
    const draft = { discoveryUrl: 'https://half', clientId: 'half', secretEndsOn: '2030-01-01' };
    expect((await visitor.ask('PUT', '/sso/drafts', draft)).status).toBe(200);
    expect((await visitor.ask('PUT', '/sso/drafts', { clientSecret: secret })).status).toBe(422);

    expect((await state()).drafts).toMatchObject(draft);
  });
});
