import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCertificates } from './certificates.ts';
import { chooseEntity } from './metadata-choice.ts';
import { readIdpMetadata } from './metadata.ts';

/**
 * Metadata and certificates of real products, with the verdict an importer owes each. The collection lies beside the
 * repository where it is available; our own equivalents of every kind are in `metadata.test.ts` and
 * `certificates.test.ts` and always run.
 */
const collection = new URL('../../../shared/data/', import.meta.url);
const today = '2026-11-25T23:00:00Z';
const graceMs = 30 * 24 * 60 * 60_000;

/** File, moment, verdict (`ok`, or the code that stops), endpoint chosen, usable keys, other codes expected. */
type Expected = readonly [
  file: string,
  at: string,
  verdict: string,
  url?: string,
  keys?: number,
  told?: readonly string[],
];

const entraUrl = (tenant: string) => `https://login.microsoftonline.com/${tenant}/saml2`;
const acmeUrl = 'https://sso.acme.example/auth/realms/ACME-SSO/protocol/saml';
const legacy = ['metadata_post_only', 'metadata_wants_signed_requests', 'metadata_element_order'];

const documents: readonly Expected[] = [
  ['adfs-federation-extract-https-entityid', today, 'certificate_ended'],
  ['adfs-federation-extract-https-entityid', '2011-10-01', 'ok', 'https://idp.collegeco.example/adfs/ls/', 1],
  ['adfs-full-wsfed-roles', today, 'certificate_ended'],
  [
    'adfs-full-wsfed-roles',
    '2014-06-01',
    'ok',
    'https://adfs.school.example/adfs/ls/',
    1,
    ['certificate_listed_twice'],
  ],
  [
    'auth0-empty-subject-sha1-cert',
    today,
    'ok',
    'https://example-tenant.eu.auth0.com/samlp/SLeL10SEptRHmDPNXtKLXyHwZSGlrMZU',
    1,
  ],
  ['aws-identity-center-2022', today, 'ok', undefined, 1],
  ['broken-double-base64-pem-stale', today, 'metadata_ended'],
  ['broken-double-base64-pem-stale', '2014-01-01', 'certificate_unreadable'],
  ['broken-duplicate-entityid-in-wrapper', today, 'metadata_ended'],
  ['broken-sp-metadata-instead-of-idp', today, 'metadata_is_sp'],
  ['broken-x509-in-wrong-namespace-crlf', today, 'metadata_no_signing_key'],
  [
    'cas-6-commented-out-role',
    today,
    'ok',
    'https://cas.example.org:8443/cas/idp/profile/SAML2/Redirect/SSO',
    1,
  ],
  ['cyberark-centrify-2018', today, 'ok', undefined, 1],
  ['entra-app-2025-signed', today, 'ok', entraUrl('92b20d54-6bdd-4686-9286-c44865f50277'), 1],
  [
    'entra-app-bom-signed-grace',
    today,
    'ok',
    entraUrl('a9054a0f-2011-4e31-b3ac-fd8c354146ec'),
    1,
    ['certificate_in_grace'],
  ],
  ['entra-app-bom-signed-grace', '2026-12-17', 'certificate_ended'],
  ['entra-app-bom-signed-grace', '2026-10-01', 'ok', undefined, 1, ['certificate_ends_soon']],
  ['entra-tenantwide-no-appid', today, 'certificate_ended'],
  [
    'entra-tenantwide-no-appid',
    '2018-06-01',
    'ok',
    entraUrl('682febe8-021b-4fde-ac09-e60085f05181'),
    2,
    ['metadata_tenant_wide'],
  ],
  ['federation-edugain-export-signed', today, 'metadata_ended'],
  ['federation-edugain-export-signed', '2017-04-22', 'metadata_several_entities'],
  ['federation-swamid-excerpt-five-entities', today, 'metadata_several_entities'],
  ['google-2023', today, 'ok', 'https://accounts.google.com/o/saml2/idp?idpid=C029op2ga', 1],
  ['google-2023', '2028-07-20', 'metadata_ended'],
  [
    'jumpcloud-post-only-label-entityid',
    today,
    'ok',
    'https://sso.jumpcloud.com/saml2/exampletest',
    1,
    ['metadata_entity_id_unusual', 'metadata_post_only'],
  ],
  ['keycloak-24-localhost-http', today, 'metadata_endpoint_refused'],
  [
    'keycloak-auth-path-one-line',
    today,
    'ok',
    'https://keycloak.example.org/auth/realms/acme/protocol/saml',
    1,
    ['metadata_wants_signed_requests'],
  ],
  ['keycloak-entities-wrapper-single', today, 'ok', acmeUrl, 1, ['metadata_one_of_several', ...legacy]],
  ['keycloak-legacy-keydescriptor-last', today, 'ok', acmeUrl, 1, legacy],
  [
    'lemonldap-idp-and-sp-http-cut-certs',
    today,
    'metadata_endpoint_refused',
    undefined,
    0,
    ['certificate_unreadable'],
  ],
  ['okta-preview-spaced-base64', today, 'ok', undefined, 1],
  ['okta-trial-2024', today, 'ok', undefined, 1],
  ['onelogin-redirect-binding-post-path', today, 'certificate_ended'],
  [
    'onelogin-redirect-binding-post-path',
    '2017-01-01',
    'ok',
    'https://app.onelogin.com/trust/saml2/http-post/sso/383123',
    1,
  ],
  ['onelogin-uuid-2024-shape', today, 'ok', undefined, 1],
  ['pingfederate-wrong-case-empty-cert', today, 'metadata_no_idp'],
  ['pingone-admin-env-expired', today, 'certificate_ended'],
  ['pingone-admin-env-expired', '2024-06-01', 'ok', undefined, 1],
  ['pingone-custom-domain-not-a-cert', today, 'certificate_unreadable'],
  [
    'rippling-ns0-prefix-algsupport',
    today,
    'ok',
    'https://app.rippling.com/api/platform/sso/sp-initiated/A123',
    1,
  ],
  ['rippling-ns0-prefix-algsupport', '2033-09-29', 'metadata_ended'],
  ['salesforce-rsa1024-two-urls-comment', today, 'certificate_weak'],
  ['samling-ecdsa-p256', today, 'certificate_algorithm_unsupported'],
  ['samling-rsa1024-newline-in-location', today, 'certificate_weak'],
  ['shibboleth-2-keyname-only', today, 'metadata_no_signing_key'],
  ['shibboleth-3-two-signing-data-logo', today, 'certificate_ended'],
  ['shibboleth-3-two-signing-data-logo', '2019-06-01', 'ok', undefined, 2],
  ['shibboleth-not-well-formed', today, 'metadata_not_xml'],
  ['shibboleth-rsa512-trailing-spaces', today, 'certificate_weak'],
  ['shibboleth-rsa512-trailing-spaces', '2010-01-01', 'certificate_weak'],
  ['shibboleth-testshib-idp-and-sp', today, 'certificate_ended'],
  [
    'shibboleth-testshib-idp-and-sp',
    '2015-01-01',
    'ok',
    'https://idp.testshib.org/idp/profile/SAML2/Redirect/SSO',
    1,
    ['metadata_one_of_several'],
  ],
  ['simplesamlphp-redirect-only-xmlbase', today, 'certificate_ended'],
  [
    'simplesamlphp-redirect-only-xmlbase',
    '2011-01-01',
    'ok',
    'https://idp.uni-c.example/saml2/idp/SSOService.php',
    1,
  ],
  ['tequila-zero-keydescriptors', today, 'metadata_no_signing_key'],
];

