/** Where two values differ, character by character, for the *Expected / Received* pair. */

export type Piece = { text: string; isDifferent: boolean };
/** What kind of difference it is, when one word says it; a key of `parts.difference`. */
export type DifferenceKind =
  'extra_slash' | 'missing_slash' | 'scheme' | 'letter_case' | 'space' | 'missing' | 'other';

export type Difference = { expected: Piece[]; received: Piece[]; kind: DifferenceKind | undefined };

/** Above this, comparing every pair of characters is too slow for a page; the middle is marked as a whole. */
const exactLimit = 600;

export function compareValues(expected: string, received: string): Difference {
  if (expected === received) {
    const same = piecesOf([...expected], new Set(range(expected)));
    return { expected: same, received: same, kind: undefined };
  }
  const left = [...expected];
  const right = [...received];
  const { keptLeft, keptRight } = commonCharacters(left, right);
  return {
    expected: piecesOf(left, keptLeft),
    received: piecesOf(right, keptRight),
    kind: kindOf(expected, received),
  };
}

function kindOf(expected: string, received: string): DifferenceKind {
  if (received === '') return 'missing';
  if (received === `${expected}/`) return 'extra_slash';
  if (expected === `${received}/`) return 'missing_slash';
  if (received.replaceAll(/\s/g, '') === expected.replaceAll(/\s/g, '')) return 'space';
  if (received.replace(/^https?:/, '') === expected.replace(/^https?:/, '')) return 'scheme';
  if (received.toLowerCase() === expected.toLowerCase()) return 'letter_case';
  return 'other';
}

/** The positions both values share: equal ends, and the longest common subsequence between them. */
function commonCharacters(left: string[], right: string[]) {
  const keptLeft = new Set<number>();
  const keptRight = new Set<number>();
  const shortest = Math.min(left.length, right.length);
  let start = 0;
  while (start < shortest && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shortest - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;

  for (let index = 0; index < start; index += 1) {
    keptLeft.add(index);
    keptRight.add(index);
  }
  for (let back = 1; back <= end; back += 1) {
    keptLeft.add(left.length - back);
    keptRight.add(right.length - back);
  }
  const middleLeft = left.slice(start, left.length - end);
  const middleRight = right.slice(start, right.length - end);
  for (const [a, b] of longestCommon(middleLeft, middleRight)) {
    keptLeft.add(start + a);
    keptRight.add(start + b);
  }
  return { keptLeft, keptRight };
}

/** Pairs of positions of a longest common subsequence; none when the values have little in common. */
function longestCommon(left: string[], right: string[]): [number, number][] {
  if (left.length > exactLimit || right.length > exactLimit) return [];
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (a: number, b: number) => lengths[a * width + b] ?? 0;
  for (let a = left.length - 1; a >= 0; a -= 1) {
    for (let b = right.length - 1; b >= 0; b -= 1) {
      lengths[a * width + b] =
        left[a] === right[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  // Scattered single letters in common explain nothing: then the whole middle counts as different.
  if (at(0, 0) * 2 < Math.max(left.length, right.length)) return [];
  const pairs: [number, number][] = [];
  for (let a = 0, b = 0; a < left.length && b < right.length;) {
    if (left[a] === right[b]) pairs.push([a++, b++]);
    else if (at(a + 1, b) >= at(a, b + 1)) a += 1;
    else b += 1;
  }
  return pairs;
}

function piecesOf(characters: string[], kept: Set<number>): Piece[] {
  const pieces: Piece[] = [];
  characters.forEach((text, index) => {
    const isDifferent = !kept.has(index);
    const last = pieces.at(-1);
    if (last?.isDifferent === isDifferent) last.text += text;
    else pieces.push({ text, isDifferent });
  });
  return pieces;
}

function range(text: string): number[] {
  return [...text].map((_, index) => index);
}
