/**
 * How Entra speaks SCIM (`providers-directory` §2): in cycles, by PATCH. With the flag `aadOptscim062020` in the base
 * address it keeps to the standard; without it operations are capital, booleans are words and members are a list.
 */
import { createHash } from 'node:crypto';
import {
  arrivedMembers,
  changeHeaders,
  enterpriseSchema,
  firstIdIn,
  goneGroups,
  gonePeople,
  groupSchema,
  idIn,
  isOk,
  patchBody,
  remoteIdOf,
  unknownAttributes,
  userSchema,
  type ClientCall,
  type Conversation,
  type Operation,
} from './conversation.ts';
import type { SentPerson } from './sent.ts';
import type { SourceGroup, SourcePerson } from './source.ts';

interface Manners {
  /** Everything again (*Restart provisioning*). */
  all: boolean;
  /** The flag of the base address. */
  keepsStandard: boolean;
}

/** *Test Connection* looks for somebody who cannot be there. */
export const entraTest: ClientCall = {
  method: 'GET',
  path: `/Users?filter=${encodeURIComponent('userName eq "0b2a9d5e-test-connection"')}`,
};

/** One cycle: what differs is sent. */
export async function talkLikeEntra(talk: Conversation, manners: Manners): Promise<void> {
  for (const person of talk.people) await provision(person, talk, manners);
  for (const [id, { remoteId }] of gonePeople(talk)) {
    const answer = await talk.call({
      method: 'DELETE',
      path: `/Users/${remoteId}`,
      headers: changeHeaders(talk),
    });
    if (isOk(answer) || answer.status === 404) delete talk.sent.people[id];
  }
  for (const group of talk.groups) await provisionGroup(group, talk, manners);
  for (const [id, { remoteId }] of goneGroups(talk)) {
    const answer = await talk.call({ method: 'DELETE', path: `/Groups/${remoteId}` });
    if (isOk(answer) || answer.status === 404) delete talk.sent.groups[id];
  }
}

async function provision(person: SourcePerson, talk: Conversation, manners: Manners): Promise<void> {
  const { call, sent, has } = talk;
  const before = sent.people[person.id];
  if (before === undefined || has('duplicate_create')) {
    await create(person, talk, manners);
    return;
  }
  const attributes = attributesOf(person);
  const changed = manners.all
    ? attributes
    : Object.fromEntries(
        Object.entries(attributes).filter(([path, value]) => knownOf(before)[path] !== value),
      );
  const cleared = Object.keys(knownOf(before)).filter((path) => !(path in attributes));
  const isSwitched = manners.all || before.active !== person.active;
  if (Object.keys(changed).length === 0 && cleared.length === 0 && !isSwitched) return;
  const found = await call({ method: 'GET', path: `/Users/${before.remoteId}` });
  if (found.status === 404) {
    delete sent.people[person.id];
    await create(person, talk, manners);
    return;
  }
  const words = manners.keepsStandard && !has('string_booleans');
  const active = words ? person.active : person.active ? 'True' : 'False';
  const all = { ...changed, ...(isSwitched ? { active } : {}) };
  const operations: Operation[] = [
    ...(manners.keepsStandard
      ? [{ op: 'replace', value: { ...all, ...unknownAttributes(talk) } } as const]
      : Object.entries(all).map(([path, value]): Operation => ({ op: 'replace', path, value }))),
    ...cleared.map((path): Operation => ({ op: 'remove', path })),
  ];
  const answer = await patch(`/Users/${before.remoteId}`, operations, talk, manners);
  if (isOk(answer)) {
    sent.people[person.id] = { ...before, profile: entraProfile(person), active: person.active };
  }
}

async function create(person: SourcePerson, talk: Conversation, manners: Manners): Promise<void> {
  const { call, sent, has } = talk;
  const profile = entraProfile(person);
  if (!has('duplicate_create')) {
    const filter = encodeURIComponent(`userName eq "${person.userName}"`);
    const found = await call({ method: 'GET', path: `/Users?filter=${filter}` });
    if (!isOk(found)) return;
    const known = firstIdIn(found.body);
    if (known !== undefined) {
      // What it holds is not known: everything counts as changed.
      sent.people[person.id] = { remoteId: known, profile: '{}', active: !person.active };
      await provision(person, talk, manners);
      return;
    }
  }
  // Those who are disabled already are not created.
  if (!person.active) return;
  const answer = await call({ method: 'POST', path: '/Users', body: userBody(person, talk) });
  const remoteId = idIn(answer.body);
  if (isOk(answer) && remoteId !== undefined) {
    sent.people[person.id] = { remoteId, profile, active: true };
  }
}

