import { setTimeout as pause } from 'node:timers/promises';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { directorySecretAt, googleClientSecretAt } from '../adapters/client-secrets.ts';
import {
  DirectoryRefused,
  type DirectoryReading,
  type ReadingHands,
} from '../adapters/directories/reading.ts';
import type { DirectorySources, SourceAccess } from '../adapters/directories/sources.ts';
import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import {
  applySnapshot,
  endDirectoryRun,
  findDirectory,
  getEnvironment,
  holdsDirectoryRun,
  insertAudit,
  listDirectoryRuns,
  lockDirectory,
  moveDirectory,
  noteDirectoryRequest,
  sourceScope,
  startDirectoryRun,
  updateDirectory,
  withTenant,
  type Db,
  type DirectoryRow,
  type DirectoryRunRow,
  type EnvironmentRow,
  type Tx,
} from '../db/index.ts';
import { mapDirectoryPerson } from '../onboarding/directory-attributes.ts';
import { isPassing, nextReadingAfter, readEveryMs } from '../onboarding/directory-refusals.ts';
import { isPulled, sftpSecretOf, sourceOf, type SftpSecret } from '../onboarding/directory-sources.ts';
import { OnboardingError } from '../onboarding/errors.ts';
import { haveFilesCome, readWaitingFiles } from './directory-files.ts';
import { dropFetched, fetchDirectoryFiles, keepFetched, type FetchedRow } from './fetch-directory-files.ts';
import { withFailures } from './failures.ts';
import type { Activities, DirectoryRunOutcome, OfDirectory } from './index.ts';

export type DirectoryRunDeps = {
  db: Db;
  secrets: Pick<Secrets, 'open' | 'seal'>;
  directorySources: DirectorySources;
  /** `SANDBOX_LOOPBACK`; counts for sandbox environments only. */
  sandboxLoopback: boolean;
  now: () => Date;
};

const system = { type: 'system', id: 'directory' } as const;
const beatEveryMs = 5_000;

/** The readings of directories that have an API: when one is due, and the reading itself. */
export function directoryRunActivities(
  deps: DirectoryRunDeps,
): Pick<Activities, 'lookAtDirectory' | 'runDirectory'> {
  return {
    lookAtDirectory: ({ asked, ...whose }) =>
      withTenant(deps.db, whose, async (tx) => {
        const directory = await findDirectory(tx, whose, whose.directoryId);
        if (directory === undefined || isOff(directory)) return { state: 'gone' };
        const takesFiles = directory.road === 'sftp' || directory.road === 'sftp_pull';
        if (takesFiles && (await haveFilesCome(tx, directory))) return { state: 'due', reads: 'files' };
        if (directory.road === 'sftp') return { state: 'waiting', nextAt: null };
        if (!isPulled(directory.road)) return { state: 'gone' };
        if (directory.credentialsSetAt === null) return { state: 'waiting', nextAt: null };
        const [newest] = await listDirectoryRuns(tx, whose, directory.id, 1, 'pull');
        if (asked || newest === undefined || isBefore(newest, directory))
          return { state: 'due', reads: 'pull' };
        if (newest.state === 'running') return { state: 'due', reads: 'pull' };
        if (newest.nextAt !== null && newest.nextAt <= deps.now()) return { state: 'due', reads: 'pull' };
        return { state: 'waiting', nextAt: newest.nextAt?.toISOString() ?? null };
      }),

    runDirectory: (whose) =>
      withFailures(async () => {
        const begun = await withTenant(deps.db, whose, (tx) => begin(tx, whose, deps.now()));
        if (begun === undefined) return { state: 'stopped' };
        const stopBeating = keepBeating();
        try {
          const access = accessOf(deps, begun);
          const hands = handsOf(deps, begun);
          if (access.road !== 'sftp_pull') {
            return await apply(deps, begun, await deps.directorySources.read(access, hands));
          }
          const fetched = await fetchDirectoryFiles(deps, begun.directory, access, hands);
          const outcome = await layDown(deps, begun, fetched);
          if (outcome.state === 'stopped') await dropFetched(deps, begun.directory, fetched.files);
          return outcome.state === 'done' ? await readWaitingFiles(deps, whose) : outcome;
        } catch (error) {
          return await end(deps, begun, error);
        } finally {
          stopBeating();
        }
      }),
  };
}

const isOff = ({ state }: DirectoryRow): boolean => state === 'unlinked' || state === 'deleting';

/** Credentials that are newer than the last reading make the next one due. */
const isBefore = ({ startedAt }: DirectoryRunRow, { credentialsSetAt }: DirectoryRow): boolean =>
  credentialsSetAt !== null && startedAt < credentialsSetAt;

interface Begun {
  readonly run: DirectoryRunRow;
  /** As it was set up when the reading began. */
  readonly directory: DirectoryRow;
  readonly environment: EnvironmentRow;
}

