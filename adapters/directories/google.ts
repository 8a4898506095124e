/** Google Workspace by the Admin SDK's Directory API: users, groups and their members, page by page. */
import type { ChosenGroup } from '../../onboarding/directory-sources.ts';
import type { Egress } from '../egress.ts';
import { askSource, isObject, objectsOf, textOf } from './ask-source.ts';
import { fetchGoogleToken, type GoogleAccess } from './google-access.ts';
import { goodAnswer, isBusyAtGoogle } from './google-answers.ts';
import type { GoogleHosts } from './google-hosts.ts';
import {
  DirectoryRefused,
  mostPeople,
  type DirectoryReading,
  type ReadGroup,
  type ReadingHands,
  type ReadPerson,
} from './reading.ts';

type Answer = Readonly<Record<string, unknown>>;

const mostGroups = 20_000;
const mostMemberships = 2_000_000;

/**
 * Reads a company whole. Where groups were chosen, only who is in one of them, and only those groups: everybody else is not
 * in the directory. Throws `DirectoryRefused`.
 */
export async function readGoogle(
  egress: Egress,
  hosts: GoogleHosts,
  access: GoogleAccess,
  hands: ReadingHands,
): Promise<DirectoryReading> {
  const { groups: chosen, nested } = access.settings;
  const asking = await askingAs(egress, hosts, access, hands);
  const people = (await everyPage(asking, '/users', usersQuery, 'users', mostPeople)).map(personOf);
  const listed =
    chosen === null
      ? await everyPage(asking, '/groups', groupsQuery, 'groups', mostGroups)
      : await eachChosen(asking, chosen);
  const groups: ReadGroup[] = [];
  const memberships: { group: string; person: string }[] = [];
  for (const group of listed.map(groupOf)) {
    const members = await membersOf(asking, group, nested);
    // One that went while we read; one that was chosen is missed, since its people would leave with it.
    if (members === undefined && chosen === null) continue;
    if (members === undefined) throw goneGroup(group.displayName);
    groups.push(group);
    memberships.push(...members.flatMap((member) => peopleOf(member, people, group.externalId)));
    if (memberships.length > mostMemberships) {
      throw new DirectoryRefused('too_much_to_read', { most: mostMemberships });
    }
  }
  return { people: chosen === null ? people : peopleIn(people, memberships), groups, memberships };
}

/** The first pages: that the credentials are good, and what would be read. Throws `DirectoryRefused`. */
export async function lookAtGoogle(
  egress: Egress,
  hosts: GoogleHosts,
  access: GoogleAccess,
  hands: ReadingHands,
): Promise<{ people: ReadPerson[]; groups: ReadGroup[]; hasMore: boolean }> {
  const asking = await askingAs(egress, hosts, access, hands);
  const users = goodAnswer(await ask(asking, '/users', usersQuery));
  const groups = goodAnswer(await ask(asking, '/groups', groupsQuery));
  const found = objectsOf(groups['groups']).map(groupOf);
  const [first] = found;
  // Groups may be seen while their members may not: it has to show now, not at the first reading.
  if (first) goodAnswer(await ask(asking, membersPath(first), membersQuery));
  return {
    people: objectsOf(users['users']).map(personOf),
    groups: found,
    hasMore: users['nextPageToken'] !== undefined || groups['nextPageToken'] !== undefined,
  };
}

/** The groups to choose from, up to `most`. Throws `DirectoryRefused`. */
export async function listGoogleGroups(
  egress: Egress,
  hosts: GoogleHosts,
  access: GoogleAccess,
  hands: ReadingHands,
): Promise<ReadGroup[]> {
  const asking = await askingAs(egress, hosts, access, hands);
  return (await everyPage(asking, '/groups', groupsQuery, 'groups', mostGroups)).map(groupOf);
}

const usersQuery = { customer: 'my_customer', maxResults: '500', projection: 'full', orderBy: 'email' };
const groupsQuery = { customer: 'my_customer', maxResults: '200' };
const membersQuery = { maxResults: '200' };

interface Asking {
  readonly egress: Egress;
  readonly hosts: GoogleHosts;
  readonly hands: ReadingHands;
  readonly renew: () => Promise<string>;
  token: string;
}

