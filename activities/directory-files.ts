import { heartbeat } from '@temporalio/activity';
import { FileRefused } from '../adapters/csv/csv-reader.ts';
import {
  MostlyRefused,
  readGroupsFile,
  readUserGroupsFile,
  readUsersFile,
  type GroupsReading,
  type RefusedLines,
  type UserGroupsReading,
  type UsersReading,
} from '../adapters/csv/directory-files.ts';
import { newId } from '../adapters/ids.ts';
import {
  applySnapshot,
  endDirectoryRun,
  findDirectory,
  findFirstFileHold,
  getEnvironment,
  holdsDirectoryRun,
  listAppliedFiles,
  listNewestFiles,
  listPeopleSpokenOf,
  listReceivedFiles,
  lockListedDirectory,
  noteDirectoryRequest,
  openFirstFileHold,
  overtakeFiles,
  previewSnapshot,
  readFilesAgain,
  readChunk,
  settleFile,
  sourceScope,
  startDirectoryRun,
  withTenant,
  type Db,
  type DirectoryFileRow,
  type DirectoryRow,
  type DirectoryScope,
  type DirectoryUserRow,
  type SnapshotCounts,
  type SourcePerson,
  type Tx,
} from '../db/index.ts';
import { mapDirectoryPerson } from '../onboarding/directory-attributes.ts';
import {
  directoryFileNames,
  personOfColumns,
  type DirectoryFileName,
  type FileCause,
} from '../onboarding/directory-files.ts';
import { withFailures } from './failures.ts';
import type { Activities, DirectoryRunOutcome, OfDirectory } from './index.ts';

export type DirectoryFilesDeps = { db: Db; now: () => Date };

/** The reading of files that a customer has sent, or that were fetched: stage, compare, guard, apply [IMP-04]. */
export function directoryFilesActivities(deps: DirectoryFilesDeps): Pick<Activities, 'readDirectoryFiles'> {
  return {
    readDirectoryFiles: (whose) => withFailures(() => readWaitingFiles(deps, whose)),
  };
}

/** Reads the files that wait, whoever laid them there. */
export async function readWaitingFiles(
  deps: DirectoryFilesDeps,
  whose: OfDirectory,
): Promise<DirectoryRunOutcome> {
  const begun = await withTenant(deps.db, whose, (tx) => begin(tx, whose, deps.now()));
  if (begun === undefined) return { state: 'unchanged' };
  const staged = await stage(deps, begun);
  return withTenant(deps.db, whose, (tx) => finish(tx, deps, begun, staged));
}

type Files = Partial<Record<DirectoryFileName, DirectoryFileRow>>;

interface Begun {
  readonly runId: string;
  readonly directory: DirectoryRow;
  /** Those that wait, of each name the newest. */
  readonly fresh: Files;
  /** Those that count until a newer one does. */
  readonly applied: Files;
}

/** Takes the directory's place for a reading, where a file waits. */
async function begin(tx: Tx, whose: OfDirectory, now: Date): Promise<Begun | undefined> {
  if ((await findDirectory(tx, whose, whose.directoryId)) === undefined) return undefined;
  const directory = await lockListedDirectory(tx, whose, whose.directoryId);
  const come = await listReceivedFiles(tx, whose, directory.id);
  if (!(await isDue(tx, directory, come))) return undefined;
  const waiting = come.some(({ name }) => name === 'users.csv')
    ? await withThoseBefore(tx, directory, now)
    : come;
  const fresh = newestOf(waiting);
  const older = waiting.filter((file) => !Object.values(fresh).includes(file));
  await overtakeFiles(
    tx,
    whose,
    older.map(({ id }) => id),
  );
  const run = await startDirectoryRun(tx, directory, { id: newId('directory_run_'), kind: 'files', now });
  return {
    runId: run.id,
    directory,
    fresh,
    // What an earlier set-up was sent is not part of this one.
    applied: isFirst(directory)
      ? {}
      : newestOf(await listAppliedFiles(tx, whose, sourceScope(directory, now))),
  };
}

