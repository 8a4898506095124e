import { describe, expect, it } from 'vitest';
import { aPassedAttempt } from '../../test/support/attempt-builders.ts';
import { stagesOf } from './attempt-stages.ts';

const startedAt = '2026-11-27T10:00:00.000Z';
const at = (ms: number) => new Date(Date.parse(startedAt) + ms).toISOString();
const timeline = ['asked', 'received', 'checked'].map((what, n) => ({ what, at: at(n * 1000) }));
const failed = aPassedAttempt({ chip: 'failed', checks: [], profile: null, startedAt, timeline, trail: [] });
const statesOf = (attempt: typeof failed) => stagesOf(attempt).map(({ state }) => state);

describe('how far an attempt came', () => {
  it('is no further than asked where the app asked for a connection that is not live', () => {
    const never = { ...failed, cause: 'connection_not_usable' as const, requestXml: null, responseXml: null };

    const [asked, ...others] = stagesOf(never);

    expect(asked).toEqual({ stage: 'asked', state: 'stopped', afterMs: 0 });
    expect(others.map(({ state, afterMs }) => [state, afterMs])).toEqual(
      others.map(() => ['not_reached', null]),
    );
  });

  it('is the answer where the connection was switched off while somebody was at the provider', () => {
    const cause = 'connection_not_usable' as const;

    expect(statesOf({ ...failed, cause, requestXml: '<samlp:AuthnRequest/>' }).slice(0, 3)).toEqual([
      'reached',
      'reached',
      'stopped',
    ]);
  });
});
