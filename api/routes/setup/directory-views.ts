import {
  countDirectoryPeople,
  countLeftBefore,
  findDiscardedHold,
  findEndedServingToken,
  findOpenHold,
  findSwitchedFrom,
  listDirectoryTokens,
  listFormerDirectories,
  listNewestFiles,
  listHeldPeople,
  type DirectoryHoldRow,
  type DirectoryRequestRow,
  type DirectoryRow,
  type DirectoryTokenRow,
  type DirectoryUserRow,
  type Tx,
} from '../../../db/index.ts';
import { subjectOf, type CallVerdict, type LoggedRequest } from '../../../onboarding/directory-checklist.ts';
import {
  directoryRequestCauses,
  directoryRequestKinds,
  type DirectoryRequestCause,
} from '../../../onboarding/directory-requests.ts';
import { directoryNameOf } from '../../../onboarding/providers/directory/names.ts';
import type { DirectoryGuide } from '../../../onboarding/providers/directory/provider.ts';
import type {
  DirectoryHold,
  DirectoryState,
  DirectoryToken,
  DirectoryView,
  PeopleList,
  ProvisioningTest,
  RequestList,
} from '../../contract/setup-directories.ts';
import { directoryChip } from '../../directory-chip.ts';
import type { Tenant } from './scope.ts';

/** Directories, their people and their requests as the customer's pages show them. */

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

export async function directoryViewOf(
  tx: Tx,
  tenant: Tenant,
  directory: DirectoryRow,
  now: Date,
): Promise<DirectoryView> {
  const hold = await findOpenHold(tx, tenant, directory.id);
  const people = (await countDirectoryPeople(tx, tenant, [directory.id])).get(directory.id);
  const tokens = await listDirectoryTokens(tx, tenant, directory.id, now);
  const ended = await findEndedServingToken(tx, tenant, directory.id, now);
  const former = await findSwitchedFrom(tx, tenant, directory);
  const discarded = hold === undefined ? await findDiscardedHold(tx, tenant, directory) : undefined;
  return {
    id: directory.id,
    name: directoryNameOf(former ?? directory),
    type: directory.type,
    road: directory.road,
    sourceId: directory.providerId,
    chip: directoryChip(directory, hold !== undefined),
    baseUrl: directory.scimBaseUrl,
    createdAt: directory.createdAt.toISOString(),
    linkedAt: instant(directory.linkedAt),
    lastRequestAt: instant(directory.lastRequestAt),
    lastChangedAt: instant(directory.lastChangedAt),
    silentSince: instant(directory.silentSince),
    credentialsFailingSince: instant(directory.credentialsFailingSince),
    listRefusedAt: instant(await listRefusedAtOf(tx, tenant, directory)),
    counts: people ?? { active: 0, inactive: 0, groups: 0 },
    tokens: tokens.map(tokenViewOf),
    endedToken: ended === undefined ? null : { suffix: ended.suffix, endedAt: ended.endedAt.toISOString() },
    hold: hold === undefined ? null : await holdViewOf(tx, tenant, hold),
    kept: discarded === undefined ? null : await keptViewOf(tx, tenant, discarded),
    switchTo:
      former === undefined ? null : { name: directoryNameOf(directory), sourceId: directory.providerId },
  };
}

/** Whoever sends files looks for what became of them here: day after day it may be refused. */
async function listRefusedAtOf(tx: Tx, tenant: Tenant, directory: DirectoryRow): Promise<Date | null> {
  if (directory.road !== 'sftp' && directory.road !== 'sftp_pull') return null;
  const since = directory.credentialsSetAt ?? new Date(0);
  const newest = await listNewestFiles(tx, tenant, directory.id, since);
  const list = newest.find(({ name }) => name === 'users.csv');
  return list?.state === 'refused' && list.cause !== 'discarded' ? list.receivedAt : null;
}

