import { describe, expect, test } from 'vitest';
import { leftoverOf, nextStep, rehearsalAt, rehearsalSilenceMs, type Rehearsal } from './rehearsal.ts';

const startedAt = new Date('2026-11-26T10:00:00.000Z');
const later = (ms: number) => new Date(startedAt.getTime() + ms);
const leftover = { organizationId: 'org_0', name: 'Rehearsal abc', recordId: 'record_0' };
const organization = {
  step: 'organization',
  facts: { name: 'Rehearsal def' },
  shown: { kind: 'organization', id: 'org_1' },
  at: later(60_000).toISOString(),
} as const;
const record = { ...organization, step: 'record', shown: { kind: 'record', id: 'record_1' } } as const;
const aRehearsal = (changes: Partial<Rehearsal> = {}): Rehearsal => ({
  id: 'rehearsal_1',
  startedAt: startedAt.toISOString(),
  endedAt: null,
  keyId: null,
  memberId: null,
  lines: [],
  failure: null,
  leftover: null,
  ...changes,
});

describe('a rehearsal that has said nothing for five minutes', () => {
  test('counts as stopped at the act it was at, from then on', () => {
    const seen = rehearsalAt(aRehearsal({ lines: [organization] }), later(60_000 + rehearsalSilenceMs));

    expect(seen.endedAt).toBe(later(60_000 + rehearsalSilenceMs).toISOString());
    expect(seen.failure).toMatchObject({ step: 'onboarding', reason: 'stopped' });
  });

  test('is being played until then, counted from its last word', () => {
    const rehearsal = aRehearsal({ lines: [organization] });

    expect(rehearsalAt(rehearsal, later(60_000 + rehearsalSilenceMs - 1))).toBe(rehearsal);
  });

  test('stays as it ended, once it has', () => {
    const ended = aRehearsal({ endedAt: later(1).toISOString() });

    expect(rehearsalAt(ended, later(10 * rehearsalSilenceMs))).toBe(ended);
  });
});

test.each([
  ['organization', aRehearsal()],
  ['clean_up', aRehearsal({ leftover })],
  ['onboarding', aRehearsal({ lines: [organization], leftover })],
] as const)('%s is played next', (step, rehearsal) => {
  expect(nextStep(rehearsal)).toBe(step);
});

test.each([
  ['its own customer, with the record', { lines: [organization, record], leftover }, 'org_1', 'record_1'],
  ['its own customer, without one', { lines: [organization] }, 'org_1', null],
  ['what it had to clear up, when it made nothing', { leftover }, 'org_0', 'record_0'],
] as const)('the next one clears up %s', (_what, changes, organizationId, recordId) => {
  expect(leftoverOf(aRehearsal(changes))).toMatchObject({ organizationId, recordId });
});
