export type HoldOutcome = 'applied' | 'discarded' | 'withdrawn';

/**
 * How a change on hold ended; null while it waits. What nobody discarded was taken back by the source, which has everybody
 * again whom it was about.
 */
export function outcomeOf(hold: {
  readonly state: 'open' | 'applied' | 'discarded';
  readonly decidedBy: string | null;
}): HoldOutcome | null {
  if (hold.state === 'open') return null;
  return hold.state === 'discarded' && hold.decidedBy === null ? 'withdrawn' : hold.state;
}
