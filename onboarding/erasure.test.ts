import { describe, expect, it, test } from 'vitest';
import { marksOf, namesPerson, withoutContent, withoutDirectoryUsers, withoutPerson } from './erasure.ts';

describe('[AUD-04] a person', () => {
  it.each([
    ['ann@acme.com', true],
    ['ANN@Acme.com', true],
    ['<saml:NameID>ann@acme.com</saml:NameID>', true],
    ['"Ann" <ann@acme.com>, who left.', true],
    ['Write to ann@acme.com.', true],
    ['mailto:ann@acme.com', true],
    ['joann@acme.com', false],
    ['x.ann@acme.com', false],
    ['ann@acme.com.au', false],
    ['ann@acme.community', false],
    ['annxacme.com', false],
  ])('is named in %j: %s', (text, expected) => {
    expect(namesPerson(text, ['ann@acme.com'])).toBe(expected);
  });

  it('is sought by every address and by ids that nothing else has by chance', () => {
    expect(marksOf({ emails: ['Ann@Acme.com', 'ann@acme.com'], idpIds: ['42', '00u1ab42'] })).toEqual([
      'ann@acme.com',
      '00u1ab42',
    ]);
  });

  it('is taken out of every depth of a value, and nobody else is', () => {
    const value = {
      id: 'event_1',
      email: 'Ann@acme.com',
      count: 2,
      none: null,
      ok: true,
      people: [{ email: 'joann@acme.com' }, 'to ann@acme.com and ann@acme.com'],
    };

    expect(withoutPerson(value, ['ann@acme.com'])).toEqual({
      id: 'event_1',
      email: 'erased',
      count: 2,
      none: null,
      ok: true,
      people: [{ email: 'joann@acme.com' }, 'to erased and erased'],
    });
  });

  it.each(['a.b+c@x.com', 'o$&@x.com', '(x)@x.com', 'a|b@x.com', 'back\\slash@x.com'])(
    'may have signs in their address that a pattern would read: %s',
    (address) => {
      expect(withoutPerson(`<${address}>`, [address])).toBe('<erased>');
    },
  );
});

test('[AUD-04] an event of a customer that is gone keeps its shape, ids, states and instants, and nothing of the customer', () => {
  const organization = {
    object: 'organization',
    id: 'org_1',
    name: 'Acme',
    external_id: 'crm-7',
    stripe_customer_id: 'cus_1',
    metadata: { contract: 'A-1' },
    allow_profiles_outside_organization: false,
    created_at: '2026-11-25T10:00:00.000Z',
    custom_attributes: { team: 'x' },
    domains: [{ object: 'organization_domain', id: 'org_domain_1', domain: 'acme.com', state: 'verified' }],
    groups: ['Acme admins'],
  };

  expect(withoutContent(organization)).toEqual({
    object: 'organization',
    id: 'org_1',
    name: 'erased',
    external_id: 'erased',
    stripe_customer_id: 'erased',
    metadata: {},
    allow_profiles_outside_organization: false,
    created_at: '2026-11-25T10:00:00.000Z',
    custom_attributes: {},
    domains: [{ object: 'organization_domain', id: 'org_domain_1', domain: 'erased', state: 'verified' }],
    groups: ['erased'],
  });
});

it('a person of a directory is left with ids, instants and state, wherever their object stands', () => {
  const person = (id: string) => ({
    object: 'directory_user',
    id,
    state: 'active',
    created_at: '2026-11-26T10:00:00.000Z',
    first_name: 'Ann',
    last_name: 'Lee',
    name: 'Ann Lee',
    job_title: 'Pilot',
    username: 'ann',
    emails: [{}],
    custom_attributes: { team: 'x' },
    raw_attributes: {},
    previous_attributes: { name: 'Ann Kim' },
  });
  const value = { directory_id: 'directory_1', user: person('one'), others: [person('two')] };

  expect(withoutDirectoryUsers(value, ['one'])).toEqual({
    directory_id: 'directory_1',
    user: {
      object: 'directory_user',
      id: 'one',
      state: 'active',
      created_at: '2026-11-26T10:00:00.000Z',
      first_name: null,
      last_name: null,
      name: null,
      job_title: null,
      username: null,
      emails: [],
      custom_attributes: {},
      raw_attributes: {},
      previous_attributes: {},
    },
    others: [person('two')],
  });
});
