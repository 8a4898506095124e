import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test('keys are sorted by UTF-16 code units, at every depth (RFC 8785 §3.2.3)', () => {
  const value = {
    '\u20ac': 1,
    '\r': 2,
    '1': 3,
    '\ud83d\ude00': 4,
    '\u0080': 5,
    '\ufb33': 6,
    a: { c: 1, b: 2 },
  };

  expect(canonicalJson(value)).toBe(
    '{"\\r":2,"1":3,"a":{"b":2,"c":1},"\u0080":5,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":6}',
  );
});

test('the example of RFC 8785 §3.2.2 comes out as printed there', () => {
  const value = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f',
    literals: [null, true, false],
  };

  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('a member without a value is left out', () => {
  expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}');
});

test.each([
  ['not a number', Number.NaN],
  ['infinity', [Infinity]],
  ['half a surrogate pair', '\ud800'],
  ['half a surrogate pair in a key', { '\udc00': 1 }],
  ['nothing', undefined],
  ['a date', new Date(0)],
  ['a big integer', 1n],
])('%s is refused', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});