/** Undefined where there is nothing to read any more. */
async function begin(tx: Tx, whose: OfDirectory, now: Date): Promise<Begun | undefined> {
  if ((await findDirectory(tx, whose, whose.directoryId)) === undefined) return undefined;
  const directory = await lockDirectory(tx, whose, whose.directoryId);
  if (!isPulled(directory.road) || isOff(directory)) return undefined;
  const environment = await getEnvironment(tx, whose.environmentId);
  const run = await startDirectoryRun(tx, directory, { id: newId('directory_run_'), kind: 'pull', now });
  return { run, directory, environment };
}

/** What it takes to read the source, opened for this one reading [SEC-04]. Throws `settings_incomplete`. */
function accessOf({ secrets }: DirectoryRunDeps, { directory, environment }: Begun): SourceAccess {
  const { road, settings, credentialsSealed } = directory;
  const source =
    isPulled(road) && credentialsSealed !== null
      ? sourceOf(road, settings, secrets.open(credentialsSealed, directorySecretAt(directory)))
      : undefined;
  if (source === undefined) throw new DirectoryRefused('settings_incomplete');
  const { googleClientId: id, googleClientSecretSealed: sealed } = environment;
  const googleClient =
    id === null || sealed === null
      ? null
      : { id, secret: secrets.open(sealed, googleClientSecretAt(environment.id)) };
  return { ...source, googleClient };
}

function handsOf(
  { sandboxLoopback, now }: DirectoryRunDeps,
  { directory, environment }: Begun,
): ReadingHands {
  return {
    organizationId: directory.organizationId,
    sandboxLoopback: sandboxLoopback && environment.kind === 'sandbox',
    signal: cancellationSignal(),
    now,
    pause: (ms, signal) => pause(ms, undefined, { signal }),
  };
}

/** For as long as the reading takes, the engine hears that it is alive; a page of a slow source may take minutes. */
function keepBeating(): () => void {
  heartbeat();
  const timer = setInterval(heartbeat, beatEveryMs);
  return () => clearInterval(timer);
}

/** Everything that was read, in one transaction: another reading, or another set-up, has taken its place or it counts. */
async function apply(
  deps: DirectoryRunDeps,
  begun: Begun,
  { people, groups, memberships }: DirectoryReading,
): Promise<DirectoryRunOutcome> {
  const now = deps.now();
  return inItsPlace(deps, begun, async (tx, locked) => {
    const directory = await accept(tx, locked, now);
    const scope = sourceScope(directory, now);
    const mapped = people.map((person) =>
      mapDirectoryPerson(
        { ...person, raw: { ...person.raw } },
        directory.attributeMapping,
        begun.environment.customAttributes,
      ),
    );
    const { hold, ...counts } = await applySnapshot(tx, scope, { people: mapped, groups, memberships });
    await noteDirectoryRequest(tx, directory, now);
    const isChanged = Object.values(counts).some((count) => count > 0);
    const state = hold !== undefined ? 'held' : isChanged ? 'done' : 'unchanged';
    const nextAt = new Date(now.getTime() + readEveryMs);
    await endDirectoryRun(tx, directory, begun.run.id, { state, cause: null, counts, nextAt }, now);
    return { state };
  });
}

/** Files that differ from those of the last reading are there to be read, as if they had been sent. */
async function layDown(
  deps: DirectoryRunDeps,
  begun: Begun,
  fetched: { files: readonly FetchedRow[]; usedNextKey: boolean },
): Promise<DirectoryRunOutcome> {
  const now = deps.now();
  return inItsPlace(deps, begun, async (tx, locked) => {
    const directory = await accept(tx, locked, now);
    if (fetched.usedNextKey) await takeNextKey(deps, tx, directory, now);
    const files = await keepFetched(tx, directory, fetched.files, now);
    await noteDirectoryRequest(tx, directory, now);
    const state = files > 0 ? 'done' : 'unchanged';
    const nextAt = new Date(now.getTime() + readEveryMs);
    await endDirectoryRun(
      tx,
      directory,
      begun.run.id,
      { state, cause: null, counts: { files }, nextAt },
      now,
    );
    return { state };
  });
}

/** The server has let us in with our next key: the one before it is forgotten. */
async function takeNextKey(
  { secrets }: DirectoryRunDeps,
  tx: Tx,
  directory: DirectoryRow,
  now: Date,
): Promise<void> {
  const place = directorySecretAt(directory);
  const { nextPrivateKey, ...kept } = sftpSecretOf(secrets.open(directory.credentialsSealed ?? '', place));
  const secret: SftpSecret = { ...kept, privateKey: nextPrivateKey, nextPrivateKey: null };
  const { nextPublicKey: publicKey, ...settings } = directory.settings;
  const changes = {
    settings: { ...settings, publicKey },
    credentialsSealed: secrets.seal(JSON.stringify(secret), place),
  };
  await updateDirectory(tx, directory, directory.id, changes, now);
  await insertAudit(tx, {
    ...aboutDirectory(directory, now),
    action: 'directory.credentials_changed',
    before: { public_key: directory.settings['publicKey'] },
    after: { public_key: publicKey },
  });
}

