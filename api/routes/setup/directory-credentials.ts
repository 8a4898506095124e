import { newId } from '../../../adapters/ids.ts';
import {
  findOpenHold,
  insertAudit,
  insertCommand,
  listDirectoryRuns,
  updateDirectory,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import {
  credentialsBody,
  credentialsCheck,
  directoryCredentials,
  ourKeyBody,
} from '../../contract/setup-directory-credentials.ts';
import { saved } from '../../contract/setup.ts';
import { stepResult } from '../../contract/shared.ts';
import { credentialsViewOf } from '../../directory-credentials-view.ts';
import { makeOurKey } from '../../directory-key.ts';
import { route } from '../../route.ts';
import {
  changeableDirectory,
  findReadDirectory,
  lockReadDirectory,
  proveOnLive,
  saveSource,
  tellConnected,
} from './directory-source.ts';
import { lookAtSource, refusalOfTry } from './look-at-source.ts';
import { change, covers, findShownOnboarding, requireChange, tenantOf } from './scope.ts';

/** P18 and P21 for directories that we read: what they are read with, tried by a real call, and how reading goes. */

const shownRuns = 10;

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/credentials',
  who: 'portal_session',
  summary: 'What a directory is read with, and its last readings; never the secret',
  answers: { 200: directoryCredentials },
  handler: (context) =>
    context.read(async (tx) => {
      const { session, environment } = context.caller;
      if (!covers(session, 'directory_sync'))
        throw new OnboardingError('outside_link', { features: session.features });
      const tenant = tenantOf(context);
      const directory = await findReadDirectory(tx, context);
      const onboarding = await findShownOnboarding(tx, tenant, { ...session, onboardingId: null });
      const runs =
        directory === undefined ? [] : await listDirectoryRuns(tx, tenant, directory.id, shownRuns);
      const hold = directory && (await findOpenHold(tx, tenant, directory.id));
      const view = onboarding?.view ?? null;
      return ok(
        credentialsViewOf(environment, { directory, view, runs, heldSince: hold?.createdAt ?? null }),
      );
    }),
});

const check = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/credentials/check',
  who: 'portal_session',
  summary: 'Tries what was typed by a real call; keeps nothing',
  body: credentialsBody,
  answers: { 200: credentialsCheck },
  handler: async (context) => {
    const directory = await changeableDirectory(context);
    return ok((await lookAtSource(context, directory, context.body)).check);
  },
});

const save = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/credentials',
  who: 'portal_session',
  summary: 'Keeps what a real call has proved, and has the directory read; with a code where it is live',
  body: credentialsBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: async (context) => {
    const { deps, body } = context;
    const before = await changeableDirectory(context);
    const { source, check: seen } = await lookAtSource(context, before, body);
    if (source === undefined || !seen.canSave) throw refusalOfTry(seen);
    return change(context, 'directory_sync', async (changing) => {
      const directory = await lockReadDirectory(changing.tx, before);
      const refused = await proveOnLive(changing.tx, context, directory, body.code);
      if (refused !== undefined) return refused;
      await saveSource(changing, deps, directory, source, { isProved: !seen.isSlow });
      return tellConnected(context, changing, directory);
    });
  },
});

const makeKey = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/credentials/key',
  who: 'portal_session',
  summary:
    'Makes the key that we sign in to a server of the customer’s with, or the next one; it stays once it is made',
  body: ourKeyBody,
  answers: { 200: saved },
  handler: async (context) => {
    const { deps, caller, body, request } = context;
    const before = await changeableDirectory(context);
    if (before.road !== 'sftp_pull') throw new OnboardingError('conflict');
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const directory = await lockReadDirectory(tx, before);
      const made = await makeOurKey(deps, directory, { isNext: body.isNext === true });
      if (made !== undefined) {
        await updateDirectory(tx, directory, directory.id, made, request.now);
        await insertAudit(
          tx,
          audited(acting(caller, request), directory, {
            action: 'directory.credentials_changed',
            target: { type: 'directory', id: directory.id },
            after: {
              public_key: made.settings['publicKey'],
              next_public_key: made.settings['nextPublicKey'],
            },
          }),
        );
      }
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

const readNow = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/read',
  who: 'portal_session',
  summary: 'Has the directory read now',
  answers: { 200: saved },
  handler: async (context) => {
    const { deps, request } = context;
    const before = await changeableDirectory(context);
    if (before.credentialsSetAt === null) {
      throw new OnboardingError('step_blocked', { step: 'connect_directory' });
    }
    await deps.limits.spend('outbound_per_minute', before.organizationId);
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const { id: directoryId, ...whose } = await lockReadDirectory(tx, before);
      const row = directoryRow({ ...whose, directoryId, key: newId('cmd_') }, 'readDirectory', request.now);
      await insertCommand(tx, row);
      return ok({ savedAt: request.now.toISOString() });
    });
  },
});

export const directoryCredentialRoutes = [get, check, save, makeKey, readNow];