async function askingAs(
  egress: Egress,
  hosts: GoogleHosts,
  access: GoogleAccess,
  hands: ReadingHands,
): Promise<Asking> {
  const renew = () => fetchGoogleToken(egress, hosts, access, hands);
  return { egress, hosts, hands, renew, token: await renew() };
}

/** A token lasts an hour and a large company longer: one that ran out is renewed once for the question. */
async function ask(asking: Asking, path: string, query: Readonly<Record<string, string>>) {
  const url = `${asking.hosts.directory}${path}?${new URLSearchParams(query).toString()}`;
  const once = () =>
    askSource(
      asking.egress,
      asking.hands,
      { url, headers: { authorization: `Bearer ${asking.token}`, accept: 'application/json' } },
      isBusyAtGoogle,
    );
  const answer = await once();
  if (answer.status !== 401) return answer;
  asking.token = await asking.renew();
  return once();
}

/** The items of every page. A list that is empty is left out by Google. */
async function everyPage(
  asking: Asking,
  path: string,
  query: Readonly<Record<string, string>>,
  list: 'users' | 'groups' | 'members',
  most: number,
): Promise<Answer[]> {
  const items: Answer[] = [];
  const seen = new Set<string>();
  let pageToken: string | null = null;
  do {
    const page = goodAnswer(await ask(asking, path, pageToken === null ? query : { ...query, pageToken }));
    items.push(...objectsOf(page[list]));
    if (items.length > most) {
      throw list === 'users'
        ? new DirectoryRefused('too_many_people', { most })
        : new DirectoryRefused('too_much_to_read', { most });
    }
    pageToken = textOf(page['nextPageToken']);
    if (pageToken !== null && seen.has(pageToken)) throw new DirectoryRefused('answer_unreadable');
    if (pageToken !== null) seen.add(pageToken);
  } while (pageToken !== null);
  return items;
}

async function eachChosen(asking: Asking, chosen: readonly ChosenGroup[]): Promise<Answer[]> {
  const groups: Answer[] = [];
  for (const { id, name } of chosen) {
    const answer = await ask(asking, `/groups/${encodeURIComponent(id)}`, {});
    if (answer.status === 404) throw goneGroup(name);
    groups.push(goodAnswer(answer));
  }
  return groups;
}

const goneGroup = (name: string) => new DirectoryRefused('google_group_gone', { group: name });

const membersPath = ({ externalId }: ReadGroup) => `/groups/${encodeURIComponent(externalId)}/members`;

/** Undefined where there is no such group any more. */
async function membersOf(asking: Asking, group: ReadGroup, nested: boolean): Promise<Answer[] | undefined> {
  const query = { ...membersQuery, ...(nested ? { includeDerivedMembership: 'true' } : {}) };
  try {
    return await everyPage(asking, membersPath(group), query, 'members', mostPeople);
  } catch (error) {
    if (error instanceof DirectoryRefused && error.refusal === 'google_group_gone') return undefined;
    throw error;
  }
}

function personOf(user: Answer): ReadPerson {
  const externalId = textOf(user['id']);
  const email = textOf(user['primaryEmail']);
  if (externalId === null || email === null) throw new DirectoryRefused('answer_unreadable', { status: 200 });
  const name = isObject(user['name']) ? user['name'] : {};
  return {
    externalId,
    email,
    userName: email,
    firstName: textOf(name['givenName']),
    lastName: textOf(name['familyName']),
    displayName: textOf(name['fullName']),
    active: user['suspended'] !== true && user['archived'] !== true,
    raw: user,
  };
}

function groupOf(group: Answer): ReadGroup {
  const externalId = textOf(group['id']);
  if (externalId === null) throw new DirectoryRefused('answer_unreadable', { status: 200 });
  const displayName = textOf(group['name']) ?? textOf(group['email']) ?? externalId;
  return { externalId, displayName, raw: group };
}

/** A member is a person, a group, or the whole company: then everybody is in the group. */
function peopleOf(member: Answer, people: readonly ReadPerson[], group: string) {
  if (member['type'] === 'CUSTOMER') return people.map(({ externalId: person }) => ({ group, person }));
  const person = textOf(member['id']);
  return member['type'] !== 'USER' || person === null ? [] : [{ group, person }];
}

function peopleIn(people: readonly ReadPerson[], memberships: readonly { person: string }[]): ReadPerson[] {
  const members = new Set(memberships.map(({ person }) => person));
  return people.filter(({ externalId }) => members.has(externalId));
}
