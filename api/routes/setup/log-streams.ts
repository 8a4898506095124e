import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { newId } from '../../../adapters/ids.ts';
import {
  findOldestRecordAt,
  getLink,
  getLogStream,
  insertAudit,
  insertLogStream,
  keepStreamProgress,
  listLogStreamsOf,
  lockLogStream,
  readAuditDays,
  updateLogStream,
  type EnvironmentRow,
  type LogStreamRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { proofTries, type TestAnswer } from '../../../onboarding/log-streams.ts';
import { guideOf, type StreamDestination } from '../../../onboarding/log-streams/destination.ts';
import {
  fillDestination,
  findDestination,
  findDestinations,
  getDestination,
  isOfferedDestination,
} from '../../../onboarding/log-streams/destinations/index.ts';
import { audited } from '../../acting.ts';
import { ok } from '../../answers.ts';
import {
  chooseDestinationBody,
  destinationList,
  streamChosen,
  streamField,
  streamList,
  streamPage,
  streamProgressBody,
  type StreamPage,
} from '../../contract/setup-log-streams.ts';
import { saved } from '../../contract/setup.ts';
import { sendCommand } from '../../journey.ts';
import {
  catchUpOf,
  failureViewOf,
  journeysStream,
  outageViewsOf,
  offeredFields,
  removedViewsOf,
  requireRoom,
  runningViewOf,
  streamLinesOf,
  streamTarget,
} from '../../log-streams.ts';
import { route } from '../../route.ts';
import {
  change,
  ensured,
  findShownOnboarding,
  requireChange,
  requireLooking,
  tenantOf,
  type Changing,
  type SetupContext,
} from './scope.ts';

/** P24: where audit events go. The list, the choice, and all that the pages of one stream share. */

const feature = 'log_streams';

const list = route({
  method: 'GET',
  path: '/setup/:handle/api/log-streams',
  who: 'portal_session',
  summary: 'The organization’s log streams, by state and lag',
  answers: { 200: streamList },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const tenant = tenantOf(context);
      const streams = await listLogStreamsOf(tx, tenant);
      return ok({
        view: await viewOf(tx, context),
        streams: await streamLinesOf(tx, streams),
        removed: await removedViewsOf(tx, tenant, context.request.now),
        journeysStreamId: journeysStream(streams)?.id ?? null,
      });
    }),
});

const listDestinations = route({
  method: 'GET',
  path: '/setup/:handle/api/log-streams/destinations',
  who: 'portal_session',
  summary: 'Where audit events can go, by any name a destination goes by',
  query: z.object({ query: z.string().max(100).optional() }),
  answers: { 200: destinationList },
  handler: (context) => {
    requireLooking(context, feature);
    const found = findDestinations(context.query.query ?? '', offerOf(context));
    return ok({
      destinations: found.map(({ needs, ways, ...destination }) => ({
        ...destination,
        needs: [...needs],
        ways: ways.map((way) => ({ ...way })),
      })),
    });
  },
});

const choose = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams',
  who: 'portal_session',
  summary: 'Chooses where events go, for a new stream or for one that was not started yet',
  body: chooseDestinationBody,
  answers: { 200: streamChosen, 202: streamChosen },
  handler: (context) => {
    const { destinationId, streamId } = context.body;
    const destination = findDestination(destinationId);
    if (destination === undefined || !isOfferedDestination(destination, offerOf(context)))
      throw new OnboardingError('not_found', { kind: 'destination' });
    return change(context, feature, async (changing) => {
      const stream = await takeStream(changing, destination, streamId);
      const { onboarding, queued } = await ensured(context, changing, feature);
      const act = { kind: 'choose_destination', streamId: stream.id, destinationId: destination.id } as const;
      return {
        onboarding,
        queued: await sendCommand(changing.tx, onboarding, act, changing.by, queued),
        shape: (result) => ({ ...result, streamId: stream.id }),
      };
    });
  },
});

