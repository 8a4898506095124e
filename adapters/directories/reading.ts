import type { DirectoryRefusal } from '../../onboarding/directory-refusals.ts';
import type { ErrorFacts } from '../../onboarding/errors.ts';

/** What one reading of a source brings: everything or nothing, because who is missing from it has left. */
export interface DirectoryReading {
  readonly people: readonly ReadPerson[];
  /** Null where the source tells of no groups: those that are known stay as they are. */
  readonly groups: readonly ReadGroup[] | null;
  /** By external ids; of people and groups of this reading only. */
  readonly memberships: readonly { readonly group: string; readonly person: string }[];
}

export interface ReadPerson {
  /** The source's own id, which outlives every change of name and address. */
  readonly externalId: string;
  readonly userName: string;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly displayName: string | null;
  readonly active: boolean;
  /** As the source sent it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface ReadGroup {
  readonly externalId: string;
  readonly displayName: string;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What a reading is done with; the same for every source. */
export interface ReadingHands {
  readonly organizationId: string;
  readonly sandboxLoopback: boolean;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Waits where the source asks for it; ends early when the signal does. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A source that could not be read to the end; nothing of what it said before counts. */
export class DirectoryRefused extends Error {
  readonly refusal: DirectoryRefusal;
  readonly facts: ErrorFacts;
  /** How long the source asked us to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(
    refusal: DirectoryRefusal,
    facts: ErrorFacts = {},
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(refusal, { cause: options.cause });
    this.name = 'DirectoryRefused';
    this.refusal = refusal;
    this.facts = facts;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The most people of one directory. */
export const mostPeople = 200_000;

/**
 * The reading as it may be written: each person and group once, no two people of one user name, no membership of a
 * stranger. Throws `nobody_there` and `too_many_people`.
 */
export function settledReading({ people, groups, memberships }: DirectoryReading): DirectoryReading {
  const byId = new Map(people.map((person) => [person.externalId, person]));
  if (byId.size === 0) throw new DirectoryRefused('nobody_there');
  if (byId.size > mostPeople) throw new DirectoryRefused('too_many_people', { most: mostPeople });
  const groupsById = new Map((groups ?? []).map((group) => [group.externalId, group]));
  const ofGroup = new Map<string, Set<string>>();
  for (const { group, person } of memberships) {
    if (!groupsById.has(group) || !byId.has(person)) continue;
    const members = ofGroup.get(group) ?? new Set();
    ofGroup.set(group, members.add(person));
  }
  return {
    people: withOwnNames([...byId.values()]),
    groups: groups && [...groupsById.values()],
    memberships: [...ofGroup].flatMap(([group, members]) =>
      [...members].map((person) => ({ group, person })),
    ),
  };
}

/** Who shares a user name with an older id goes by their own id; the same person at every reading. */
function withOwnNames(people: readonly ReadPerson[]): ReadPerson[] {
  const taken = new Set<string>();
  return people
    .toSorted((one, other) => (one.externalId < other.externalId ? -1 : 1))
    .map((person) => {
      const name = person.userName.toLowerCase();
      const userName = taken.has(name) ? person.externalId : person.userName;
      taken.add(userName.toLowerCase());
      return { ...person, userName };
    });
}
