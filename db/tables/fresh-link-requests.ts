import type { Generated, Selectable } from 'kysely';

/** Every press of "Send me a fresh link" and what came of it. */
export interface FreshLinkRequestsTable {
  id: string;
  environmentId: string;
  organizationId: string;
  linkId: string;
  outcome: 'sent_again' | 'replaced' | 'withheld' | 'too_soon';
  createdAt: Generated<Date>;
}

export type FreshLinkRequestRow = Selectable<FreshLinkRequestsTable>;
