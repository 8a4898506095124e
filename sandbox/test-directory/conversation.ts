import type { FaultName } from './faults.ts';
import type { Sent } from './sent.ts';
import { peopleAt, type Source, type SourceGroup, type SourcePerson } from './source.ts';

/** One call and what came back. Paths are below the base address. */
export interface ClientCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  headers?: Record<string, string>;
}
export interface Answered {
  status: number;
  /** The JSON of the answer; undefined where there is none. */
  body: unknown;
}

/** What a conversation has: the line to the other side, what is to be there, and what has arrived. */
export interface Conversation {
  call: (sending: ClientCall) => Promise<Answered>;
  has: (fault: FaultName) => boolean;
  people: readonly SourcePerson[];
  groups: readonly SourceGroup[];
  /** Written to as answers come. */
  sent: Sent;
}

/** With `many_removals`, the source says of everybody that they have left: as after a filter that was set wrongly. */
export function conversationOf(source: Source, sent: Sent, call: Conversation['call']): Conversation {
  const has = (fault: FaultName) => source.faults.includes(fault);
  const people = peopleAt(source).map((one) => (has('many_removals') ? { ...one, active: false } : one));
  return { call, has, people, groups: source.groups, sent };
}

export const isOk = ({ status }: Answered) => status >= 200 && status < 300;

/** The id in a resource that came back. */
export function idIn(body: unknown): string | undefined {
  const id = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** The id of the first resource of a list. */
export function firstIdIn(body: unknown): string | undefined {
  const resources =
    typeof body === 'object' && body !== null && 'Resources' in body ? body.Resources : undefined;
  return Array.isArray(resources) ? idIn(resources[0]) : undefined;
}

/** People who arrived and are no more in the directory. */
export function gonePeople({ people, sent }: Conversation): [string, Sent['people'][string]][] {
  const here = new Set(people.map(({ id }) => id));
  return Object.entries(sent.people).filter(([id]) => !here.has(id));
}

export function goneGroups({ groups, sent }: Conversation): [string, Sent['groups'][string]][] {
  const here = new Set(groups.map(({ id }) => id));
  return Object.entries(sent.groups).filter(([id]) => !here.has(id));
}

/** Members who have arrived themselves, by our id: others cannot be named to the other side. */
export function arrivedMembers({ memberIds }: SourceGroup, { sent, people }: Conversation): string[] {
  const here = new Set(people.map(({ id }) => id));
  return memberIds.filter((id) => here.has(id) && sent.people[id] !== undefined);
}

export const remoteIdOf = (id: string, { sent }: Conversation): string => sent.people[id]?.remoteId ?? '';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Operation {
  op: 'add' | 'replace' | 'remove';
  path?: string;
  value?: unknown;
}

export function patchBody(operations: readonly Operation[], isCapital: boolean): object {
  const opOf = (op: string) => (isCapital ? op.slice(0, 1).toUpperCase() + op.slice(1) : op);
  return {
    schemas: [patchSchema],
    Operations: operations.map(({ op, ...rest }) => ({ op: opOf(op), ...rest })),
  };
}

/** What a client may say although no schema of ours has it. */
export function unknownAttributes({ has }: Conversation): object {
  return has('unknown_attributes')
    ? { shoeSize: 42, 'urn:example:params:scim:schemas:extension:badge:1.0:User': { badgeColour: 'blue' } }
    : {};
}

/** Headers of a change of something that exists: with `stale_if_match`, a version that nobody has. */
export function changeHeaders({ has }: Conversation): Record<string, string> {
  return has('stale_if_match') ? { 'if-match': 'W/"0"' } : {};
}
