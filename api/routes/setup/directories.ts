import { z } from 'zod';
import { baseUrlOfVersionOne } from '../../../adapters/scim/names.ts';
import {
  countDirectoryRequests,
  findSwitchedFrom,
  getLink,
  insertAudit,
  insertDirectory,
  listDirectoryRequests,
  updateDirectory,
  type DirectoryRow,
  type Tx,
} from '../../../db/index.ts';
import { verdictOn, verdictsOfTest, type LoggedRequest } from '../../../onboarding/directory-checklist.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { findJourneysConnection } from '../../connections.ts';
import {
  directoryOfSignIn,
  fillDirectoryGuide,
  findDirectories,
  findDirectoryGuide,
  isOfferedDirectory,
} from '../../../onboarding/providers/directory/index.ts';
import type { DirectoryGuide } from '../../../onboarding/providers/directory/provider.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import { saved } from '../../contract/setup.ts';
import {
  chooseSourceBody,
  directoryProgressBody,
  directorySources,
  directoryState,
  type DirectoryState,
} from '../../contract/setup-directories.ts';
import { stepResult } from '../../contract/shared.ts';
import { findJourneysDirectory, newDirectoryNames } from '../../directories.ts';
import { sendCommand } from '../../journey.ts';
import { offersTestIdp } from '../../provider-choice.ts';
import { route } from '../../route.ts';
import { directoryViewOf, formerViewsOf, loggedRequestOf, verdictViewOf } from './directory-views.ts';
import { findCurrentDirectory, lockCurrentDirectory } from './directory.ts';
import {
  change,
  covers,
  ensured,
  findShownOnboarding,
  requireChange,
  tenantOf,
  type Changing,
  type SetupContext,
  type Tenant,
} from './scope.ts';

/** P17 to P19: where people come from, its guide, and the calls that show it at work. */

const feature = 'directory_sync';

const getState = route({
  method: 'GET',
  path: '/setup/:handle/api/directory',
  who: 'portal_session',
  summary: 'Directory sync: the directory, its guide, what its client has called',
  answers: { 200: directoryState },
  handler: (context) =>
    context.read(async (tx) => {
      const { caller, request } = context;
      const tenant = tenantOf(context);
      const link = await getLink(tx, tenant, caller.session.linkId);
      const onboarding = await findShownOnboarding(tx, tenant, link);
      const directory = covers(caller.session, feature) ? await findCurrentDirectory(tx, context) : undefined;
      const guide = findDirectoryGuide(directory?.providerId ?? '');
      const seen = directory === undefined ? nothingSeen : await watched(tx, tenant, directory, guide);
      return ok({
        view: onboarding?.view ?? null,
        directory: directory === undefined ? null : await directoryViewOf(tx, tenant, directory, request.now),
        guide: directory === undefined ? null : filled(context, directory, guide),
        offersConsent: directory?.road === 'google' && caller.environment.googleClientId !== null,
        progress: progressOf(directory),
        ...seen,
        formers: directory === undefined ? [] : await formerViewsOf(tx, tenant, directory, request.now),
      });
    }),
});

const listSources = route({
  method: 'GET',
  path: '/setup/:handle/api/directory/sources',
  who: 'portal_session',
  summary: 'The directories that can be set up, and the one of the provider that people sign in with',
  query: z.object({ query: z.string().max(100).optional() }),
  answers: { 200: directorySources },
  handler: (context) =>
    context.read(async (tx) => {
      const options = offered(context);
      const connection = await findJourneysConnection(tx, tenantOf(context));
      const same = directoryOfSignIn(connection?.providerId ?? '', options);
      const sources = findDirectories(context.query.query ?? '', options);
      return ok({
        suggestion: same === undefined ? null : { sourceId: same.id, name: same.name },
        sources: sources.map(({ needs, ways, ...source }) => ({
          ...source,
          needs: [...needs],
          ways: [...ways],
        })),
      });
    }),
});

const choose = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/source',
  who: 'portal_session',
  summary: 'Chooses where people come from; the directory is made with the first choice',
  body: chooseSourceBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) => {
    const guide = requireSource(context, context.body.sourceId);
    return change(context, feature, async (changing) => {
      const directory = await takeDirectory(context, changing, guide);
      const { onboarding, queued } = await ensured(context, changing, feature);
      const act = {
        kind: 'choose_directory',
        directoryId: directory.id,
        providerId: guide.id,
      } as const;
      return { onboarding, queued: await sendCommand(changing.tx, onboarding, act, changing.by, queued) };
    });
  },
});

