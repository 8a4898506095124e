/**
 * How Okta speaks SCIM (`providers-directory` §1, template app): it looks for the name, creates, reads before it PUTs,
 * switches off by PATCH, and never deletes a person.
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

/** *Test API Credentials*. */
export const oktaTest: ClientCall = { method: 'GET', path: '/Users?startIndex=1&count=100' };

/** Sends what differs; with `all`, everything again (*Force Sync*). */
export async function talkLikeOkta(talk: Conversation, { all }: { all: boolean }): Promise<void> {
  for (const person of talk.people) await pushPerson(person, talk, all);
  for (const [id, before] of gonePeople(talk)) {
    if (!before.active || (await switchActive(before, false, talk))) delete talk.sent.people[id];
  }
  for (const group of talk.groups) await pushGroup(group, talk, all);
  for (const [id, { remoteId }] of goneGroups(talk)) {
    const answer = await talk.call({ method: 'DELETE', path: `/Groups/${remoteId}` });
    if (isOk(answer) || answer.status === 404) delete talk.sent.groups[id];
  }
}

async function pushPerson(person: SourcePerson, talk: Conversation, all: boolean): Promise<void> {
  const { call, sent, has } = talk;
  const before = sent.people[person.id];
  const profile = oktaProfile(person);
  if (before === undefined || has('duplicate_create')) {
    // Okta does not create those who are deactivated.
    if (person.active) await createPerson(person, profile, talk);
    return;
  }
  if (all || before.profile !== profile) {
    await call({ method: 'GET', path: `/Users/${before.remoteId}` });
    // The profile alone: who is active is switched by a call of its own, and who was switched off stays so.
    const body = { id: before.remoteId, ...userBody(person, talk), active: before.active };
    const put = {
      method: 'PUT',
      path: `/Users/${before.remoteId}`,
      body,
      headers: changeHeaders(talk),
    } as const;
    const answer = await call(put);
    if (answer.status === 404) delete sent.people[person.id];
    if (!isOk(answer)) return;
    sent.people[person.id] = { ...before, profile };
  }
  const now = sent.people[person.id];
  if (now !== undefined && now.active !== person.active && (await switchActive(now, person.active, talk))) {
    sent.people[person.id] = { ...now, active: person.active };
  }
}

async function createPerson(person: SourcePerson, profile: string, talk: Conversation): Promise<void> {
  const { call, sent, has } = talk;
  if (!has('duplicate_create')) {
    const filter = encodeURIComponent(`userName eq "${person.userName}"`);
    const found = await call({ method: 'GET', path: `/Users?filter=${filter}&startIndex=1&count=100` });
    if (!isOk(found)) return;
    const known = firstIdIn(found.body);
    if (known !== undefined) {
      const put = {
        method: 'PUT',
        path: `/Users/${known}`,
        body: { id: known, ...userBody(person, talk) },
      } as const;
      const linked = await call(put);
      if (isOk(linked)) sent.people[person.id] = { remoteId: known, profile, active: true };
      return;
    }
  }
  // A random password comes along, as Okta sends one; nobody may keep it.
  const body = {
    ...userBody(person, talk),
    password: createHash('sha256').update(person.id).digest('base64url'),
  };
  const answer = await call({ method: 'POST', path: '/Users', body });
  const remoteId = idIn(answer.body);
  if (isOk(answer) && remoteId !== undefined) {
    sent.people[person.id] = { remoteId, profile, active: true };
  }
}

async function switchActive({ remoteId }: SentPerson, active: boolean, talk: Conversation): Promise<boolean> {
  const value = { active: talk.has('string_booleans') ? textOf(active) : active };
  const body = patchBody([{ op: 'replace', value }], talk.has('capital_ops'));
  const answer = await talk.call({
    method: 'PATCH',
    path: `/Users/${remoteId}`,
    body,
    headers: changeHeaders(talk),
  });
  return isOk(answer) || answer.status === 404;
}

async function pushGroup(group: SourceGroup, talk: Conversation, all: boolean): Promise<void> {
  const { call, sent, has } = talk;
  const before = sent.groups[group.id];
  if (before === undefined || has('duplicate_create')) {
    const body = { schemas: [groupSchema], displayName: group.name, members: [] };
    const answer = await call({ method: 'POST', path: '/Groups', body });
    const remoteId = idIn(answer.body);
    if (!isOk(answer) || remoteId === undefined) return;
    sent.groups[group.id] = { remoteId, name: group.name, memberIds: [] };
    await changeGroup(group, talk, true);
    return;
  }
  const members = arrivedMembers(group, talk);
  const isSame = before.name === group.name && sameMembers(before.memberIds, members);
  if (all || !isSame) await changeGroup(group, talk, all);
}

/** A full push replaces the members; else those who left and those who came are named, after the name itself. */
async function changeGroup(group: SourceGroup, talk: Conversation, isFull: boolean): Promise<void> {
  const before = talk.sent.groups[group.id];
  if (before === undefined) return;
  const { remoteId } = before;
  const members = arrivedMembers(group, talk);
  const valuesOf = (ids: readonly string[]) =>
    ids.map((id) => ({
      value: remoteIdOf(id, talk),
      display: talk.people.find((person) => person.id === id)?.userName,
    }));
  const added = members.filter((id) => !before.memberIds.includes(id));
  const removed = before.memberIds.filter(
    (id) => !members.includes(id) && talk.sent.people[id] !== undefined,
  );
  const named: Operation = { op: 'replace', value: { id: remoteId, displayName: group.name } };
  const operations: Operation[] = isFull
    ? [named, { op: 'replace', path: 'members', value: valuesOf(members) }]
    : [
        named,
        ...removed.map((id): Operation => ({
          op: 'remove',
          path: `members[value eq "${remoteIdOf(id, talk)}"]`,
        })),
        ...(added.length === 0 ? [] : [{ op: 'add', path: 'members', value: valuesOf(added) } as const]),
      ];
  const body = patchBody(operations, talk.has('capital_ops'));
  const headers = changeHeaders(talk);
  const answer = await talk.call({ method: 'PATCH', path: `/Groups/${remoteId}`, body, headers });
  if (answer.status === 404) delete talk.sent.groups[group.id];
  if (isOk(answer)) talk.sent.groups[group.id] = { remoteId, name: group.name, memberIds: members };
}

/** What counts as a change of somebody, but for `active`. */
export const oktaProfile = (person: SourcePerson): string => JSON.stringify(profileOf(person));

function profileOf({ id, userName, firstName, lastName, title, department }: SourcePerson) {
  return {
    externalId: oktaIdOf(id),
    userName,
    name: { givenName: firstName, familyName: lastName },
    displayName: `${firstName} ${lastName}`,
    emails: [{ primary: true, value: userName, type: 'work' }],
    locale: 'en-US',
    ...(title === null ? {} : { title }),
    ...(department === null ? {} : { [enterpriseSchema]: { department } }),
  };
}

function userBody(person: SourcePerson, talk: Conversation): object {
  const profile = profileOf(person);
  const schemas = [userSchema, ...(enterpriseSchema in profile ? [enterpriseSchema] : [])];
  return { schemas, ...profile, groups: [], active: true, ...unknownAttributes(talk) };
}

/** Twenty characters that begin with 00u. */
const oktaIdOf = (id: string): string => `00u${createHash('sha256').update(id).digest('hex').slice(0, 17)}`;

const textOf = (active: boolean) => (active ? 'True' : 'False');

const sameMembers = (left: readonly string[], right: readonly string[]) =>
  left.length === right.length && left.every((id) => right.includes(id));
