import { describe, expect, it } from 'vitest';
import { attributeAliases, nameIdSource, profileFields } from '../../attributes.ts';
import { connectionTypes, type ConnectionType } from './connection-types.ts';
import { fillGuide, findGuide, findProviders, signInGuides } from './index.ts';
import { findNotOffered, providersNotOffered } from './not-offered.ts';
import type { ConsoleSubject, GuideValues, SignInGuide } from './provider.ts';
import { consoleSubjects } from './provider.ts';

const values: GuideValues = {
  ACS_URL: 'https://auth.example/sso/saml/conn_9f/acs',
  SP_ENTITY_ID: 'https://auth.example/sso/saml/conn_9f',
  SP_METADATA_URL: 'https://auth.example/sso/saml/conn_9f/metadata',
  LOGIN_URL: 'https://auth.example/sso/saml/conn_9f/login',
  REDIRECT_URI: 'https://auth.example/sso/oidc/conn_9f/callback',
  PRODUCT: 'Ledgerly',
  TEST_IDP_METADATA_URL: 'https://auth.example/test-idp/metadata',
  TEST_IDP_DISCOVERY_URL: 'https://auth.example/test-idp/oidc/.well-known/openid-configuration',
  TEST_IDP_CLIENTS_URL: 'https://auth.example/test-idp/clients',
  CLIENT_CERTIFICATE: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};

function textsOf(node: unknown): string[] {
  if (typeof node === 'string') return [node];
  if (node === null || typeof node !== 'object') return [];
  return Object.values(node).flatMap((child: unknown) => textsOf(child));
}

function blocksOf(guide: SignInGuide) {
  return guide.steps.flatMap((step) => step.blocks);
}

/** Some consoles want one value in two fields. */
function labelsOf(guide: SignInGuide, placeholder: string): string[] {
  return blocksOf(guide).flatMap((block) =>
    block.kind === 'value' && block.placeholder === placeholder ? [block.label] : [],
  );
}

/** A value stands alone to be copied, or in a part of a configuration file. */
function isGiven(guide: SignInGuide, placeholder: string): boolean {
  const isInFile = blocksOf(guide).some(
    (block) => block.kind === 'snippet' && block.value.includes(`{${placeholder}}`),
  );
  return isInFile || labelsOf(guide, placeholder).length > 0;
}

/** Guides whose sources name no field for it. The advice then says what to look for in words of our own. */
const withoutSigningField: readonly string[] = [
  'rippling',
  'cloudflare-access',
  'salesforce',
  'aws-iam-identity-center',
  'netiq',
  'classlink',
];

const every = signInGuides.map((guide) => [guide.id, guide] as const);
const samlGuides = every.filter(([, { protocol }]) => protocol === 'saml');
const oidcGuides = every.filter(([, { protocol }]) => protocol === 'oidc');

/** The contract's names say the protocol at their end; the Test IdP speaks both. */
function protocolsOf(type: ConnectionType): readonly SignInGuide['protocol'][] {
  if (type === 'TestIdp') return ['saml', 'oidc'];
  return type.endsWith('SAML') ? ['saml'] : /oidc$/i.test(type) ? ['oidc'] : [];
}

function expectFieldsToExist(guide: SignInGuide, subjects: readonly ConsoleSubject[]): void {
  for (const subject of subjects) expect(guide.console[subject]?.label, subject).toBeTruthy();
}