const keepProgress = route({
  method: 'PUT',
  path: '/setup/:handle/api/directory/progress',
  who: 'portal_session',
  summary: 'Keeps ticks and the place in the guide',
  body: directoryProgressBody,
  answers: { 200: saved },
  handler: (context) =>
    keep(context, ({ guideProgress }) => ({
      ...guideProgress,
      ...progressOf({ guideProgress }),
      ...context.body,
    })),
});

const finishConnection = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/connection-done',
  who: 'portal_session',
  summary: 'States that the console is filled in',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, by } = changing;
      const { id: directoryId } = await lockCurrentDirectory(tx, context);
      const { onboarding, queued } = await ensured(context, changing, feature);
      const act = { kind: 'finish_directory_connection', directoryId } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const startTest = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/test',
  who: 'portal_session',
  summary: 'Begins a provisioning test: the next person who is created is followed',
  answers: { 200: saved },
  handler: (context) =>
    keep(context, ({ guideProgress }) => ({
      ...guideProgress,
      testStartedAt: context.request.now.toISOString(),
    })),
});

const stopTest = route({
  method: 'POST',
  path: '/setup/:handle/api/directory/test/stop',
  who: 'portal_session',
  summary: 'Ends the provisioning test',
  answers: { 200: saved },
  handler: (context) =>
    keep(context, ({ guideProgress: { testStartedAt: _ended, ...progress } }) => progress),
});

export const directorySetupRoutes = [
  getState,
  listSources,
  choose,
  keepProgress,
  finishConnection,
  startTest,
  stopTest,
];

const offered = ({ deps, caller }: SetupContext) => ({
  includeSandbox: offersTestIdp(deps, caller.environment),
  takesFiles: deps.settings.sftpAddress !== null,
});

/** Throws `not_found` for a source that is not offered. */
export function requireSource(context: SetupContext, sourceId: string): DirectoryGuide {
  const guide = findDirectoryGuide(sourceId);
  if (guide === undefined || !isOfferedDirectory(guide, offered(context))) {
    throw new OnboardingError('not_found', { kind: 'directory_source' });
  }
  return guide;
}

/** The directory of the source: made now, or the one that nobody has come from yet, which keeps its address. */
async function takeDirectory(
  { deps, request }: SetupContext,
  { tx, tenant, by, page }: Changing,
  guide: DirectoryGuide,
): Promise<DirectoryRow> {
  const current = await findJourneysDirectory(tx, tenant);
  const { name, type, road } = guide;
  if (current === undefined) {
    const made = await insertDirectory(tx, {
      ...newDirectoryNames(deps.urls, road),
      ...tenant,
      name,
      type,
      road,
      providerId: guide.id,
      state: 'validating',
      createdAt: request.now,
    });
    const target = { type: 'directory', id: made.id };
    const after = { type, road };
    await insertAudit(tx, audited(by, tenant, { action: 'directory.created', target, after }));
    return made;
  }
  const before = await lockCurrentDirectory(tx, page);
  // Whoever people come from is replaced by a switch, which shows first what it would do.
  if (before.linkedAt !== null) throw new OnboardingError('directory_state_refused', { state: before.state });
  if (before.providerId === guide.id) return before;
  const named = { name, type, road, providerId: guide.id, guideProgress: {}, attributeMapping: {} };
  const { sftpUserName } = newDirectoryNames(deps.urls, road);
  const changed = await updateDirectory(
    tx,
    tenant,
    before.id,
    { ...named, settings: {}, sftpUserName: before.sftpUserName ?? sftpUserName, ...noCredentials },
    request.now,
  );
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'directory.source_changed',
      target: { type: 'directory', id: before.id },
      before: { provider_id: before.providerId, road: before.road },
      after: { provider_id: guide.id, road },
    }),
  );
  return changed;
}

/** What another source was read with says nothing about this one. */
const noCredentials = {
  credentialsSealed: null,
  credentialsSetAt: null,
  credentialsFailingSince: null,
  credentialsCause: null,
};

/** Autosave: kept on the directory, without a command and without an entry in the log of acts. */
function keep(context: SetupContext, progressAfter: (directory: DirectoryRow) => Record<string, unknown>) {
  const { now } = context.request;
  return context.commit(async (tx) => {
    await requireChange(tx, context, feature);
    const directory = await lockCurrentDirectory(tx, context);
    const guideProgress = progressAfter(directory);
    await updateDirectory(tx, tenantOf(context), directory.id, { guideProgress }, now);
    return ok({ savedAt: now.toISOString() });
  });
}