describe.skipIf(!existsSync(collection))('metadata of real products', () => {
  const cases = documents.map(([file, at, verdict, url, keys, told = []]) => ({
    file,
    at,
    verdict,
    url,
    keys,
    told,
  }));

  it.each(cases)('$file on $at: $verdict', ({ file, at, verdict, url, keys, told }) => {
    const document = readFileSync(new URL(`saml-metadata/${file}.xml`, collection));

    const reading = readIdpMetadata(document, {
      now: new Date(at),
      expiryGraceMs: graceMs,
      sandboxLoopback: false,
      ownHosts: [],
    });
    const chosen = chooseEntity(reading);
    const stops = chosen.findings.filter(({ severity }) => severity === 'stop').map(({ code }) => code);
    const others = chosen.findings.map(({ code }) => code);

    if (verdict === 'ok') expect(stops).toEqual([]);
    else expect(stops).toContain(verdict);
    expect(others).toEqual(expect.arrayContaining([...told]));
    if (url !== undefined) expect(chosen.entity?.ssoRedirectUrl ?? chosen.entity?.ssoPostUrl).toBe(url);
    if (keys !== undefined) expect(chosen.entity?.certificates ?? []).toHaveLength(keys);
  });

  it('offers of a federation only what can be chosen', () => {
    const document = readFileSync(
      new URL('saml-metadata/federation-swamid-excerpt-five-entities.xml', collection),
    );
    const options = { now: new Date(today), expiryGraceMs: graceMs, sandboxLoopback: false, ownHosts: [] };
    const reading = readIdpMetadata(document, options);

    const chosen = chooseEntity(reading);

    expect(!chosen.ok && chosen.choices).toHaveLength(3);
    expect(chooseEntity(reading, 'https://idp.nren.example/idp/shibboleth')).toMatchObject({ ok: true });
  });
});