const get = route({
  method: 'GET',
  path: '/setup/:handle/api/log-streams/:id',
  who: 'portal_session',
  summary: 'One log stream: its fields, its guide, its proof and how it goes; never its secrets',
  answers: { 200: streamPage },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const { deps, params } = context;
      const tenant = tenantOf(context);
      const stream = await getLogStream(tx, tenant, params.id);
      const destination = filledFor(context, stream);
      return ok({
        view: await viewOf(tx, context),
        stream: await streamViewOf(tx, stream, destination),
        outages: await outageViewsOf(tx, stream),
        fields: streamField
          .array()
          .parse(plain(offeredFields(deps, context.caller.environment, destination))),
        guide: streamPage.shape.guide.parse(plain(guideOf(destination))),
        progress: storedProgress.parse(stream.guideProgress),
        egressAddresses: [...deps.settings.egressAddresses],
        keptDays: await readAuditDays(tx, tenant, deps.settings.auditRetentionDays),
        oldestRecordAt: (await findOldestRecordAt(tx, tenant))?.toISOString() ?? null,
      });
    }),
});

const keepProgress = route({
  method: 'PUT',
  path: '/setup/:handle/api/log-streams/:id/progress',
  who: 'portal_session',
  summary: 'Keeps ticks and the place in the guide',
  body: streamProgressBody,
  answers: { 200: saved },
  handler: (context) =>
    context.commit(async (tx) => {
      await requireChange(tx, context, feature);
      const stream = await lockLogStream(tx, tenantOf(context), context.params.id);
      const progress = { ...storedProgress.parse(stream.guideProgress), ...context.body };
      await keepStreamProgress(tx, stream, progress);
      return ok({ savedAt: context.request.now.toISOString() });
    }),
});

export const logStreamRoutes = [list, listDestinations, choose, get, keepProgress];

const offerOf = ({ deps }: SetupContext) => ({ hasAwsIdentity: deps.settings.awsPrincipal !== null });

async function viewOf(tx: Tx, context: SetupContext) {
  const tenant = tenantOf(context);
  const link = await getLink(tx, tenant, context.caller.session.linkId);
  return (await findShownOnboarding(tx, tenant, link))?.view ?? null;
}

/** The stream that the choice is for: the one that is named, one that was not started yet, or a new one. */
async function takeStream(
  { tx, tenant, by }: Changing,
  destination: StreamDestination,
  streamId: string | undefined,
): Promise<LogStreamRow> {
  const { now } = by.request;
  const streams = await listLogStreamsOf(tx, tenant);
  const begun = streamId ?? streams.find(({ startedAt }) => startedAt === null)?.id;
  const settings = madeFor(destination);
  if (begun === undefined) {
    requireRoom(streams);
    const named = { name: destination.name, destination: destination.id, settings };
    const made = await insertLogStream(tx, {
      id: newId('als_'),
      ...tenant,
      ...named,
      createdAt: now,
      updatedAt: now,
    });
    const after = { destination: destination.id };
    const target = streamTarget(made.id);
    await insertAudit(tx, audited(by, tenant, { action: 'log_stream.created', target, after }));
    return made;
  }
  const before = await lockLogStream(tx, tenant, begun);
  // What is under way is not turned elsewhere: another stream is added, and this one removed.
  if (before.startedAt !== null) throw new OnboardingError('stream_state_refused', { state: 'started' });
  if (before.destination === destination.id) return before;
  const changed = await updateLogStream(tx, before, {
    name: destination.name,
    destination: destination.id,
    settings,
    updatedAt: now,
    secretSealed: null,
    secretHints: {},
    secretSetAt: null,
    secretEndsOn: null,
    guideProgress: {},
    ...notProven,
  });
  await insertAudit(
    tx,
    audited(by, tenant, {
      action: 'log_stream.destination_changed',
      target: streamTarget(before.id),
      before: { destination: before.destination },
      after: { destination: destination.id },
    }),
  );
  return changed;
}