export async function formerViewsOf(
  tx: Tx,
  tenant: Tenant,
  directory: DirectoryRow,
  now: Date,
): Promise<DirectoryState['formers']> {
  const formers = await listFormerDirectories(tx, tenant, directory.id, now);
  return formers.map((former) => ({
    id: former.id,
    reason: former.reason,
    name: directoryNameOf(former),
    endedAt: former.createdAt.toISOString(),
    keptUntil: former.keptUntil.toISOString(),
  }));
}

export function tokenViewOf(token: DirectoryTokenRow): DirectoryToken {
  const { id, suffix, createdAt } = token;
  return {
    id,
    suffix,
    createdAt: createdAt.toISOString(),
    expiresAt: instant(token.expiresAt),
    firstUsedAt: instant(token.firstUsedAt),
    lastUsedAt: instant(token.lastUsedAt),
  };
}

export async function holdViewOf(tx: Tx, tenant: Tenant, hold: DirectoryHoldRow): Promise<DirectoryHold> {
  const { count } = await listHeldPeople(tx, tenant, hold.id, 0);
  const { id, reason, createdAt, activeBefore } = hold;
  const leftBefore = await countLeftBefore(tx, hold);
  return { id, reason, since: createdAt.toISOString(), leaving: count, activeBefore, leftBefore };
}

/** Whom a discarded change is still about. */
export async function keptViewOf(
  tx: Tx,
  tenant: Tenant,
  { id, decidedAt, createdAt }: DirectoryHoldRow,
): Promise<NonNullable<DirectoryView['kept']>> {
  const { count } = await listHeldPeople(tx, tenant, id, 0);
  return { holdId: id, people: count, since: (decidedAt ?? createdAt).toISOString() };
}

export function personViewOf(person: DirectoryUserRow): PeopleList['people'][number] {
  const { id, email, userName, firstName, lastName, displayName, state } = person;
  const parts = [firstName, lastName].filter((part) => part !== null && part !== '');
  const name = displayName ?? (parts.length === 0 ? userName : parts.join(' '));
  return { id, name, email, userName, state: state ?? (person.active ? 'active' : 'inactive') };
}

/** A word of the log that this release does not know is shown as the nearest it does. */
const kindOf = (kind: string) => directoryRequestKinds.find((known) => known === kind) ?? 'read';
const causeOf = (cause: string | null): DirectoryRequestCause | null =>
  cause === null ? null : (directoryRequestCauses.find((known) => known === cause) ?? 'internal');

export function loggedRequestOf(row: DirectoryRequestRow): LoggedRequest {
  const { id, at, method, path, status, subject } = row;
  return { id, at, method, path, status, subject, kind: kindOf(row.kind), cause: causeOf(row.cause) };
}

export function requestViewOf(
  row: DirectoryRequestRow,
  guide: DirectoryGuide | undefined,
): RequestList['requests'][number] {
  const { at, ...request } = loggedRequestOf(row);
  const { milliseconds, client, requestBody, responseBody } = row;
  return {
    ...request,
    at: at.toISOString(),
    milliseconds,
    client,
    requestBody,
    responseBody,
    where: placeOf(request.cause, guide),
  };
}

export function verdictViewOf(
  { call, state, request }: CallVerdict,
  guide: DirectoryGuide | undefined,
): ProvisioningTest['steps'][number] {
  const cause = request?.cause ?? null;
  return {
    call,
    state,
    at: instant(request?.at ?? null),
    subject: request?.subject ?? null,
    status: request?.status ?? null,
    cause,
    where: placeOf(cause, guide),
    requestId: request?.id ?? null,
  };
}

/** Where the console mends it. */
function placeOf(
  cause: DirectoryRequestCause | null,
  guide: DirectoryGuide | undefined,
): ProvisioningTest['steps'][number]['where'] {
  const subject = cause === null ? undefined : subjectOf(cause);
  const field = subject === undefined ? undefined : guide?.console[subject];
  if (field === undefined) return null;
  return { path: [...field.path], label: field.label, choice: field.choice ?? null };
}
