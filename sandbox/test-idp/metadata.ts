import { keyDescriptor } from '../../adapters/saml/sp-metadata.ts';
import { escapeXml } from '../../adapters/saml/xml-text.ts';
import type { TestIdpKeys } from './keys.ts';

/** The Test IdP's own metadata: with one key, or with the next one published beside it during a rollover. */
export function buildTestIdpMetadata(input: {
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly sloUrl?: string;
  readonly keys: TestIdpKeys;
  readonly publishes: 'current' | 'current_and_next';
  readonly wantAuthnRequestsSigned?: boolean;
}): string {
  const { current, next } = input.keys;
  const published = input.publishes === 'current' ? [current] : [current, next];
  const service = (name: string, binding: string, location: string) =>
    `    <md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${escapeXml(location)}"/>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"' +
      ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${escapeXml(input.entityId)}">`,
    `  <md:IDPSSODescriptor WantAuthnRequestsSigned="${input.wantAuthnRequestsSigned ?? false}"` +
      ' protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
    ...published.map((key) => keyDescriptor('signing', key.certificatePem)),
    ...(input.sloUrl === undefined ? [] : [service('SingleLogoutService', 'HTTP-Redirect', input.sloUrl)]),
    '    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>',
    '    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>',
    service('SingleSignOnService', 'HTTP-Redirect', input.ssoUrl),
    service('SingleSignOnService', 'HTTP-POST', input.ssoUrl),
    '  </md:IDPSSODescriptor>',
    '</md:EntityDescriptor>',
    '',
  ].join('\n');
}
