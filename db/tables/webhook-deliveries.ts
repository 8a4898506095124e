import type { Generated, Selectable } from 'kysely';
import type { Json } from './columns.ts';

/** One event on its way to one endpoint, and what became of it. */
export interface WebhookDeliveriesTable {
  id: string;
  environmentId: string;
  organizationId: string | null;
  endpointId: string;
  /** The address it was made for: changing the endpoint's sends nothing old elsewhere [WHK-05]. */
  endpointUrl: string;
  eventId: string;
  eventName: string;
  position: number;
  /** Deliveries about one object are sent one after another. */
  objectId: string;
  state: Generated<'waiting' | 'delivered' | 'failed' | 'dropped'>;
  isReplay: Generated<boolean>;
  tries: Generated<number>;
  nextTryAt: Date | null;
  lastTriedAt: Date | null;
  lastStatus: number | null;
  lastAnswer: string | null;
  lastCause: string | null;
  milliseconds: number | null;
  createdAt: Generated<Date>;
  endedAt: Date | null;
  /** The data of a test event, which is in no feed; null where the event happened. */
  testEvent: Json<Record<string, unknown>> | null;
}

export type WebhookDeliveryRow = Selectable<WebhookDeliveriesTable>;
