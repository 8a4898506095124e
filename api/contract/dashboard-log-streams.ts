import { z } from 'zod';
import { rejectList, streamFailure, streamLine, streamOutage, streamProver } from './setup-log-streams.ts';
import { instant } from './shared.ts';

/** S11: the log streams of all organizations, by state and lag. Staff never see or enter a customer's credentials. */

/** `failing`: retrying, or refused. `unfinished`: not started yet. */
export const streamViews = ['all', 'failing', 'paused', 'unfinished'] as const;

const staffStream = streamLine.extend({
  organization: z.strictObject({ id: z.string(), name: z.string() }),
  startedAt: instant.nullable(),
  pausedAt: instant.nullable(),
  provenAt: instant.nullable(),
  provenBy: streamProver.nullable(),
  lastError: streamFailure.nullable(),
  failingSince: instant.nullable(),
  nextTryAt: instant.nullable(),
  sentCount: z.int(),
  rejectedCount: z.int(),
});
export type StaffStream = z.infer<typeof staffStream>;

/** GET log-streams?view=&organization=&after= */
export const staffStreamList = z.strictObject({
  counts: z.strictObject({ all: z.int(), failing: z.int(), paused: z.int(), unfinished: z.int() }),
  streams: z.array(staffStream),
  next: z.string().nullable(),
});
export type StaffStreamList = z.infer<typeof staffStreamList>;

/** GET log-streams/:id */
export const staffStreamPage = z.strictObject({
  stream: staffStream.extend({
    /** As the customer's form names them. */
    settings: z.array(z.strictObject({ label: z.string(), value: z.string() })),
    secretEndsOn: z.string().nullable(),
    createdAt: instant,
    catchUp: z.strictObject({ left: z.int(), perSecond: z.int() }).nullable(),
  }),
  /** The newest of what was not delivered. */
  rejects: rejectList.shape.rejects,
  /** The newest times in which it took nothing. */
  outages: z.array(streamOutage),
});
export type StaffStreamPage = z.infer<typeof staffStreamPage>;

/** POST log-streams/:id/{pause,resume,try-now} answer { savedAt }; POST log-streams/:id/rejects/send-again as in the portal. */