describe.each(every)('the guide %s', (_id, guide) => {
  it('has a connection type of the contract that speaks its protocol', () => {
    expect(connectionTypes).toContain(guide.connectionType);
    expect(protocolsOf(guide.connectionType)).toContain(guide.protocol);
  });

  it('gives each of its values as it is', () => {
    for (const block of blocksOf(guide)) {
      if (block.kind === 'value') expect(block.value).toBe(`{${block.placeholder}}`);
    }
  });

  it('asks for attributes that the profile reads by itself', () => {
    const asked = blocksOf(guide).flatMap((block) => (block.kind === 'attribute' ? [block] : []));

    for (const { field, name } of [...asked, ...guide.attributes]) {
      expect(profileFields).toContain(field);
      expect(name === nameIdSource ? ['id', 'email'] : attributeAliases[field]).toContain(
        name === nameIdSource ? field : name,
      );
    }
  });

  it('takes something back, each way with its gain and with patterns that its own example passes', () => {
    expect(guide.giveBack.length).toBeGreaterThan(0);
    for (const input of guide.giveBack) {
      expect(input.gain).not.toBe('');
      for (const field of input.fields) {
        expect(field.label).not.toBe('');
        if (field.pattern && field.example) expect(field.example).toMatch(new RegExp(field.pattern));
      }
    }
  });

  it('sends a failed test to fields that exist under the labels of its steps', () => {
    expectFieldsToExist(guide, ['email_attribute', 'assignment']);
    const slips = {
      entity_id: labelsOf(guide, 'SP_ENTITY_ID'),
      acs_url: labelsOf(guide, 'ACS_URL'),
      redirect_uri: labelsOf(guide, 'REDIRECT_URI'),
    };
    for (const subject of ['entity_id', 'acs_url', 'redirect_uri'] as const) {
      if (slips[subject].length > 0) expect(slips[subject]).toContain(guide.console[subject]?.label);
    }
    for (const entry of [...guide.mistakes, ...guide.errors]) {
      if (entry.subject) expect(consoleSubjects).toContain(entry.subject);
      if (entry.subject) expect(guide.console[entry.subject]).toBeDefined();
    }
    expect(guide.mistakes.length).toBeGreaterThan(0);
  });

  it('leaves no placeholder behind when it is filled, and keeps everything else', () => {
    const filled = fillGuide(guide, values);

    expect(textsOf(filled).filter((text) => /\{[A-Z_]+\}/.test(text))).toEqual([]);
    expect(filled.steps.map((step) => step.id)).toEqual(guide.steps.map((step) => step.id));
    expect(filled.giveBack.map((input) => input.fields.map((field) => field.pattern))).toEqual(
      guide.giveBack.map((input) => input.fields.map((field) => field.pattern)),
    );
  });
});

describe.each(samlGuides)('the SAML guide %s', (_id, guide) => {
  it('names the fields that a failed SAML sign-in is repaired in, and none of the other protocol', () => {
    expectFieldsToExist(guide, ['entity_id', 'acs_url']);
    expect(guide.console.assertion_signing === undefined).toBe(withoutSigningField.includes(guide.id));
    expect(isGiven(guide, 'REDIRECT_URI')).toBe(false);
    expect(guide.giveBack.map(({ kind }) => kind)).not.toContain('oidc');
  });

  it('gives our values to copy, unless the provider knows them', () => {
    const areGiven =
      isGiven(guide, 'SP_METADATA_URL') || (isGiven(guide, 'ACS_URL') && isGiven(guide, 'SP_ENTITY_ID'));

    expect(areGiven || guide.connectionType === 'TestIdp').toBe(true);
  });
});

describe.each(oidcGuides)('the OpenID Connect guide %s', (_id, guide) => {
  it('names the fields that a failed sign-in is repaired in, and none of SAML', () => {
    const proof = guide.openId?.provesByKey === true ? 'client_authentication' : 'client_secret';
    expectFieldsToExist(guide, ['redirect_uri', 'client_id', proof]);
    for (const name of ['ACS_URL', 'SP_ENTITY_ID', 'SP_METADATA_URL'])
      expect(isGiven(guide, name)).toBe(false);
  });

  it('gives our redirect URI to copy, unless the provider knows it', () => {
    expect(isGiven(guide, 'REDIRECT_URI') || guide.connectionType === 'TestIdp').toBe(true);
  });

  it('takes the discovery address and the client ID back, and, unless our key proves us, the secret and its end', () => {
    expect(guide.giveBack.map(({ kind }) => kind)).toEqual(['oidc']);
    const asked = guide.giveBack.flatMap(({ fields }) => fields.map(({ field }) => field));

    const byKey = guide.openId?.provesByKey === true;
    const wanted = ['discovery_url', 'client_id', ...(byKey ? [] : ['client_secret'])];

    expect(asked.slice(0, wanted.length)).toEqual(wanted);
    expect(asked.slice(wanted.length).filter((field) => byKey || field !== 'secret_ends_on')).toEqual([]);
  });

  it('gives our certificate, as text and as a file, where our key proves us, and nowhere else [OIDC-08]', () => {
    const files = blocksOf(guide).filter(
      (block) =>
        block.kind === 'snippet' && block.value === '{CLIENT_CERTIFICATE}' && block.fileName !== undefined,
    );

    expect(files).toHaveLength(guide.openId?.provesByKey === true ? 1 : 0);
    expect(textsOf(guide.steps).some((text) => text.includes('{CLIENT_CERTIFICATE}'))).toBe(files.length > 0);
  });

  it('reads the person’s id and e-mail from claims', () => {
    const claims = new Map(guide.attributes.map(({ field, name }) => [field, name]));

    expect(claims.get('id')).not.toBe(nameIdSource);
    expect(claims.get('email')).toBeTruthy();
  });
});

