import { createHash } from 'node:crypto';
import { writeCsv } from '../../../adapters/csv/csv-writer.ts';
import { newId } from '../../../adapters/ids.ts';
import {
  decideHold,
  findFirstFileHold,
  findOpenHold,
  getFile,
  insertAudit,
  insertCommand,
  insertSftpKey,
  listLastFiles,
  listRefusedLines,
  listSftpKeys,
  lockDirectory,
  removeSftpKey,
  type DirectoryFileRow,
  type DirectoryRow,
  type SftpKeyRow,
  type Tx,
} from '../../../db/index.ts';
import {
  directoryFileNames,
  fileCauses,
  fileColumns,
  fileLimits,
  fileSamples,
} from '../../../onboarding/directory-files.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { readSshKey, sshFingerprint } from '../../../onboarding/ssh-public-key.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import { acting, audited } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import { saved } from '../../contract/setup.ts';
import {
  addKeyBody,
  decidePreviewBody,
  filesState,
  refusedLines,
  type FilesState,
  type RefusedLines,
  type SentFile,
  type SftpKey,
} from '../../contract/setup-files.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { hostKeyFingerprint } from '../../protocols/sftp/host-key.ts';
import { folder } from '../../protocols/sftp/paths.ts';
import { route } from '../../route.ts';
import { getCurrentDirectory } from './directory.ts';
import { covers, requireChange, tenantOf, type SetupContext } from './scope.ts';

/** P22: the account that a directory's files are sent to, what has come, and what became of it. */

const feature = 'directory_sync';
const shownFiles = 20;
const keysAtMost = 10;

const getState = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/files',
  who: 'portal_session',
  summary: 'The account for files, its keys, and the files that came last',
  answers: { 200: filesState },
  handler: async (context) => {
    const hostKey = await hostKeyFingerprint(context.deps);
    return context.read(async (tx) => {
      const tenant = tenantOf(context);
      const directory = await shownDirectory(tx, context);
      const hold = await findFirstFileHold(tx, tenant, directory.id);
      const keys = await listSftpKeys(tx, tenant, directory.id);
      const isWaiting = (await findOpenHold(tx, tenant, directory.id)) !== undefined;
      const files = await listLastFiles(tx, tenant, directory.id, shownFiles);
      return ok({
        account: accountOf(context, directory, hostKey ?? null),
        isFetched: directory.road === 'sftp_pull',
        isLinked: directory.linkedAt !== null,
        keys: keys.map(keyViewOf),
        files: files.map((file) => fileViewOf(file, isWaiting)),
        isPreview: hold?.state === 'open',
        formats,
      });
    });
  },
});

const getLines = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/files/:id/lines',
  who: 'portal_session',
  summary: 'The lines of a file that were not taken, with number, column, value and cause',
  answers: { 200: refusedLines },
  handler: (context) =>
    context.read(async (tx) => {
      const tenant = tenantOf(context);
      const directory = await shownDirectory(tx, context);
      const file = await getFile(tx, tenant, directory.id, context.params.id);
      const rows = await listRefusedLines(tx, tenant, file.id, fileLimits.shownLines);
      const lines = rows.map(({ line, columnName, value, cause }) => ({
        line,
        column: columnName,
        value,
        cause: cause as RefusedLines['lines'][number]['cause'],
      }));
      return ok({ lines, total: Math.max(file.refusedLines, lines.length) });
    }),
});

const addKey = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/files/keys',
  who: 'portal_session',
  summary: 'Lets a public key open the account',
  body: addKeyBody,
  answers: { 200: saved },
  handler: (context) => {
    const key = readSshKey(context.body.publicKey);
    if (!key.ok) {
      throw new InvalidInput([
        { field: 'publicKey', code: key.problem, message: `publicKey is refused: ${key.problem}` },
      ]);
    }
    const fingerprint = sshFingerprint(createHash('sha256').update(key.bytes).digest());
    return changeFiles(context, ['sftp'], async (tx, directory) => {
      const tenant = tenantOf(context);
      const known = await listSftpKeys(tx, tenant, directory.id);
      if (known.length >= keysAtMost && known.every((one) => one.fingerprint !== fingerprint)) {
        throw new InvalidInput([{ field: 'publicKey', code: 'keys_full', message: 'there are ten keys' }]);
      }
      const { key: added, isNew } = await insertSftpKey(tx, {
        id: newId('sftp_key_'),
        ...tenant,
        directoryId: directory.id,
        createdAt: context.request.now,
        publicKey: key.base64,
        fingerprint,
        algorithm: key.algorithm,
      });
      if (isNew) await insertAudit(tx, keyAudit(context, 'sftp_key.added', added));
    });
  },
});

