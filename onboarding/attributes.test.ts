import { describe, expect, it } from 'vitest';
import {
  leftGroupsOut,
  nameIdSource,
  readableName,
  resolveCustomAttributes,
  resolveProfile,
  spokenNames,
  suggestCustom,
  suggestMapping,
} from './attributes.ts';

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
const objectId = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

describe('resolveProfile', () => {
  it("reads Entra's default claims without a mapping", () => {
    const profile = resolveProfile(
      [
        [objectId, ['4f1c0000']],
        [`${claims}/emailaddress`, ['jane@acme.com']],
        [`${claims}/givenname`, ['Jane']],
        [`${claims}/surname`, ['Roe']],
        ['http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', ['g1', 'g2']],
      ],
      'jane_upn@acme.com',
      emailFormat,
    );

    expect(profile).toMatchObject({
      idpId: '4f1c0000',
      email: 'jane@acme.com',
      firstName: 'Jane',
      lastName: 'Roe',
      groups: ['g1', 'g2'],
      gaps: [],
    });
    expect(profile.sources.email).toBe(`${claims}/emailaddress`);
  });

  it('reads the standard claims of OpenID Connect without a mapping', () => {
    const profile = resolveProfile(
      [
        ['sub', ['248289761001']],
        ['email', ['jane@acme.com']],
        ['given_name', ['Jane']],
        ['family_name', ['Roe']],
        ['groups', ['IT']],
      ],
      null,
      null,
    );

    expect(profile).toMatchObject({
      idpId: '248289761001',
      email: 'jane@acme.com',
      firstName: 'Jane',
      lastName: 'Roe',
      groups: ['IT'],
      gaps: [],
    });
  });

  it('takes id and e-mail from the NameID when no attribute says them', () => {
    const profile = resolveProfile([], 'jane@acme.com', emailFormat);

    expect(profile.idpId).toBe('jane@acme.com');
    expect(profile.email).toBe('jane@acme.com');
    expect(profile.sources).toEqual({ id: nameIdSource, email: nameIdSource });
    expect(profile.gaps.map((gap) => gap.field)).toEqual(['firstName', 'lastName', 'groups']);
  });

  it('refuses a transient NameID as a person’s id', () => {
    const profile = resolveProfile([['email', ['jane@acme.com']]], '_8f3a', transient);

    expect(profile.idpId).toBeUndefined();
    expect(profile.gaps).toContainEqual({ field: 'id', reason: 'transient_name_id' });
    expect(resolveProfile([], '_8f3a', transient, { id: nameIdSource }).idpId).toBeUndefined();
  });

  it.each([
    ['an id that is no address', 'jane', emailFormat],
    [
      'an address in an unspecified format',
      'jane@acme.com',
      'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    ],
    ['a guest of an Entra tenant', 'jane_gmail.com#EXT#@acme.onmicrosoft.com', emailFormat],
  ])('does not take %s in the NameID for an e-mail', (_case, nameId, format) => {
    expect(resolveProfile([], nameId, format).email).toBeUndefined();
  });

  it('reads a mapped field from that attribute only, so that no other can decide who somebody is', () => {
    const attributes: [string, string[]][] = [
      ['email', ['alias@acme.com']],
      ['mail2', []],
    ];

    const profile = resolveProfile(attributes, 'x@acme.com', emailFormat, { email: 'mail2' });

    expect(profile.email).toBeUndefined();
    expect(profile.gaps).toContainEqual({ field: 'email', reason: 'empty' });
  });

  it('[SAML-15] merges attributes of one name and never lets the first of several e-mails win', () => {
    const profile = resolveProfile(
      [
        ['email', ['a@acme.com']],
        ['email', ['b@acme.com']],
        ['groups', ['IT']],
        ['groups', ['IT', 'Sales']],
      ],
      'u1',
      null,
    );

    expect(profile.email).toBeUndefined();
    expect(profile.gaps).toContainEqual({ field: 'email', reason: 'several_values' });
    expect(profile.groups).toEqual(['IT', 'Sales']);
    expect(profile.rawAttributes['email']).toEqual(['a@acme.com', 'b@acme.com']);
  });

  it('[SAML-11] keeps hostile attribute names as plain data', () => {
    const profile = resolveProfile(
      [
        ['__proto__', ['polluted']],
        ['constructor', ['c']],
        ['nameID', ['mallory@evil.test']],
        [nameIdSource, ['mallory@evil.test']],
      ],
      'jane@acme.com',
      emailFormat,
      { id: nameIdSource },
    );

    expect(profile.idpId).toBe('jane@acme.com');
    expect(profile.email).toBe('jane@acme.com');
    expect(Object.getPrototypeOf(profile.rawAttributes)).toBeNull();
    expect(Object.keys(profile.rawAttributes)).toContain('__proto__');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('forgives capitals in names that people typed, an exact name winning', () => {
    expect(resolveProfile([['FirstName', ['Jane']]], 'u', null).firstName).toBe('Jane');
    expect(
      resolveProfile(
        [
          ['EMAIL', ['b@acme.com']],
          ['email', ['a@acme.com']],
        ],
        'u',
        null,
      ).email,
    ).toBe('a@acme.com');
  });
});

describe('suggestMapping', () => {
  it('guesses the attribute that is most likely meant', () => {
    expect(suggestMapping(['UserEmail', 'Forename', 'Family Name', 'User Roles'])).toEqual({
      email: 'UserEmail',
      firstName: 'Forename',
      lastName: 'Family Name',
      groups: 'User Roles',
    });
  });

  it("guesses Entra's user principal name when the mail attribute is empty", () => {
    expect(suggestMapping([objectId, `${claims}/name`, `${claims}/givenname`]).email).toBe(`${claims}/name`);
  });

  it('guesses the NameID for the e-mail only when nothing else fits and it is an address', () => {
    expect(suggestMapping(['team'], 'jane@acme.com')).toEqual({ email: nameIdSource });
    expect(suggestMapping(['team'], 'jane')).toEqual({});
  });

  it('leaves alone what the aliases already fill', () => {
    expect(suggestMapping(['email', 'firstName', 'lastName', 'groups', 'id'])).toEqual({});
  });
});

describe('resolveCustomAttributes', () => {
  const department = { key: 'department', label: 'Department', isRequired: true };
  const region = { key: 'region', label: 'Region', isRequired: false };
  const received = { Department: ['Finance'], area: ['North', 'South', ' '], department_code: ['17'] };

  it('fills a key from the attribute that is called like it, capitals forgiven, and several values as a list', () => {
    const { values, missing } = resolveCustomAttributes(received, [department, region], {
      'custom.region': 'area',
    });

    expect({ ...values }).toEqual({ department: 'Finance', region: ['North', 'South'] });
    expect(missing).toEqual([]);
  });

  it('reads a mapped one from its attribute only, and tells which required ones did not come', () => {
    const mapping = { 'custom.department': 'dept' };

    const { values, missing } = resolveCustomAttributes(received, [department, region], mapping);

    expect({ ...values }).toEqual({});
    expect(missing).toEqual([department]);
  });

  it('[SAML-11] gives no key from outside a meaning', () => {
    const hostile: Record<string, string[]> = JSON.parse('{"__proto__":["x"],"constructor":["y"]}');

    const { values } = resolveCustomAttributes(hostile, [region], {});

    expect(Object.keys(values)).toEqual([]);
    expect(values['toString']).toBeUndefined();
  });

  it('guesses by key and label, whatever the address in front', () => {
    expect(suggestCustom(['mail', 'http://acme.com/claims/Department'], department)).toBe(
      'http://acme.com/claims/Department',
    );
    expect(suggestCustom(['mail'], department)).toBeUndefined();
  });
});

it.each([
  ['SAML', [{ name: 'http://schemas.microsoft.com/claims/groups.link', values: ['https://graph'] }], true],
  ['an ID token', [{ name: '_claim_names', values: ['{"groups":"src1"}'] }], true],
  ['a short ID token', [{ name: 'hasgroups', values: ['true'] }], true],
  ['another claim kept elsewhere', [{ name: '_claim_names', values: ['{"address":"src1"}'] }], false],
  ['groups', [{ name: 'groups', values: ['IT'] }], false],
])('knows from %s whether Entra left the groups out', (_where, received, isLeftOut) => {
  expect(leftGroupsOut(received)).toBe(isLeftOut);
});

it('says names as consoles print them, whole where their ends are the same', () => {
  expect(spokenNames([`${claims}/name`, `${claims}/surname`, 'urn:oid:2.5.4.42'])).toEqual([
    'name',
    'surname',
    'urn:oid:2.5.4.42',
  ]);
  expect(spokenNames([`${claims}/name`, 'name', 'https://acme.com/'])).toEqual([
    `${claims}/name`,
    'name',
    'https://acme.com/',
  ]);
});

it('shows the last part of a long attribute name first', () => {
  expect(readableName(`${claims}/emailaddress`)).toBe(`emailaddress (${claims})`);
  expect(readableName('urn:oid:2.5.4.42')).toBe('2.5.4.42 (urn:oid)');
  expect(readableName('email')).toBe('email');
});
