/**
 * The people of the Test IdP. They exist under the reserved top-level domain `.test` only (RFC 6761), so no address
 * of a real person can be claimed, and production environments refuse the whole provider [TIDP-04].
 */
export interface TestPerson {
  /** Never changes, unlike the address: what a persistent NameID and OIDC `sub` carry. */
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
}

const defaultDomain = 'people.test';
const testDomain = /^(?:[a-z0-9-]{1,63}\.)+test$/;

const people = [
  { name: 'anna', firstName: 'Anna', lastName: 'Berg', groups: ['Everyone', 'Admins'] },
  { name: 'malik', firstName: 'Malik', lastName: 'Osei', groups: ['Everyone', 'Sales'] },
  { name: 'zofia', firstName: 'Zofia', lastName: 'Wójcik', groups: ['Everyone'] },
] as const;

/**
 * Everybody there is, with addresses in `domain`, so that one can sign in with a domain one has verified.
 *
 * @throws RangeError when the domain is not below `.test`.
 */
export function testPeople(domain: string = defaultDomain): TestPerson[] {
  if (!testDomain.test(domain)) throw new RangeError('Test people live below .test only');
  return people.map(({ name, firstName, lastName, groups }) => ({
    id: `tp-${name}-${domain}`,
    email: `${name}@${domain}`,
    firstName,
    lastName,
    groups,
  }));
}

export function findTestPerson(email: string): TestPerson | undefined {
  const domain = email.toLowerCase().split('@')[1] ?? '';
  if (!testDomain.test(domain)) return undefined;
  return testPeople(domain).find((person) => person.email === email.toLowerCase());
}
