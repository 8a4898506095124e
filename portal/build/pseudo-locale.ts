/**
 * The pseudo-locale: English with accents, about 40 % longer and in brackets, so that a text that skips the catalogue,
 * a label that is cut and two glued halves of a sentence all show at once. Placeholders, linked messages and the
 * plural bar stay as they are.
 */
const accented: Record<string, string> = {
  a: 'á',
  c: 'ç',
  d: 'ď',
  e: 'é',
  g: 'ğ',
  i: 'í',
  l: 'ľ',
  n: 'ñ',
  o: 'ö',
  r: 'ř',
  s: 'š',
  t: 'ţ',
  u: 'ü',
  y: 'ý',
  A: 'Á',
  C: 'Ç',
  D: 'Ď',
  E: 'É',
  G: 'Ğ',
  I: 'Í',
  L: 'Ľ',
  N: 'Ñ',
  O: 'Ö',
  R: 'Ř',
  S: 'Š',
  T: 'Ţ',
  U: 'Ü',
  Y: 'Ý',
};
const untouched = /(\{[^}]*\}|@(?:\.[a-z]+)?:\S+)/;

const choiceBar = /\|(?![^{]*\})/;

export function pseudoMessage(message: string): string {
  return message
    .split(choiceBar)
    .map((choice) => {
      const [lead] = /^\s*/.exec(choice) ?? [''];
      const [trail] = /\s*$/.exec(choice.slice(lead.length)) ?? [''];
      const text = choice.slice(lead.length, choice.length - trail.length);
      return text === '' ? choice : `${lead}⟦${lengthen(text)}⟧${trail}`;
    })
    .join('|');
}

function lengthen(text: string): string {
  const parts = text.split(untouched);
  const letters = parts.filter((_, index) => index % 2 === 0).join('').length;
  const spoken = parts.map((part, index) => (index % 2 === 0 ? accent(part) : part)).join('');
  return `${spoken}${padding(Math.ceil(letters * 0.4))}`;
}

function accent(text: string): string {
  return [...text].map((letter) => accented[letter] ?? letter).join('');
}

/** Filler in short words, so that it wraps like speech. */
function padding(length: number): string {
  return ' ~~~~'.repeat(Math.ceil(length / 5)).slice(0, length);
}
