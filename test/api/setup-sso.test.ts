import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeKeyPair } from '../../adapters/saml/sp-keys.ts';
import { finishAttempt, insertCommand, markConnectionTested } from '../../db/index.ts';
import { factRow } from '../../onboarding/workflow-names.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { anOrganization, asSystem, aVendor, type Vendor } from '../support/builders.ts';
import { runJourneys } from '../support/journeys.ts';
import { aCertificate, type MadeCertificate } from '../support/saml.ts';
import { anInvited, aPortalVisitor, type Visitor } from '../support/visitor.ts';

let api: TestApi;
let journeys: ReturnType<typeof runJourneys>;
let certificate: MadeCertificate;
let renewed: MadeCertificate;
let vendor: Vendor;
let organizationId: string;
let visitor: Visitor;

/** What an identity provider publishes, on this machine; a test changes what it answers. */
let published: Server;
let publishedUrl: string;
let answer: { status?: number; body: string };

beforeAll(async () => {
  api = await startTestApi();
  [certificate, renewed] = await Promise.all([
    aCertificate({ name: 'idp' }),
    aCertificate({ name: 'idp two' }),
  ]);
  published = createServer((_request, response) => {
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/samlmetadata+xml' });
    response.end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(published, 'listening');
  publishedUrl = `http://127.0.0.1:${(published.address() as AddressInfo).port}/metadata`;
});
afterAll(async () => {
  published.close();
  await api.close();
});
beforeEach(async () => {
  journeys = runJourneys(api);
  vendor = await aVendor(api);
  organizationId = (await anOrganization(vendor)).id;
  visitor = await anInvited(api, vendor, organizationId);
  answer = { body: metadata() };
});

const base64 = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '');

function metadata({
  entityId = 'https://idp.acme.example/saml',
  certificates = [certificate.pem],
  wantsSigned = false,
  role = 'IDPSSODescriptor',
}: { entityId?: string; certificates?: string[]; wantsSigned?: boolean; role?: string } = {}): string {
  const keys = certificates
    .map(
      (pem) =>
        `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
    )
    .join('');
  return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:${role} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${
    wantsSigned ? ' WantAuthnRequestsSigned="true"' : ''
  }>${keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.acme.example/sso"/></md:${role}></md:EntityDescriptor>`;
}

const file = (text: string, more: object = {}) => ({ way: 'metadata_file', text, ...more });
const byHand = (more: object = {}) => ({
  way: 'manual',
  entityId: 'https://idp.acme.example/saml',
  ssoUrl: 'https://idp.acme.example/sso',
  certificate: certificate.pem,
  ...more,
});

const connections = () =>
  asSystem(api, (tx) =>
    tx
      .selectFrom('connections')
      .selectAll()
      .where('organizationId', '=', organizationId)
      .orderBy('createdAt')
      .execute(),
  );
async function theConnection() {
  const [connection] = await connections();
  if (connection === undefined) throw new Error('no connection');
  return connection;
}
const audits = async () =>
  (
    await asSystem(api, (tx) =>
      tx.selectFrom('auditEvents').select('action').where('organizationId', '=', organizationId).execute(),
    )
  ).map(({ action }) => action);
const stepOf = (view: { features: { steps: { step: string; state: string }[] }[] }, step: string) =>
  view.features.flatMap(({ steps }) => steps).find((one) => one.step === step)?.state;

async function chosen(providerId = 'custom-saml'): Promise<void> {
  expect((await visitor.ask('POST', '/sso/provider', { providerId })).status).toBe(200);
}

/** As the sign-in pages leave it when a test has passed. */
async function tested(): Promise<void> {
  const { id, environmentId, settingsRevision } = await theConnection();
  await asSystem(api, (tx) =>
    markConnectionTested(tx, { environmentId, organizationId }, id, {
      settingsRevision,
      email: 'anna@acme.com',
      signedFloor: 'both',
      encryptedFloor: false,
      now: api.deps.now(),
    }),
  );
}

/** A test sign-in that ended like this. */
async function failed(
  facts: Record<string, string | string[]>,
  cause: 'email_missing' | 'signature_unknown_key' | 'issuer_differs' | 'audience_differs',
) {
  const { body } = await visitor.ask('POST', '/sso/tests');
  const { environmentId } = vendor.key;
  await asSystem(api, (tx) =>
    finishAttempt(tx, { environmentId, organizationId }, body.attemptId, {
      state: 'failed',
      cause,
      facts,
      checks: [{ check: 'document', passed: true }],
      responseXml: '<Response>anna@acme.com</Response>',
      now: api.deps.now(),
    }),
  );
  return String(body.attemptId);
}

describe('choosing a provider', () => {
  test('makes the connection, whose addresses stay when another provider is chosen', async () => {
    const first = await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });
    const before = await theConnection();
    await visitor.ask('POST', '/sso/provider', { providerId: 'microsoft-entra-id' });

    expect(first.body.status).toBe('applied');
    expect(stepOf(first.body.view, 'choose_provider')).toBe('done');
    expect(before).toMatchObject({
      state: 'draft',
      providerId: 'okta',
      connectionType: 'OktaSAML',
      spEntityId: `${api.url}/sso/saml/${before.id}`,
      acsUrl: `${api.url}/sso/saml/${before.id}/acs`,
    });
    expect(await connections()).toMatchObject([
      { id: before.id, providerId: 'microsoft-entra-id', spEntityId: before.spEntityId },
    ]);
    expect(await audits()).toEqual(
      expect.arrayContaining(['connection.created', 'connection.provider_changed']),
    );
  });

  test('forgets what the other provider had given', async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    await visitor.ask('POST', '/sso/provider', { providerId: 'okta' });

    expect(await theConnection()).toMatchObject({ idpEntityId: null, idpSsoUrl: null });
    expect((await visitor.ask('GET', '/sso')).body.connection.identityProvider).toBeNull();
  });

  test('starts a quiet run of its own in a portal session, and joins the one that is open', async () => {
    const other = await anOrganization(vendor, { name: 'Beta' });
    const portal = await aPortalVisitor(api, vendor, other.id, { intent: 'sso' });

    const { body } = await portal.ask('POST', '/sso/provider', { providerId: 'okta' });

    expect(body.status).toBe('applied');
    expect(body.view.features).toMatchObject([{ feature: 'sso', requirement: 'required' }]);
    const runs = await asSystem(api, (tx) =>
      tx.selectFrom('onboardings').selectAll().where('organizationId', '=', other.id).execute(),
    );
    expect(runs).toMatchObject([{ origin: 'portal', number: 1 }]);
  });

  test('is kept while Temporal is away, and goes on with what comes next', async () => {
    journeys.goAway();

    const chosenAway = await visitor.ask('POST', '/sso/provider', { providerId: 'custom-saml' });
    const savedAway = await visitor.ask('POST', '/sso/metadata', file(metadata()));

    expect([chosenAway.status, savedAway.status]).toEqual([202, 202]);
    expect(await theConnection()).toMatchObject({
      state: 'validating',
      idpEntityId: 'https://idp.acme.example/saml',
    });
    journeys.comeBack();
    await journeys.relay();
    const { body } = await visitor.ask('GET', '/home');
    expect(stepOf(body.view, 'enter_metadata')).toBe('done');
  });

  test('refuses what nobody knows, and the Test IdP outside a sandbox', async () => {
    const production = await aVendor(api, { kind: 'production' });
    const { id } = await anOrganization(production);
    const customer = await aPortalVisitor(api, production, id);

    expect((await visitor.ask('POST', '/sso/provider', { providerId: 'nonsense' })).status).toBe(404);
    expect((await customer.ask('POST', '/sso/provider', { providerId: 'test-idp' })).status).toBe(404);
    const listed = await customer.ask('GET', '/sso/providers');
    expect(listed.body.providers.map(({ id: name }: { id: string }) => name)).not.toContain('test-idp');
    expect((await visitor.ask('GET', '/sso/providers?query=azure')).body.providers).toMatchObject([
      { id: 'microsoft-entra-id', matchedName: expect.stringContaining('Azure') },
    ]);
  });

  test('lists each provider once, with its ways, and takes an OpenID Connect way for what it is', async () => {
    const { body } = await visitor.ask('GET', '/sso/providers?query=okta');
    expect(body.providers[0]).toMatchObject({ id: 'okta', ways: [{ id: 'okta' }, { id: 'okta-oidc' }] });

    await chosen('okta-oidc');

    expect(await theConnection()).toMatchObject({
      protocol: 'oidc',
      connectionType: 'OktaOIDC',
      providerId: 'okta-oidc',
      name: 'Okta',
    });
    const { body: state } = await visitor.ask('GET', '/sso');
    expect(JSON.stringify(state.guide)).toContain((await theConnection()).oidcRedirectUri);
  });

  test('a change of the way keeps our addresses and forgets what the other way was given', async () => {
    await chosen('okta');
    expect((await visitor.ask('POST', '/sso/metadata', file(metadata()))).status).toBe(200);
    const before = await theConnection();

    await chosen('okta-oidc');
    await asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ oidcIssuer: 'https://acme.okta.com', oidcClientId: '0oa1' })
        .where('id', '=', before.id)
        .execute(),
    );
    expect(await theConnection()).toMatchObject({
      id: before.id,
      acsUrl: before.acsUrl,
      oidcRedirectUri: before.oidcRedirectUri,
      idpEntityId: null,
      protocol: 'oidc',
    });

    await chosen('okta');
    expect(await theConnection()).toMatchObject({
      id: before.id,
      protocol: 'saml',
      connectionType: 'OktaSAML',
      oidcIssuer: null,
      oidcClientId: null,
    });
  });

  test('keeps pasted metadata as a draft, and never a private key', async () => {
    await chosen('okta');
    expect((await visitor.ask('PUT', '/sso/drafts', { metadataText: metadata() })).status).toBe(200);
    expect((await visitor.ask('GET', '/sso')).body.drafts.metadataText).toBe(metadata());

    const key = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
    expect((await visitor.ask('PUT', '/sso/drafts', { metadataText: key })).status).toBe(422);
    expect((await visitor.ask('GET', '/sso')).body.drafts.metadataText).toBe(metadata());
  });

  test('the same press twice makes one connection', async () => {
    const key = { 'idempotency-key': 'press-1' };

    const [first, second] = await Promise.all([
      visitor.ask('POST', '/sso/provider', { providerId: 'okta' }, key),
      visitor.ask('POST', '/sso/provider', { providerId: 'okta' }, key),
    ]);

    expect(first.status).toBeLessThan(300);
    expect(second.status).toBeLessThan(300);
    expect(await connections()).toHaveLength(1);
  });
});

