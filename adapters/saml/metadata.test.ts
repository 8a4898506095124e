import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { replaced, samlKeys } from '../../test/support/saml.ts';
import { buildTestIdpMetadata } from '../../sandbox/test-idp/metadata.ts';
import { chooseEntity } from './metadata-choice.ts';
import { type MetadataOptions, readIdpMetadata } from './metadata.ts';
import { signElement } from './sign-element.ts';
import { buildSpMetadata } from './sp-metadata.ts';

const { idp } = await samlKeys();
const entityId = 'https://idp.test/saml';
const ssoUrl = 'https://idp.test/sso';
const options: MetadataOptions = {
  now: new Date('2026-11-25T12:00:00Z'),
  expiryGraceMs: 0,
  sandboxLoopback: false,
  ownHosts: ['vestibule.test'],
  ownEntityIdPrefix: 'https://vestibule.test/sso/saml/',
};

const metadata = buildTestIdpMetadata({ entityId, ssoUrl, keys: idp, publishes: 'current' });
const bare = (xml: string) => replaced(xml, '<?xml version="1.0" encoding="UTF-8"?>\n', '');
const wrapped = (...entities: string[]) =>
  `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">${entities.map(bare).join('')}</md:EntitiesDescriptor>`;
const ownMetadata = buildSpMetadata({
  entityId: 'https://vestibule.test/sso/saml/conn_1',
  acsUrl: 'https://vestibule.test/sso/saml/conn_1/acs',
  signsRequests: false,
  signingCertificates: [],
  encryptionCertificates: [],
});

function judge(document: string | Uint8Array, change: Partial<MetadataOptions> = {}) {
  const chosen = chooseEntity(readIdpMetadata(document, { ...options, ...change }));
  return { ok: chosen.ok, codes: chosen.findings.map(({ severity, code }) => `${severity}:${code}`), chosen };
}

const edited = (what: string | RegExp, by: string) => replaced(metadata, what, by);

describe('good metadata', () => {
  it('gives everything a connection needs', () => {
    const { ok, codes, chosen } = judge(metadata);

    expect({ ok, codes }).toEqual({ ok: true, codes: [] });
    expect(chosen.entity).toMatchObject({
      entityId,
      isIdp: true,
      isSp: false,
      ssoRedirectUrl: ssoUrl,
      ssoPostUrl: ssoUrl,
      wantAuthnRequestsSigned: false,
      certificates: [{ subject: 'CN=Test IdP signing' }],
      nameIdFormats: expect.arrayContaining(['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent']),
    });
  });

  const wrapper = (text: string) => edited(/<ds:X509Certificate>([^<]*)/, text);

  it.each([
    ['with a BOM', `\uFEFF${metadata}`],
    ['as bytes with a BOM', Buffer.from(`\uFEFF${metadata}`)],
    ['with Windows line ends', metadata.replaceAll('\n', '\r\n')],
    ['with white space in front', bare(`\n ${metadata}`)],
    [
      'with a comment that holds a role',
      edited('<md:IDPSSODescriptor', '<!-- <md:IDPSSODescriptor/> --><md:IDPSSODescriptor'),
    ],
    [
      'with base64 broken by spaces',
      wrapper(
        `<ds:X509Certificate> ${new X509Certificate(idp.current.certificatePem).raw.toString('base64').replace(/(.{64})/g, '$1 ')}`,
      ),
    ],
    [
      'with other roles beside',
      edited(
        '</md:IDPSSODescriptor>',
        '</md:IDPSSODescriptor><md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706"/>',
      ),
    ],
    ['with white space round a location', metadata.replaceAll(`"${ssoUrl}"`, `" ${ssoUrl}&#10;"`)],
  ])('%s is read the same [MD-01]', (_name, document) => {
    expect(judge(document)).toMatchObject({
      ok: true,
      codes: [],
      chosen: { entity: { ssoRedirectUrl: ssoUrl } },
    });
  });

  it('reads durations, ends and names', () => {
    const xml = replaced(
      edited(
        '<md:EntityDescriptor',
        '<md:EntityDescriptor cacheDuration="PT1440M" validUntil="2027-01-01T00:00:00Z"',
      ),
      '</md:EntityDescriptor>',
      '<md:Organization><md:OrganizationDisplayName xml:lang="de">Firma</md:OrganizationDisplayName><md:OrganizationDisplayName xml:lang="en">Acme\n  Ltd</md:OrganizationDisplayName></md:Organization></md:EntityDescriptor>',
    );

    expect(judge(xml).chosen.entity).toMatchObject({
      cacheDurationMs: 24 * 60 * 60_000,
      validUntil: new Date('2027-01-01T00:00:00Z'),
      displayName: 'Acme Ltd',
    });
  });
});

