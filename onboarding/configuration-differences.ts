import type { ConfigurationCertificate, ConnectionConfiguration } from './connection-configuration.ts';

/** What of a configuration people recognise as one thing. */
export const comparedFields = [
  'provider',
  'protocol',
  'entityId',
  'ssoUrl',
  'metadataUrl',
  'metadataKey',
  'certificates',
  'issuer',
  'clientId',
  'clientAuth',
  'clientSecret',
  'secretEndsOn',
  'tokenAlgorithm',
  'scopes',
  'userInfo',
  'signRequests',
  'encryptAssertions',
  'forceAuthn',
  'allowIdpInitiated',
  'singleLogout',
  'attributes',
] as const;
type ComparedField = (typeof comparedFields)[number];

/** One thing that differs: its values before and after; none where there are none. */
export interface ConfigurationDifference {
  field: ComparedField;
  before: string[];
  after: string[];
}

type Certificate = Pick<ConfigurationCertificate, 'fingerprint'>;
interface Side {
  configuration: ConnectionConfiguration;
  certificates: readonly Certificate[];
}

/** What differs between two configurations, in the order in which people read it. Secrets are compared elsewhere. */
export function differencesBetween(before: Side, after: Side): ConfigurationDifference[] {
  const left = valuesOf(before);
  const right = valuesOf(after);
  return comparedFields.flatMap((field) =>
    JSON.stringify(left[field]) === JSON.stringify(right[field])
      ? []
      : [{ field, before: left[field], after: right[field] }],
  );
}

function valuesOf({ configuration: c, certificates }: Side): Record<ComparedField, string[]> {
  const text = (value: string | null) => (value === null || value === '' ? [] : [value]);
  const on = (value: boolean) => (value ? ['on'] : []);
  return {
    provider: text(c.providerId),
    protocol: [c.protocol],
    entityId: text(c.idpEntityId),
    ssoUrl: text(c.idpSsoUrl),
    metadataUrl: text(c.idpMetadataUrl),
    metadataKey: text(c.idpMetadataKey),
    certificates: certificates.map(({ fingerprint }) => fingerprint).toSorted(),
    issuer: text(c.oidcIssuer),
    clientId: text(c.oidcClientId),
    clientAuth: text(c.oidcClientAuth),
    clientSecret: [],
    secretEndsOn: text(c.oidcSecretEndsOn),
    tokenAlgorithm: text(c.oidcTokenAlg),
    scopes: c.protocol === 'oidc' ? text(c.oidcScopes) : [],
    userInfo: on(c.oidcFetchUserInfo),
    signRequests: on(c.signRequests),
    encryptAssertions: on(c.encryptAssertions),
    forceAuthn: on(c.forceAuthn),
    allowIdpInitiated: on(c.allowIdpInitiated),
    singleLogout: on(c.singleLogout),
    attributes: Object.entries(c.attributeMapping)
      .map(([field, name]) => `${field} = ${name}`)
      .toSorted(),
  };
}