describe('the guide', () => {
  test('comes with every value filled in, and the place in it is kept', async () => {
    await chosen('okta');
    await visitor.ask('PUT', '/sso/progress', {
      copied: { acs: api.deps.now().toISOString() },
      doneSteps: ['create-app'],
    });
    await visitor.ask('PUT', '/sso/progress', { currentStep: 'saml-settings' });
    await visitor.ask('PUT', '/sso/drafts', {
      way: 'metadata_url',
      metadataUrl: 'https://acme.okta.com/app',
    });

    const { body } = await visitor.ask('GET', '/sso');

    const { acsUrl } = await theConnection();
    expect(JSON.stringify(body.guide)).toContain(acsUrl);
    expect(JSON.stringify(body.guide)).not.toMatch(/\{[A-Z_]+\}/);
    expect(body.progress).toMatchObject({ doneSteps: ['create-app'], currentStep: 'saml-settings' });
    expect(body.drafts).toMatchObject({ way: 'metadata_url', metadataUrl: 'https://acme.okta.com/app' });
  });

  test('is stated as done, not checked', async () => {
    await chosen('okta');

    const { body } = await visitor.ask('POST', '/sso/configuration-done');

    expect(stepOf(body.view, 'configure_provider')).toBe('done');
    expect((await visitor.ask('PUT', '/sso/progress', { doneSteps: 'x' })).status).toBe(422);
  });

  test('cannot be worked on before a provider is chosen', async () => {
    for (const [method, path] of [
      ['PUT', '/sso/progress'],
      ['PUT', '/sso/drafts'],
      ['POST', '/sso/configuration-done'],
      ['POST', '/sso/tests'],
      ['POST', '/sso/go-live'],
      ['POST', '/sso/switch-off'],
      ['POST', '/sso/switch-on'],
    ] as const) {
      const reply = await visitor.ask(method, path);
      expect([path, reply.body.code]).toEqual([path, 'step_blocked']);
    }
  });
});

