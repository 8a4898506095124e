/** How every state of design §6 looks: a shape and a tone; its word is `chips.<kind>.<state>` in the catalogue. */

export type Shape = 'done' | 'progress' | 'waiting' | 'attention' | 'not-started' | 'off' | 'blocked';
export type Tone = 'ok' | 'wait' | 'bad' | 'info' | 'neutral';

type Look = { shape: Shape; tone: Tone };

const done: Look = { shape: 'done', tone: 'ok' };
const progress: Look = { shape: 'progress', tone: 'info' };
const waiting: Look = { shape: 'waiting', tone: 'wait' };
const attention: Look = { shape: 'attention', tone: 'bad' };
const ageing: Look = { shape: 'attention', tone: 'wait' };
const notStarted: Look = { shape: 'not-started', tone: 'neutral' };
const off: Look = { shape: 'off', tone: 'neutral' };
const blocked: Look = { shape: 'blocked', tone: 'neutral' };

export const statuses = {
  connection: { draft: notStarted, not_tested: progress, tested: done, live: done, failing: attention, off },
  domain: {
    waiting,
    not_right: ageing,
    verified: done,
    lapsed: attention,
    conflict: attention,
    in_review: waiting,
    failed: attention,
    refused: attention,
  },
  directory: {
    waiting,
    linked: done,
    silent: ageing,
    invalid_credentials: attention,
    held: waiting,
    off,
  },
  webhook: { sending: done, failing: attention, off },
  delivery: { waiting, delivered: done, failed: attention, dropped: off },
  stream: {
    not_proven: notStarted,
    ready: progress,
    streaming: done,
    retrying: ageing,
    invalid: attention,
    paused: off,
  },
  link: {
    created: notStarted,
    sent: progress,
    delivered: progress,
    bounced: attention,
    opened: progress,
    completed: done,
    expired: off,
    revoked: off,
    replaced: off,
  },
  attempt: { in_progress: progress, success: done, failed: attention, timed_out: ageing },
  onboarding: {
    invited: notStarted,
    opened: progress,
    in_progress: progress,
    waiting,
    help_asked: ageing,
    ready: progress,
    live: done,
    stalled: ageing,
    repair: attention,
    paused: off,
    closed: off,
    cancelled: off,
  },
  feature: {
    not_started: notStarted,
    in_progress: progress,
    waiting,
    skipped: off,
    done,
    repair: attention,
  },
  step: { blocked, open: notStarted, waiting, failed: attention, skipped: off, done },
} satisfies Record<string, Record<string, Look>>;

export type StatusKind = keyof typeof statuses;
/** The states of one kind of thing. */
export type StatusOf<Kind extends StatusKind> = keyof (typeof statuses)[Kind] & string;

/** A state the server added later still gets a shape: an open circle beside its raw word. */
export function lookOf(kind: StatusKind, state: string): Look {
  const looks: Record<string, Look> = statuses[kind];
  return looks[state] ?? notStarted;
}