const removeKey = route({
  method: 'DELETE',
  path: '/setup/:handle/api/directory/files/keys/:id',
  who: 'portal_session',
  summary: 'Lets a public key open the account no more',
  answers: { 200: saved },
  handler: (context) =>
    changeFiles(context, ['sftp'], async (tx, directory) => {
      const which = { directoryId: directory.id, keyId: context.params.id };
      const removed = await removeSftpKey(tx, tenantOf(context), which, context.request.now);
      await insertAudit(tx, keyAudit(context, 'sftp_key.removed', removed));
    }),
});

const decidePreview = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/files/preview',
  who: 'portal_session',
  summary: 'Applies the first list, or discards it',
  body: decidePreviewBody,
  answers: { 200: saved },
  handler: (context) =>
    changeFiles(context, ['sftp', 'sftp_pull'], async (tx, directory) => {
      const tenant = tenantOf(context);
      const { now } = context.request;
      const hold = await findFirstFileHold(tx, tenant, directory.id);
      if (hold?.state !== 'open') throw new OnboardingError('directory_hold_decided');
      const decision = context.body.answer === 'apply' ? 'applied' : 'discarded';
      await decideHold(tx, hold, decision, acting(context.caller, context.request).actor, now);
      const wake = { key: newId('cmd_'), ...tenant, directoryId: directory.id };
      await insertCommand(tx, directoryRow(wake, 'readDirectory', now));
    }),
});

export const fileSetupRoutes = [getState, getLines, addKey, removeKey, decidePreview];

type Work = (tx: Tx, directory: DirectoryRow) => Promise<void>;

/** The directory that the pages are about. Throws `step_blocked` while there is none. */
async function shownDirectory(tx: Tx, context: SetupContext): Promise<DirectoryRow> {
  const { session } = context.caller;
  if (!covers(session, feature)) throw new OnboardingError('outside_link', { features: session.features });
  return getCurrentDirectory(tx, context);
}

/** A change of what files come by. Throws `directory_state_refused` where people come another way. */
function changeFiles(
  context: SetupContext,
  roads: readonly DirectoryRow['road'][],
  work: Work,
): Promise<Answer> {
  return context.commit(async (tx) => {
    await requireChange(tx, context, feature);
    const { id } = await shownDirectory(tx, context);
    const directory = await lockDirectory(tx, tenantOf(context), id);
    if (!roads.includes(directory.road))
      throw new OnboardingError('directory_state_refused', { state: directory.state });
    await work(tx, directory);
    return ok({ savedAt: context.request.now.toISOString() });
  });
}

function keyAudit(
  context: SetupContext,
  action: 'sftp_key.added' | 'sftp_key.removed',
  { id, directoryId, fingerprint, algorithm }: SftpKeyRow,
) {
  const by = acting(context.caller, context.request);
  const target = { type: 'sftp_key', id };
  const after = { directory_id: directoryId, fingerprint, algorithm };
  return audited(by, tenantOf(context), { action, target, after });
}

function accountOf(
  { deps }: SetupContext,
  { road, sftpUserName }: DirectoryRow,
  hostKey: string | null,
): FilesState['account'] {
  const { sftpAddress } = deps.settings;
  if (sftpAddress === null || sftpUserName === null || road !== 'sftp') return null;
  return { ...sftpAddress, userName: sftpUserName, folder, hostKey };
}

function keyViewOf({ id, algorithm, fingerprint, createdAt, lastUsedAt }: SftpKeyRow): SftpKey {
  return {
    id,
    algorithm,
    fingerprint,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

/** What it held back is told while it waits. */
function fileViewOf(file: DirectoryFileRow, isWaiting: boolean): SentFile {
  const { id, name, state, rows, refusedLines: refused } = file;
  const counts = { ...file.counts, ...(!isWaiting && file.counts['held'] !== undefined && { held: 0 }) };
  return {
    id,
    name,
    state,
    rows,
    refusedLines: refused,
    counts,
    cause: fileCauses.find((cause) => cause === file.cause) ?? null,
    receivedAt: file.receivedAt.toISOString(),
    appliedAt: file.appliedAt?.toISOString() ?? null,
  };
}

const formats = directoryFileNames.map((name) => ({
  name,
  needed: [...fileColumns[name].needed],
  further: [...fileColumns[name].further],
  sample: writeCsv(fileSamples[name]),
}));
