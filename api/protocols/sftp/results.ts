import type { DirectoryFileLineRow, DirectoryFileRow } from '../../../db/index.ts';
import { fileCauseWords, fileChangeWords, lineCauseWords } from '../../../onboarding/directory-file-words.ts';
import { changedBy } from '../../../onboarding/directory-files.ts';

export const resultEnding = '.result.txt';

/** What became of a file, for whoever looks where it was sent; undefined while it waits. */
export function resultOf(file: DirectoryFileRow, lines: readonly DirectoryFileLineRow[]): string | undefined {
  const outcome = outcomeOf(file);
  if (outcome === undefined) return undefined;
  const { name, receivedAt, rows, refusedLines } = file;
  const head = [
    `${name}, received ${receivedAt.toISOString()}${rows === null ? '' : `, ${counted(rows, ['line', 'lines'])}`}`,
    outcome,
    ...(refusedLines === 0
      ? []
      : [
          `${counted(refusedLines, ['line was', 'lines were'])} not taken; whoever is meant stays as they are:`,
        ]),
  ];
  const listed = lines.map(({ line, columnName, value, cause }) =>
    [
      `line ${line}`,
      ...(columnName === null ? [] : [columnName]),
      ...(value === null ? [] : [JSON.stringify(value)]),
      wordsOf(cause),
    ].join(', '),
  );
  return `${[...head, ...listed].join('\r\n')}\r\n`;
}

function outcomeOf({ state, cause, counts }: DirectoryFileRow): string | undefined {
  switch (state) {
    case 'applied':
      return [
        `Applied: ${changesIn(counts)}.`,
        ...(counts['held'] === 1
          ? ['So many would leave that it waits in the portal until somebody applies it.']
          : []),
      ].join(' ');
    case 'unchanged':
      return 'The same as the file before. Nothing changed.';
    case 'held':
      return 'Waits in the portal until somebody applies it.';
    case 'refused':
      return `Not taken. ${wordsOf(cause ?? '')}`;
    default:
      return undefined;
  }
}

const changesIn = (counts: DirectoryFileRow['counts']): string =>
  changedBy(counts)
    .map(([change, count]) => counted(count, fileChangeWords[change]))
    .join(', ') || 'nothing changed';

const counted = (count: number, [one, several]: readonly [string, string]): string =>
  `${count} ${count === 1 ? one : several}`;

const words: Readonly<Record<string, string>> = { ...fileCauseWords, ...lineCauseWords };
const wordsOf = (cause: string): string => words[cause] ?? cause;
