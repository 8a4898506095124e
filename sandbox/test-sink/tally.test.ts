import { expect, it } from 'vitest';
import { createTally } from './tally.ts';

const tallyOf = (...sequences: number[]) => {
  const tally = createTally('org_1');
  for (const sequence of sequences) tally.take(sequence);
  return tally.read();
};

it.each([
  ['nothing yet', [], { count: 0, missing: 0, gaps: [] }],
  [
    'all of it in order',
    [4, 5, 6],
    { count: 3, first: 4, last: 6, missing: 0, duplicates: 0, outOfOrder: 0 },
  ],
  ['a batch that came again', [1, 2, 1, 2, 3], { count: 3, duplicates: 2, outOfOrder: 0, missing: 0 }],
  ['one that came too late', [1, 3, 2], { count: 3, duplicates: 0, outOfOrder: 1, missing: 0 }],
  [
    'some that never came',
    [1, 4, 5, 9],
    {
      missing: 5,
      gaps: [
        [2, 3],
        [6, 8],
      ],
    },
  ],
])('a tally tells of %s', (_what, sequences, expected) => {
  expect(tallyOf(...sequences)).toMatchObject(expected);
});