/** What was found at another place, or with other settings, proves nothing of these. */
export const notProven = {
  proofCodeDigest: null,
  proofLabel: null,
  proofSentAt: null,
  proofTries: 0,
  proofAnswer: null,
  provenAt: null,
  provenBy: null,
};

/** Settings that we make, so that nobody else can have us use what is theirs. */
function madeFor({ fields }: StreamDestination): Record<string, string> {
  const made = fields.filter(
    (field) => field.kind === 'text' && field.isMadeByUs === true && field.isSecret !== true,
  );
  return Object.fromEntries(made.map(({ name }) => [name, randomBytes(16).toString('hex')]));
}

const storedProgress = z.object({
  copied: z.record(z.string(), z.string()).catch({}),
  doneSteps: z.array(z.string()).catch([]),
  currentStep: z.string().nullable().catch(null),
});

/** The destination's texts with this stream's values. */
function filledFor(context: SetupContext, stream: LogStreamRow): StreamDestination {
  const { deps, caller } = context;
  const { productName }: Pick<EnvironmentRow, 'productName'> = caller.environment;
  const { settings } = stream;
  return fillDestination(getDestination(stream.destination), {
    PRODUCT: productName,
    ORGANIZATION_ID: stream.organizationId,
    OUR_ADDRESSES: deps.settings.egressAddresses.join('\n'),
    PROOF_MARK: stream.proofLabel ?? 'vestibule-test-…',
    EXTERNAL_ID: settings['externalId'] ?? '',
    OUR_AWS_PRINCIPAL: deps.settings.awsPrincipal ?? '',
    BUCKET: settings['bucket'] || 'your-bucket',
    PREFIX: folderOf(settings),
    STREAM_ID: stream.id,
    TABLE: (settings['streamName'] ?? 'VestibuleAudit_CL').replace(/^Custom-/, ''),
  });
}

/** An empty one is the top of the bucket, once it is known which. */
function folderOf({ bucket, prefix }: Readonly<Record<string, string>>): string {
  if (prefix) return `${prefix}/`;
  return bucket ? '' : 'your-folder/';
}

async function streamViewOf(
  tx: Tx,
  stream: LogStreamRow,
  destination: StreamDestination,
): Promise<StreamPage['stream']> {
  const [line] = await streamLinesOf(tx, [stream]);
  if (line === undefined) throw new Error('a stream has no line');
  const { secretHints, secretSetAt, secretEndsOn, startedAt } = stream;
  return {
    ...line,
    settings: { ...stream.settings },
    secrets: { hints: { ...secretHints }, setAt: secretSetAt?.toISOString() ?? null, endsOn: secretEndsOn },
    isLive: startedAt !== null,
    createdAt: stream.createdAt.toISOString(),
    lastLevel: stream.lastLevel,
    ...runningViewOf(stream, destination),
    catchUp: catchUpOf(stream),
    proof: proofOf(stream, destination),
  };
}

type AnswerView = NonNullable<StreamPage['stream']['proof']['answer']>;

function answerViewOf(answer: TestAnswer, destination: StreamDestination): AnswerView {
  return answer.kind === 'refused'
    ? { ...failureViewOf(answer, destination), kind: 'refused' }
    : { ...answer, sighting: answer.sighting ?? 'not_offered' };
}

function proofOf(
  { provenAt, provenBy, proofSentAt, proofAnswer, proofLabel, proofTries: tries }: LogStreamRow,
  destination: StreamDestination,
): StreamPage['stream']['proof'] {
  const { where, search, hint = null } = destination.proof;
  return {
    provenAt: provenAt?.toISOString() ?? null,
    provenBy,
    sentAt: proofSentAt?.toISOString() ?? null,
    answer: proofAnswer && answerViewOf(proofAnswer, destination),
    where: [...where],
    search: proofLabel === null ? null : search,
    hint,
    triesLeft: Math.max(0, proofTries - tries),
    mistakes: destination.mistakes.map((mistake) => ({ ...mistake })),
  };
}

/** Data as it travels: without `undefined`. */
const plain = (data: object): unknown => JSON.parse(JSON.stringify(data));
