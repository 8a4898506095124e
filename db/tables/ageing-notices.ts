import type { Selectable } from 'kysely';
import type { EndingKind } from '../../onboarding/ageing.ts';

/** One notice of something that ends: told once a thing, end and threshold. */
export interface AgeingNoticesTable {
  environmentId: string;
  organizationId: string;
  kind: EndingKind;
  subjectId: string;
  /** `2026-12-24`. */
  endsOn: string;
  /** Days before the end; negative after it. */
  threshold: number;
  toldAt: Date;
}

export type AgeingNoticeRow = Selectable<AgeingNoticesTable>;
