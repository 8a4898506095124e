/** A connection as the dashboard shows it in lists and by itself. */
import type { z } from 'zod';
import type * as dashboard from '../../api/contract/dashboard.ts';
import type { fakeAttempts } from './fake-attempts.ts';
import type { fakeDomains } from './fake-domains.ts';
import { day, hour, timesAround, type World } from './fake-world.ts';

export function fakeConnection(
  world: World,
  attempts: ReturnType<typeof fakeAttempts>['attempts'],
  domains: ReturnType<typeof fakeDomains>,
) {
  const { ago, ahead } = timesAround(world);

  const connectionView: dashboard.OrganizationDetail['connections'][number] = {
    id: 'conn_1',
    name: 'Acme Corporation SAML',
    chip: 'not_tested',
    state: 'validating',
    connectionType: 'EntraIDSAML',
    providerId: 'microsoft-entra-id',
    providerName: 'Microsoft Entra ID',
    entityId: 'https://auth.northwind.example/sso/saml/conn_1',
    acsUrl: 'https://auth.northwind.example/sso/saml/conn_1/acs',
    metadataUrl: 'https://auth.northwind.example/sso/saml/conn_1/metadata',
    protocol: 'saml',
    redirectUri: 'https://auth.northwind.test/sso/oidc/conn_1/callback',
    oidcIssuer: null,
    oidcClientId: null,
    oidcSecretEndsOn: null,
    idpEntityId: 'https://sts.windows.net/6a1f0000-0000-4000-8000-000000000000/',
    idpSsoUrl: 'https://login.microsoftonline.com/6a1f0000-0000-4000-8000-000000000000/saml2',
    idpMetadataUrl:
      'https://login.microsoftonline.com/6a1f0000-0000-4000-8000-000000000000/federationmetadata/2007-06/federationmetadata.xml?appid=51',
    certificates: [
      {
        id: 'crt_1',
        subject: 'CN=Microsoft Azure Federated SSO Certificate',
        fingerprint: '9F:2C:4E:11:0A:7D:83:5B:66:C0:12:FE:9A:34:77:5D:1E:A0:40:B2:A4:1C',
        keyBits: 2048,
        notBefore: ago(100 * day),
        notAfter: ahead(465 * day),
        source: 'metadata',
        retiredAt: null,
      },
    ],
    attributeMapping: {
      email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
      groups: 'groups',
    },
    signedFloor: 'one',
    testedAt: null,
    activatedAt: null,
    signInUrl: 'https://auth.northwind.example/sso/saml/conn_1/login',
    createdAt: ago(8 * day),
  };

  const connection: z.infer<typeof dashboard.connectionDetail> = {
    ...connectionView,
    chip: 'live',
    state: 'active',
    testedAt: ago(6 * day),
    activatedAt: ago(5 * day),
    organization: { id: 'org_1', name: 'Acme Corporation' },
    attempts: attempts.slice(0, 8),
    perDay: Array.from({ length: 30 }, (_day, at) => ({
      day: ago((29 - at) * day).slice(0, 10),
      worked: at < 24 ? 12 + ((at * 7) % 9) : 4 + (at % 3),
      failed: at < 24 ? (at % 4 === 0 ? 1 : 0) : 9 + (at % 4),
    })),
    options: {
      signRequests: true,
      encryptAssertions: false,
      forceAuthn: false,
      allowIdpInitiated: false,
      singleLogout: false,
    },
    rawSettings: {
      wantAssertionsSigned: true,
      allowIdpInitiated: false,
      nameIdFormat: 'emailAddress',
      settingsRevision: 7,
    },
    recentFailures: 12,
    topCause: 'audience_differs',
    troubles: [],
    domains: domains
      .filter(({ organizationId }) => organizationId === 'org_1')
      .map(({ id, unicode, chip }) => ({ id, unicode, chip })),
    draft: {
      heldBy: 'a•••@acme.com',
      startedAt: ago(2 * day),
      changedAt: ago(3 * hour),
      testedAt: null,
      differences: [
        {
          field: 'ssoUrl',
          before: ['https://login.microsoftonline.com/4f1c/saml2'],
          after: ['https://login.microsoftonline.com/77be/saml2'],
        },
        { field: 'certificates', before: ['9F:2C:4E:11:A4:1C'], after: ['3F:9A:11:C0:77:BE'] },
        { field: 'signRequests', before: [], after: ['on'] },
      ],
    },
    formers: [
      {
        id: 'former_1',
        reason: 'switched',
        wasLive: true,
        providerName: 'Okta',
        endedAt: ago(6 * day),
        keptUntil: ahead(24 * day),
      },
      {
        id: 'former_2',
        reason: 'reset',
        wasLive: true,
        providerName: 'Custom SAML',
        endedAt: ago(20 * day),
        keptUntil: ahead(10 * day),
      },
    ],
  };

  return { connectionView, connection };
}