describe('what stops an import', () => {
  it.each([
    ['a sign-in page', '<!DOCTYPE html><html><body>Sign in</body></html>', 'metadata_login_page'],
    [
      'a sign-in page in XHTML',
      '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
      'metadata_login_page',
    ],
    ['JSON', '{"issuer":"https://idp.test"}', 'metadata_not_xml'],
    ['a broken document', edited('</md:IDPSSODescriptor>', ''), 'metadata_not_xml'],
    ['bytes in another encoding', Buffer.from(metadata, 'utf16le'), 'metadata_not_xml'],
    [
      'a DOCTYPE',
      edited('<md:EntityDescriptor', '<!DOCTYPE x><md:EntityDescriptor'),
      'metadata_forbidden_xml',
    ],
    ['too much', `${metadata}${' '.repeat(1024 * 1024)}`, 'metadata_too_large'],
    ['too much in bytes', Buffer.alloc(1024 * 1024 + 1, ' '), 'metadata_too_large'],
    [
      'too many elements',
      edited('</md:EntityDescriptor>', `${'<x/>'.repeat(10_001)}</md:EntityDescriptor>`),
      'metadata_forbidden_xml',
    ],
    ['metadata of a service provider', replaced(ownMetadata, /vestibule/g, 'other'), 'metadata_is_sp'],
    ['our own metadata', ownMetadata, 'metadata_is_ours'],
    [
      'an identity provider under our own name',
      edited(entityId, 'https://vestibule.test/sso/saml/conn_1'),
      'metadata_is_ours',
    ],
    [
      'the role in another case',
      metadata.replaceAll('IDPSSODescriptor', 'IdPSSODescriptor'),
      'metadata_no_idp',
    ],
    [
      'SAML 1.1 only',
      edited(
        'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"',
        'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"',
      ),
      'metadata_no_idp',
    ],
    [
      'two identity provider roles in one entity',
      edited(
        '</md:EntityDescriptor>',
        `${/<md:IDPSSODescriptor[\s\S]*<\/md:IDPSSODescriptor>/.exec(metadata)?.[0]}</md:EntityDescriptor>`,
      ),
      'metadata_no_idp',
    ],
    [
      'an end in the past',
      edited('<md:EntityDescriptor', '<md:EntityDescriptor validUntil="2026-11-25T11:59:59Z"'),
      'metadata_ended',
    ],
    [
      'an end nobody can read',
      edited('<md:EntityDescriptor', '<md:EntityDescriptor validUntil="soon"'),
      'metadata_ended',
    ],
    ['no key descriptor', edited(/<md:KeyDescriptor.*<\/md:KeyDescriptor>/, ''), 'metadata_no_signing_key'],
    ['an encryption key only', edited('use="signing"', 'use="encryption"'), 'metadata_no_signing_key'],
    ['an empty certificate', edited(/(<ds:X509Certificate>)[^<]*/, '$1 '), 'metadata_no_signing_key'],
    [
      'a KeyName only',
      edited(/<ds:X509Data>.*<\/ds:X509Data>/, '<ds:KeyName>x</ds:KeyName>'),
      'metadata_no_signing_key',
    ],
    [
      'certificates in the wrong namespace',
      edited(
        'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
        'xmlns:ds="urn:oasis:names:tc:SAML:2.0:metadata"',
      ),
      'metadata_no_signing_key',
    ],
    ['a certificate that is none', edited(/(<ds:X509Certificate>)[^<]*/, '$1AAAA'), 'certificate_unreadable'],
    ['no endpoint', metadata.replace(/ *<md:SingleSignOnService.*\n/g, ''), 'metadata_no_endpoint'],
    ['SOAP only', metadata.replace(/HTTP-Redirect|HTTP-POST/g, 'SOAP'), 'metadata_no_endpoint'],
  ])('%s [MD-01] to [MD-06]', (_name, document, code) => {
    const { ok, codes } = judge(document);

    expect(ok).toBe(false);
    expect(codes).toContain(`stop:${code}`);
  });

  it.each([
    ['http', 'http://idp.test/sso', 'not_https'],
    ['javascript', 'javascript:alert(1)', 'not_https'],
    ['data', 'data:text/html,x', 'not_https'],
    ['no address at all', '/sso', 'not_a_url'],
    ['a user name', 'https://user@idp.test/sso', 'user_info'],
    ['a fragment', 'https://idp.test/sso#x', 'fragment'],
    ['a control character inside', 'https://idp.test/s&#10;so', 'not_a_url'],
    ['a loopback name', 'https://localhost/sso', 'loopback'],
    ['our own host', 'https://vestibule.test/sso', 'ours'],
  ])('an endpoint with %s [MD-03]', (_name, location, reason) => {
    const { ok, chosen } = judge(metadata.replaceAll(`"${ssoUrl}"`, `"${location}"`));

    expect(ok).toBe(false);
    expect(chosen.findings).toContainEqual(
      expect.objectContaining({
        code: 'metadata_endpoint_refused',
        facts: expect.objectContaining({ reason }),
      }),
    );
  });

  it('one refused endpoint beside a good one only warns', () => {
    const { ok, codes, chosen } = judge(
      edited(`HTTP-Redirect" Location="${ssoUrl}"`, 'HTTP-Redirect" Location="http://idp.test/sso"'),
    );

    expect({ ok, codes }).toEqual({
      ok: true,
      codes: ['warn:metadata_endpoint_refused', 'note:metadata_post_only'],
    });
    expect(chosen.entity).toMatchObject({ ssoRedirectUrl: undefined, ssoPostUrl: ssoUrl });
  });
});

