import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasRepeatedNames } from './repeated-names.ts';

const isRepeated = (text: string) => hasRepeatedNames(Buffer.from(text), JSON.parse(text));

it.each([
  '{"name":"a","name":"b"}',
  '{"name":"a","name":"a"}',
  '{ "name" :\n 1 ,\t"name"\r: 2 }',
  '{"metadata":{"x":"1","x":"2"}}',
  '[{"a":1},{"b":1,"b":2}]',
  '{"name":1,"n\\u0061me":2}',
  '{"__proto__":1,"__proto__":2}',
  '{"":1,"":2}',
])('[API-03] sees the name that is there twice in %s', (text) => {
  expect(isRepeated(text)).toBe(true);
});

it.each([
  '{"name":"\\"name\\":","other":"\\\\"}',
  '{"a":{"name":1},"b":{"name":2}}',
  '["a","b"]',
  '"text: \\" :"',
  'null',
  '{"__proto__":{"a":1},"constructor":2}',
  '{"größe":"ü:","\\u00fc":1}',
])('sees none in %s', (text) => {
  expect(isRepeated(text)).toBe(false);
});

it('sees none in anything that was written from a value', () => {
  fc.assert(fc.property(fc.json(), (text) => !isRepeated(text)));
});

it('sees the second of any two names of one object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const text = JSON.stringify(object);
      const [name = ''] = Object.keys(object);
      return isRepeated(`${text.slice(0, -1)},${JSON.stringify(name)}:0}`);
    }),
  );
});
