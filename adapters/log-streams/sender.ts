import type { AuditRecord } from '../../onboarding/audit-records.ts';
import type { Sighting } from '../../onboarding/log-streams.ts';
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

/** The sender of one destination. All throw `NotTaken`; a batch that was not taken is named by `onCount` before. */
export interface Sender {
  send(sending: Sending, records: readonly AuditRecord[], onCount: (count: number) => void): Promise<Taken>;
  probe(sending: Sending): Promise<Omit<Taken, 'count'>>;
  /** Looks once for a record that was sent alone; left out where who sends can never see anything. */
  look?(sending: Sending, record: AuditRecord): Promise<Exclude<Sighting, 'not_offered'>>;
}
