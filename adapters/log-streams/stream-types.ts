/**
 * What a log stream is sent with. The types here are all that the pump needs to know; each destination's sender lies in a
 * file of its own beside this one.
 */
import type { AuditRecord } from '../../onboarding/audit-records.ts';
import type { CauseOf } from '../../onboarding/log-streams/causes.ts';
import type { Sighting } from '../../onboarding/log-streams.ts';
import type { DestinationId } from '../../onboarding/log-streams/destination.ts';

/** Where one stream goes, with its secrets opened. */
export interface StreamTarget {
  readonly destination: DestinationId;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly streamId: string;
  readonly organizationId: string;
  /** Only then may it be on this machine, and only under the operator's switch. */
  readonly isSandbox: boolean;
}

/** What the destination said, for people [NET-09]: at most 1 KB, without control characters or secrets. */
interface Said {
  readonly status: number | null;
  readonly answer: string | null;
}

/**
 * What became of one request. `count` is how many of the given records, from the first, it is about: a sender takes as many
 * as one request may hold and leaves the rest to the next call. Of a probe it is 0.
 */
export type SendOutcome = { readonly count: number } & (
  | {
      readonly kind: 'sent';
      /** What the answer stands for [STR-04]. */
      readonly level: 'accepted' | 'acknowledged' | 'stored';
      readonly status: number | null;
      readonly ms: number;
      readonly answer: string;
    }
  /** Ends by itself; the same records are sent again. */
  | (Said & {
      readonly kind: 'retry';
      readonly cause: CauseOf<'retry'>;
      readonly retryAfterMs: number | null;
    })
  /** Needs a person. `suggested` is what the destination itself says that the field should hold. */
  | (Said & {
      readonly kind: 'invalid';
      readonly cause: CauseOf<'invalid'>;
      readonly field: string | null;
      readonly suggested: string | null;
    })
  /** About what was sent: several are sent apart, one alone cannot be had there. */
  | (Said & { readonly kind: 'rejected'; readonly cause: CauseOf<'rejected'> })
);

export interface StreamSenders {
  /**
   * Sends the first of the records, in their order. Whatever happens is an outcome; throws only the signal's own reason.
   * Records must not be empty.
   */
  send(target: StreamTarget, records: readonly AuditRecord[], signal?: AbortSignal): Promise<SendOutcome>;
  /** Whether the credentials are good, without an event: as far as this destination lets one ask. */
  probe(target: StreamTarget, signal?: AbortSignal): Promise<SendOutcome>;
  /**
   * Whether a record that was sent alone is to be seen at the destination: looks again for a few seconds, since some take that
   * long to show what they took. Where it could not look it has not found it; throws only the signal's own reason.
   */
  look(target: StreamTarget, record: AuditRecord, signal?: AbortSignal): Promise<Sighting>;
}
