import { expect, test } from 'vitest';
import { directoryChip } from './directory-chip.ts';

const silentSince = new Date('2026-11-01T00:00:00Z');

test.each([
  ['validating', null, false, 'waiting'],
  // A first list that waits for somebody has come: nothing more is waited for.
  ['validating', null, true, 'held'],
  ['linked', null, false, 'linked'],
  ['linked', silentSince, false, 'silent'],
  ['linked', silentSince, true, 'held'],
  ['invalid_credentials', null, true, 'invalid_credentials'],
  ['unlinked', null, true, 'off'],
] as const)(
  'a directory that is %s, silent since %s, with a change on hold: %s, is shown as %s',
  (state, silence, isHeld, chip) => {
    expect(directoryChip({ state, silentSince: silence }, isHeld)).toBe(chip);
  },
);
