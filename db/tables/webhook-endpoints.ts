import type { Generated, Selectable } from 'kysely';

/** Where a vendor wants its events sent. */
export interface WebhookEndpointsTable {
  id: string;
  environmentId: string;
  endpointUrl: string;
  events: string[];
  status: Generated<'enabled' | 'disabled'>;
  disabledReason: 'by_hand' | 'failing' | 'gone' | null;
  secretSealed: string;
  /** While a secret follows another, deliveries are signed with both. */
  previousSecretSealed: string | null;
  previousSecretUntil: Date | null;
  /** Events up to it have their deliveries. */
  position: number;
  /** A wake is on its way to the workflow. */
  wokenAt: Date | null;
  /** Nothing has been taken since. */
  failingSince: Date | null;
  /** How often the vendor was told of that. */
  toldFailing: Generated<number>;
  /** It asked for nothing to be sent until then. */
  restsUntil: Date | null;
  createdAt: Generated<Date>;
  updatedAt: Generated<Date>;
  deletedAt: Date | null;
}

export type WebhookEndpointRow = Selectable<WebhookEndpointsTable>;
