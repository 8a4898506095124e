import { z } from 'zod';
import { fieldProblems } from '../../onboarding/log-streams/fields.ts';
import { sightings, streamChips, streamProvers, streamStates } from '../../onboarding/log-streams.ts';
import { actCode } from './setup.ts';
import { guideProgressBody } from './setup-connections.ts';
import { guideProgress, instant, onboardingView } from './shared.ts';

/**
 * The portal's JSON endpoints about log streams, below `/setup/<handle>/api`. An organization may have several; each is
 * named by its id. Secrets go in and never come out [STR-01].
 */

/** A field of a destination, as its data file has it: `readFields` of `onboarding/log-streams/fields.ts` checks it while one types. */
const mistake = z.strictObject({ pattern: z.string(), explanation: z.string() });
const fieldFacts = {
  name: z.string(),
  label: z.string(),
  hint: z.string().optional(),
  example: z.string().optional(),
  /** Where the console shows it. */
  where: z.array(z.string()).optional(),
  isOptional: z.boolean().optional(),
  /** Write-only. */
  isSecret: z.boolean().optional(),
  /** Says where the stream goes: another value asks for every secret again [STR-01]. */
  isAddress: z.boolean().optional(),
  longest: z.int(),
};
const typedFacts = {
  ...fieldFacts,
  pattern: mistake.optional(),
  isStrict: z.boolean().optional(),
  mistakes: z.array(mistake).optional(),
};
export const streamField = z.discriminatedUnion('kind', [
  z.strictObject({
    ...typedFacts,
    kind: z.enum(['text', 'lines']),
    /** Shown to be copied, never typed; a secret one is made anew to be seen. */
    isMadeByUs: z.boolean().optional(),
    holds: z.enum(['service_account_key', 'certificates']).optional(),
  }),
  z.strictObject({
    ...typedFacts,
    kind: z.literal('url'),
    path: z.string().optional(),
    mayHavePath: z.boolean(),
  }),
  z.strictObject({
    ...fieldFacts,
    kind: z.literal('choice'),
    initial: z.string(),
    choices: z.array(z.strictObject({ value: z.string(), label: z.string() })),
  }),
]);
export type StreamFieldView = z.infer<typeof streamField>;

const destination = z.strictObject({
  id: z.string(),
  name: z.string(),
  mark: z.string(),
});

/** Why a destination did not take something; `field` is the one to change. Words are the catalogue's, by `cause`. */
export const streamFailure = z.strictObject({
  cause: z.string(),
  field: z.string().nullable(),
  /** What the destination itself says that the field should hold. */
  suggested: z.string().nullable(),
  status: z.int().nullable(),
  /** Its own text, shortened. */
  answer: z.string().nullable(),
  at: instant,
  /** How this destination's console mends it, where it has a way of its own. */
  repair: z.strictObject({ path: z.array(z.string()), label: z.string(), fix: z.string() }).nullable(),
});
export type StreamFailureView = z.infer<typeof streamFailure>;

/** By whom it was proven: with the code of a test event, or by reading it at the destination. Null: not kept then. */
export const streamProver = z.enum(streamProvers);

const level = z.enum(['accepted', 'acknowledged', 'stored']);

/** A line of the list. */
export const streamLine = z.strictObject({
  id: z.string(),
  name: z.string(),
  destination,
  chip: z.enum(streamChips),
  state: z.enum(streamStates),
  lastSentAt: instant.nullable(),
  /** Records that wait to be sent. */
  behind: z.int(),
  /** When the oldest of them happened. */
  oldestUnsentAt: instant.nullable(),
});
export type StreamLine = z.infer<typeof streamLine>;

/** One that was removed, as long as it can be brought back. */
const removedStream = z.strictObject({
  id: z.string(),
  name: z.string(),
  removedAt: instant,
  keptUntil: instant,
});
export type RemovedStream = z.infer<typeof removedStream>;

/** GET log-streams */
export const streamList = z.strictObject({
  view: onboardingView.nullable(),
  streams: z.array(streamLine),
  /** The one removed last first. */
  removed: z.array(removedStream),
  /** The one that the journey's steps are about; null before there is one. */
  journeysStreamId: z.string().nullable(),
});
export type StreamList = z.infer<typeof streamList>;