describe('looking at metadata', () => {
  test('fetches an address and says what is there; nothing is kept', async () => {
    await chosen();

    const { body } = await visitor.ask('POST', '/sso/metadata/check', {
      way: 'metadata_url',
      url: publishedUrl,
    });

    expect(body).toMatchObject({
      canSave: true,
      summary: { entityId: 'https://idp.acme.example/saml', ssoUrl: 'https://idp.acme.example/sso' },
    });
    expect(body.summary.certificates).toHaveLength(1);
    expect(await theConnection()).toMatchObject({ state: 'draft', idpEntityId: null });
  });

  test('lets one of several identity providers be picked, never the first', async () => {
    await chosen();
    const two = ['one', 'two'].map((name) => metadata({ entityId: `https://${name}.acme.example` })).join('');
    const text = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${two}</md:EntitiesDescriptor>`;

    const open = await visitor.ask('POST', '/sso/metadata/check', file(text));
    const picked = await visitor.ask(
      'POST',
      '/sso/metadata/check',
      file(text, { entityId: 'https://two.acme.example' }),
    );

    expect(open.body).toMatchObject({
      canSave: false,
      entities: ['https://one.acme.example', 'https://two.acme.example'],
    });
    expect(picked.body).toMatchObject({ canSave: true, summary: { entityId: 'https://two.acme.example' } });
  });

  const pem = (type: 'pkcs8' | 'pkcs1') =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' }).toString();

  test.each([
    ['what is no metadata', () => file('<note>hello</note>'), 'metadata_no_idp'],
    ['a sign-in page', () => file('<!doctype html><html><body>Sign in</body></html>'), 'html'],
    ['what is cut off', () => file(metadata().slice(0, 300)), 'metadata_not_xml'],
    ['a DTD', () => file(`<!DOCTYPE x [<!ENTITY a "b">]>${metadata()}`), 'metadata_forbidden_xml'],
    ['a service provider’s', () => file(metadata({ role: 'SPSSODescriptor' })), 'metadata_is_sp'],
    ['no keys', () => file(metadata({ certificates: [] })), 'metadata_no_signing_key'],
    ['a private key', () => file(pem('pkcs8')), 'private_key'],
    ['a private key as certificate', () => byHand({ certificate: pem('pkcs1') }), 'private_key'],
    ['an address without https', () => byHand({ ssoUrl: 'http://idp.acme.example/sso' }), 'not_https'],
    ['a script as address', () => byHand({ ssoUrl: 'javascript:alert(1)' }), 'not_https'],
    ['nothing', () => file(''), 'empty'],
  ])('stops at %s, and saving is refused in a word', async (_name, bodyOf, code) => {
    await chosen();
    const body = bodyOf();

    const looked = await visitor.ask('POST', '/sso/metadata/check', body);
    const saved = await visitor.ask('POST', '/sso/metadata', { ...body, accepted: true });

    const stops = looked.body.findings.filter(({ severity }: { severity: string }) => severity === 'stop');
    expect(stops.map((finding: { code: string }) => finding.code)).toContain(code);
    expect(looked.body.canSave).toBe(false);
    expect(saved.status).toBe(422);
    expect(await theConnection()).toMatchObject({ state: 'draft', idpEntityId: null });
  });

  test('stops at our own metadata and at an ended certificate', async () => {
    await chosen();
    const { spEntityId } = await theConnection();
    const ended = await makeKeyPair({
      commonName: 'old',
      now: new Date('2020-01-01'),
      validDays: 30,
      modulusLength: 2048,
    });
    const codesOf = async (body: object) => {
      const reply = await visitor.ask('POST', '/sso/metadata/check', body);
      return reply.body.findings.map(({ code }: { code: string }) => code);
    };

    expect(await codesOf(file(metadata({ entityId: spEntityId })))).toContain('metadata_is_ours');
    expect(await codesOf(byHand({ certificate: ended.certificatePem }))).toContain('certificate_ended');
    expect(await codesOf({ way: 'metadata_url', url: `${api.url}/sso/saml/x/metadata` })).toContain(
      'own_address',
    );
  });

  test('says why an address could not be read', async () => {
    await chosen();
    answer = { status: 404, body: 'gone' };

    const { body } = await visitor.ask('POST', '/sso/metadata/check', {
      way: 'metadata_url',
      url: publishedUrl,
    });

    expect(body.findings.at(-1)).toMatchObject({
      severity: 'stop',
      code: 'metadata_unreachable',
      field: 'url',
      facts: { status: 404 },
    });
  });

  test('refuses a body beyond all measure, and one that is no JSON', async () => {
    await chosen();

    const long = await visitor.ask('POST', '/sso/metadata/check', file('x'.repeat(2_600_000)));
    const tooLong = await visitor.ask('POST', '/sso/metadata/check', file('x'.repeat(1_200_000)));
    const unknown = await visitor.ask('POST', '/sso/metadata/check', { way: 'guess' });
    const more = await visitor.ask('POST', '/sso/metadata/check', { ...file('x'), more: 1 });

    expect([long.status, tooLong.status, unknown.status, more.status]).toEqual([413, 422, 422, 422]);
  });

  test('never keeps a private key, not even as a draft', async () => {
    await chosen();
    const key = pem('pkcs8');

    const asPem = await visitor.ask('PUT', '/sso/drafts', { certificate: key });
    const bare = await visitor.ask('PUT', '/sso/drafts', { certificate: base64(key) });
    const inUrl = await visitor.ask('PUT', '/sso/drafts', { metadataUrl: key.slice(0, 1_900) });

    expect([asPem, bare, inUrl].map(({ body }) => body.code)).toEqual(
      Array(3).fill('certificate_is_private_key'),
    );
    expect(JSON.stringify((await theConnection()).drafts)).not.toContain('PRIVATE');
    expect(api.logged()).not.toContain('PRIVATE KEY');
  });
});

describe('saving metadata', () => {
  test('keeps settings and keys, counts the revision up, and leads on to the test', async () => {
    await chosen();

    const { body, status } = await visitor.ask('POST', '/sso/metadata', {
      way: 'metadata_url',
      url: publishedUrl,
    });

    expect([status, body.status]).toEqual([200, 'applied']);
    expect(stepOf(body.view, 'enter_metadata')).toBe('done');
    expect(stepOf(body.view, 'test_sign_in')).toBe('open');
    expect(await theConnection()).toMatchObject({
      state: 'validating',
      idpEntityId: 'https://idp.acme.example/saml',
      idpMetadataUrl: publishedUrl,
      settingsRevision: 1,
    });
    const { body: sso } = await visitor.ask('GET', '/sso');
    expect(sso.connection).toMatchObject({
      chip: 'not_tested',
      identityProvider: { metadataUrl: publishedUrl },
    });
    expect(await audits()).toContain('connection.settings_changed');
  });

  test('replaces the keys that are named no longer', async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    await visitor.ask('POST', '/sso/metadata', file(metadata({ certificates: [renewed.pem] })));

    const { body } = await visitor.ask('GET', '/sso');

    expect(body.connection.identityProvider.certificates).toHaveLength(1);
    const all = await asSystem(api, (tx) =>
      tx.selectFrom('idpCertificates').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(all.filter(({ retiredAt }) => retiredAt !== null)).toHaveLength(1);
  });

  test('wants what is doubtful to be accepted', async () => {
    await chosen();
    const doubtful = file(metadata({ entityId: 'IdP Entity ID' }));

    const looked = await visitor.ask('POST', '/sso/metadata/check', doubtful);
    const refused = await visitor.ask('POST', '/sso/metadata', doubtful);
    const accepted = await visitor.ask('POST', '/sso/metadata', { ...doubtful, accepted: true });

    expect(looked.body).toMatchObject({ canSave: true, needsAccepting: true });
    expect(refused.body).toMatchObject({
      code: 'invalid_request',
      fields: { accepted: 'metadata_entity_id_unusual' },
    });
    expect(accepted.status).toBe(200);
  });

  test('signs requests where the provider asks for it, and tells so without asking back', async () => {
    await chosen();
    const wanting = file(metadata({ wantsSigned: true }));

    const looked = await visitor.ask('POST', '/sso/metadata/check', wanting);
    const saved = await visitor.ask('POST', '/sso/metadata', wanting);

    expect(looked.body).toMatchObject({ canSave: true, needsAccepting: false });
    expect(looked.body.findings).toContainEqual(
      expect.objectContaining({ code: 'metadata_wants_signed_requests' }),
    );
    expect(saved.status).toBe(200);
    expect(await theConnection()).toMatchObject({ signRequests: true });
    const keys = await asSystem(api, (tx) =>
      tx.selectFrom('spKeys').selectAll().where('organizationId', '=', organizationId).execute(),
    );
    expect(keys).toMatchObject([{ use: 'signing' }]);
    expect(keys[0]?.privateKeySealed).not.toContain('PRIVATE');
  });

  test('begins anew in a new run, where nobody has said which provider it is', async () => {
    const other = await anOrganization(vendor, { name: 'Beta' });
    organizationId = other.id;
    visitor = await aPortalVisitor(api, vendor, other.id);
    await chosen();
    await asSystem(api, (tx) =>
      tx
        .updateTable('onboardings')
        .set({ state: 'closed', isOpen: false })
        .where('organizationId', '=', other.id)
        .execute(),
    );

    const { body } = await visitor.ask('POST', '/sso/metadata', file(metadata()));

    expect(body.status).toBe('applied');
    expect(stepOf(body.view, 'enter_metadata')).toBe('done');
  });

  test('[TIDP-04] refuses the Test IdP in production', async () => {
    vendor = await aVendor(api, { kind: 'production' });
    organizationId = (await anOrganization(vendor)).id;
    visitor = await aPortalVisitor(api, vendor, organizationId);
    await chosen();

    const reply = await visitor.ask(
      'POST',
      '/sso/metadata',
      file(metadata({ entityId: `${api.url}/test-idp/saml` }), { accepted: true }),
    );

    expect(reply.body.code).toBe('test_idp_refused');
  });
});

describe('attributes', () => {
  test('show the provider’s defaults; a choice is kept, an empty one takes the default again', async () => {
    await chosen('okta');
    await visitor.ask('POST', '/sso/metadata', file(metadata(), { accepted: true }));
    const mapping = { id: '', email: 'mailbox', firstName: '', lastName: '', groups: '' };
    const fieldOf = async (name: string) => {
      const { body } = await visitor.ask('GET', '/sso/attributes');
      return body.fields.find(({ field }: { field: string }) => field === name);
    };
    await tested();
    expect(await fieldOf('email')).toMatchObject({ required: true, isDefault: true });

    const { body } = await visitor.ask('PUT', '/sso/attributes', { mapping });

    expect(stepOf(body.view, 'test_sign_in')).toBe('open');
    expect(await fieldOf('email')).toMatchObject({ attribute: 'mailbox', isDefault: false });
    expect((await visitor.ask('GET', '/sso')).body.connection.changedSinceTest).toBe(true);
    await visitor.ask('PUT', '/sso/attributes', { mapping: { ...mapping, email: '' } });
    expect(await fieldOf('email')).toMatchObject({ isDefault: true });
  });
});

describe('a test sign-in', () => {
  beforeEach(async () => {
    await chosen('okta');
    await visitor.ask('POST', '/sso/metadata', file(metadata(), { accepted: true }));
  });

  test('gets an address that is good once, and can be stopped', async () => {
    const { body } = await visitor.ask('POST', '/sso/tests');

    expect(body.url).toMatch(/\/sso\/test\/vb_test_/);
    expect(body.reference).toMatch(/^[2-9A-Z]{4}-\d\d$/);
    expect((await visitor.ask('GET', '/sso/attempts')).body.attempts).toMatchObject([
      { chip: 'in_progress' },
    ]);
    const stopped = await visitor.ask('POST', `/sso/attempts/${body.attemptId}/stop`);
    expect(stopped.body).toMatchObject({ chip: 'failed', facts: { stopped: true } });
    expect((await visitor.ask('POST', `/sso/attempts/${body.attemptId}/stop`)).status).toBe(200);
  });

  test('that failed says what to change where, with addresses of people masked', async () => {
    const { acsUrl, spEntityId } = await theConnection();
    const id = await failed({ expected: spEntityId, received: `${spEntityId}/` }, 'audience_differs');

    const { body, text } = await visitor.ask('GET', `/sso/attempts/${id}`);

    expect(body.advice).toMatchObject({ copyValue: spEntityId, received: `${spEntityId}/`, repair: null });
    expect(body.advice.fixWhere).toContain('**Audience URI (SP Entity ID)**');
    expect(body.checks).toEqual([{ check: 'document', passed: true }]);
    expect(text).not.toContain('anna@acme.com');
    expect(body.responseXml).toContain('a•••@acme.com');
    expect(acsUrl).toContain(spEntityId);
  });

  test.each(['failed', 'success'])('is listed by how it ended: %s', async (state) => {
    await failed({}, 'audience_differs');

    const { body } = await visitor.ask('GET', `/sso/attempts?state=${state}`);

    expect(body.attempts).toHaveLength(state === 'failed' ? 1 : 0);
    expect(body.perDay).toMatchObject([{ failed: 1, worked: 0 }]);
  });

  test('of another organization is nobody’s business', async () => {
    const id = await failed({}, 'audience_differs');
    const other = await anOrganization(vendor, { name: 'Beta' });
    const stranger = await anInvited(api, vendor, other.id);
    const elsewhere = await aVendor(api);
    const far = await anInvited(api, elsewhere, (await anOrganization(elsewhere)).id);

    for (const someone of [stranger, far]) {
      expect((await someone.ask('GET', `/sso/attempts/${id}`)).status).toBe(404);
      expect((await someone.ask('POST', `/sso/attempts/${id}/stop`)).status).toBe(404);
      expect((await someone.ask('POST', '/sso/repairs', { attemptId: id, confirm: true })).status).toBe(404);
    }
    expect((await visitor.ask('GET', '/sso/attempts/attempt_01J00000000000000000000000')).status).toBe(404);
    expect((await visitor.ask('GET', '/sso/attempts/%00')).status).toBeLessThan(500);
  });
});

describe('a repair that is ours', () => {
  beforeEach(async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', { way: 'metadata_url', url: publishedUrl });
    await tested();
  });

  test('trusts the new certificate once it was shown and confirmed, and asks for a new test', async () => {
    const attemptId = await failed({ offeredCertificate: renewed.pem }, 'signature_unknown_key');

    const planned = await visitor.ask('POST', '/sso/repairs', { attemptId, confirm: false });
    const untouched = (await visitor.ask('GET', '/sso')).body.connection.identityProvider.certificates;
    const done = await visitor.ask('POST', '/sso/repairs', { attemptId, confirm: true });

    expect(planned.body).toMatchObject({ repair: 'trust_new_certificate', result: null });
    expect(planned.body.after).toHaveLength(planned.body.before.length + 1);
    expect(untouched).toHaveLength(1);
    expect(stepOf(done.body.result.view, 'test_sign_in')).toBe('open');
    const { body } = await visitor.ask('GET', '/sso');
    expect(body.connection.identityProvider.certificates).toHaveLength(2);
    expect(body.connection.changedSinceTest).toBe(true);
    expect(await audits()).toContain('connection.certificate_trusted');
  });

  test('takes the attribute that was found', async () => {
    const attemptId = await failed({ guess: 'upn', names: ['upn'] }, 'email_missing');

    const { body } = await visitor.ask('POST', '/sso/repairs', { attemptId, confirm: true });

    expect(body).toMatchObject({ repair: 'take_attribute', after: ['upn'] });
    expect((await theConnection()).attributeMapping).toEqual({ email: 'upn' });
  });

  test('fetches the metadata again, and shows what would change before it does', async () => {
    const attemptId = await failed({ expected: 'a', received: 'b' }, 'issuer_differs');
    answer = { body: metadata({ entityId: 'https://idp.acme.example/new' }) };

    const planned = await visitor.ask('POST', '/sso/repairs', { attemptId, confirm: false });
    await visitor.ask('POST', '/sso/repairs', { attemptId, confirm: true });

    expect(planned.body.before[0]).toBe('https://idp.acme.example/saml');
    expect(planned.body.after[0]).toBe('https://idp.acme.example/new');
    expect(await theConnection()).toMatchObject({ idpEntityId: 'https://idp.acme.example/new' });
  });

  test('[LNK-10] is not made on a live connection without a code, and not where nothing is ours to repair', async () => {
    const differs = await failed({ expected: 'a', received: 'b' }, 'audience_differs');
    const unknownKey = await failed({ offeredCertificate: renewed.pem }, 'signature_unknown_key');
    expect((await visitor.ask('POST', '/sso/repairs', { attemptId: differs, confirm: true })).status).toBe(
      409,
    );
    await asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ state: 'active' })
        .where('organizationId', '=', organizationId)
        .execute(),
    );

    const reply = await visitor.ask('POST', '/sso/repairs', { attemptId: unknownKey, confirm: true });

    expect([reply.status, reply.body.code]).toEqual([403, 'code_needed']);
  });
});

describe('going live', () => {
  const live = () =>
    asSystem(api, (tx) =>
      tx
        .updateTable('connections')
        .set({ state: 'active', activatedAt: api.deps.now() })
        .where('organizationId', '=', organizationId)
        .execute(),
    );
  const refusal = async () => (await visitor.ask('POST', '/sso/go-live')).body.code;

  test('needs settings, a test of these very settings, and the domain where the policy asks for it', async () => {
    await chosen();
    expect(await refusal()).toBe('connection_incomplete');
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    expect(await refusal()).toBe('connection_not_tested');
    await tested();
    await visitor.ask('POST', '/sso/metadata', file(metadata({ certificates: [renewed.pem] })));
    expect(await refusal()).toBe('connection_changed_since_test');
    await tested();
    await asSystem(api, (tx) =>
      tx
        .updateTable('environments')
        .set({ domainPolicy: 'required' })
        .where('id', '=', vendor.environment.id)
        .execute(),
    );
    api.pass(3_000);
    expect(await refusal()).toBe('domain_required');
  });

  test('is asked of the journey, which switches on', async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    await tested();
    const { id } = await theConnection();
    await asSystem(api, async (tx) => {
      const onboarding = await tx
        .selectFrom('onboardings')
        .selectAll()
        .where('organizationId', '=', organizationId)
        .executeTakeFirstOrThrow();
      const actor = { type: 'provider', id } as const;
      const fact = {
        kind: 'test_passed',
        connectionId: id,
        attemptId: 'attempt_1',
        settingsRevision: 2,
        key: 'cmd_test_passed',
        actor,
      } as const;
      await insertCommand(tx, factRow(onboarding, fact, api.deps.now()));
    });
    await journeys.relay();

    const { body, status } = await visitor.ask('POST', '/sso/go-live');

    expect([status, body.status]).toEqual([200, 'applied']);
    expect(stepOf(body.view, 'go_live')).toBe('waiting');
  });

  test('leaves nothing of a live connection to be changed under people’s feet', async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    await live();

    for (const [method, path, body] of [
      ['POST', '/sso/provider', { providerId: 'okta' }],
      ['POST', '/sso/metadata', file(metadata())],
      [
        'PUT',
        '/sso/attributes',
        { mapping: { id: 'x', email: 'x', firstName: '', lastName: '', groups: '' } },
      ],
      ['POST', '/sso/go-live', {}],
      ['POST', '/sso/configuration-done', {}],
    ] as const) {
      expect([path, (await visitor.ask(method, path, body)).body.code]).toEqual([path, 'step_done']);
    }
  });

  test('can be taken back at once and done again, each with its event', async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    await tested();
    await live();

    const off = await visitor.ask('POST', '/sso/switch-off');
    const offAgain = await visitor.ask('POST', '/sso/switch-off');
    expect((await visitor.ask('GET', '/sso')).body.connection.chip).toBe('off');
    const on = await visitor.ask('POST', '/sso/switch-on');

    expect([off.status, offAgain.body.code, on.status]).toEqual([200, 'connection_state_refused', 200]);
    expect((await visitor.ask('GET', '/sso')).body.connection.chip).toBe('live');
    const events = await asSystem(api, (tx) =>
      tx.selectFrom('events').select('name').where('organizationId', '=', organizationId).execute(),
    );
    expect(events.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['connection.deactivated', 'connection.activated']),
    );
  });

  test('is not switched on again with settings that no test has seen', async () => {
    await chosen();
    await visitor.ask('POST', '/sso/metadata', file(metadata()));
    await live();
    await visitor.ask('POST', '/sso/switch-off');

    expect((await visitor.ask('POST', '/sso/switch-on')).body.code).toBe('connection_not_tested');
  });
});
