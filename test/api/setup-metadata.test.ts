import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeKeyPair } from '../../adapters/saml/sp-keys.ts';
import { anOrganization, asSystem, aVendor } from '../support/builders.ts';
import { base64Of, startSsoSetUp, stepOf, type SsoSetUp } from '../support/sso-set-up.ts';
import { aPortalVisitor } from '../support/visitor.ts';

/** What an identity provider publishes is looked at, and then kept. */

let sso: SsoSetUp;
beforeAll(async () => {
  sso = await startSsoSetUp();
});
afterAll(() => sso.close());
beforeEach(() => sso.begin());

describe('looking at metadata', () => {
  test('fetches an address and says what is there; nothing is kept', async () => {
    await sso.chosen();

    const { body } = await sso.visitor.ask('POST', '/sso/metadata/check', {
      way: 'metadata_url',
      url: sso.publishedUrl,
    });

    expect(body).toMatchObject({
      canSave: true,
      summary: { entityId: 'https://idp.acme.example/saml', ssoUrl: 'https://idp.acme.example/sso' },
    });
    expect(body.summary.certificates).toHaveLength(1);
    expect(await sso.theConnection()).toMatchObject({ state: 'draft', idpEntityId: null });
  });

  test('lets one of several identity providers be picked, never the first', async () => {
    await sso.chosen();
    const two = ['one', 'two']
      .map((name) => sso.metadata({ entityId: `https://${name}.acme.example` }))
      .join('');
    const text = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${two}</md:EntitiesDescriptor>`;

    const open = await sso.visitor.ask('POST', '/sso/metadata/check', sso.file(text));
    const picked = await sso.visitor.ask(
      'POST',
      '/sso/metadata/check',
      sso.file(text, { entityId: 'https://two.acme.example' }),
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
    ['what is no metadata', () => sso.file('<note>hello</note>'), 'metadata_no_idp'],
    ['a sign-in page', () => sso.file('<!doctype html><html><body>Sign in</body></html>'), 'html'],
    ['what is cut off', () => sso.file(sso.metadata().slice(0, 300)), 'metadata_not_xml'],
    ['a DTD', () => sso.file(`<!DOCTYPE x [<!ENTITY a "b">]>${sso.metadata()}`), 'metadata_forbidden_xml'],
    ['a service provider’s', () => sso.file(sso.metadata({ role: 'SPSSODescriptor' })), 'metadata_is_sp'],
    ['no keys', () => sso.file(sso.metadata({ certificates: [] })), 'metadata_no_signing_key'],
    ['a private key', () => sso.file(pem('pkcs8')), 'private_key'],
    ['a private key as certificate', () => sso.byHand({ certificate: pem('pkcs1') }), 'private_key'],
    ['an address without https', () => sso.byHand({ ssoUrl: 'http://idp.acme.example/sso' }), 'not_https'],
    ['a script as address', () => sso.byHand({ ssoUrl: 'javascript:alert(1)' }), 'not_https'],
    ['nothing', () => sso.file(''), 'empty'],
  ])('stops at %s, and saving is refused in a word', async (_name, bodyOf, code) => {
    await sso.chosen();
    const body = bodyOf();

    const looked = await sso.visitor.ask('POST', '/sso/metadata/check', body);
    const saved = await sso.visitor.ask('POST', '/sso/metadata', { ...body, accepted: true });

    const stops = looked.body.findings.filter(({ severity }: { severity: string }) => severity === 'stop');
    expect(stops.map((finding: { code: string }) => finding.code)).toContain(code);
    expect(looked.body.canSave).toBe(false);
    expect(saved.status).toBe(422);
    expect(await sso.theConnection()).toMatchObject({ state: 'draft', idpEntityId: null });
  });

  test('stops at our own metadata and at an ended certificate', async () => {
    await sso.chosen();
    const { spEntityId } = await sso.theConnection();
    const ended = await makeKeyPair({
      commonName: 'old',
      now: new Date('2020-01-01'),
      validDays: 30,
      modulusLength: 2048,
    });
    const codesOf = async (body: object) => {
      const reply = await sso.visitor.ask('POST', '/sso/metadata/check', body);
      return reply.body.findings.map(({ code }: { code: string }) => code);
    };

    expect(await codesOf(sso.file(sso.metadata({ entityId: spEntityId })))).toContain('metadata_is_ours');
    expect(await codesOf(sso.byHand({ certificate: ended.certificatePem }))).toContain('certificate_ended');
    expect(await codesOf({ way: 'metadata_url', url: `${sso.api.url}/sso/saml/x/metadata` })).toContain(
      'own_address',
    );
  });

  test('says why an address could not be read', async () => {
    await sso.chosen();
    sso.publish({ status: 404, body: 'gone' });

    const { body } = await sso.visitor.ask('POST', '/sso/metadata/check', {
      way: 'metadata_url',
      url: sso.publishedUrl,
    });

    expect(body.findings.at(-1)).toMatchObject({
      severity: 'stop',
      code: 'metadata_unreachable',
      field: 'url',
      facts: { status: 404 },
    });
  });

  test('refuses a body beyond all measure, and one that is no JSON', async () => {
    await sso.chosen();

    const long = await sso.visitor.ask('POST', '/sso/metadata/check', sso.file('x'.repeat(2_600_000)));
    const tooLong = await sso.visitor.ask('POST', '/sso/metadata/check', sso.file('x'.repeat(1_200_000)));
    const unknown = await sso.visitor.ask('POST', '/sso/metadata/check', { way: 'guess' });
    const more = await sso.visitor.ask('POST', '/sso/metadata/check', sso.file('x', { more: 1 }));

    expect([long.status, tooLong.status, unknown.status, more.status]).toEqual([413, 422, 422, 422]);
  });

  test('never keeps a private key, not even as a draft', async () => {
    await sso.chosen();
    const key = pem('pkcs8');

    const asPem = await sso.visitor.ask('PUT', '/sso/drafts', { certificate: key });
    const bare = await sso.visitor.ask('PUT', '/sso/drafts', { certificate: base64Of(key) });
    const inUrl = await sso.visitor.ask('PUT', '/sso/drafts', { metadataUrl: key.slice(0, 1_900) });

    expect([asPem, bare, inUrl].map(({ body }) => body.code)).toEqual(
      Array(3).fill('certificate_is_private_key'),
    );
    expect(JSON.stringify((await sso.theConnection()).drafts)).not.toContain('PRIVATE');
    expect(sso.api.logged()).not.toContain('PRIVATE KEY');
  });
});

describe('saving metadata', () => {
  test('keeps settings and keys, counts the revision up, and leads on to the test', async () => {
    await sso.chosen();

    const { body, status } = await sso.visitor.ask('POST', '/sso/metadata', {
      way: 'metadata_url',
      url: sso.publishedUrl,
    });

    expect([status, body.status]).toEqual([200, 'applied']);
    expect(stepOf(body.view, 'enter_metadata')).toBe('done');
    expect(stepOf(body.view, 'test_sign_in')).toBe('open');
    expect(await sso.theConnection()).toMatchObject({
      state: 'validating',
      idpEntityId: 'https://idp.acme.example/saml',
      idpMetadataUrl: sso.publishedUrl,
      settingsRevision: 1,
    });
    const { body: shown } = await sso.visitor.ask('GET', '/sso');
    expect(shown.connection).toMatchObject({
      chip: 'not_tested',
      identityProvider: { metadataUrl: sso.publishedUrl },
    });
    expect(await sso.audits()).toContain('connection.settings_changed');
  });

  test('replaces the keys that are named no longer', async () => {
    await sso.chosen();
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    await sso.visitor.ask(
      'POST',
      '/sso/metadata',
      sso.file(sso.metadata({ certificates: [sso.renewed.pem] })),
    );

    const { body } = await sso.visitor.ask('GET', '/sso');

    expect(body.connection.identityProvider.certificates).toHaveLength(1);
    const all = await asSystem(sso.api, (tx) =>
      tx.selectFrom('idpCertificates').selectAll().where('organizationId', '=', sso.organizationId).execute(),
    );
    expect(all.filter(({ retiredAt }) => retiredAt !== null)).toHaveLength(1);
  });

  test('wants what is doubtful to be accepted', async () => {
    await sso.chosen();
    const doubtful = sso.file(sso.metadata({ entityId: 'IdP Entity ID' }));

    const looked = await sso.visitor.ask('POST', '/sso/metadata/check', doubtful);
    const refused = await sso.visitor.ask('POST', '/sso/metadata', doubtful);
    const accepted = await sso.visitor.ask('POST', '/sso/metadata', { ...doubtful, accepted: true });

    expect(looked.body).toMatchObject({ canSave: true, needsAccepting: true });
    expect(refused.body).toMatchObject({
      code: 'invalid_request',
      fields: { accepted: 'metadata_entity_id_unusual' },
    });
    expect(accepted.status).toBe(200);
  });

  test('signs requests where the provider asks for it, and tells so without asking back', async () => {
    await sso.chosen();
    const wanting = sso.file(sso.metadata({ wantsSigned: true }));

    const looked = await sso.visitor.ask('POST', '/sso/metadata/check', wanting);
    const saved = await sso.visitor.ask('POST', '/sso/metadata', wanting);

    expect(looked.body).toMatchObject({ canSave: true, needsAccepting: false });
    expect(looked.body.findings).toContainEqual(
      expect.objectContaining({ code: 'metadata_wants_signed_requests' }),
    );
    expect(saved.status).toBe(200);
    expect(await sso.theConnection()).toMatchObject({ signRequests: true });
    const keys = await asSystem(sso.api, (tx) =>
      tx.selectFrom('spKeys').selectAll().where('organizationId', '=', sso.organizationId).execute(),
    );
    expect(keys).toMatchObject([{ use: 'signing' }]);
    expect(keys[0]?.privateKeySealed).not.toContain('PRIVATE');
  });

  test('begins anew in a new run, where nobody has said which provider it is', async () => {
    const other = await anOrganization(sso.vendor, { name: 'Beta' });
    sso.organizationId = other.id;
    sso.visitor = await aPortalVisitor(sso.api, sso.vendor, other.id);
    await sso.chosen();
    await asSystem(sso.api, (tx) =>
      tx
        .updateTable('onboardings')
        .set({ state: 'closed', isOpen: false })
        .where('organizationId', '=', other.id)
        .execute(),
    );

    const { body } = await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));

    expect(body.status).toBe('applied');
    expect(stepOf(body.view, 'enter_metadata')).toBe('done');
  });

  test('[TIDP-04] refuses the Test IdP in production', async () => {
    sso.vendor = await aVendor(sso.api, { kind: 'production' });
    sso.organizationId = (await anOrganization(sso.vendor)).id;
    sso.visitor = await aPortalVisitor(sso.api, sso.vendor, sso.organizationId);
    await sso.chosen();

    const reply = await sso.visitor.ask(
      'POST',
      '/sso/metadata',
      sso.file(sso.metadata({ entityId: `${sso.api.url}/test-idp/saml` }), { accepted: true }),
    );

    expect(reply.body.code).toBe('test_idp_refused');
  });
});
