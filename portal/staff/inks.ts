import { lookOf, type StatusKind } from '../shared/statuses.ts';

const inks = { ok: 'text-ok', wait: 'text-wait', bad: 'text-bad', info: 'text-info', neutral: 'text-faint' };

/** The tone of a state's mark, for marks that stand beside another word than their state's. */
export function inkOf(kind: StatusKind, state: string): string {
  return inks[lookOf(kind, state).tone];
}
