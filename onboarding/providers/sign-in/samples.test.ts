import { describe, expect, it } from 'vitest';
import { nameIdSource, resolveProfile, suggestMapping, type AttributeMapping } from '../../attributes.ts';
import { detectFromMetadata } from '../../provider-detection.ts';
import { findGuide, signInGuides } from './index.ts';

/**
 * What providers really send, one typical answer each: the names on the wire, the form of the NameID, the issuer. The
 * profile is read from it without anybody mapping, or the page offers the mapping that is right.
 */

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const format = {
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
};

const jane = { email: 'jane@acme.com', firstName: 'Jane', lastName: 'Roe' };

interface Sample {
  readonly about: string;
  readonly guideId: string;
  readonly issuer?: string;
  readonly attributes: Readonly<Record<string, string | readonly string[]>>;
  readonly nameId?: readonly [value: string, format: string];
  /** What is read at once. A field that is left out must stay empty. */
  readonly reads: Partial<typeof jane & { idpId: string; groups: readonly string[] }>;
  /** What the page offers for the fields that stay empty. */
  readonly offers?: AttributeMapping;
}

const samples: readonly Sample[] = [
  {
    about: 'Entra’s default claims, the NameID being the user principal name',
    guideId: 'microsoft-entra-id',
    issuer: 'https://sts.windows.net/4f1c7a10-1111-4222-8333-444455556666/',
    attributes: {
      'http://schemas.microsoft.com/identity/claims/tenantid': '4f1c7a10-1111-4222-8333-444455556666',
      'http://schemas.microsoft.com/identity/claims/objectidentifier': '9b2e0000',
      'http://schemas.microsoft.com/identity/claims/displayname': 'Jane Roe',
      'http://schemas.microsoft.com/identity/claims/identityprovider': 'https://sts.windows.net/x/',
      'http://schemas.microsoft.com/claims/authnmethodsreferences': ['password', 'mfa'],
      [`${claims}/givenname`]: 'Jane',
      [`${claims}/surname`]: 'Roe',
      [`${claims}/emailaddress`]: 'jane@acme.com',
      [`${claims}/name`]: 'jane.roe@acme.onmicrosoft.com',
    },
    nameId: ['jane.roe@acme.onmicrosoft.com', format.email],
    reads: { idpId: '9b2e0000', ...jane },
  },
  {
    about: 'Entra with an empty mailbox, where the user principal name is left',
    guideId: 'microsoft-entra-id',
    attributes: {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': '9b2e0000',
      [`${claims}/givenname`]: 'Jane',
      [`${claims}/surname`]: 'Roe',
      [`${claims}/name`]: 'jane@acme.com',
    },
    nameId: ['jane_gmail.com#EXT#@acme.onmicrosoft.com', format.email],
    reads: { idpId: '9b2e0000', firstName: 'Jane', lastName: 'Roe' },
    offers: { email: `${claims}/name` },
  },
  {
    about: 'Okta with the statements of its guide, the e-mail as NameID',
    guideId: 'okta',
    issuer: 'http://www.okta.com/exk1a2b3c4d5e6f7g8h9',
    attributes: { id: '00u1', ...jane, groups: ['Everyone', 'IT'] },
    nameId: ['jane@acme.com', format.email],
    reads: { idpId: '00u1', ...jane, groups: ['Everyone', 'IT'] },
  },
  {
    about: 'Google, which has no id in its list and calls the format unspecified',
    guideId: 'google-workspace',
    issuer: 'https://accounts.google.com/o/saml2?idpid=C01abcdef',
    attributes: { ...jane },
    nameId: ['jane@acme.com', format.unspecified],
    reads: { idpId: 'jane@acme.com', ...jane },
  },
  {
    about: 'Google without any mapping',
    guideId: 'google-workspace',
    attributes: {},
    nameId: ['jane@acme.com', format.unspecified],
    reads: { idpId: 'jane@acme.com' },
    offers: { email: nameIdSource },
  },
  {
    about: 'AD FS with its rule for LDAP attributes, without a rule for the NameID',
    guideId: 'adfs',
    issuer: 'http://fs.acme.com/adfs/services/trust',
    attributes: {
      [`${claims}/emailaddress`]: 'jane@acme.com',
      [`${claims}/givenname`]: 'Jane',
      [`${claims}/surname`]: 'Roe',
      [`${claims}/upn`]: 'jane@acme.local',
      'http://schemas.xmlsoap.org/claims/Group': ['IT', 'Staff'],
    },
    reads: { ...jane, groups: ['IT', 'Staff'] },
    offers: { id: `${claims}/upn` },
  },
  {
    about: 'an old OneLogin connector, whose NameID is transient',
    guideId: 'onelogin',
    issuer: 'https://app.onelogin.com/saml/metadata/1a2b3c4d',
    attributes: { id: '5f2a', ...jane },
    nameId: ['_8c1f', format.transient],
    reads: { idpId: '5f2a', ...jane },
  },
  {
    about: 'JumpCloud with its own spelling of the names',
    guideId: 'jumpcloud',
    attributes: { id: 'jane@acme.com', email: 'jane@acme.com', firstname: 'Jane', lastname: 'Roe' },
    nameId: ['jane@acme.com', format.email],
    reads: { idpId: 'jane@acme.com', ...jane },
  },
  {
    about: 'PingOne with saml_subject left as the user’s number',
    guideId: 'pingone',
    issuer: 'https://auth.pingone.com/3030059e-440b-4ad0-9217-44326f1757f6',
    attributes: {},
    nameId: ['3a5d0000-0000-4000-8000-000000000001', format.unspecified],
    reads: { idpId: '3a5d0000-0000-4000-8000-000000000001' },
    offers: {},
  },
  {
    about: 'PingFederate with the names of its LDAP',
    guideId: 'pingfederate',
    attributes: {
      objectGUID: 'b64==',
      mail: 'jane@acme.com',
      givenName: 'Jane',
      sn: 'Roe',
      isMemberOf: ['IT'],
    },
    nameId: ['jane', format.transient],
    reads: { ...jane, groups: ['IT'] },
    offers: { id: 'objectGUID' },
  },
  {
    about: 'Keycloak without mappers, flooded with roles',
    guideId: 'keycloak',
    attributes: { Role: ['offline_access', 'default-roles-acme', 'uma_authorization'] },
    nameId: ['jane@acme.com', format.email],
    reads: { idpId: 'jane@acme.com', email: 'jane@acme.com' },
    offers: { groups: 'Role' },
  },
  {
    about: 'Auth0 without mappings',
    guideId: 'auth0',
    issuer: 'urn:acme.eu.auth0.com',
    attributes: {
      [`${claims}/nameidentifier`]: 'auth0|5f7c',
      [`${claims}/emailaddress`]: 'jane@acme.com',
      [`${claims}/name`]: 'Jane Roe',
      [`${claims}/givenname`]: 'Jane',
      [`${claims}/surname`]: 'Roe',
      [`${claims}/upn`]: 'jane@acme.com',
      'http://schemas.auth0.com/email_verified': 'true',
      'http://schemas.auth0.com/nickname': 'jane',
    },
    nameId: ['auth0|5f7c', format.unspecified],
    reads: { idpId: 'auth0|5f7c', ...jane },
  },
  {
    about: 'Auth0 that passes the profile through under its own prefix',
    guideId: 'auth0',
    attributes: {
      'http://schemas.auth0.com/email': 'jane@acme.com',
      'http://schemas.auth0.com/given_name': 'Jane',
      'http://schemas.auth0.com/family_name': 'Roe',
    },
    nameId: ['auth0|5f7c', format.unspecified],
    reads: { idpId: 'auth0|5f7c' },
    offers: {
      email: 'http://schemas.auth0.com/email',
      firstName: 'http://schemas.auth0.com/given_name',
      lastName: 'http://schemas.auth0.com/family_name',
    },
  },
  {
    about: 'Cloudflare after a one-time PIN, which knows no names',
    guideId: 'cloudflare-access',
    issuer: 'https://acme.cloudflareaccess.com',
    attributes: { id: '7c1e', email: 'jane@acme.com' },
    nameId: ['jane@acme.com', format.email],
    reads: { idpId: '7c1e', email: 'jane@acme.com' },
    offers: {},
  },
  {
    about: 'Salesforce without custom attributes',
    guideId: 'salesforce',
    issuer: 'https://acme.my.salesforce.com',
    attributes: { email: 'jane@acme.com' },
    nameId: ['005A0000001', format.persistent],
    reads: { idpId: '005A0000001', email: 'jane@acme.com' },
    offers: {},
  },
  {
    about: 'AWS, whose groups are numbers',
    guideId: 'aws-iam-identity-center',
    issuer: 'https://portal.sso.eu-west-1.amazonaws.com/saml/assertion/MTIz',
    attributes: { id: '93a4-subject', ...jane, groups: ['83a4e8f2-0001', '83a4e8f2-0002'] },
    nameId: ['jane@acme.com', format.email],
    reads: { idpId: '93a4-subject', ...jane, groups: ['83a4e8f2-0001', '83a4e8f2-0002'] },
  },
  {
    about: 'Shibboleth with object identifiers and a transient NameID',
    guideId: 'shibboleth',
    issuer: 'https://sso.acme.edu/idp/shibboleth',
    attributes: {
      'urn:oid:0.9.2342.19200300.100.1.3': 'jane@acme.com',
      'urn:oid:2.5.4.42': 'Jane',
      'urn:oid:2.5.4.4': 'Roe',
      'urn:oid:1.3.6.1.4.1.5923.1.1.1.6': 'jane@acme.edu',
      'urn:oid:1.3.6.1.4.1.5923.1.5.1.1': ['staff', 'library'],
    },
    nameId: ['AAdzZWNyZXQx', format.transient],
    reads: { idpId: 'jane@acme.edu', ...jane, groups: ['staff', 'library'] },
  },
  {
    about: 'SimpleSAMLphp as it is, with the names of its source and a transient NameID',
    guideId: 'simplesamlphp',
    issuer: 'https://idp.acme.edu/simplesaml/saml2/idp/metadata.php',
    attributes: { uid: 'jroe', mail: 'jane@acme.com', givenName: 'Jane', sn: 'Roe' },
    nameId: ['_d2c0', format.transient],
    reads: { ...jane },
    offers: { id: 'uid' },
  },
  {
    about: 'CAS with attributes that nobody renamed',
    guideId: 'apereo-cas',
    attributes: { uid: 'jroe', mail: 'jane@acme.com', givenName: 'Jane', sn: 'Roe', memberOf: ['IT'] },
    nameId: ['jroe', format.unspecified],
    reads: { idpId: 'jroe', ...jane, groups: ['IT'] },
  },
];

