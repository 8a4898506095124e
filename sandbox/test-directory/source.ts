/**
 * What the test directory knows, as an administrator keeps it: its people and groups, the address it sends them to, and
 * its switches. What has arrived there is remembered apart (`sent.ts`): a directory forgets neither when the other changes.
 */
import { z } from 'zod';
import { firstPeople as testIdpPeople } from '../test-idp/people.ts';
import { isFaultName, type FaultName } from './faults.ts';

/** How it speaks: every change at once, as Okta does, or in cycles, as Entra does. */
export const manners = ['okta', 'entra'] as const;
export type Manner = (typeof manners)[number];

const person = z.object({
  id: z.string(),
  userName: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  title: z.string().nullable(),
  department: z.string().nullable(),
  active: z.boolean(),
});
export type SourcePerson = Readonly<z.infer<typeof person>>;

const group = z.object({ id: z.string(), name: z.string(), memberIds: z.array(z.string()) });
export type SourceGroup = z.infer<typeof group>;

export const source = z.object({
  manner: z.enum(manners),
  /** As it was pasted, with the flag that Entra takes in its query. */
  baseUrl: z.string().nullable(),
  /** The directory whose address and token were taken with one press. */
  connected: z
    .object({ organizationId: z.string(), directoryId: z.string(), tokenId: z.string() })
    .nullable(),
  /** The token of each directory that was ever taken so, by the directory's id. */
  tokens: z.record(z.string(), z.string()).default({}),
  /** Where the addresses of the first people lie: they move with the customer, as they do at the Test IdP. */
  domain: z.string(),
  faults: z.array(z.string()).transform((names): FaultName[] => names.filter(isFaultName)),
  people: z.array(person),
  groups: z.array(group),
});
export type Source = Readonly<z.infer<typeof source>>;

/** Enough for every case that one would try by hand, the mass-change guard included. */
export const mostPeople = 500;
export const mostGroups = 50;

/** Who is there at first: those of the Test IdP who have an address, so that the same people can sign in. */
export function firstSource(): Source {
  const people = testIdpPeople.flatMap(({ email, ...of }) => (email === null ? [] : [{ email, ...of }]));
  const names = [...new Set(people.flatMap(({ groups }) => groups))];
  return {
    manner: 'okta',
    baseUrl: null,
    connected: null,
    tokens: {},
    domain: movingDomain,
    faults: [],
    people: people.map(({ id, email, firstName, lastName, attributes }) => ({
      id,
      userName: email,
      firstName,
      lastName,
      active: true,
      title: attributes['title'] ?? null,
      department: attributes['department'] ?? null,
    })),
    groups: names.map((name) => ({
      id: `tg-${name.toLowerCase()}`,
      name,
      memberIds: people.filter(({ groups }) => groups.includes(name)).map(({ id }) => id),
    })),
  };
}

/** People as they are sent, with the addresses that move in the customer's domain. */
export function peopleAt({ people, domain }: Pick<Source, 'people' | 'domain'>): SourcePerson[] {
  const ending = new RegExp(`@${movingDomain.replace('.', String.raw`\.`)}$`, 'i');
  return people.map((one) => ({ ...one, userName: one.userName.replace(ending, `@${domain}`) }));
}

const movingDomain = 'people.test';

/** People by the number, to try what many do: nobody of them can sign in anywhere. */
export function crowd(from: number, count: number): SourcePerson[] {
  return Array.from({ length: count }, (_, at) => {
    const number = String(from + at).padStart(3, '0');
    return {
      id: `tp-crowd-${number}`,
      userName: `person${number}@${movingDomain}`,
      active: true,
      firstName: 'Person',
      lastName: number,
      title: null,
      department: 'Crowd',
    };
  });
}
