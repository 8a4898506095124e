/**
 * Reads CSV of strangers as it streams in [IMP-03]: RFC 4180 to the letter, UTF-8, a header, and limits on everything.
 * Values stay as they were sent: nothing is trimmed, run or taken out [IMP-05].
 */
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { fileLimits, type FileCause, type RefusedLine } from '../../onboarding/directory-files.ts';

/** The whole file is refused. `at` is the place that spoils it, where there is one. */
export class FileRefused extends Error {
  readonly reason: FileCause;
  readonly at: Omit<RefusedLine, 'cause'> | null;

  constructor(reason: FileCause, at: Partial<Omit<RefusedLine, 'cause'>> = {}) {
    super(`${reason} in line ${at.line ?? 0}`);
    this.name = 'FileRefused';
    this.reason = reason;
    this.at =
      at.line === undefined ? null : { line: at.line, column: at.column ?? null, value: at.value ?? null };
  }
}

export interface CsvRow {
  /** Where the row begins, counted as an editor does: from 1, with the header and with empty lines. */
  readonly line: number;
  /** By the column's name in the header. Without a prototype, because names come from outside. */
  readonly columns: Readonly<Record<string, string>>;
  /** Set when the row cannot be taken; `columns` then holds what could be read. */
  readonly refused: RefusedLine | null;
}

type Bytes = AsyncIterable<Uint8Array>;

/**
 * The rows below the header, one after the other. Throws `FileRefused` for what spoils the file, also after rows were
 * given: who acts on rows waits for the end.
 */
export async function* readCsv(bytes: Bytes, needed: readonly string[]): AsyncGenerator<CsvRow> {
  const text = { endsWithBreak: true };
  let header: readonly string[] | undefined;
  let line = 1;
  let rows = 0;
  let short: CsvRow | undefined;
  for await (const { cells, lastLine } of recordsOf(decode(bytes, text))) {
    const begins = line;
    line = lastLine + 1;
    if (cells.length === 1 && cells[0] === '') continue;
    if (header === undefined) {
      header = readHeader(cells, needed, begins);
      continue;
    }
    rows += 1;
    if (rows > fileLimits.rows) throw new FileRefused('too_many_rows', { line: begins });
    if (short !== undefined) yield short;
    const row = rowOf(cells, header, begins);
    short = cells.length < header.length ? row : undefined;
    if (short === undefined) yield row;
  }
  if (header === undefined) throw new FileRefused('empty');
  // The last row lacks columns and its line has no end: the rest of the file did not arrive.
  if (short !== undefined && !text.endsWithBreak) throw new FileRefused('cut_off', { line: short.line });
  if (short !== undefined) yield short;
}

async function* decode(bytes: Bytes, text: { endsWithBreak: boolean }): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let length = 0;
  let line = 1;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > fileLimits.bytes) throw new FileRefused('too_large');
    let decoded: string;
    try {
      decoded = decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw notUtf8(error, line + linesBeforeBadByte(chunk));
    }
    line += breaksIn(chunk);
    if (chunk.length > 0) text.endsWithBreak = isBreak(chunk[chunk.length - 1]);
    if (decoded !== '') yield decoded;
  }
  try {
    decoder.decode();
  } catch (error) {
    throw notUtf8(error, line);
  }
}

function notUtf8(error: unknown, line: number): unknown {
  return error instanceof TypeError ? new FileRefused('not_utf8', { line }) : error;
}

const newLine = 0x0a;
const isBreak = (byte: number | undefined) => byte === newLine || byte === 0x0d;

function breaksIn(chunk: Uint8Array): number {
  let count = 0;
  for (let at = chunk.indexOf(newLine); at !== -1; at = chunk.indexOf(newLine, at + 1)) count += 1;
  return count;
}

