import { describe, expect, it } from 'vitest';
import { compareValues, type Piece } from './difference.ts';

const marked = (pieces: Piece[]) =>
  pieces.map(({ text, isDifferent }) => (isDifferent ? `[${text}]` : text)).join('');

describe('the difference of an expected and a received value', () => {
  it.each([
    [
      'https://a.example/x',
      'https://a.example/x/',
      'https://a.example/x',
      'https://a.example/x[/]',
      'extra_slash',
    ],
    ['https://a.example/', 'https://a.example', 'https://a.example[/]', 'https://a.example', 'missing_slash'],
    ['https://a.example', 'http://a.example', 'http[s]://a.example', 'http://a.example', 'scheme'],
    ['urn:Acme', 'urn:acme', 'urn:[A]cme', 'urn:[a]cme', 'letter_case'],
    ['conn_9f', 'conn_9f ', 'conn_9f', 'conn_9f[ ]', 'space'],
    ['conn_9f', '', '[conn_9f]', '', 'missing'],
    ['conn_9f41c', 'conn_8f42c', 'conn_[9]f4[1]c', 'conn_[8]f4[2]c', 'other'],
    ['okta', 'entra', '[okt]a', '[entr]a', 'other'],
  ])('%s against %s', (expected, received, left, right, kind) => {
    const difference = compareValues(expected, received);

    expect(marked(difference.expected)).toBe(left);
    expect(marked(difference.received)).toBe(right);
    expect(difference.kind).toBe(kind);
  });

  it('marks nothing when the values are the same', () => {
    expect(compareValues('same', 'same')).toEqual({
      expected: [{ text: 'same', isDifferent: false }],
      received: [{ text: 'same', isDifferent: false }],
      kind: undefined,
    });
  });

  it('never splits a character that takes two code units', () => {
    expect(marked(compareValues('a😀b', 'a😃b').received)).toBe('a[😃]b');
  });
});
