import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { acsUrl, now, samlKeys, spEntityId } from '../../test/support/saml.ts';
import { readCertificates } from './certificates.ts';
import { metadataLimits, scanXml } from './scan.ts';
import { makeKeyPair } from './sp-keys.ts';
import { buildSpMetadata } from './sp-metadata.ts';
import {
  attributeOf,
  childNamed,
  childrenNamed,
  elementsIn,
  everyElement,
  textOf,
  xmlNamespaces as ns,
} from './xml-tree.ts';

const { idp, decryption } = await samlKeys();

function roleOf(xml: string) {
  const scanned = scanXml(xml, metadataLimits);
  const role = scanned.ok ? childNamed(scanned.root, ns.metadata, 'SPSSODescriptor') : undefined;
  if (!scanned.ok || !role) throw new Error('no role');
  return { entity: scanned.root, role };
}

it('lists signing and encryption keys apart, current and next [MD-10]', () => {
  const { entity, role } = roleOf(
    buildSpMetadata({
      entityId: spEntityId,
      acsUrl,
      signsRequests: true,
      signingCertificates: [idp.current.certificatePem, idp.next.certificatePem],
      encryptionCertificates: [decryption.certificatePem],
    }),
  );

  expect(attributeOf(entity, 'entityID')).toBe(spEntityId);
  const keys = childrenNamed(role, ns.metadata, 'KeyDescriptor').map((key) => ({
    use: attributeOf(key, 'use'),
    certificate: [...everyElement(key)].filter(({ local }) => local === 'X509Certificate').map(textOf)[0],
    methods: childrenNamed(key, ns.metadata, 'EncryptionMethod').map((method) =>
      attributeOf(method, 'Algorithm'),
    ),
  }));
  const der = (pem: string) => new X509Certificate(pem).raw.toString('base64');
  expect(keys.map(({ use, certificate }) => [use, certificate])).toEqual([
    ['signing', der(idp.current.certificatePem)],
    ['signing', der(idp.next.certificatePem)],
    ['encryption', der(decryption.certificatePem)],
  ]);
  // Only what we can open [SAML-10].
  expect(keys[2]?.methods.join(' ')).toMatch(/^http.*aes256-gcm .*rsa-oaep-mgf1p$/);
});

it('says whether requests are signed, and where responses go', () => {
  const { role } = roleOf(
    buildSpMetadata({
      entityId: spEntityId,
      acsUrl,
      signsRequests: false,
      signingCertificates: [],
      encryptionCertificates: [],
    }),
  );

  expect(attributeOf(role, 'AuthnRequestsSigned')).toBe('false');
  expect(attributeOf(role, 'WantAssertionsSigned')).toBe('true');
  const [service] = elementsIn(role);
  expect(service && attributeOf(service, 'Location')).toBe(acsUrl);
  expect(service && attributeOf(service, 'Binding')).toBe('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST');
});

it('makes an RSA-3072 key with a certificate that our own importer takes [KEYS-01]', async () => {
  const pair = await makeKeyPair({ commonName: 'conn_1, "signing"', now, validDays: 365 });

  const { certificates, findings } = readCertificates(pair.certificatePem, { now, expiryGraceMs: 0 });
  expect(findings).toEqual([]);
  expect(certificates[0]).toMatchObject({ keySizeBits: 3072, notAfter: pair.notAfter });
  const certificate = new X509Certificate(pair.certificatePem);
  expect(certificate.checkPrivateKey(createPrivateKey(pair.privateKeyPem))).toBe(true);
  expect(certificate.ca).toBe(false);
});
