import { expect, it } from 'vitest';
import { inSlices } from './slices.ts';

it('rows of many people go by some thousands a statement, in their order', () => {
  const rows = Array.from({ length: 12_001 }, (_, index) => index);
  const slices = [...inSlices(rows)];

  expect(slices.map(({ length }) => length)).toEqual([5_000, 5_000, 2_001]);
  expect(slices.flat()).toEqual(rows);
  expect([...inSlices([])]).toEqual([]);
});
