/**
 * Names that can pass for another one: scripts mixed within a label, or a label all of whose letters look Latin but are
 * not (UTS #39 §5, reduced to a warning). Nothing is refused for it; pages show both forms and ask to look twice.
 */
import { domainToUnicode } from 'node:url';

const scripts = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Devanagari',
  'Thai',
  'Georgian',
  'Cherokee',
  'Han',
  'Hiragana',
  'Katakana',
  'Bopomofo',
  'Hangul',
].map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, 'u') }));

/** Scripts that are written together in one word (UTS #39 "highly restrictive"); Latin may join each of them. */
const writtenTogether = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

/** Letters of other scripts, and Latin ones outside ASCII, that most typefaces draw like an ASCII letter. */
const lookalikes = /^[аеорсухіјѕһԁԛԝӏвнкмтьгпηορνικτυχγαωօոսցհɑɡıǀʟꞁ0-9-]+$/u;

/** True when the domain (A-labels) has a label that people can take for a different name. */
export function looksConfusable(domain: string): boolean {
  return domainToUnicode(domain).split('.').some(isConfusableLabel);
}

function isConfusableLabel(label: string): boolean {
  if (/^[\x00-\x7f]*$/.test(label)) return false;
  const used = scripts.filter(({ pattern }) => pattern.test(label)).map(({ name }) => name);
  const mixed =
    used.length > 1 && !writtenTogether.some((group) => used.every((name) => group.includes(name)));
  // A Latin label is judged by what is left once its ASCII letters are put aside.
  return mixed || lookalikes.test(label.replace(/[a-z]/g, ''));
}
