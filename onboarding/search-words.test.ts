import { expect, it } from 'vitest';
import { readSought } from './search-words.ts';

const id = 'conn_01JD4K5M6N7P8Q9R0S1T2V3W4X';

it.each([
  ['alone', ` ${id} `],
  ['in an address', `https://auth.example/sso/saml/${id}/acs`],
  ['in a Message-ID', `<${id}@mail.example>`],
])('an id is found %s', (_where, typed) => {
  expect(readSought(typed).id).toBe(id);
});

it('what holds no id of ours may be a reference or an id of somebody else', () => {
  expect(readSought('4k2m-71').id).toBe('4k2m-71');
  expect(readSought(`x${id}9`).id).toBe(`x${id}9`);
});

it('words are what lies between marks, in any script, and one letter alone is too little', () => {
  expect(readSought('Ann.Lee@acme-corp.test').words).toEqual(['ann', 'lee', 'acme', 'corp', 'test']);
  expect(readSought('Müller & Söhne').words).toEqual(['müller', 'söhne']);
  expect(readSought("a' | !").words).toEqual([]);
  expect(readSought("ab'); drop").words).toEqual(['ab', 'drop']);
});

it('a text of a thousand words is no thousand conditions', () => {
  expect(readSought('word '.repeat(1000)).words).toHaveLength(8);
});
