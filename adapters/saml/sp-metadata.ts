import { X509Certificate } from 'node:crypto';
import { contentCiphers, oaepWithSha1Mask } from './algorithms.ts';
import { escapeXml } from './xml-text.ts';

export interface SpMetadataInput {
  readonly entityId: string;
  readonly acsUrl: string;
  /** PEM, current and next, so that partners can roll over. Signing and encryption keys are never the same. */
  readonly signingCertificates: readonly string[];
  readonly encryptionCertificates: readonly string[];
  readonly nameIdFormats?: readonly string[];
  /** Whether requests to sign in are signed; left out, they are where there is a key. */
  readonly signsRequests?: boolean;
  /** Where logout messages are taken; left out while single logout is off. */
  readonly sloUrl?: string | undefined;
}

/** Our own metadata for one connection (SAML metadata §2.4.4), XSD-valid, unsigned [MD-10]. */
export function buildSpMetadata(input: SpMetadataInput): string {
  const signsRequests = input.signsRequests ?? input.signingCertificates.length > 0;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"' +
      ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${escapeXml(input.entityId)}">`,
    `  <md:SPSSODescriptor AuthnRequestsSigned="${signsRequests}" WantAssertionsSigned="true"` +
      ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
    ...input.signingCertificates.map((pem) => keyDescriptor('signing', pem)),
    ...input.encryptionCertificates.map((pem) => keyDescriptor('encryption', pem)),
    ...(input.sloUrl === undefined ? [] : ['HTTP-Redirect', 'HTTP-POST'].map(logoutService(input.sloUrl))),
    ...(input.nameIdFormats ?? []).map(
      (format) => `    <md:NameIDFormat>${escapeXml(format)}</md:NameIDFormat>`,
    ),
    '    <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"' +
      ` Location="${escapeXml(input.acsUrl)}" index="0" isDefault="true"/>`,
    '  </md:SPSSODescriptor>',
    '</md:EntityDescriptor>',
    '',
  ].join('\n');
}

const logoutService = (url: string) => (binding: string) =>
  `    <md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${escapeXml(url)}"/>`;

/** A key with, for encryption, what we can open: without it providers pick CBC, which is refused. */
export function keyDescriptor(use: 'signing' | 'encryption', pem: string): string {
  const der = new X509Certificate(pem).raw.toString('base64');
  const methods =
    use === 'encryption'
      ? [...[...contentCiphers.keys()].toReversed(), oaepWithSha1Mask].map(
          (algorithm) => `<md:EncryptionMethod Algorithm="${algorithm}"/>`,
        )
      : [];
  return (
    `    <md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${der}` +
    `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${methods.join('')}</md:KeyDescriptor>`
  );
}
