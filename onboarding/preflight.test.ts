import { describe, expect, it } from 'vitest';
import type { PreflightContext } from './preflight.ts';
import {
  pastedKind,
  preflightCertificate,
  preflightEntityId,
  preflightMetadataText,
  preflightMetadataUrl,
  preflightSsoUrl,
} from './preflight.ts';
import { findDiscoveryMistakes, findSecretMistakes } from './provider-detection.ts';
import { signInGuides } from './providers/sign-in/index.ts';

const context: PreflightContext = {
  ownPrefixes: ['https://auth.example/sso/'],
  allowsLoopback: false,
  guideId: null,
};
const tenant = '4f1c7a10-1111-4222-8333-444455556666';
const okta = 'https://acme.okta.com/app/exk1/sso/saml/metadata';

describe('pastedKind', () => {
  it.each([
    ['  ', 'empty'],
    ['\uFEFF<?xml version="1.0"?><md:EntityDescriptor/>', 'xml'],
    ['<?xml version="1.0"?><!DOCTYPE html><html>', 'html'],
    ['<!doctype html>', 'html'],
    ['-----BEGIN CERTIFICATE-----\r\nMII', 'certificate'],
    [
      '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----',
      'private_key',
    ],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----', 'private_key'],
    ['-----BEGIN RSA PRIVATE KEY-----', 'private_key'],
    ['https://idp.acme.com/metadata', 'address'],
    ['MIIC'.repeat(30), 'base64'],
    ['hello', 'other'],
  ])('tells %j', (text, kind) => {
    expect(pastedKind(text)).toBe(kind);
  });

  it.each([
    ['PKCS #8, RSA', 'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDK', 'private_key'],
    ['PKCS #1', 'MIIEogIBAAKCAQEAyKl0c5Yk1oZ3nqvI2h4m9d0b8WfXo7rT6uVj', 'private_key'],
    ['PKCS #8, EC', 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7Wnp', 'private_key'],
    ['SEC 1', 'MHcCAQEEIB7WXl2cZkq0y3v5m8n1b4x7z9a2d5f8h0k3n6q9s1vY', 'private_key'],
    ['a certificate', 'MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQsw', 'base64'],
  ])('[MD-04] knows a private key without its armour: %s', (_name, start, kind) => {
    expect(pastedKind(`${start}\n${'Ab1+'.repeat(12)}==`)).toBe(kind);
  });
});

describe('preflightMetadataUrl', () => {
  it.each([
    ['', 'empty', null],
    ['the metadata', 'not_an_address', null],
    ['acme.okta.com/app/exk1/sso/saml/metadata', 'not_an_address', okta],
    ['http://idp.acme.com/metadata', 'not_https', 'https://idp.acme.com/metadata'],
    ['ftp://idp.acme.com/metadata', 'not_https', null],
    ['javascript:alert(1)', 'not_https', null],
    ['https://user:pw@idp.acme.com/metadata', 'address_has_credentials', null],
    [`https://idp.acme.com/${'a'.repeat(2000)}`, 'address_too_long', null],
    ['https://auth.example/sso/saml/conn_9f/metadata', 'own_address', null],
    ['HTTPS://AUTH.EXAMPLE/sso/saml/conn_9f', 'own_address', null],
    ['<md:EntityDescriptor/>', 'document_pasted', null],
    ['-----BEGIN PRIVATE KEY-----', 'private_key', null],
    ['https://acme-admin.okta.com/app/exk1/sso/saml/metadata', 'admin_console_host', okta],
    ['https://acme.okta.com/app/acme_x_1/exk1/sso/saml', 'sso_url_as_metadata', okta],
    ['https://entra.microsoft.com/#home', 'admin_console_page', null],
  ])('stops at %j', (text, code, repair) => {
    expect(preflightMetadataUrl(text, context)[0]).toMatchObject({
      severity: 'stop',
      code,
      repair,
      field: 'url',
    });
  });

  it('tells what it recognises when all is well', () => {
    expect(preflightMetadataUrl(` ${okta}\n`, context)).toEqual([
      { severity: 'ok', code: 'shape_right', field: 'url', facts: { host: 'acme.okta.com' }, repair: null },
      {
        severity: 'ok',
        code: 'provider_recognised',
        field: 'url',
        facts: { provider: 'Okta', guideId: 'okta', seen: 'acme.okta.com' },
        repair: null,
      },
    ]);
  });

  it('warns of a tenant-wide Entra address and says whose tenant it is', () => {
    const url = `https://login.microsoftonline.com/${tenant}/federationmetadata/2007-06/federationmetadata.xml`;

    const findings = preflightMetadataUrl(url, context);

    expect(findings[0]).toMatchObject({ severity: 'warn', code: 'app_id_missing' });
    expect(findings.at(-1)?.facts).toMatchObject({ tenant });
  });

  it("notices another provider's address and which guide it belongs to", () => {
    expect(preflightMetadataUrl(okta, { ...context, guideId: 'microsoft-entra-id' })[0]).toMatchObject({
      severity: 'warn',
      code: 'other_provider',
      facts: { guideId: 'okta', provider: 'Okta' },
    });
    expect(
      preflightMetadataUrl('https://secure.login.gov/api/saml/metadata', {
        ...context,
        guideId: 'custom-saml',
      }).at(-1),
    ).toMatchObject({ severity: 'ok', code: 'provider_recognised' });
    expect(preflightMetadataUrl(okta, { ...context, guideId: 'custom-saml' }).at(-1)).toMatchObject({
      severity: 'ok',
      code: 'other_provider',
    });
  });

  it('[MD-03] takes plain http only for loopback names of a sandbox', () => {
    const sandbox = { ...context, allowsLoopback: true };

    expect(preflightMetadataUrl('http://127.0.0.1:8410/test-idp/metadata', sandbox)[0]?.severity).toBe('ok');
    expect(preflightMetadataUrl('http://idp.acme.test/metadata', sandbox)[0]?.severity).toBe('ok');
    expect(preflightMetadataUrl('http://idp.acme.com/metadata', sandbox)[0]?.code).toBe('not_https');
    expect(preflightMetadataUrl('http://127.0.0.1:8410/test-idp/metadata', context)[0]?.code).toBe(
      'not_https',
    );
  });
});

describe('preflightEntityId', () => {
  it.each([
    ['', 'empty', null],
    ['x'.repeat(1025), 'entity_id_too_long', null],
    [`https://sts.windows.net/${tenant}`, 'slash_missing', `https://sts.windows.net/${tenant}/`],
    [
      'https://accounts.google.com/o/saml2/idp?idpid=C01',
      'sso_url_as_entity_id',
      'https://accounts.google.com/o/saml2?idpid=C01',
    ],
    ['https://auth.example/sso/saml/conn_9f', 'own_address', null],
    ['<xml/>', 'document_pasted', null],
  ])('stops at %j', (text, code, repair) => {
    expect(preflightEntityId(text, context)[0]).toMatchObject({ severity: 'stop', code, repair });
  });

  it('takes any other string, warning of a label and of spaces', () => {
    expect(preflightEntityId('urn:acme:idp', context)).toMatchObject([
      { severity: 'ok', code: 'shape_right' },
    ]);
    expect(preflightEntityId('IdP Entity ID', context)[0]).toMatchObject({
      severity: 'warn',
      code: 'label_pasted',
    });
    expect(preflightEntityId('urn:acme:idp ', context)[0]).toMatchObject({
      code: 'spaces_around',
      repair: 'urn:acme:idp',
    });
  });
});

describe('preflightSsoUrl', () => {
  it('stops at metadata and console addresses', () => {
    expect(preflightSsoUrl(okta, context)[0]).toMatchObject({
      severity: 'stop',
      code: 'metadata_as_sso_url',
    });
    expect(preflightSsoUrl('https://admin.google.com/ac/apps', context)[0]?.code).toBe('admin_console_page');
  });

  it.each([
    'https://kc.acme.com/realms/acme/protocol/saml/descriptor',
    'https://acme.auth0.com/samlp/metadata/Ab1',
    'https://acme.my.salesforce.com/.well-known/samlidp/Ledgerly.xml',
    'https://sso.acme.edu/idp/shibboleth',
    'https://idp.acme.edu/simplesaml/saml2/idp/metadata.php',
    'https://acme.vmwareidentity.com/SAAS/API/1.0/GET/metadata/idp.xml',
    'https://portal.sso.eu-west-1.amazonaws.com/saml/metadata/MTIz',
  ])('knows the metadata address %s', (url) => {
    expect(preflightSsoUrl(url, context)[0]?.code).toBe('metadata_as_sso_url');
  });

  it('takes the address people sign in at', () => {
    expect(preflightSsoUrl(`https://login.microsoftonline.com/${tenant}/saml2`, context)[0]?.severity).toBe(
      'ok',
    );
    expect(preflightSsoUrl('https://accounts.google.com/o/saml2/idp?idpid=C01', context)[0]?.severity).toBe(
      'ok',
    );
  });
});

describe('documents', () => {
  it('[MD-04] never lets a private key through, wherever it is pasted', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----';

    for (const check of [preflightMetadataText, preflightCertificate]) {
      expect(check(key)).toMatchObject({ severity: 'stop', code: 'private_key' });
    }
    for (const check of [preflightMetadataUrl, preflightEntityId, preflightSsoUrl]) {
      expect(check(key, context)[0]?.code).toBe('private_key');
    }
  });

  it.each([
    ['<md:EntityDescriptor/>', 'shape_right'],
    ['<html>', 'html'],
    [okta, 'address_pasted'],
    ['-----BEGIN CERTIFICATE-----', 'certificate_pasted'],
    ['MIIC'.repeat(30), 'certificate_pasted'],
    ['nothing', 'not_readable'],
  ])('looks at metadata %j', (text, code) => {
    expect(preflightMetadataText(text).code).toBe(code);
  });

  it.each([
    ['-----BEGIN CERTIFICATE-----', 'shape_right'],
    ['MIIC'.repeat(30), 'shape_right'],
    ['<md:EntityDescriptor/>', 'xml_pasted'],
    ['12:34', 'not_readable'],
  ])('looks at a certificate %j', (text, code) => {
    expect(preflightCertificate(text).code).toBe(code);
  });
});

