import { expect, it } from 'vitest';
import { csvCell } from './csv-cell.ts';

it.each(['=1', ' =1', '＝1', '\u3000＋1', '\t1', '|calc', '%0'])('%j begins no formula in a cell', (text) => {
  expect(csvCell(text)).toBe(`"'${text}"`);
});

it.each(['1-1', 'a=b', '', 'ann@acme.test', '\u200f=1'])('%j stays as it is', (text) => {
  expect(csvCell(text)).toBe(`"${text}"`);
});

it('keeps quotation marks and line ends inside one cell', () => {
  expect(csvCell('a "b"\nc')).toBe('"a ""b""\nc"');
});

it('a name cannot turn round the rest of its line, and is not lost', () => {
  expect(csvCell('Evil \u202egnp.exe\u202c\u2069 Corp')).toBe('"Evil \\u202egnp.exe\\u202c\\u2069 Corp"');
});
