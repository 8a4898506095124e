/**
 * JSON in the one form of RFC 8785: no white space, keys by UTF-16 code units, numbers and strings as ECMAScript writes
 * them. The same value always gives the same bytes, whatever order a database kept its keys in. Members that are
 * undefined are left out; what JSON cannot say throws.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'string') return stringOf(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) return objectOf(value as Record<string, unknown>);
  throw new TypeError(`${typeof value} has no JSON`);
}

/** A loop, because every row of the audit log is written this way when it is sealed. */
function objectOf(value: Readonly<Record<string, unknown>>): string {
  let members = '';
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${stringOf(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

function numberOf(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON`);
  return JSON.stringify(value);
}

/** Texts in which nothing is escaped. */
const plain = /^[ !#-[\]-~]*$/;

function stringOf(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  // RFC 8785 §3.2.2.2: half a surrogate pair is no text.
  if (/[\uD800-\uDFFF]/u.test(value)) throw new TypeError('a lone surrogate has no JSON');
  return JSON.stringify(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
