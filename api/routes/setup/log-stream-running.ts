import { z } from 'zod';
import {
  firstAuditNumberSince,
  getLogStream,
  insertAudit,
  lastAuditNumber,
  lockLogStream,
  pageStreamRejects,
  updateLogStream,
  type LogStreamRow,
  type Tx,
} from '../../../db/index.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import type { StartFrom } from '../../../onboarding/log-streams.ts';
import { acting, audited, type Acting } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import {
  rejectList,
  sendAgainAsked,
  sendAgainBody,
  streamStartBody,
} from '../../contract/setup-log-streams.ts';
import { provedBody, saved } from '../../contract/setup.ts';
import { stepResult } from '../../contract/shared.ts';
import { sendCommand } from '../../journey.ts';
import {
  bringStreamBack,
  pauseStream,
  rejectViewsOf,
  removeStream,
  resumeStream,
  sendRejectsAgain,
  streamTarget,
  tryStreamNow,
  wakeStream,
} from '../../log-streams.ts';
import { route } from '../../route.ts';
import { actLine, proveAct } from './prove-act.ts';
import { change, ensured, requireChange, requireLooking, tenantOf, type SetupContext } from './scope.ts';

/** P24: a stream that sends. From when on, pausing, trying at once, removing, and what was not delivered. */

const feature = 'log_streams';

const start = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/start',
  who: 'portal_session',
  summary: 'Starts to send, from now on or with records that are kept',
  body: streamStartBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant, by } = changing;
      const { now } = context.request;
      const stream = await lockLogStream(tx, tenant, context.params.id);
      if (stream.startedAt !== null) throw new OnboardingError('stream_state_refused', { state: 'started' });
      if (stream.provenAt === null)
        throw new OnboardingError('stream_state_refused', { state: 'not_proven' });
      if (context.body.from === 'since' && new Date(context.body.at) > now)
        throw new OnboardingError('invalid_request', { field: 'at' });
      const last = await lastAuditNumber(tx, stream);
      const position = await positionFor(tx, stream, context.body, last);
      const started = await updateLogStream(tx, stream, {
        startedAt: now,
        state: 'active',
        position,
        updatedAt: now,
        backfillUntil: position < last ? last : null,
      });
      const target = streamTarget(stream.id);
      const after = { ...context.body, position };
      await insertAudit(tx, audited(by, tenant, { action: 'log_stream.started', target, after }));
      await wakeStream(tx, started, now);
      const { onboarding, queued } = await ensured(context, changing, feature);
      const act = { kind: 'start_stream', streamId: stream.id } as const;
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const pause = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/pause',
  who: 'portal_session',
  summary: 'Sends nothing more until it is resumed; what happens meanwhile is kept',
  answers: { 200: saved },
  handler: (context) => touch(context, pauseStream),
});

const resume = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/resume',
  who: 'portal_session',
  summary: 'Sends on from where it was',
  answers: { 200: saved },
  handler: (context) => touch(context, resumeStream),
});

const tryNow = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/try-now',
  who: 'portal_session',
  summary: 'Tries at once what would be tried later',
  answers: { 200: saved },
  handler: async (context) => {
    const { deps, caller } = context;
    await deps.limits.spend('outbound_per_minute', caller.session.organizationId);
    return touch(context, tryStreamNow);
  },
});

const remove = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/delete',
  who: 'portal_session',
  summary: 'Removes a stream; with a code where it sends already',
  body: provedBody,
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant, by } = changing;
      const stream = await lockLogStream(tx, tenant, context.params.id);
      if (stream.startedAt !== null) {
        const act = actLine('stream_delete', stream.id);
        const refused = await proveAct(tx, context, act, context.body.code);
        if (refused !== undefined) return refused;
      }
      const act = await removeStream(tx, stream, by);
      const { onboarding, queued } = await ensured(context, changing, feature);
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const bringBack = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/bring-back',
  who: 'portal_session',
  summary: 'Brings a removed stream back as it was; it sends on from where it stood',
  answers: { 200: stepResult, 202: stepResult },
  handler: (context) =>
    change(context, feature, async (changing) => {
      const { tx, tenant, by } = changing;
      const act = await bringStreamBack(tx, tenant, context.params.id, by);
      const { onboarding, queued } = await ensured(context, changing, feature);
      return { onboarding, queued: await sendCommand(tx, onboarding, act, by, queued) };
    }),
});

const rejectsAtOnce = 50;

const listRejects = route({
  method: 'GET',
  path: '/setup/:handle/api/log-streams/:id/rejects',
  who: 'portal_session',
  summary: 'Records that were not delivered, and why, newest first',
  query: z.object({ after: z.string().max(60).optional() }),
  answers: { 200: rejectList },
  handler: (context) =>
    context.read(async (tx) => {
      requireLooking(context, feature);
      const tenant = tenantOf(context);
      const stream = await getLogStream(tx, tenant, context.params.id);
      const { after } = context.query;
      const page = await pageStreamRejects(tx, tenant, stream.id, {
        limit: rejectsAtOnce,
        order: 'desc',
        after,
      });
      return ok({
        rejects: await rejectViewsOf(tx, tenant, page.rows),
        after: page.after,
      });
    }),
});

const sendAgain = route({
  method: 'POST',
  path: '/setup/:handle/api/log-streams/:id/rejects/send-again',
  who: 'portal_session',
  summary: 'Sends again what was refused, one or all, as far as it is still kept',
  body: sendAgainBody,
  answers: { 200: sendAgainAsked },
  handler: async (context) => {
    const { body, caller, deps, params, request } = context;
    await deps.limits.spend('outbound_per_minute', caller.session.organizationId);
    return context.commit(async (tx) => {
      await requireChange(tx, context, feature);
      const stream = await lockLogStream(tx, tenantOf(context), params.id);
      return ok(await sendRejectsAgain(tx, stream, body.rejectId, acting(caller, request)));
    });
  },
});

export const logStreamRunningRoutes = [
  start,
  pause,
  resume,
  tryNow,
  remove,
  bringBack,
  listRejects,
  sendAgain,
];

/** The last record that is not sent. */
async function positionFor(tx: Tx, stream: LogStreamRow, start: StartFrom, last: number): Promise<number> {
  if (start.from === 'now') return last;
  const since = start.from === 'all' ? new Date(0) : new Date(start.at);
  return (await firstAuditNumberSince(tx, stream, since)) - 1;
}

/** An act on a stream that sends, which is no step of the journey. */
function touch(
  context: SetupContext & { params: Readonly<Record<'id', string>> },
  act: (tx: Tx, stream: LogStreamRow, by: Acting) => Promise<void>,
): Promise<Answer> {
  const { caller, params, request } = context;
  return context.commit(async (tx) => {
    await requireChange(tx, context, feature);
    await act(tx, await lockLogStream(tx, tenantOf(context), params.id), acting(caller, request));
    return ok({ savedAt: request.now.toISOString() });
  });
}
