import { z } from 'zod';
import {
  countLogStreams,
  listOrganizationNames,
  getLogStream,
  lockLogStream,
  pageLogStreams,
  pageStreamRejects,
  type LogStreamRow,
  type Tx,
} from '../../../db/index.ts';
import { getDestination } from '../../../onboarding/log-streams/destinations/index.ts';
import { shownSetting } from '../../../onboarding/log-streams/fields.ts';
import { acting, type Acting } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import {
  staffStreamList,
  staffStreamPage,
  streamViews,
  type StaffStream,
} from '../../contract/dashboard-log-streams.ts';
import { sendAgainAsked, sendAgainBody } from '../../contract/setup-log-streams.ts';
import { saved } from '../../contract/setup.ts';
import {
  catchUpOf,
  outageViewsOf,
  pauseStream,
  rejectViewsOf,
  resumeStream,
  runningViewOf,
  sendRejectsAgain,
  streamLinesOf,
  tryStreamNow,
} from '../../log-streams.ts';
import { route, type Context } from '../../route.ts';

/** S11: the log streams of all organizations. Staff pause, resume and try; settings and credentials are the customer's. */

const list = route({
  method: 'GET',
  path: '/dashboard/api/log-streams',
  who: 'staff',
  role: 'viewer',
  summary: 'Log streams of all organizations, with their state and lag, newest first',
  query: z.strictObject({
    view: z.enum(streamViews).optional(),
    organization: z.string().max(60).optional(),
    after: z.string().max(60).optional(),
    limit: z.int().min(1).max(100).optional(),
  }),
  answers: { 200: staffStreamList },
  handler: ({ caller, query, read }) =>
    read(async (tx) => {
      const { view = 'all', organization, after, limit = 50 } = query;
      const tenant = { environmentId: caller.environment.id, organizationId: organization ?? null };
      const page = await pageLogStreams(tx, tenant, view, { limit, order: 'desc', after });
      return ok({
        counts: await countLogStreams(tx, tenant),
        streams: await staffStreamsOf(tx, tenant, page.rows),
        next: page.after,
      });
    }),
});

const shownRejects = 20;

const get = route({
  method: 'GET',
  path: '/dashboard/api/log-streams/:id',
  who: 'staff',
  role: 'viewer',
  summary: 'One log stream, with what was not delivered; never its secrets',
  answers: { 200: staffStreamPage },
  handler: ({ caller, params, read }) =>
    read(async (tx) => {
      const tenant = { environmentId: caller.environment.id };
      const row = await getLogStream(tx, tenant, params.id);
      const [stream] = await staffStreamsOf(tx, tenant, [row]);
      if (stream === undefined) throw new Error('a stream has no line');
      const rejects = await pageStreamRejects(tx, row, row.id, { limit: shownRejects, order: 'desc' });
      return ok({
        stream: {
          ...stream,
          settings: settingsShown(row),
          secretEndsOn: row.secretEndsOn,
          createdAt: row.createdAt.toISOString(),
          catchUp: catchUpOf(row),
        },
        rejects: await rejectViewsOf(tx, row, rejects.rows),
        outages: await outageViewsOf(tx, row),
      });
    }),
});

function settingsShown({ destination, settings }: LogStreamRow): { label: string; value: string }[] {
  const { fields } = getDestination(destination);
  return Object.entries(settings).map(([name, value]) => shownSetting(fields, name, value));
}

const pause = route({
  method: 'POST',
  path: '/dashboard/api/log-streams/:id/pause',
  who: 'staff',
  role: 'support',
  summary: 'Sends nothing more until it is resumed; what happens meanwhile is kept',
  answers: { 200: saved },
  handler: (context) => touch(context, pauseStream),
});

const resume = route({
  method: 'POST',
  path: '/dashboard/api/log-streams/:id/resume',
  who: 'staff',
  role: 'support',
  summary: 'Sends on from where it was',
  answers: { 200: saved },
  handler: (context) => touch(context, resumeStream),
});

const tryNow = route({
  method: 'POST',
  path: '/dashboard/api/log-streams/:id/try-now',
  who: 'staff',
  role: 'support',
  summary: 'Tries at once what would be tried later',
  answers: { 200: saved },
  handler: (context) => touch(context, tryStreamNow),
});

const sendAgain = route({
  method: 'POST',
  path: '/dashboard/api/log-streams/:id/rejects/send-again',
  who: 'staff',
  role: 'support',
  summary: 'Sends again what was refused, one or all, as far as it is still kept',
  body: sendAgainBody,
  answers: { 200: sendAgainAsked },
  handler: ({ body, caller, commit, params, request }) =>
    commit(async (tx) => {
      const stream = await lockLogStream(tx, { environmentId: caller.environment.id }, params.id);
      return ok(await sendRejectsAgain(tx, stream, body.rejectId, acting(caller, request)));
    }),
});

export const logStreamDashboardRoutes = [list, get, pause, resume, tryNow, sendAgain];

function touch(
  context: Context<'staff', unknown, unknown, Readonly<Record<'id', string>>>,
  act: (tx: Tx, stream: LogStreamRow, by: Acting) => Promise<void>,
): Promise<Answer> {
  const { caller, params, request } = context;
  return context.commit(async (tx) => {
    const stream = await lockLogStream(tx, { environmentId: caller.environment.id }, params.id);
    await act(tx, stream, acting(caller, request));
    return ok({ savedAt: request.now.toISOString() });
  });
}

async function staffStreamsOf(
  tx: Tx,
  tenant: { environmentId: string },
  rows: readonly LogStreamRow[],
): Promise<StaffStream[]> {
  const lines = await streamLinesOf(tx, rows);
  const names = await listOrganizationNames(
    tx,
    tenant,
    rows.map(({ organizationId }) => organizationId),
  );
  return rows.flatMap((row, index) => {
    const line = lines[index];
    if (line === undefined) return [];
    const { organizationId } = row;
    return [
      {
        ...line,
        organization: { id: organizationId, name: names.get(organizationId) ?? '' },
        provenAt: row.provenAt?.toISOString() ?? null,
        provenBy: row.provenBy,
        ...runningViewOf(row, getDestination(row.destination)),
      },
    ];
  });
}
