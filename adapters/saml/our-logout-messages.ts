import { createSign, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { rsaSha256 } from './sign-element.ts';
import { escapeXml } from './xml-text.ts';

/** Our side of single logout (SAML profiles §4.4): requests and answers, always signed. The Test IdP sends them as well. */

export const successStatus = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/** Our key, as PEM. */
interface Signer {
  readonly privateKeyPem: string;
}

/** The subject as the provider named it when it signed the person in. */
export interface NamedSubject {
  readonly value: string;
  readonly format?: string | undefined;
  readonly nameQualifier?: string | undefined;
  readonly spNameQualifier?: string | undefined;
}

/** A signed request to end sessions at the provider, as the address to lead the browser to. */
export function buildLogoutRequest(input: {
  readonly destination: string;
  readonly issuer: string;
  readonly subject: NamedSubject;
  readonly sessionIndexes: readonly string[];
  readonly sign: Signer;
  readonly now: Date;
}): string {
  const { subject, sessionIndexes, now } = input;
  const nameId = [
    ['NameQualifier', subject.nameQualifier],
    ['SPNameQualifier', subject.spNameQualifier],
    ['Format', subject.format],
  ].flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escapeXml(value)}"`]));
  const body =
    `<saml:NameID${nameId.join('')}>${escapeXml(subject.value)}</saml:NameID>` +
    sessionIndexes.map((index) => `<samlp:SessionIndex>${escapeXml(index)}</samlp:SessionIndex>`).join('');
  const until = ` NotOnOrAfter="${new Date(now.getTime() + 5 * 60_000).toISOString()}"`;
  return addressOf('SAMLRequest', messageXml('LogoutRequest', input, until, body), input, undefined);
}

/** Our signed answer to a request of the provider. */
export function buildLogoutResponse(input: {
  readonly destination: string;
  readonly issuer: string;
  readonly inResponseTo: string;
  readonly isSuccess: boolean;
  readonly relayState: string | undefined;
  readonly sign: Signer;
  readonly now: Date;
}): string {
  const status = input.isSuccess
    ? `<samlp:StatusCode Value="${successStatus}"/>`
    : '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Requester">' +
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"/></samlp:StatusCode>';
  const answers = ` InResponseTo="${escapeXml(input.inResponseTo)}"`;
  const xml = messageXml('LogoutResponse', input, answers, `<samlp:Status>${status}</samlp:Status>`);
  // Bindings §3.4.3: what came is given back, if it is as short as it must be.
  const relayState =
    input.relayState !== undefined && Buffer.byteLength(input.relayState) <= 80
      ? input.relayState
      : undefined;
  return addressOf('SAMLResponse', xml, input, relayState);
}

interface Envelope {
  readonly destination: string;
  readonly issuer: string;
  readonly now: Date;
}

function messageXml(name: string, { destination, issuer, now }: Envelope, more: string, body: string) {
  return (
    `<samlp:${name} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"` +
    ` xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomBytes(20).toString('hex')}" Version="2.0"` +
    ` IssueInstant="${now.toISOString()}" Destination="${escapeXml(destination)}"${more}>` +
    `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>${body}</samlp:${name}>`
  );
}

/** The query is signed as the octets that are sent, in this order (bindings §3.4.4.1). */
function addressOf(
  name: 'SAMLRequest' | 'SAMLResponse',
  xml: string,
  { destination, sign }: Pick<Envelope, 'destination'> & { sign: Signer },
  relayState: string | undefined,
): string {
  const parts = [
    `${name}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
    `SigAlg=${encodeURIComponent(rsaSha256.signature)}`,
  ];
  const signature = createSign('RSA-SHA256').update(parts.join('&')).sign(sign.privateKeyPem, 'base64');
  const query = [...parts, `Signature=${encodeURIComponent(signature)}`].join('&');
  return `${destination}${destination.includes('?') ? '&' : '?'}${query}`;
}
