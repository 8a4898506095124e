import type { Generated, Selectable } from 'kysely';
import type {
  StreamFailure,
  StreamLevel,
  StreamProver,
  StreamState,
  TestAnswer,
} from '../../onboarding/log-streams.ts';
import type { Json, JsonWithDefault } from './columns.ts';

/** Where an organization's audit records go, and how far they have come. */
export interface LogStreamsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  name: string;
  destination: string;
  /** What is no secret: addresses, regions, names of buckets. */
  settings: JsonWithDefault<Record<string, string>>;
  /** One JSON object of secrets. */
  secretSealed: string | null;
  /** Their last characters, to be recognised by. */
  secretHints: JsonWithDefault<Record<string, string>>;
  secretSetAt: Date | null;
  /** A day of the calendar, 2026-12-24. */
  secretEndsOn: string | null;
  state: Generated<StreamState>;
  guideProgress: JsonWithDefault<Record<string, unknown>>;
  proofCodeDigest: string | null;
  proofLabel: string | null;
  proofSentAt: Date | null;
  proofTries: Generated<number>;
  proofAnswer: Json<TestAnswer> | null;
  provenAt: Date | null;
  /** Null where it was not kept when it was proven. */
  provenBy: StreamProver | null;
  startedAt: Date | null;
  pausedAt: Date | null;
  /** The last record that the destination has acknowledged; those of before the start are not sent. */
  position: Generated<number>;
  /** While it is behind the end that there was when it started or came back. */
  backfillUntil: number | null;
  lastSentAt: Date | null;
  lastLevel: StreamLevel | null;
  lastError: Json<StreamFailure> | null;
  failingSince: Date | null;
  /** How often contacts were told of that. */
  toldFailing: Generated<number>;
  /** How many records came late when it was well again, until contacts are told. */
  lateCount: number | null;
  tries: Generated<number>;
  nextTryAt: Date | null;
  /** A wake is on its way to the workflow, or the workflow is at work. */
  wokenAt: Date | null;
  sentCount: Generated<number>;
  rejectedCount: Generated<number>;
  consecutiveRejects: Generated<number>;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
}

export type LogStreamRow = Selectable<LogStreamsTable>;
