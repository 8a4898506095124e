import { parse, type Filter } from 'scim2-parse-filter';
import { refuse, ScimRefusal } from './errors.ts';

/**
 * From the text of a filter to its tree [SCIM-05]. The parser is recursive and reads string escapes in its own way, so
 * our scanner goes before it: it counts, takes the literals out as JSON has them, and hands on a text of a bounded size
 * and depth in which every literal is only a number in quotes.
 */
export const filterLimits = { bytes: 2048, depth: 10, tests: 50 } as const;

export interface ParsedFilter {
  tree: Filter;
  /** The value that a comparison in the tree stands for. */
  literal(value: unknown): unknown;
}

/** Throws `invalidFilter`. */
export function parseFilter(text: string): ParsedFilter {
  if (Buffer.byteLength(text) > filterLimits.bytes) throw tooLarge('longer than 2 KB');
  const literals: string[] = [];
  const scanned = scan(text, literals);
  try {
    const tree = parse(scanned);
    return {
      tree,
      literal: (value) => (typeof value === 'string' ? literals[Number(value)] : value),
    };
  } catch (error) {
    throw error instanceof ScimRefusal ? error : unreadable();
  }
}

const token = /\s+|"(?:[^"\\]|\\.)*"|[()]|\[|\]\.?|[^\s()[\]"]+/gsy;
const operators = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr']);

function scan(text: string, literals: string[]): string {
  const out: string[] = [];
  let depth = 0;
  let deepest = 0;
  let tests = 0;
  /** How many `not` stand in a row: each of them is a level for the parser. */
  let nots = 0;
  let at = 0;
  for (const [part] of text.matchAll(token)) {
    at += part.length;
    const word = part.trim().toLowerCase();
    if (word === '') continue;
    if (word.startsWith('"')) {
      out.push(`"${literals.push(literalOf(part)) - 1}"`);
      continue;
    }
    nots = word === 'not' ? nots + 1 : 0;
    if (word === '(' || word === '[') depth += 1;
    if (word === ')' || word.startsWith(']')) depth -= 1;
    if (operators.has(word)) tests += 1;
    deepest = Math.max(deepest, depth + nots);
    out.push(word === 'true' || word === 'false' || word === 'null' ? word : part);
  }
  if (at !== text.length) throw unreadable();
  if (deepest > filterLimits.depth) throw tooLarge('nested deeper than 10 levels');
  if (tests > filterLimits.tests) throw tooLarge('made of more than 50 comparisons');
  return withSubAttributesInside(out).join(' ');
}

/**
 * `emails[type eq "work"].value eq "x"`, as Entra asks, means one and the same element: it becomes
 * `emails[(type eq "work") and value eq "x"]`. The parser would let two elements share the work.
 */
function withSubAttributesInside(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '[') out.push('[', '(');
    else if (word === ']') out.push(')', ']');
    else if (word === '].') {
      const [name = '', operator = '', value = ''] = words.slice(at + 1, at + 4);
      const hasValue = operator.toLowerCase() !== 'pr';
      out.push(')', 'and', name, operator, hasValue ? value : '', ']');
      at += hasValue ? 3 : 2;
    } else out.push(word);
  }
  return out;
}

function literalOf(quoted: string): string {
  try {
    const value: unknown = JSON.parse(quoted);
    if (typeof value === 'string' && !unstorable.test(value)) return value;
  } catch {
    // Said below.
  }
  throw unreadable();
}

/** Text that no column of Postgres can hold. */
const unstorable = /\0|\p{Surrogate}/u;

const unreadable = () =>
  refuse(
    'invalidFilter',
    'filter_unreadable',
    'The filter could not be read. Write it as RFC 7644 §3.4.2.2 has it, for example userName eq "anna@example.com".',
  );
const tooLarge = (how: string) => refuse('invalidFilter', 'filter_too_large', `The filter is ${how}.`);
