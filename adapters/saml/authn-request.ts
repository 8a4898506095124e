import { createSign, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { rsaSha256, signElement } from './sign-element.ts';
import { escapeXml } from './xml-text.ts';

export interface AuthnRequestInput {
  /** Default: 160 random bits [SAML-16]. */
  readonly id?: string;
  readonly spEntityId: string;
  readonly acsUrl: string;
  readonly destination: string;
  readonly binding: 'redirect' | 'post';
  readonly forceAuthn: boolean;
  /** Left out unless configured: asking for e-mail makes providers send an id that changes. */
  readonly nameIdFormat?: string | undefined;
  /** Our key (PEM), when the provider wants signed requests [SAML-22]. */
  readonly sign?: { readonly privateKeyPem: string; readonly certificatePem: string } | undefined;
  /** An opaque handle of at most 80 bytes, never a URL [SAML-20]. */
  readonly relayState: string;
  readonly issuedAt: Date;
}

export type AuthnRequest =
  | { readonly id: string; readonly binding: 'redirect'; readonly redirectUrl: string }
  | {
      readonly id: string;
      readonly binding: 'post';
      /** For a page that posts itself: where to, and the two fields. */
      readonly action: string;
      readonly fields: { readonly SAMLRequest: string; readonly RelayState: string };
    };

/**
 * A SAML authentication request, ready to send (SAML core §3.4.1, bindings §3.4 and §3.5). It asks for no
 * RequestedAuthnContext: that breaks passwordless providers. Signatures are RSA-SHA256.
 *
 * @throws RangeError when `relayState` is longer than the bindings allow.
 */
export function buildAuthnRequest(input: AuthnRequestInput): AuthnRequest {
  if (Buffer.byteLength(input.relayState) > 80) throw new RangeError('RelayState is longer than 80 bytes');
  const id = input.id ?? `_${randomBytes(20).toString('hex')}`;
  const xml = requestXml(id, input);
  return input.binding === 'redirect'
    ? { id, binding: 'redirect', redirectUrl: redirectUrl(xml, input) }
    : {
        id,
        binding: 'post',
        action: input.destination,
        fields: {
          SAMLRequest: Buffer.from(input.sign ? signElement(xml, id, input.sign) : xml).toString('base64'),
          RelayState: input.relayState,
        },
      };
}

function requestXml(id: string, input: AuthnRequestInput): string {
  const attributes = [
    ['ID', id],
    ['Version', '2.0'],
    ['IssueInstant', input.issuedAt.toISOString()],
    ['Destination', input.destination],
    ...(input.forceAuthn ? [['ForceAuthn', 'true']] : []),
    ['ProtocolBinding', 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'],
    ['AssertionConsumerServiceURL', input.acsUrl],
  ].map(([name, value = '']) => ` ${name}="${escapeXml(value)}"`);
  const policy =
    input.nameIdFormat === undefined
      ? ''
      : `<samlp:NameIDPolicy Format="${escapeXml(input.nameIdFormat)}" AllowCreate="true"/>`;
  return (
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
    ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${attributes.join('')}>` +
    `<saml:Issuer>${escapeXml(input.spEntityId)}</saml:Issuer>${policy}</samlp:AuthnRequest>`
  );
}

/** The query is signed as the octets that are sent, in this order (bindings §3.4.4.1). */
function redirectUrl(xml: string, { destination, relayState, sign }: AuthnRequestInput): string {
  const parts = [
    `SAMLRequest=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`,
    `RelayState=${encodeURIComponent(relayState)}`,
  ];
  if (sign) {
    parts.push(`SigAlg=${encodeURIComponent(rsaSha256.signature)}`);
    const signature = createSign('RSA-SHA256').update(parts.join('&')).sign(sign.privateKeyPem, 'base64');
    parts.push(`Signature=${encodeURIComponent(signature)}`);
  }
  return `${destination}${destination.includes('?') ? '&' : '?'}${parts.join('&')}`;
}
