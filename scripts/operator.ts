/** How a command speaks to whoever runs it. Apart from `program.ts`: a command of a second loads no parts of the product. */
import { SettingsError } from '../config.ts';

/** Something only the operator can put right; one sentence. */
export class OperatorError extends Error {}

/** What to print for an error: a sentence where it is one for people, else the stack. */
export function sentenceOf(error: unknown): string {
  if (error instanceof OperatorError || error instanceof SettingsError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