const storedProgress = z.object({
  copied: z.record(z.string(), z.string()).catch({}),
  doneSteps: z.array(z.string()).catch([]),
  currentStep: z.string().nullable().catch(null),
});

function progressOf(directory: Pick<DirectoryRow, 'guideProgress'> | undefined): DirectoryState['progress'] {
  return storedProgress.parse(directory?.guideProgress ?? {});
}

function filled(
  { caller, deps }: SetupContext,
  directory: DirectoryRow,
  guide: DirectoryGuide | undefined,
): DirectoryState['guide'] {
  if (guide === undefined) return null;
  const { productName } = caller.environment;
  const { host = '', port = '' } = deps.settings.sftpAddress ?? {};
  const values = {
    SCIM_BASE_URL: directory.scimBaseUrl,
    PRODUCT: productName,
    SCIM_FIRST_BASE_URL: baseUrlOfVersionOne(directory.scimBaseUrl),
    SFTP_HOST: host,
    SFTP_PORT: String(port),
    SFTP_USER: directory.sftpUserName ?? '',
    SFTP_FOLDER: '/in',
  };
  // Data as it travels: without `undefined`.
  return directoryState.shape.guide.parse(JSON.parse(JSON.stringify(fillDirectoryGuide(guide, values))));
}

const nothingSeen = { checklist: [], nextCallAt: null, test: null };

/** How many of the newest requests are looked through; of older ones only the last of each kind is known. */
const lookedThrough = 100;

async function watched(
  tx: Tx,
  tenant: Tenant,
  directory: DirectoryRow,
  guide: DirectoryGuide | undefined,
): Promise<Pick<DirectoryState, 'checklist' | 'nextCallAt' | 'test'>> {
  const page = await listDirectoryRequests(
    tx,
    tenant,
    { directoryId: directory.id },
    { limit: lookedThrough, order: 'desc' },
  );
  // What the source before has called says nothing about the one that is prepared.
  const switched = await findSwitchedFrom(tx, tenant, directory);
  const since = switched?.createdAt ?? directory.createdAt;
  const newest = page.rows.map(loggedRequestOf).filter(({ at }) => at >= since);
  const requests = [...newest, ...(await olderOnes(tx, tenant, directory, { newest, since }))];
  return {
    checklist: (guide?.checklist ?? []).map(({ call, need, trigger }) => ({
      ...verdictViewOf(verdictOn(call, requests), guide),
      need,
      trigger,
    })),
    nextCallAt: nextCallOf(directory, guide),
    test: testOf(directory, guide, newest),
  };
}

/** Of kinds that the newest requests have none of: that there was one, and when. */
async function olderOnes(
  tx: Tx,
  tenant: Tenant,
  directory: DirectoryRow,
  { newest, since }: { newest: readonly LoggedRequest[]; since: Date },
): Promise<LoggedRequest[]> {
  if (newest.length < lookedThrough) return [];
  const kinds = await countDirectoryRequests(tx, tenant, directory.id, since);
  return kinds
    .filter(({ kind }) => kind !== 'refused' && newest.every((one) => one.kind !== kind))
    .map(({ kind, lastAt }) => ({
      id: '',
      at: lastAt,
      kind,
      method: '',
      path: '',
      status: 200,
      cause: null,
      subject: null,
    }));
}

function nextCallOf({ lastRequestAt }: DirectoryRow, guide: DirectoryGuide | undefined): string | null {
  const every = guide?.rhythm.everyMinutes ?? null;
  if (lastRequestAt === null || every === null) return null;
  return new Date(lastRequestAt.getTime() + every * 60_000).toISOString();
}

function testOf(
  { guideProgress }: DirectoryRow,
  guide: DirectoryGuide | undefined,
  requests: readonly LoggedRequest[],
): DirectoryState['test'] {
  const startedAt = z.iso.datetime().safeParse(guideProgress['testStartedAt']);
  if (!startedAt.success) return null;
  const since = new Date(startedAt.data);
  const { person, steps } = verdictsOfTest(requests.filter(({ at }) => at >= since));
  return { startedAt: startedAt.data, person, steps: steps.map((step) => verdictViewOf(step, guide)) };
}
