/** How an environment's public name in links comes about: from words people chose. */

const longest = 40;
const shortest = 3;

/**
 * The handle of an environment, as it stands in `/setup/<handle>/…`: the vendor's name, and for all but a vendor's
 * production the environment's. `sandbox-2` where it is taken: `number` counts the tries.
 */
export function handleFor(names: { vendor: string; name: string; kind: string }, number = 1): string {
  const vendor = slugOf(names.vendor);
  const own = slugOf(names.name);
  const isPlain = names.kind === 'production' && (own === 'production' || own === vendor || own === '');
  const base = [vendor, isPlain ? '' : own].filter((part) => part !== '').join('-') || 'environment';
  const long = base.length < shortest ? `${base}-env` : base;
  const end = number === 1 ? '' : `-${number}`;
  return `${long.slice(0, longest - end.length).replace(/-+$/, '')}${end}`;
}

/** `Müller & Söhne GmbH` → `muller-sohne-gmbh` */
function slugOf(words: string): string {
  return words
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