/**
 * With the list of people, the files of groups that came before it: programs send a folder by the alphabet, where
 * users.csv is last.
 */
async function withThoseBefore(tx: Tx, directory: DirectoryRow, now: Date): Promise<DirectoryFileRow[]> {
  // What another server has brought says nothing of this one.
  const since = directory.credentialsSetAt ?? new Date(0);
  const early = (await listNewestFiles(tx, directory, directory.id, since)).filter(
    ({ cause, expiresAt }) => cause === 'users_missing' && expiresAt > now,
  );
  await readFilesAgain(
    tx,
    directory,
    early.map(({ id }) => id),
  );
  return listReceivedFiles(tx, directory, directory.id);
}

/** Whether there is something to read: a file that came, or one that waited and was decided. */
export async function haveFilesCome(tx: Tx, directory: DirectoryRow): Promise<boolean> {
  return isDue(tx, directory, await listReceivedFiles(tx, directory, directory.id));
}

async function isDue(
  tx: Tx,
  directory: DirectoryRow,
  waiting: readonly DirectoryFileRow[],
): Promise<boolean> {
  if (waiting.length === 0) return false;
  const hold = await findFirstFileHold(tx, directory, directory.id);
  const isDecided = hold !== undefined && hold.state !== 'open';
  return waiting.some(({ state }) => state === 'received' || isDecided);
}

/** Of each name the last one in the list. */
function newestOf(files: readonly DirectoryFileRow[]): Files {
  return Object.fromEntries(files.map((file) => [file.name, file]));
}

interface Staged {
  readonly users: UsersReading | undefined;
  readonly groups: GroupsReading | undefined;
  readonly userGroups: UserGroupsReading | undefined;
  /** Files that are refused whole, and where. */
  readonly refused: ReadonlyMap<DirectoryFileRow, FileRefused>;
  readonly readings: ReadonlyMap<DirectoryFileRow, { rows: number; refused: RefusedLines }>;
}

/**
 * Reads all files that count, one after the other: the fresh one of each name, or where it is refused the one before.
 * Nothing is written.
 */
async function stage(deps: DirectoryFilesDeps, { directory, fresh, applied }: Begun): Promise<Staged> {
  const refused = new Map<DirectoryFileRow, FileRefused>();
  const readings = new Map<DirectoryFileRow, { rows: number; refused: RefusedLines }>();

  async function read<Reading extends { rows: number; refused: RefusedLines }>(
    name: DirectoryFileName,
    reader: (bytes: AsyncIterable<Uint8Array>) => Promise<Reading>,
  ): Promise<Reading | undefined> {
    for (const file of [fresh[name], applied[name]]) {
      if (file === undefined) continue;
      try {
        const reading = await reader(bytesOf(deps, directory, file));
        readings.set(file, reading);
        return reading;
      } catch (error) {
        if (!(error instanceof FileRefused)) throw error;
        refused.set(file, error);
      }
    }
    return undefined;
  }

  const users = await read('users.csv', readUsersFile);
  const groups = await read('groups.csv', readGroupsFile);
  const userIds = new Set(users?.people.map(({ user_id }) => user_id?.trim() ?? ''));
  for (const userId of users?.unclear.userIds ?? []) userIds.add(userId);
  const userGroups = users && (await read('user_groups.csv', (bytes) => readUserGroupsFile(bytes, userIds)));
  return { users, groups, userGroups, refused, readings };
}

/** A file as it lies in chunks, one at a time. */
async function* bytesOf(
  { db }: DirectoryFilesDeps,
  { environmentId, organizationId }: DirectoryRow,
  file: DirectoryFileRow,
): AsyncGenerator<Uint8Array> {
  const tenant = { environmentId, organizationId };
  let read = 0;
  for (let number = 0; read < file.size; number += 1) {
    const bytes = await withTenant(db, tenant, (tx) => readChunk(tx, tenant, file.id, number));
    if (bytes === undefined) throw new FileRefused('connection_lost');
    heartbeat();
    read += bytes.length;
    yield bytes;
  }
}

