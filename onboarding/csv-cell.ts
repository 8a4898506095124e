import { withTurnsSpelled } from './writing-direction.ts';

/**
 * What a spreadsheet would run as a formula, also behind blanks that hide it, and in the full width that one set to an East
 * Asian language reads as the same sign.
 */
const beginsFormula = /^(?:[\s\0]*[=+\-@|%＝＋－＠]|[\t\r\n\0])/;

/**
 * A cell of CSV for people: quoted always, with an apostrophe before what would be a formula (ASVS 1.2.10), and unable to
 * turn round the rest of its line.
 */
export function csvCell(text: string): string {
  const harmless = beginsFormula.test(text) ? `'${text}` : text;
  return `"${withTurnsSpelled(harmless).replaceAll('"', '""')}"`;
}