describe('a sandbox on one machine', () => {
  const local = metadata.replaceAll(`"${ssoUrl}"`, '"http://127.0.0.1:8410/test-idp/sso"');

  it('takes plain http on loopback and our own address', () => {
    expect(judge(local, { sandboxLoopback: true, ownHosts: ['127.0.0.1:8410'] })).toMatchObject({
      ok: true,
      codes: [],
    });
    expect(judge(local)).toMatchObject({ ok: false });
  });

  it('takes plain http nowhere else', () => {
    const far = metadata.replaceAll(`"${ssoUrl}"`, '"http://idp.test/sso"');

    expect(judge(far, { sandboxLoopback: true })).toMatchObject({ ok: false });
  });
});

describe('keys [MD-06]', () => {
  const keyDescriptor = /<md:KeyDescriptor.*<\/md:KeyDescriptor>/.exec(metadata)?.[0] ?? '';

  it('without use count as signing keys (CVE-2026-16443)', () => {
    expect(judge(edited(' use="signing"', '')).chosen.entity?.certificates).toHaveLength(1);
  });

  it('are all kept during a rollover, the encryption key never', () => {
    const both = buildTestIdpMetadata({ entityId, ssoUrl, keys: idp, publishes: 'current_and_next' });
    const third = buildTestIdpMetadata({
      entityId,
      ssoUrl,
      keys: { ...idp, current: idp.unpublished },
      publishes: 'current',
    });
    const encryption = (/<md:KeyDescriptor.*<\/md:KeyDescriptor>/.exec(third)?.[0] ?? '').replace(
      'signing',
      'encryption',
    );

    const { chosen } = judge(both.replace('<md:KeyDescriptor', `${encryption}<md:KeyDescriptor`));

    expect(chosen.entity?.certificates.map(({ sha256 }) => sha256)).toEqual(
      [idp.current, idp.next].map(({ certificatePem }) =>
        new X509Certificate(certificatePem).fingerprint256.replaceAll(':', '').toLowerCase(),
      ),
    );
  });

  it('listed twice count once, with a warning', () => {
    const { ok, codes, chosen } = judge(edited(keyDescriptor, keyDescriptor + keyDescriptor));

    expect({ ok, codes }).toEqual({ ok: true, codes: ['warn:certificate_listed_twice'] });
    expect(chosen.entity?.certificates).toHaveLength(1);
  });

  it('that are bad beside good ones are dropped with a warning', () => {
    const bad = keyDescriptor.replace(/(<ds:X509Certificate>)[^<]*/, '$1AAAA');

    expect(judge(edited(keyDescriptor, bad + keyDescriptor))).toMatchObject({
      ok: true,
      codes: ['warn:certificate_unreadable'],
    });
  });
});

