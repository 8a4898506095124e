import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** `docs/operate.md` as something to type. */
export interface OperatePage {
  /** The command that is so, or the one that begins so. Whoever takes it runs it. */
  take(start: string): string;
  /** The one block of SQL that has this statement. */
  takeSql(statement: string): string;
  /** The block that is the content of this file. */
  file(name: string): string;
  /** What nobody has taken yet. */
  untaken(): string[];
}

const root = path.join(import.meta.dirname, '../..');

/** Lines of the page's `sh` blocks, its `sql` blocks, and the commands of npm within its sentences. */
export async function readOperatePage(): Promise<OperatePage> {
  const text = await readFile(path.join(root, 'docs/operate.md'), 'utf8');
  const block = /^```(\w+)(?: file=(\S+))?\n([^]*?)^```$/gm;
  const sentences = text.replaceAll(block, '');
  const files = new Map<string, string>();
  const commands = new Set<string>();
  for (const [, language = '', file, code = ''] of text.matchAll(block)) {
    if (file !== undefined) files.set(file, code);
    else if (language === 'sql') commands.add(code);
    else if (language === 'sh') for (const line of linesOf(code)) commands.add(line);
  }
  for (const [, command = ''] of sentences.matchAll(/`(npm [^`]+)`/g)) {
    const line = command.replaceAll(/\s+/g, ' ');
    // What a block has in full is only named in a sentence.
    if (![...commands].some((known) => known.includes(line))) commands.add(line);
  }
  const taken = new Set<string>();

  function theOne(wanted: string, fits: (command: string) => boolean): string {
    const found = [...commands].filter(fits);
    const [command] = found;
    if (command === undefined || found.length > 1)
      throw new Error(`docs/operate.md has ${found.length} commands "${wanted}", not one`);
    taken.add(command);
    return command;
  }
  return {
    take: (start) =>
      theOne(start, (command) => (commands.has(start) ? command === start : command.startsWith(start))),
    takeSql: (statement) => theOne(statement, (command) => command.includes(`${statement} `)),
    file(name) {
      const content = files.get(name);
      if (content === undefined) throw new Error(`docs/operate.md has no file ${name}`);
      return content;
    },
    untaken: () => [...commands].filter((command) => !taken.has(command)),
  };
}

/** A line that ends in a backslash goes on in the next. */
const linesOf = (code: string) =>
  code
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