describe('fillGuide', () => {
  it('puts our values where their fields are', () => {
    const entra = findGuide('microsoft-entra-id');
    const filled = entra && fillGuide(entra, values);

    expect(filled?.steps.find((step) => step.id === 'basic-saml')?.blocks).toContainEqual(
      expect.objectContaining({ label: 'Identifier (Entity ID)', value: values.SP_ENTITY_ID }),
    );
  });

  it('never reads a value as a template', () => {
    const okta = findGuide('okta');
    const filled = okta && fillGuide(okta, { ...values, PRODUCT: '{ACS_URL} $& $1' });

    expect(textsOf(filled)).toContain('{ACS_URL} $& $1');
  });

  it('refuses to send a guide with a value missing', () => {
    const okta = findGuide('okta');

    expect(() => okta && fillGuide(okta, { ...values, ACS_URL: undefined })).toThrow('{ACS_URL}');
  });
});

describe('findProviders', () => {
  const found = (query: string) =>
    findProviders(query, { includeSandbox: false }).map((provider) => provider.id);

  it.each([
    ['azure ad', 'microsoft-entra-id'],
    ['Entra', 'microsoft-entra-id'],
    ['office', 'microsoft-entra-id'],
    ['gsuite', 'google-workspace'],
    ['g suite', 'google-workspace'],
    ['OKTA', 'okta'],
    ['adfs', 'adfs'],
    ['active directory', 'adfs'],
    ['one login', 'onelogin'],
    ['centrify', 'cyberark'],
    ['ping identity', 'pingone'],
    ['ping federate', 'pingfederate'],
    ['workspace one', 'workspace-one'],
    ['vmware', 'workspace-one'],
    ['idcs', 'oracle-cloud'],
    ['aws sso', 'aws-iam-identity-center'],
    ['shib', 'shibboleth'],
    ['micro focus', 'netiq'],
    ['red hat', 'keycloak'],
    ['simple saml', 'simplesamlphp'],
    ['central authentication', 'apereo-cas'],
    ['secure.login', 'login-gov'],
    ['saml', 'custom-saml'],
    ['openid connect', 'custom-oidc'],
  ])('finds %s', (query, id) => {
    expect(found(query)[0]).toBe(id);
  });

  it('says by which other name it was found', () => {
    expect(findProviders('centri', { includeSandbox: false })[0]?.matchedName).toBe('Centrify');
    expect(findProviders('okta', { includeSandbox: false })[0]?.matchedName).toBeNull();
  });

  it('finds nothing for a name nobody has', () => {
    expect(found('zzz')).toEqual([]);
  });

  it('lists all for an empty query and offers the Test IdP in a sandbox only', () => {
    expect(found('').slice(0, 3)).toEqual(['microsoft-entra-id', 'okta', 'google-workspace']);
    expect(found('').slice(-2)).toEqual(['custom-saml', 'custom-oidc']);
    expect(found('')).not.toContain('test-idp');
    expect(findProviders('test', { includeSandbox: false })).toEqual([]);
    expect(findProviders('test', { includeSandbox: true })[0]?.id).toBe('test-idp');
  });

  it('lists a provider once, with its ways beside it where there are several', () => {
    const all = findProviders('', { includeSandbox: false });
    const okta = all.filter(({ name }) => name === 'Okta');

    expect(okta).toHaveLength(1);
    expect(okta[0]?.id).toBe('okta');
    expect(okta[0]?.ways.map(({ id, label }) => [id, label])).toEqual([
      ['okta', 'SAML'],
      ['okta-oidc', 'OpenID Connect'],
    ]);
    expect(all.find(({ name }) => name === 'Rippling')?.ways).toEqual([]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('finds a provider by a name that only one of its ways has', () => {
    expect(findProviders('auth platform', { includeSandbox: false })[0]).toMatchObject({
      id: 'google-workspace',
      matchedName: 'Google Auth Platform',
    });
  });
});

describe('a provider without a guide', () => {
  it.each(providersNotOffered)(
    '$name is found by its names, leads to guides, and is nobody who has one',
    (one) => {
      for (const name of [one.name, ...one.names]) {
        expect(findProviders(name, { includeSandbox: false })).toEqual([]);
        expect(findNotOffered(name)?.id).toBe(one.id);
      }
      expect(one.instead.map((id) => findGuide(id)?.id)).toEqual(one.instead);
    },
  );

  it('is nobody whom a search does not mean', () => {
    expect(findNotOffered('Okta')).toBeUndefined();
  });
});