const leaf = 'b5c63b8c19255563';
const plain = 'ef56b5a9b04351c4';

/** File, verdict, beginning of the fingerprint that must be shown, codes told. */
const certificates: readonly (readonly [string, string, string?, (readonly string[])?])[] = [
  ['01-rsa2048-pem-crlf.crt', 'ok', plain],
  ['02-rsa2048-bare-base64-one-line.txt', 'ok', plain],
  ['03-rsa2048-base64-html-cr-entities.txt', 'ok', plain],
  ['04-rsa2048-der.cer', 'ok', plain],
  ['05-rsa2048-text-header.pem', 'ok', plain],
  ['06-chain-leaf-first.pem', 'ok', leaf, ['certificate_chain_shortened']],
  ['07-chain-root-first.pem', 'ok', leaf, ['certificate_chain_shortened']],
  ['08-pkcs7-chain.p7b', 'certificate_unreadable'],
  ['11-expired-2024.pem', 'certificate_ended'],
  ['12-not-yet-valid-2031.pem', 'ok', undefined, ['certificate_not_yet_valid']],
  ['13-weak-rsa1024.pem', 'certificate_weak'],
  ['14-weak-rsa2048-exponent-3.pem', 'certificate_weak'],
  ['15-ec-p256.pem', 'certificate_algorithm_unsupported'],
];

describe.skipIf(!existsSync(collection))('certificates in every dress', () => {
  const cases = certificates.map(([file, verdict, fingerprint = '', told = []]) => ({
    file,
    verdict,
    fingerprint,
    told,
  }));

  it.each(cases)('$file: $verdict', ({ file, verdict, fingerprint, told }) => {
    const bytes = readFileSync(new URL(`certificates/${file}`, collection));

    const reading = readCertificates(bytes, { now: new Date(today), expiryGraceMs: graceMs });

    const codes = reading.findings.map(({ code }) => code);
    if (verdict === 'ok') {
      expect(reading.certificates).toHaveLength(1);
      expect(reading.certificates[0]?.sha256.startsWith(fingerprint)).toBe(true);
      expect(codes).toEqual([...told]);
    } else {
      expect(reading.certificates).toEqual([]);
      expect(codes).toEqual([verdict]);
    }
  });

  it('show the same fingerprint of the key as the collection states', () => {
    const bytes = readFileSync(new URL('certificates/01-rsa2048-pem-crlf.crt', collection));
    const { certificates: read } = readCertificates(bytes, { now: new Date(today), expiryGraceMs: graceMs });

    expect(read[0]?.spkiSha256).toBe('9b1e5e6b2db9d5ef4e0fd6251c8699922a9b0daf82aa58b67fedcde4db8a449e');
  });
});
