import type { Generated, Selectable } from 'kysely';

/** When the destination of a log stream took nothing, for how long, why, and how much came late. */
export interface LogStreamOutagesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  streamId: string;
  beganAt: Date;
  /** Null while it goes on. */
  endedAt: Date | null;
  /** Of the last try that failed. */
  cause: string;
  status: number | null;
  tries: Generated<number>;
  /** How many records waited when it was over. */
  lateCount: number | null;
  /** The last of them, and when it had arrived. */
  lateUntil: number | null;
  caughtUpAt: Date | null;
  createdAt: Generated<Date>;
}

export type LogStreamOutageRow = Selectable<LogStreamOutagesTable>;
