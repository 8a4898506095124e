import type { AuditRecord } from '../../onboarding/audit-records.ts';
import type { Sending } from './asking.ts';

/** What a destination took. */
export interface Taken {
  /** Of the given records, from the first. */
  readonly count: number;
  readonly level: 'accepted' | 'acknowledged' | 'stored';
  readonly status: number | null;
  readonly ms: number;
  readonly answer: string;
}

/** The sender of one destination. Both throw `NotTaken`; a batch that was not taken is named by `onCount` before. */
export interface Sender {
  send(sending: Sending, records: readonly AuditRecord[], onCount: (count: number) => void): Promise<Taken>;
  probe(sending: Sending): Promise<Omit<Taken, 'count'>>;
}
