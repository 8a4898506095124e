import type { Generated, Selectable } from 'kysely';

/** Records that a destination refused for good, or that retention took before they were sent. */
export interface LogStreamRejectsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  streamId: string;
  sequence: number;
  /** The same as `sequence`, but for what retention took. */
  untilSequence: number;
  recordId: string | null;
  cause: string;
  status: number | null;
  answer: string | null;
  /** Somebody wants it sent again; a pump does so. */
  resendAskedAt: Date | null;
  /** When it arrived after all. */
  resentAt: Date | null;
  createdAt: Generated<Date>;
}

export type LogStreamRejectRow = Selectable<LogStreamRejectsTable>;
