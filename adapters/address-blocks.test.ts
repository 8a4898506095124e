import { expect, it } from 'vitest';
import { holdsBlock, isFrom, readBlock } from './address-blocks.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.77/24', '203.0.113.0/24'],
  ['2001:DB8:0::1', '2001:db8::1'],
  ['2001:db8:4:5::/48', '2001:db8:4::/48'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
])('%s is kept as %s', (typed, kept) => {
  expect(readBlock(typed)).toBe(kept);
});

it.each([
  '',
  'example.com',
  '203.0.113',
  '3405803777',
  '0x7f.0.0.1',
  '010.0.0.1',
  '10.0.0.0/',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/8/8',
])('%j is none', (typed) => {
  expect(readBlock(typed)).toBeUndefined();
});

it('an address is found in a block of its own kind, also where IPv4 is written as IPv6', () => {
  expect(isFrom(['203.0.113.0/24'], '203.0.113.200')).toBe(true);
  expect(isFrom(['203.0.113.0/24'], '::ffff:203.0.113.200')).toBe(true);
  expect(isFrom(['203.0.113.0/24', '2001:db8::/32'], '2001:db8::9')).toBe(true);
  expect(isFrom(['203.0.113.0/24'], '203.0.114.1')).toBe(false);
  expect(isFrom(['::/0'], '203.0.113.1')).toBe(false);
});

it('no block stands for everywhere; what is no address comes from nowhere', () => {
  expect(isFrom([], 'unknown')).toBe(true);
  expect(isFrom(['0.0.0.0/0'], 'unknown')).toBe(false);
});

it('a block lies in one that is as wide or wider', () => {
  expect(holdsBlock(['10.0.0.0/8'], '10.1.0.0/16')).toBe(true);
  expect(holdsBlock(['10.0.0.0/8'], '10.0.0.0/8')).toBe(true);
  expect(holdsBlock(['10.1.0.0/16'], '10.0.0.0/8')).toBe(false);
  expect(holdsBlock(['10.0.0.0/8'], '11.0.0.1')).toBe(false);
  expect(holdsBlock([], '0.0.0.0/0')).toBe(true);
});
