/**
 * CSV that goes to people [IMP-05]: every cell is quoted, and one that a spreadsheet would run as a formula gets an
 * apostrophe before it (ASVS 1.2.10).
 */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

const beginsFormula = /^[=+\-@\t\r\n\0]/;

function quoted(cell: string): string {
  const harmless = beginsFormula.test(cell) ? `'${cell}` : cell;
  return `"${harmless.replaceAll('"', '""')}"`;
}
