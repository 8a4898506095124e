import type { Generated, Selectable } from 'kysely';

/** A code mailed for one act of one portal session [LNK-10], or for opening a link [LNK-05]; only its digest is kept. */
export interface ActCodesTable {
  id: string;
  environmentId: string;
  organizationId: string;
  /** Null for a code that opens a link. */
  sessionId: string | null;
  contactId: string;
  /** The act with all it is bound to, as one line: `switch_revision rev_…`. */
  act: string;
  codeDigest: string;
  tries: Generated<number>;
  createdAt: Generated<Date>;
  expiresAt: Date;
  usedAt: Date | null;
}

export type ActCodeRow = Selectable<ActCodesTable>;
