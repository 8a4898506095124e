import { createSign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { rsaSha256, signElement } from '../../adapters/saml/sign-element.ts';

/** A provider's logout messages, as they would travel; a test spoils one thing at a time. */
export interface LogoutPlan {
  readonly id: string;
  readonly issuer: string;
  readonly destination: string | undefined;
  readonly issueInstant: string;
  readonly notOnOrAfter: string | undefined;
  readonly nameId: string;
  readonly sessionIndexes: readonly string[];
}

export function logoutRequestXml(plan: LogoutPlan): string {
  const optional = (name: string, value: string | undefined) =>
    value === undefined ? '' : ` ${name}="${value}"`;
  return (
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
    ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${plan.id}" Version="2.0"` +
    ` IssueInstant="${plan.issueInstant}"${optional('Destination', plan.destination)}` +
    `${optional('NotOnOrAfter', plan.notOnOrAfter)}><saml:Issuer>${plan.issuer}</saml:Issuer>` +
    `<saml:NameID>${plan.nameId}</saml:NameID>` +
    plan.sessionIndexes.map((index) => `<samlp:SessionIndex>${index}</samlp:SessionIndex>`).join('') +
    '</samlp:LogoutRequest>'
  );
}

type Key = { readonly privateKeyPem: string; readonly certificatePem: string };

/** The raw query of a redirect, signed over its own octets. */
export function signedQuery(
  xml: string | Buffer,
  key: Key,
  { relayState, algorithm = rsaSha256.signature }: { relayState?: string; algorithm?: string } = {},
): string {
  const parts = [
    `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
    `SigAlg=${encodeURIComponent(algorithm)}`,
  ];
  const hash = algorithm.endsWith('sha512')
    ? 'RSA-SHA512'
    : algorithm.endsWith('md5')
      ? 'RSA-MD5'
      : 'RSA-SHA256';
  const signature = createSign(hash).update(parts.join('&')).sign(key.privateKeyPem, 'base64');
  return [...parts, `Signature=${encodeURIComponent(signature)}`].join('&');
}

export function signedPost(xml: string, id: string, key: Key): string {
  return Buffer.from(signElement(xml, id, key)).toString('base64');
}
