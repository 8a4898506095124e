import { newId } from '../../../adapters/ids.ts';
import { insertAudit, insertCommand, updateDirectory } from '../../../db/index.ts';
import { googleSettingsOf, type GoogleSettings } from '../../../onboarding/directory-sources.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { directoryRow } from '../../../onboarding/workflow-names.ts';
import { acting, audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { groupChoice, groupsBody } from '../../contract/setup-directory-credentials.ts';
import { saved } from '../../contract/setup.ts';
import { googleClientOf, keptSecretOf, patiently, waitingHands } from '../../directory-access.ts';
import { route } from '../../route.ts';
import {
  changeableDirectory,
  lockReadDirectory,
  proveOnLive,
  type ReadDirectory,
} from './directory-source.ts';
import { refusalShown } from './look-at-source.ts';
import { requireChange } from './scope.ts';

/** Which of Google's groups are read: all of them, or those that were chosen and who is in them. */

const list = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/credentials/groups',
  who: 'portal_session',
  summary: 'Google’s groups, to choose those that are read',
  answers: { 200: groupChoice },
  handler: async (context) => {
    const { deps, caller } = context;
    const { environment } = caller;
    const directory = await changeableDirectory(context);
    const settings = settingsOf(directory);
    const secret = keptSecretOf(deps, directory);
    if (secret === undefined) throw notConnected();
    await deps.limits.spend('outbound_per_minute', directory.organizationId);
    const access = {
      road: 'google',
      settings,
      secret,
      googleClient: googleClientOf(deps, environment),
    } as const;
    const hands = waitingHands(deps, environment, directory.organizationId);
    const listed = await patiently(() => deps.directorySources.listGroups(access, hands));
    if ('slow' in listed) return ok({ groups: [], refusal: { cause: 'source_away', facts: {} } });
    if ('refused' in listed) return ok({ groups: [], refusal: refusalShown(listed.refused) });
    const groups = listed.answer.map(({ externalId: id, displayName: name, raw }) => ({
      id,
      name,
      email: typeof raw['email'] === 'string' ? raw['email'] : null,
    }));
    return ok({ groups, refusal: null });
  },
});

const put = route({
  method: 'PUT',
  path: '/setup/:handle/api/directory/credentials/groups',
  who: 'portal_session',
  summary: 'Chooses which of Google’s groups are read; with a code where the directory is live',
  body: groupsBody,
  answers: { 200: saved },
  handler: async (context) => {
    const { body, caller, request } = context;
    const { groups, nested } = body;
    const { now } = request;
    const before = await changeableDirectory(context);
    return context.commit(async (tx) => {
      await requireChange(tx, context, 'directory_sync');
      const directory = await lockReadDirectory(tx, before);
      const settings = settingsOf(directory);
      const refused = await proveOnLive(tx, context, directory, body.code);
      if (refused !== undefined) return refused;
      await updateDirectory(tx, directory, directory.id, { settings: { ...settings, groups, nested } }, now);
      await insertAudit(
        tx,
        audited(acting(caller, request), directory, {
          action: 'directory.settings_changed',
          target: { type: 'directory', id: directory.id },
          before: { groups: settings.groups, nested: settings.nested },
          after: { groups, nested },
        }),
      );
      const whose = { ...directory, directoryId: directory.id, key: newId('cmd_') };
      await insertCommand(tx, directoryRow(whose, 'readDirectory', now));
      return ok({ savedAt: now.toISOString() });
    });
  },
});

export const directoryGroupRoutes = [list, put];

const notConnected = () => new OnboardingError('step_blocked', { step: 'connect_directory' });

function settingsOf({ road, settings }: ReadDirectory): GoogleSettings {
  const read = road === 'google' ? googleSettingsOf(settings) : undefined;
  if (read === undefined) throw notConnected();
  return read;
}
