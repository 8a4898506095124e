/**
 * Whether an object of a JSON text has one name twice [API-03]. Readers differ in which of the two they believe: what a
 * proxy or a log in front of us has let through would not be what we act on.
 *
 * The names in the text are counted and compared with those that are left in what was parsed: a name that is there twice
 * is one fewer. `text` has been parsed, so it is JSON; in another encoding than UTF-8 nothing is found to agree.
 */
export function hasRepeatedNames(text: Uint8Array, parsed: unknown): boolean {
  return countNames(text) !== countKeys(parsed);
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Texts with a colon behind them. */
function countNames(text: Uint8Array): number {
  let count = 0;
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at)) {
    at += 1;
    while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
    at += 1;
    while (isSpace(text[at])) at += 1;
    if (text[at] === colon) count += 1;
  }
  return count;
}

/** Without recursion: nothing has been said of the depth yet. */
function countKeys(parsed: unknown): number {
  let count = 0;
  const open = [parsed];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const inner: unknown[] = Object.values(value);
    if (!Array.isArray(value)) count += inner.length;
    for (const one of inner) if (typeof one === 'object') open.push(one);
  }
  return count;
}