/** All that follows from what was read, in one transaction: it counts whole or not at all. */
async function finish(
  tx: Tx,
  deps: DirectoryFilesDeps,
  begun: Begun,
  staged: Staged,
): Promise<DirectoryRunOutcome> {
  const { environmentId, organizationId } = begun.directory;
  const tenant = { environmentId, organizationId };
  const directory = await lockListedDirectory(tx, tenant, begun.directory.id);
  // Another reading has taken the place of this one.
  if (!(await holdsDirectoryRun(tx, tenant, begun.runId))) return { state: 'stopped' };
  const now = deps.now();
  await noteDirectoryRequest(tx, directory, now);
  const outcome = await decide(tx, { ...begun, directory }, staged, now);
  for (const file of Object.values(begun.fresh)) {
    await settleFile(tx, tenant, file.id, settled(file, begun, staged, outcome, now));
  }
  const { state, counts } = outcome;
  const ended = { state, cause: null, counts: { ...counts }, nextAt: null };
  await endDirectoryRun(tx, tenant, begun.runId, ended, now);
  return { state };
}

interface Outcome {
  readonly state: 'done' | 'unchanged' | 'held' | 'failed';
  /** What becomes of the files that could be read. */
  readonly files: 'applied' | 'unchanged' | 'held' | 'refused';
  readonly cause: FileCause | null;
  readonly counts: Partial<SnapshotCounts>;
  /** So many leave that they wait for a person. */
  readonly isHeld: boolean;
}

async function decide(tx: Tx, begun: Begun, staged: Staged, now: Date): Promise<Outcome> {
  const { directory, fresh, applied } = begun;
  const nothing = { counts: {}, isHeld: false };
  const readable = Object.values(fresh).filter((file) => !staged.refused.has(file));
  if (readable.length === 0) return { ...nothing, state: 'failed', files: 'refused', cause: null };
  if (staged.users === undefined)
    return { ...nothing, state: 'failed', files: 'refused', cause: 'users_missing' };
  const isKnown = readable.every(({ name, sha256 }) => newestWith(applied, name)?.sha256 === sha256);
  if (isKnown) return { ...nothing, state: 'unchanged', files: 'unchanged', cause: null };

  const hold = await findFirstFileHold(tx, directory, directory.id);
  const isDiscarded = hold?.state === 'discarded' && readable.every(({ state }) => state === 'held');
  if (isDiscarded) return { ...nothing, state: 'done', files: 'refused', cause: 'discarded' };
  const scope = sourceScope(directory, now);
  const snapshot = await snapshotOf(tx, scope, staged, staged.users);
  if (isFirst(directory) && hold?.state !== 'applied') {
    const { isHeld, ...counts } = await previewSnapshot(tx, scope, snapshot);
    await openFirstFileHold(tx, directory, { id: newId('directory_hold_'), createdAt: now });
    return { state: 'held', files: 'held', cause: null, counts, isHeld };
  }
  const { hold: parked, ...counts } = await applySnapshot(tx, scope, snapshot);
  const isHeld = parked !== undefined;
  return { state: isHeld ? 'held' : 'done', files: 'applied', cause: null, counts, isHeld };
}

const newestWith = (files: Files, name: string) => files[name as DirectoryFileName];

/** Nobody has come yet, and no switch is prepared, which is looked at in its own way. */
const isFirst = ({ firstSyncedAt, nextGeneration }: DirectoryRow): boolean =>
  firstSyncedAt === null && nextGeneration === null;