/** How many lines of the chunk end before the first that is not UTF-8. */
function linesBeforeBadByte(chunk: Uint8Array): number {
  let from = chunk.indexOf(newLine) + 1;
  for (let lines = 1; from > 0 && from < chunk.length; lines += 1) {
    const end = chunk.indexOf(newLine, from);
    try {
      // What a chunk's end cuts in two is no fault, so the rest is read as part of a stream.
      new TextDecoder('utf-8', { fatal: true }).decode(
        chunk.subarray(from, end === -1 ? chunk.length : end),
        {
          stream: end === -1,
        },
      );
    } catch {
      return lines;
    }
    from = end + 1;
  }
  return 0;
}

/** A record as the parser gives it where it is asked for its place too. */
interface Parsed {
  record: string[];
  info: { lines: number };
}

async function* recordsOf(
  text: AsyncGenerator<string>,
): AsyncGenerator<{ cells: string[]; lastLine: number }> {
  let parsedLines = 0;
  let head: Parsed | undefined;
  let isGiven = false;
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: false,
    relax_column_count: true,
    max_record_size: fileLimits.columns * fileLimits.cellBytes,
    on_record: (record, { lines }) => {
      parsedLines = lines;
      // Its type does not know that the place was asked for.
      const parsed = record as unknown as Parsed;
      if (parsed.record.length > 1 || parsed.record[0] !== '') head ??= parsed;
      return record;
    },
  });
  // The loop below learns of errors: they destroy the parser, with records in it that nobody has read yet.
  pipeline(Readable.from(text), parser, () => undefined);
  const records: AsyncIterable<Parsed> = parser;
  try {
    for await (const { record, info } of records) {
      isGiven = true;
      yield { cells: record, lastLine: info.lines };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Another separator makes faults of quotation marks that are none: what is wrong with the header is said first.
    if (head !== undefined && !isGiven) yield { cells: head.record, lastLine: head.info.lines };
    const reason = error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'cut_off' : 'quotes';
    throw new FileRefused(reason, { line: parsedLines + 1 });
  }
}

function readHeader(cells: readonly string[], needed: readonly string[], line: number): readonly string[] {
  if (cells.length > fileLimits.columns) throw new FileRefused('too_many_columns', { line });
  const names = cells.map((cell) => headerName(cell, needed));
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const separator = cells.length === 1 ? /[;\t|]/.exec(cells[0] ?? '')?.[0] : undefined;
    if (separator !== undefined) throw new FileRefused('other_separator', { line, value: separator });
    if (missing.length === needed.length)
      throw new FileRefused('header_missing', { line, column: missing.join(', ') });
    throw new FileRefused('column_missing', { line, column: missing.join(', ') });
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) throw new FileRefused('column_twice', { line, column: twice });
  return names;
}

/** Columns that we read are known in any case; others keep their name, because the mapping page shows it. */
function headerName(cell: string, needed: readonly string[]): string {
  const name = cell.trim().slice(0, 200);
  const lower = name.toLowerCase();
  return needed.includes(lower) || /^[a-z_]+$/i.test(name) ? lower : name;
}

function rowOf(cells: readonly string[], header: readonly string[], line: number): CsvRow {
  const columns: Record<string, string> = Object.create(null);
  let refused: RefusedLine | null = null;
  for (const [index, column] of header.entries()) {
    const value = cells[index] ?? '';
    const cause = causeIn(value);
    if (cause !== null) refused ??= { line, column, value: shown(value), cause };
    else if (column !== '') columns[column] = value;
  }
  if (cells.length !== header.length) {
    refused = { line, column: null, value: shown(cells.join(',')), cause: 'columns_differ' };
  }
  return { line, columns, refused };
}

function causeIn(value: string): 'cell_too_long' | 'character_unreadable' | null {
  if (value.length > fileLimits.cellBytes / 4 && Buffer.byteLength(value) > fileLimits.cellBytes)
    return 'cell_too_long';
  // The database keeps no NUL.
  return value.includes('\0') ? 'character_unreadable' : null;
}

/** A value as it is shown in a list of refused lines: short, and without what would move the text around it. */
export function shown(value: string): string {
  return value.replace(/\p{C}/gu, ' ').slice(0, 200);
}