/** GET log-streams/destinations?query= */
export const destinationList = z.strictObject({
  destinations: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      mark: z.string(),
      matchedName: z.string().nullable(),
      /** What somebody needs at hand, as short lines. */
      needs: z.array(z.string()),
      /** Where there are several ways in: each with its guide, the recommended one first. */
      ways: z.array(z.strictObject({ id: z.string(), label: z.string(), gain: z.string() })),
    }),
  ),
});
export type DestinationList = z.infer<typeof destinationList>;

/**
 * POST log-streams: another stream, or, with `streamId`, another destination for one that was not started yet. Answers
 * stepResult with the stream's id.
 */
export const chooseDestinationBody = z.strictObject({
  destinationId: z.string().max(60),
  streamId: z.string().max(60).optional(),
});
export const streamChosen = z.strictObject({
  status: z.enum(['applied', 'queued']),
  view: onboardingView,
  streamId: z.string(),
});
export type StreamChosen = z.infer<typeof streamChosen>;

/** A time in which the destination took nothing. */
export const streamOutage = z.strictObject({
  id: z.string(),
  beganAt: instant,
  /** Null while it goes on. */
  endedAt: instant.nullable(),
  /** Of the last try that failed. */
  cause: z.string(),
  status: z.int().nullable(),
  tries: z.int(),
  /** How many events waited when it was over, and when they had all arrived. */
  lateCount: z.int().nullable(),
  caughtUpAt: instant.nullable(),
});
export type StreamOutage = z.infer<typeof streamOutage>;

/** GET log-streams/:id */
export const streamPage = z.strictObject({
  view: onboardingView.nullable(),
  stream: streamLine.extend({
    settings: z.record(z.string(), z.string()),
    secrets: z.strictObject({
      /** Name of the field → its last characters, empty where they would say too much; absent: not set. */
      hints: z.record(z.string(), z.string()),
      setAt: instant.nullable(),
      /** A day of the calendar, 2026-12-24. */
      endsOn: z.string().nullable(),
    }),
    /** It was started: other settings, and removing it, take a code [LNK-10]. */
    isLive: z.boolean(),
    createdAt: instant,
    startedAt: instant.nullable(),
    pausedAt: instant.nullable(),
    sentCount: z.int(),
    /** How far the destination vouches for what it got last [STR-04]. */
    lastLevel: level.nullable(),
    lastError: streamFailure.nullable(),
    failingSince: instant.nullable(),
    nextTryAt: instant.nullable(),
    /** Records that it refused for good, or that ended before they were sent. */
    rejectedCount: z.int(),
    /** While it catches up: how many of how many are sent, at most so many a second. */
    catchUp: z.strictObject({ left: z.int(), perSecond: z.int() }).nullable(),
    proof: z.strictObject({
      provenAt: instant.nullable(),
      provenBy: streamProver.nullable(),
      sentAt: instant.nullable(),
      answer: z
        .discriminatedUnion('kind', [
          z.strictObject({
            kind: z.literal('sent'),
            level,
            status: z.int().nullable(),
            milliseconds: z.int(),
            at: instant,
            /** Whether we found it there ourselves. */
            sighting: z.enum(sightings),
          }),
          streamFailure.extend({ kind: z.literal('refused') }),
        ])
        .nullable(),
      /** Where in the console, and what to search for; null before a test event was sent. */
      where: z.array(z.string()),
      search: z.string().nullable(),
      hint: z.string().nullable(),
      triesLeft: z.int(),
      /** What may be wrong when it is not found, most frequent first. */
      mistakes: z.array(z.strictObject({ symptom: z.string(), cause: z.string(), fix: z.string() })),
    }),
  }),
  /** The newest of them, newest first. */
  outages: z.array(streamOutage),
  fields: z.array(streamField),
  /** The filled guide of `onboarding/log-streams/destinations`. */
  guide: z.json().nullable(),
  progress: guideProgress,
  /** Where our requests come from, for allow-lists; empty where the operator has not said. */
  egressAddresses: z.array(z.string()),
  /** Days that records are kept, and when the oldest that is there happened: from when on a stream can start. */
  keptDays: z.int(),
  oldestRecordAt: instant.nullable(),
});
export type StreamPage = z.infer<typeof streamPage>;

