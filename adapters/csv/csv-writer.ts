import { csvCell } from '../../onboarding/csv-cell.ts';

/** CSV that goes to people [IMP-05], in lines of cells that no spreadsheet runs. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}
