/**
 * The people of the Test IdP. They exist under the reserved top-level domain `.test` only (RFC 6761), so no address
 * of a real person can be claimed, and production environments refuse the whole provider [TIDP-04].
 */
export interface TestPerson {
  /** Never changes, unlike the address: what a persistent NameID and OIDC `sub` carry. */
  readonly id: string;
  /** Null for somebody who has none: a sign-in that has to be refused. */
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
  /** What else the provider says about them, by attribute name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Addresses here move with the customer: at a connection they lie in the organization's own `.test` domain. */
const movingDomain = 'people.test';
const testDomain = /^(?:[a-z0-9-]{1,63}\.)+test$/;

/** Who is there at first: three members, a guest of another company, and somebody without an address. */
export const firstPeople: readonly TestPerson[] = [
  {
    id: 'tp-anna',
    email: `anna@${movingDomain}`,
    firstName: 'Anna',
    lastName: 'Berg',
    groups: ['Everyone', 'Admins'],
    attributes: { department: 'Operations', title: 'Head of IT' },
  },
  {
    id: 'tp-malik',
    email: `malik@${movingDomain}`,
    firstName: 'Malik',
    lastName: 'Osei',
    groups: ['Everyone', 'Sales'],
    attributes: { department: 'Sales', title: 'Account manager' },
  },
  {
    id: 'tp-zofia',
    email: `zofia@${movingDomain}`,
    firstName: 'Zofia',
    lastName: 'Wójcik',
    groups: ['Everyone'],
    attributes: { department: 'Research' },
  },
  {
    id: 'tp-greta',
    email: 'greta@guests.test',
    firstName: 'Greta',
    lastName: 'Lind',
    groups: ['Guests'],
    attributes: {},
  },
  { id: 'tp-noor', email: null, firstName: 'Noor', lastName: 'Haddad', groups: ['Everyone'], attributes: {} },
];

/** Whether an address may belong to somebody here. */
export function isTestAddress(email: string): boolean {
  return testDomain.test(domainOf(email));
}

const domainOf = (email: string) => email.slice(email.lastIndexOf('@') + 1).toLowerCase();

/**
 * People as a connection meets them: addresses that move lie in `domain`, so that one can sign in with a domain one
 * has verified, and ids are told apart by it.
 *
 * @throws RangeError when the domain is not below `.test`.
 */
export function peopleAt(people: readonly TestPerson[], domain: string = movingDomain): TestPerson[] {
  if (!testDomain.test(domain)) throw new RangeError('Test people live below .test only');
  return people.map((person) => ({
    ...person,
    id: `${person.id}-${domain}`,
    email: person.email?.replace(new RegExp(`@${movingDomain}$`, 'i'), `@${domain}`) ?? null,
  }));
}

/** Those of the first start. */
export function testPeople(domain?: string): TestPerson[] {
  return peopleAt(firstPeople, domain);
}

/** By id, or by address as scripts know them. */
export function findPerson(people: readonly TestPerson[], idOrAddress: string): TestPerson | undefined {
  const wanted = idOrAddress.toLowerCase();
  return people.find(({ id, email }) => id === idOrAddress || email?.toLowerCase() === wanted);
}
