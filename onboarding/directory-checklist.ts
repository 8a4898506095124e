import type { DirectoryRequestCause, DirectoryRequestKind } from './directory-requests.ts';

/** What the portal waits for while a directory is set up, and where in a console a refused call is mended. */

/** In the order in which people meet them. */
export const directoryCalls = [
  'connection_test',
  'create_user',
  'update_user',
  'deactivate_user',
  'push_group',
] as const;
export type DirectoryCall = (typeof directoryCalls)[number];

const callOfKind: Readonly<Record<Exclude<DirectoryRequestKind, 'refused'>, DirectoryCall | null>> = {
  connection_test: 'connection_test',
  read: 'connection_test',
  person_created: 'create_user',
  person_changed: 'update_user',
  person_reactivated: 'update_user',
  person_deactivated: 'deactivate_user',
  person_removed: 'deactivate_user',
  group_pushed: 'push_group',
  group_changed: 'push_group',
  members_changed: 'push_group',
  group_removed: null,
  bulk: null,
};

/** What of a request tells which of the awaited calls it was. */
export interface SeenRequest {
  readonly kind: DirectoryRequestKind;
  readonly method: string;
  readonly path: string;
}

/** The awaited call that a request was; of a refused one what it was meant to be. Null for one that nobody waits for. */
export function callOf({ kind, method, path }: SeenRequest): DirectoryCall | null {
  if (kind !== 'refused') return callOfKind[kind];
  if (method === 'GET') return 'connection_test';
  if (/^\/?Groups\b/i.test(path)) return method === 'DELETE' ? null : 'push_group';
  if (!/^\/?Users\b/i.test(path)) return 'connection_test';
  if (method === 'DELETE') return 'deactivate_user';
  return method === 'POST' ? 'create_user' : 'update_user';
}

/** The things in a source's console that something gone wrong can send somebody to. */
export const directorySubjects = [
  'base_url',
  'token',
  'user_name',
  'email',
  'actions',
  'assignment',
  'groups',
  'restart',
  'credentials',
  'report',
  'file',
] as const;
export type DirectorySubject = (typeof directorySubjects)[number];

const subjects: Readonly<Partial<Record<DirectoryRequestCause, DirectorySubject>>> = {
  token_missing: 'token',
  token_unknown: 'token',
  token_expired: 'token',
  token_revoked: 'token',
  protocol_version_unknown: 'base_url',
  address_unknown: 'base_url',
  method_unknown: 'base_url',
  not_offered: 'base_url',
  person_unknown: 'restart',
  group_unknown: 'groups',
  user_name_missing: 'user_name',
  person_exists: 'user_name',
  group_name_missing: 'groups',
  group_exists: 'groups',
  too_many_operations: 'groups',
  body_too_large: 'groups',
};

/** Where a call refused for this cause is mended; undefined where nothing in the console would help. */
export function subjectOf(cause: DirectoryRequestCause): DirectorySubject | undefined {
  return subjects[cause];
}

/** A request as the log keeps it. */
export interface LoggedRequest extends SeenRequest {
  readonly id: string;
  readonly at: Date;
  readonly status: number;
  readonly cause: DirectoryRequestCause | null;
  readonly subject: string | null;
}

/** How an awaited call went: its newest request decides. */
export interface CallVerdict {
  readonly call: DirectoryCall;
  readonly state: 'open' | 'done' | 'failed';
  readonly request: LoggedRequest | null;
}

/** The verdict on one awaited call from the requests of a directory, newest first. */
export function verdictOn(call: DirectoryCall, requests: readonly LoggedRequest[]): CallVerdict {
  const request = requests.find((one) => callOf(one) === call) ?? null;
  return { call, state: stateOf(request), request };
}

/** What a provisioning test follows one person through, in this order. */
const testedCalls = ['create_user', 'update_user', 'deactivate_user'] as const;

/** How far a test has come. */
interface TestVerdict {
  readonly person: string | null;
  readonly steps: readonly CallVerdict[];
}

/**
 * How far a test has come, from the requests since it began, newest first. A first cycle brings many people at once, so
 * it follows whoever was created then and has come furthest, the first of those who are level. Each later call counts
 * from the one before it on. A refused call mostly names nobody, so that the newest one of its kind counts while nothing
 * has come of it; and of the next call awaited, what is refused in its place: a client looks before it writes, and one
 * that has forgotten somebody creates them again.
 */
export function verdictsOfTest(requests: readonly LoggedRequest[]): TestVerdict {
  const inOrder = requests.toReversed();
  const followed = new Map<string | null, TestVerdict>();
  for (const [index, one] of inOrder.entries()) {
    if (one.kind !== 'person_created' || followed.has(one.subject)) continue;
    followed.set(one.subject, { person: one.subject, steps: stepsFrom(inOrder, index) });
  }
  const [first, ...others] = followed.values();
  if (first === undefined)
    return {
      person: null,
      steps: testedCalls.map((call) => refusedOr(call, call === 'create_user' ? requests : [], isLookUp)),
    };
  return others.reduce((best, other) => (doneIn(other) > doneIn(best) ? other : best), first);
}

const doneIn = ({ steps }: TestVerdict) => steps.filter(({ state }) => state === 'done').length;

/** What became of one person since the request that created them. */
function stepsFrom(inOrder: readonly LoggedRequest[], created: number): CallVerdict[] {
  const subject = inOrder[created]?.subject;
  let from = created;
  let isAwaited = true;
  const isInItsPlace = (one: LoggedRequest) =>
    isLookUp(one) || (callOf(one) === 'create_user' && one.subject === subject);
  return testedCalls.map((call, step): CallVerdict => {
    const isNext = (one: LoggedRequest, index: number) =>
      index > from && one.kind !== 'refused' && callOf(one) === call && one.subject === subject;
    const seen = step === 0 ? created : inOrder.findIndex(isNext);
    const came = inOrder[seen];
    if (came === undefined) {
      const verdict = refusedOr(call, inOrder.slice(from).toReversed(), isAwaited ? isInItsPlace : none);
      isAwaited = false;
      return verdict;
    }
    from = seen;
    return done(call, came);
  });
}

/** That somebody is not here is what a client looks for before it creates them. */
const isLookUp = (one: LoggedRequest) =>
  callOf(one) === 'connection_test' && one.cause !== 'person_unknown' && one.cause !== 'group_unknown';
const none = () => false;

function refusedOr(
  call: DirectoryCall,
  requests: readonly LoggedRequest[],
  isInItsPlace: (one: LoggedRequest) => boolean,
): CallVerdict {
  const counts = (one: LoggedRequest) => callOf(one) === call || isInItsPlace(one);
  const refused = requests.find((one) => one.kind === 'refused' && counts(one)) ?? null;
  return { call, state: refused === null ? 'open' : 'failed', request: refused };
}

const done = (call: DirectoryCall, request: LoggedRequest): CallVerdict => ({ call, state: 'done', request });

function stateOf(request: LoggedRequest | null): CallVerdict['state'] {
  if (request === null) return 'open';
  return request.kind === 'refused' ? 'failed' : 'done';
}
