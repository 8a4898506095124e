/** How a command speaks to whoever runs it. Apart from `program.ts`: a command of a second loads no parts of the product. */
import { SettingsError } from '../config.ts';
import { UnusableDatabase } from '../db/migrate.ts';

/** Something only the operator can put right; one sentence. */
export class OperatorError extends Error {}

const sentences = [OperatorError, SettingsError, UnusableDatabase];

/** What to print for an error: a sentence where it is one for people, else the stack. */
export function sentenceOf(error: unknown): string {
  if (sentences.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
