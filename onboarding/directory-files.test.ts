import { expect, it } from 'vitest';
import { changedBy, changesOf } from './directory-files.ts';

const counts = { removed: 7_000, created: 3, membersAdded: 0, updated: 1 };

it('tells what a file changes from who comes to who goes, without what there is none of', () => {
  expect(changesOf(counts)).toEqual([
    ['created', 3],
    ['updated', 1],
    ['removed', 7_000],
  ]);
});

it('says of nobody that they left while that waits for somebody [SCIM-09]', () => {
  expect(changedBy({ ...counts, deactivated: 2, held: 1 })).toEqual([
    ['created', 3],
    ['updated', 1],
  ]);
});