/** Credentials that were refused before are good again. */
async function accept(tx: Tx, directory: DirectoryRow, now: Date): Promise<DirectoryRow> {
  if (directory.credentialsFailingSince === null && directory.state !== 'invalid_credentials')
    return directory;
  const { credentialsCause } = directory;
  await updateDirectory(
    tx,
    directory,
    directory.id,
    { credentialsFailingSince: null, credentialsCause: null },
    now,
  );
  const to = directory.linkedAt === null ? 'validating' : 'linked';
  await moveDirectory(tx, directory, directory.id, { from: ['invalid_credentials'], to, now });
  await insertAudit(tx, {
    ...aboutDirectory(directory, now),
    action: 'directory.credentials_accepted',
    before: { cause: credentialsCause },
  });
  return lockDirectory(tx, directory, directory.id);
}

/** Keeps why the source could not be read. What is our own fault, or was broken off, is thrown again. */
async function end(deps: DirectoryRunDeps, begun: Begun, error: unknown): Promise<DirectoryRunOutcome> {
  const now = deps.now();
  const refused = refusedBy(error);
  if (refused === undefined) {
    const ended = { state: 'failed', cause: 'interrupted', nextAt: now } as const;
    await withTenant(deps.db, begun.directory, (tx) =>
      endDirectoryRun(tx, begun.directory, begun.run.id, ended, now),
    );
    throw error;
  }
  return inItsPlace(deps, begun, async (tx, directory) => {
    const runs = await listDirectoryRuns(tx, directory, directory.id, 12, 'pull');
    const before = runs.slice(1).findIndex(({ state }) => state !== 'failed');
    const inARow = before === -1 ? Math.max(1, runs.length) : before + 1;
    const { refusal, facts, retryAfterMs } = refused;
    const nextAt = nextReadingAfter(refusal, { inARow, retryAfterMs }, now);
    if (!isPassing(refusal)) await refuse(tx, directory, refused, now);
    await endDirectoryRun(
      tx,
      directory,
      begun.run.id,
      { state: 'failed', cause: refusal, facts, nextAt },
      now,
    );
    return { state: 'failed' };
  });
}

function refusedBy(error: unknown): DirectoryRefused | undefined {
  if (error instanceof DirectoryRefused) return error;
  return undefined;
}

/** The admin sees it, and a repair is asked for; nobody is removed by it. */
async function refuse(
  tx: Tx,
  directory: DirectoryRow,
  { refusal }: DirectoryRefused,
  now: Date,
): Promise<void> {
  const credentialsFailingSince = directory.credentialsFailingSince ?? now;
  const changes = { credentialsFailingSince, credentialsCause: refusal };
  await updateDirectory(tx, directory, directory.id, changes, now);
  const move = { from: ['validating', 'linked'], to: 'invalid_credentials', now } as const;
  const moved = await moveDirectory(tx, directory, directory.id, move);
  if (moved === undefined) return;
  await insertAudit(tx, {
    ...aboutDirectory(directory, now),
    action: 'directory.credentials_refused',
    after: { cause: refusal },
  });
}

const aboutDirectory = ({ id, environmentId, organizationId }: DirectoryRow, at: Date) => ({
  id: newId('audit_'),
  environmentId,
  organizationId,
  actor: system,
  at,
  target: { type: 'directory', id },
});

/**
 * Does the work while the run has the directory to itself and the directory is set up as it was when the run began.
 * Otherwise nothing of the reading counts: another set-up, another reading or the deletion has taken its place.
 */
async function inItsPlace(
  { db, now }: DirectoryRunDeps,
  { run, directory: before }: Begun,
  work: (tx: Tx, directory: DirectoryRow) => Promise<DirectoryRunOutcome>,
): Promise<DirectoryRunOutcome> {
  try {
    return await withTenant(db, before, async (tx) => {
      const directory = await lockDirectory(tx, before, before.id);
      if (!(await holdsDirectoryRun(tx, before, run.id))) return { state: 'stopped' };
      if (isSetUpAs(before, directory)) return work(tx, directory);
      const ended = { state: 'failed', cause: 'interrupted', nextAt: now() } as const;
      await endDirectoryRun(tx, directory, run.id, ended, now());
      return { state: 'stopped' };
    });
  } catch (error) {
    if (error instanceof OnboardingError && error.code === 'not_found') return { state: 'stopped' };
    throw error;
  }
}

function isSetUpAs(before: DirectoryRow, now: DirectoryRow): boolean {
  return (
    before.road === now.road &&
    before.credentialsSealed === now.credentialsSealed &&
    before.nextGeneration === now.nextGeneration &&
    before.generation === now.generation &&
    !isOff(now) &&
    JSON.stringify(before.settings) === JSON.stringify(now.settings)
  );
}