async function snapshotOf(
  tx: Tx,
  scope: DirectoryScope,
  { groups, userGroups }: Staged,
  users: UsersReading,
) {
  const { attributeMapping, environmentId } = scope.directory;
  const { customAttributes } = await getEnvironment(tx, environmentId);
  const told = users.people.map((columns) => {
    const person = mapDirectoryPerson(personOfColumns(columns), attributeMapping, customAttributes);
    return { ...person, externalId: person.externalId ?? '', raw: { ...person.raw } };
  });
  const kept = await keptPeople(tx, scope, users, told);
  const names = new Set([
    ...(groups?.names ?? []),
    ...(userGroups?.memberships ?? []).map(({ group }) => group),
  ]);
  const isAboutGroups = groups !== undefined || userGroups !== undefined;
  return {
    people: [...told, ...kept],
    groups: isAboutGroups
      ? [...names].map((name) => ({ externalId: name, displayName: name, raw: { group_name: name } }))
      : null,
    memberships: (userGroups?.memberships ?? []).map(({ group, userId }) => ({ group, person: userId })),
  };
}

/** Whoever a refused line is about stays as they are: a slip of the pen is nobody's leaving. */
async function keptPeople(
  tx: Tx,
  scope: DirectoryScope,
  { unclear }: UsersReading,
  told: readonly { externalId: string; userName: string }[],
) {
  const [userIds, emails] = [[...unclear.userIds], [...unclear.emails]];
  if (userIds.length + emails.length === 0) return [];
  const ids = new Set(told.map(({ externalId }) => externalId));
  const names = new Set(told.map(({ userName }) => userName.toLowerCase()));
  const rows = await listPeopleSpokenOf(tx, scope, { userIds, emails });
  return rows
    .filter(({ externalId, userNameKey }) => !ids.has(externalId ?? '') && !names.has(userNameKey))
    .map(asTheyAre);
}

function asTheyAre(row: DirectoryUserRow): SourcePerson & { externalId: string } {
  const { externalId, userName, email, firstName, lastName, displayName, active, customAttributes, raw } =
    row;
  return {
    userName,
    email,
    firstName,
    lastName,
    displayName,
    active,
    customAttributes,
    raw,
    externalId: externalId ?? '',
  };
}

/** What has become of one file. */
function settled(
  file: DirectoryFileRow,
  { runId, directory, fresh }: Begun,
  { refused, readings }: Staged,
  outcome: Outcome,
  now: Date,
) {
  const reading = readings.get(file);
  const refusal = refused.get(file);
  const lines = reading?.refused ?? (refusal instanceof MostlyRefused ? refusal.refused : undefined);
  const isApplied = refusal === undefined && outcome.files === 'applied';
  const { generation } = sourceScope(directory, now);
  const place = refusal?.at ? [{ ...refusal.at, cause: refusal.reason }] : [];
  return {
    ...(refusal === undefined
      ? { state: outcome.files, cause: outcome.cause }
      : { state: 'refused' as const, cause: refusal.reason }),
    rows: reading?.rows ?? null,
    runId,
    refusedLines: lines?.count ?? 0,
    lines: [...place, ...(lines?.kept ?? [])],
    counts: refusal === undefined ? countsOf(file, fresh, outcome) : {},
    ...(isApplied ? { appliedAt: now, generation } : { appliedAt: null, generation: null }),
  };
}

const aboutMembers = ['membersAdded', 'membersRemoved'];

/** What a file changed, or would: people are those of users.csv, groups those of groups.csv, where there is one. */
function countsOf(file: DirectoryFileRow, fresh: Files, { counts, isHeld }: Outcome): Record<string, number> {
  const ownerOf = (what: string): DirectoryFileRow | undefined => {
    if (aboutMembers.includes(what))
      return fresh['user_groups.csv'] ?? fresh['users.csv'] ?? fresh['groups.csv'];
    if (what.startsWith('groups'))
      return fresh['groups.csv'] ?? fresh['user_groups.csv'] ?? fresh['users.csv'];
    return directoryFileNames.map((name) => fresh[name]).find((one) => one !== undefined);
  };
  const own = Object.entries(counts).filter(([what]) => ownerOf(what) === file);
  const held = isHeld && ownerOf('removed') === file ? [['held', 1] as const] : [];
  return Object.fromEntries([...own, ...held]);
}