const listOf = (value: string | readonly string[]) => [value].flat();

describe.each(samples)('$about', ({ guideId, issuer, attributes, nameId, reads, offers }) => {
  const received = Object.entries(attributes).map(([name, value]) => [name, listOf(value)] as const);
  const profile = resolveProfile(received, nameId?.[0] ?? null, nameId?.[1] ?? null);

  it('is read as it comes', () => {
    const { idpId, email, firstName, lastName, groups } = profile;

    expect({ idpId, email, firstName, lastName, groups }).toEqual({ groups: [], ...reads });
  });

  it('is offered the right mapping for what stays empty', () => {
    const empty = new Set(profile.gaps.map(({ field }) => field));
    const offered = Object.entries(
      suggestMapping(
        received.map(([name]) => name),
        nameId?.[0],
      ),
    ).filter(([field]) => [...empty].some((gap) => gap === field));

    expect(Object.fromEntries(offered)).toEqual(offers ?? {});
  });

  it('is known by its issuer, where that says whose it is', () => {
    expect(findGuide(guideId)).toBeDefined();
    if (issuer === undefined) return;
    expect(detectFromMetadata({ entityId: issuer, ssoUrl: '' })?.guideId).toBe(guideId);
  });
});

it.each(signInGuides.map((guide) => [guide.id, guide] as const))(
  'the answer of an app set up by the guide %s is read without a mapping',
  (_id, guide) => {
    const values = { id: 'u-1', ...jane, name: 'Jane Roe', groups: 'IT' };
    const sent = guide.attributes.filter(({ name }) => name !== nameIdSource);

    const profile = resolveProfile(
      sent.map(({ field, name }) => [name, [values[field]]] as const),
      guide.protocol === 'saml' ? 'u-1' : null,
      guide.protocol === 'saml' ? format.persistent : null,
    );

    // Login.gov tells names of people only whose identity it has proofed.
    const { email, ...names } = jane;
    const told = sent.some(({ field }) => field === 'firstName') ? names : {};

    expect(profile).toMatchObject({ idpId: 'u-1', email, ...told });
    expect(told === names).toBe(guide.id !== 'login-gov');
  },
);