async function provisionGroup(group: SourceGroup, talk: Conversation, manners: Manners): Promise<void> {
  const { sent, has } = talk;
  if (sent.groups[group.id] === undefined || has('duplicate_create')) {
    await createGroup(group, talk);
  }
  const before = sent.groups[group.id];
  if (before === undefined) return;
  const { remoteId } = before;
  const path = `/Groups/${remoteId}`;
  const members = arrivedMembers(group, talk);
  const added = manners.all ? members : members.filter((id) => !before.memberIds.includes(id));
  const removed = before.memberIds.filter((id) => !members.includes(id) && sent.people[id] !== undefined);
  if (before.name !== group.name) {
    const renamed = await patch(
      path,
      [{ op: 'replace', path: 'displayName', value: group.name }],
      talk,
      manners,
    );
    if (!isOk(renamed)) return;
    sent.groups[group.id] = { ...before, name: group.name };
  }
  const valuesOf = (ids: readonly string[]) => ids.map((id) => ({ value: remoteIdOf(id, talk) }));
  if (added.length > 0) {
    const answer = await patch(path, [{ op: 'add', path: 'members', value: valuesOf(added) }], talk, manners);
    if (!isOk(answer)) return;
  }
  if (removed.length > 0) {
    const operations: Operation[] = manners.keepsStandard
      ? removed.map((id) => ({ op: 'remove', path: `members[value eq "${remoteIdOf(id, talk)}"]` }))
      : [{ op: 'remove', path: 'members', value: valuesOf(removed) }];
    if (!isOk(await patch(path, operations, talk, manners))) return;
  }
  sent.groups[group.id] = { remoteId, name: group.name, memberIds: members };
}

async function createGroup(group: SourceGroup, { call, sent, has }: Conversation): Promise<void> {
  if (!has('duplicate_create')) {
    const filter = encodeURIComponent(`displayName eq "${group.name.replaceAll('"', String.raw`\"`)}"`);
    const found = await call({ method: 'GET', path: `/Groups?excludedAttributes=members&filter=${filter}` });
    if (!isOk(found)) return;
    const known = firstIdIn(found.body);
    if (known !== undefined) {
      sent.groups[group.id] = { remoteId: known, name: group.name, memberIds: [] };
      return;
    }
  }
  const body = {
    schemas: [groupSchema, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    externalId: objectIdOf(group.id),
    displayName: group.name,
    meta: { resourceType: 'Group' },
  };
  const answer = await call({ method: 'POST', path: '/Groups', body });
  const remoteId = idIn(answer.body);
  if (isOk(answer) && remoteId !== undefined)
    sent.groups[group.id] = { remoteId, name: group.name, memberIds: [] };
}

function patch(path: string, operations: Operation[], talk: Conversation, { keepsStandard }: Manners) {
  const body = patchBody(operations, !keepsStandard || talk.has('capital_ops'));
  return talk.call({ method: 'PATCH', path, body, headers: changeHeaders(talk) });
}

/** What counts as a change of somebody, but for `active`. */
export const entraProfile = (person: SourcePerson): string => JSON.stringify(attributesOf(person));

/** What a PATCH names, by its path. */
function attributesOf({ id, userName, firstName, lastName, title, department }: SourcePerson) {
  return {
    externalId: objectIdOf(id),
    userName,
    displayName: `${firstName} ${lastName}`,
    'name.givenName': firstName,
    'name.familyName': lastName,
    'emails[type eq "work"].value': userName,
    ...(title === null ? {} : { title }),
    ...(department === null ? {} : { [`${enterpriseSchema}:department`]: department }),
  };
}

function userBody(
  { id, userName, firstName, lastName, title, department }: SourcePerson,
  talk: Conversation,
) {
  return {
    schemas: [userSchema, enterpriseSchema],
    externalId: objectIdOf(id),
    userName,
    active: true,
    displayName: `${firstName} ${lastName}`,
    emails: [{ primary: true, type: 'work', value: userName }],
    meta: { resourceType: 'User' },
    name: { formatted: `${firstName} ${lastName}`, familyName: lastName, givenName: firstName },
    roles: [],
    ...(title === null ? {} : { title }),
    ...(department === null ? {} : { [enterpriseSchema]: { department } }),
    ...unknownAttributes(talk),
  };
}

function knownOf({ profile }: SentPerson): Record<string, unknown> {
  const known: unknown = JSON.parse(profile);
  return typeof known === 'object' && known !== null ? { ...known } : {};
}

/** An object id: a GUID that is always the same for one person. */
function objectIdOf(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