describe('what is told', () => {
  it.each([
    [
      'a wish for signed requests',
      edited('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"'),
      'note:metadata_wants_signed_requests',
    ],
    [
      'an entity id that looks like a label',
      edited(`entityID="${entityId}"`, 'entityID="IdP Entity ID"'),
      'warn:metadata_entity_id_unusual',
    ],
    [
      'a POST endpoint only',
      edited(/ *<md:SingleSignOnService Binding="[^"]*Redirect".*\n/, ''),
      'note:metadata_post_only',
    ],
    [
      'the order of elements',
      edited(/( *<md:KeyDescriptor.*\n)([\s\S]*)(<\/md:IDPSSODescriptor>)/, '$2$1$3'),
      'note:metadata_element_order',
    ],
  ])('%s', (_name, document, code) => {
    expect(judge(document)).toMatchObject({ ok: true, codes: [code] });
  });
});

describe('several entities [MD-02]', () => {
  const second = metadata.replaceAll('idp.test', 'other.test');

  it('are for a person to choose from, never the first', () => {
    const reading = readIdpMetadata(wrapped(metadata, second, ownMetadata), options);

    expect(chooseEntity(reading)).toMatchObject({
      ok: false,
      choices: [{ entityId }, { entityId: 'https://other.test/saml' }],
    });
    expect(chooseEntity(reading, 'https://other.test/saml')).toMatchObject({ ok: true });
    expect(chooseEntity(reading, 'https://nobody.test')).toMatchObject({ ok: false });
  });

  it('with one identity provider among them: preselected, and said so', () => {
    expect(judge(wrapped(metadata, ownMetadata))).toMatchObject({
      ok: true,
      codes: ['note:metadata_one_of_several'],
    });
  });

  it('of one entity id cannot be told apart', () => {
    // There is nothing to offer: both choices would have the same name.
    expect(judge(wrapped(metadata, metadata))).toMatchObject({
      codes: ['stop:metadata_several_entities'],
      chosen: { choices: [], findings: [{ facts: { reason: 'same_entity_id' } }] },
    });
  });

  it('that have all ended offer no choice', () => {
    const document = replaced(
      wrapped(metadata, second),
      '<md:EntitiesDescriptor',
      '<md:EntitiesDescriptor validUntil="2017-04-22T00:00:00Z"',
    );

    expect(judge(document).codes).toEqual(['stop:metadata_ended']);
  });
});

describe('metadata with a pinned key [MD-09]', () => {
  const withId = edited('<md:EntityDescriptor', '<md:EntityDescriptor ID="_m1"');
  // The signer places signatures behind an Issuer; metadata has none, so one is lent for the moment of signing.
  const issuer = '<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>';
  const lent = replaced(bare(withId), /(<md:EntityDescriptor[^>]*>)/, `$1${issuer}`);
  const signed = signElement(lent, '_m1', idp.current);
  const pinned = { pinnedMetadataKeys: [idp.current.certificatePem] };

  it('is read when it is signed with it', () => {
    const reading = readIdpMetadata(signed, { ...options, ...pinned });

    expect(reading).toMatchObject({ signedByMetadataKey: true, entities: [{ entityId, isIdp: true }] });
  });

  it.each([
    ['unsigned', withId],
    ['signed by another key', signElement(lent, '_m1', idp.next)],
    ['changed afterwards', signed.replace(ssoUrl, 'https://evil.test/sso')],
  ])('is refused when it is %s', (_name, document) => {
    expect(judge(document, pinned)).toMatchObject({ ok: false, codes: ['stop:metadata_signature_refused'] });
  });
});
