import type { RehearsalFailure } from '../../onboarding/rehearsal.ts';

/** Why an act did not come off, before anybody says which act it was. */
export class NotPlayed extends Error {
  readonly reason: RehearsalFailure['reason'];
  readonly facts: RehearsalFailure['facts'];
  readonly shown: RehearsalFailure['shown'];

  constructor(
    reason: RehearsalFailure['reason'],
    facts: RehearsalFailure['facts'] = {},
    shown: RehearsalFailure['shown'] = null,
  ) {
    super([reason, ...Object.values(facts)].join(' · '));
    this.name = 'NotPlayed';
    this.reason = reason;
    this.facts = facts;
    this.shown = shown;
  }
}