/** PUT log-streams/:id/progress answers { savedAt }. */
export const streamProgressBody = guideProgressBody;

/**
 * POST log-streams/:id/check keeps nothing; POST log-streams/:id/settings keeps what it has proved and answers
 * stepResult. A secret that is left out stays as it is, unless the host changes.
 */
const typed = {
  settings: z.record(z.string().max(60), z.string().max(2_001)),
  secrets: z.record(z.string().max(60), z.string().max(20_001)),
};
export const streamCheckBody = z.strictObject({
  ...typed,
  /** False: looks at what was typed alone, and asks nobody. */
  asksDestination: z.boolean(),
});
export const streamSettingsBody = z.strictObject({
  ...typed,
  name: z.string().max(120).optional(),
  /** When the credential ends, where the admin knows; null: it does not. */
  secretEndsOn: z.iso.date().nullable().optional(),
  code: actCode,
});

export const streamCheck = z.strictObject({
  canSave: z.boolean(),
  /** What is wrong with single fields (`stop`), or odd (`look`): words are the catalogue's, or `explanation`. */
  findings: z.array(
    z.strictObject({
      field: z.string(),
      problem: z.enum(fieldProblems),
      severity: z.enum(['stop', 'look']),
      explanation: z.string().nullable(),
    }),
  ),
  /** What the destination said; null when it was not asked. */
  probe: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('accepted'), status: z.int().nullable(), milliseconds: z.int() }),
      streamFailure.omit({ at: true }).extend({ kind: z.literal('refused') }),
    ])
    .nullable(),
});
export type StreamCheck = z.infer<typeof streamCheck>;

/** POST log-streams/:id/secrets/:name: a secret that we make, made anew and told this once; of a live stream with a code. */
export const streamSecretBody = z.strictObject({ code: actCode });
export const streamSecretMade = z.strictObject({ value: z.string() });

/**
 * POST log-streams/:id/test sends a test event with a new code, looks for it where the destination lets us, and answers
 * { savedAt }; the page has what came of it.
 */
/** POST log-streams/:id/proof: the code that the admin has found there. `code_wrong` with `tries_left`. Answers stepResult. */
export const streamProofBody = z.strictObject({ code: z.string().regex(/^\d{6}$/) });

/** POST log-streams/:id/start answers stepResult. */
export const streamStartBody = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('now') }),
  z.strictObject({ from: z.literal('all') }),
  z.strictObject({ from: z.literal('since'), at: instant }),
]);

/** POST log-streams/:id/{pause,resume,try-now} answer { savedAt }. POST log-streams/:id/delete (provedBody) answers stepResult. */

/**
 * POST log-streams/:id/rejects/send-again: one of them, or all that are still kept. Each is sent at least once more, with the
 * id and number that it has; asking twice changes nothing. `stream_records_gone` where none of them is kept.
 */
export const sendAgainBody = z.strictObject({ rejectId: z.string().max(60).optional() });
export const sendAgainAsked = z.strictObject({
  savedAt: instant,
  /** How many are on their way now, and how many are not kept any more. */
  asked: z.int(),
  gone: z.int(),
});

/** GET log-streams/:id/rejects?after=: what was not delivered, newest first. */
export const rejectList = z.strictObject({
  rejects: z.array(
    z.strictObject({
      id: z.string(),
      /** Numbers of the records; the same twice for a single one. */
      from: z.int(),
      until: z.int(),
      recordId: z.string().nullable(),
      cause: z.string(),
      status: z.int().nullable(),
      answer: z.string().nullable(),
      at: instant,
      /** Whether it can be sent again: `offered`, `asked` and under way, `done` since `resentAt`, or `gone` for good. */
      resend: z.enum(['offered', 'asked', 'done', 'gone']),
      resentAt: instant.nullable(),
    }),
  ),
  after: z.string().nullable(),
});
export type RejectList = z.infer<typeof rejectList>;