it('passes the example of every guide', () => {
  for (const guide of signInGuides) {
    for (const field of guide.giveBack.flatMap((input) => input.fields)) {
      const own = { ...context, guideId: guide.id };
      const checks = {
        metadata_url: preflightMetadataUrl,
        sso_url: preflightSsoUrl,
        entity_id: preflightEntityId,
      };
      const check = Object.entries(checks).find(([name]) => name === field.field)?.[1];
      if (field.example === undefined || check === undefined) continue;
      expect(check(field.example, own).filter(({ severity }) => severity !== 'ok')).toEqual([]);
    }
  }
});

it('finds nothing wrong with the discovery address that a guide shows as its example', () => {
  const fields = signInGuides.flatMap(({ giveBack }) => giveBack.flatMap((input) => input.fields));
  const examples = fields
    .filter(({ field }) => field === 'discovery_url')
    .map(({ example }) => example ?? '');

  expect(examples.flatMap(findDiscoveryMistakes)).toEqual([]);
});

it('explains in the guides only mistakes that are found', () => {
  const explained = signInGuides.flatMap((guide) =>
    guide.giveBack.flatMap((input) => input.fields.flatMap((field) => field.mistakes)),
  );
  const found = [
    ...[
      'https://acme-admin.okta.com/app/exk1/sso/saml/metadata',
      'https://acme.okta.com/app/a/exk1/sso/saml',
      'https://entra.microsoft.com/',
      `https://login.microsoftonline.com/${tenant}/federationmetadata/2007-06/federationmetadata.xml`,
      'https://login.microsoftonline.com/common/saml2',
      'https://cas.acme.edu/cas/sp/metadata',
      'https://acme.okta.com/.well-known/openid-configuration',
      'https://auth.example/sso/saml/1',
    ].flatMap((text) => preflightMetadataUrl(text, context)),
    ...[`https://sts.windows.net/${tenant}`, 'https://accounts.google.com/o/saml2/idp?idpid=C01'].flatMap(
      (text) => preflightEntityId(text, context),
    ),
    preflightMetadataText('<html>'),
    ...[
      'https://acme-admin.okta.com/.well-known/openid-configuration',
      'https://acme.okta.com',
      `https://login.microsoftonline.com/${tenant}/.well-known/openid-configuration`,
      'https://idp.acme.com/saml/metadata',
    ].flatMap(findDiscoveryMistakes),
    ...findSecretMistakes(tenant, { clientId: tenant, guideId: 'microsoft-entra-id-oidc' }),
    ...findSecretMistakes(tenant, { clientId: '', guideId: 'microsoft-entra-id-oidc' }),
  ].map(({ code }) => code);

  expect(found).toEqual(expect.arrayContaining(explained.map(({ code }) => code)));
});
