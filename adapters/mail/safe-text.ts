import { OnboardingError } from '../../onboarding/errors.ts';

// Controls, line and paragraph separators, bidi controls and invisible marks that only ever mislead in a mail. The
// joiners U+200C and U+200D stay: names in several scripts need them; so does U+2060, which `safeName` puts in itself.
const misleading = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2061-\u2069\ufeff]+/gu;

export const nameLength = 80;

/** Foreign text on one line of at most `max` characters, without anything that could start a header [MAIL-04]. */
export function singleLine(text: string, max: number): string {
  const line = text.replace(misleading, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** Foreign text that may have paragraphs, such as a note: each line cleaned, at most `max` characters in all. */
export function severalLines(text: string, max: number): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => singleLine(line, max));
  return lines.join('\n').slice(0, max).trim();
}

/**
 * A tenant's name as it may stand in a mail: one line, at most 80 characters. Throws `name_refused` {name} when it holds
 * an address of the web or of mail, since whoever names an organization would choose what strangers click on [MAIL-04].
 * A name like “Booking.com” stays, with its dot kept from becoming a link.
 */
export function safeName(name: string): string {
  const line = singleLine(name, nameLength);
  // As browsers read it: full-width signs, and the full stops of other scripts, make an address, too (UTS #46).
  const read = line.normalize('NFKC').replaceAll('\u3002', '.');
  if (/:\/\/|\bwww\.|@|\p{L}\.\p{L}{2,}[/:?#]/iu.test(read))
    throw new OnboardingError('name_refused', { name: line });
  return line.replace(/\.(?=[\p{L}\p{N}])/gu, '.\u2060');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
