import { expect, it } from 'vitest';
import { csvCell } from './csv-cell.ts';

it.each(['=1', ' =1', '＝1', '\u3000＋1', '\t1', '|calc', '%0'])('%j begins no formula in a cell', (text) => {
  expect(csvCell(text)).toBe(`"'${text}"`);
});

it.each(['1-1', 'a=b', '', 'ann@acme.test', '\u202e=1'])('%j stays as it is', (text) => {
  expect(csvCell(text)).toBe(`"${text}"`);
});

it('keeps quotation marks and line ends inside one cell', () => {
  expect(csvCell('a "b"\nc')).toBe('"a ""b""\nc"');
});
