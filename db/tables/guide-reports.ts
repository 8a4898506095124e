import type { Generated, Selectable } from 'kysely';
import type { GuideKind } from '../../onboarding/providers/guides.ts';

/** "This screen changed": an admin's word that a step of a guide no longer fits the console. */
export interface GuideReportsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  guide: GuideKind;
  /** The connection, directory, log stream or domain that it sets up. */
  subjectId: string;
  /** The guide's id among those of its kind. */
  providerId: string;
  stepId: string;
  /** The guide's `checkedOn` when it was reported, so that staff see whether it was checked since. */
  checkedOn: string;
  note: Generated<string>;
  /** The portal session it came from: one report a step and day. */
  sessionId: string;
  /** `YYYY-MM-DD`, UTC. */
  reportedOn: string;
  createdAt: Generated<Date>;
  seenAt: Date | null;
}

export type GuideReportRow = Selectable<GuideReportsTable>;
