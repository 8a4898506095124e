/** What every kind of guide does with its texts: fill in our values, and be found by any name. */

/**
 * The data with every `{PLACEHOLDER}` in its texts replaced by its value; values are taken as they are, never read as
 * templates again. Throws when a text names a value that is not given: a slip that shows a placeholder would be pasted
 * into a console.
 */
export function fillTexts<Data>(data: Data, values: Readonly<Record<string, string | undefined>>): Data {
  return mapTexts(data, (text) =>
    text.replace(/\{([A-Z_]+)\}/g, (_whole, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) throw new Error(`guide text needs a value for {${name}}`);
      return value;
    }),
  );
}

/** How a query found a name; the lower the rank, the nearer. */
interface NameMatch {
  readonly rank: number;
  readonly name: string;
}

/**
 * The nearest of a provider's names, its own before the others: those that start with the query, then those that have a
 * word that does. An empty query matches everybody.
 */
function matchNames(
  { name, names }: { readonly name: string; readonly names: readonly string[] },
  query: string,
): NameMatch | undefined {
  const wanted = folded(query);
  if (wanted === '') return { rank: 0, name };
  return nearest(
    [name, ...names].map((candidate, index) => {
      const words = folded(candidate);
      const isOther = index > 0 ? 2 : 0;
      if (words.startsWith(wanted)) return { rank: isOther, name: candidate };
      return ` ${words}`.includes(` ${wanted}`) ||
        words.replaceAll(' ', '').startsWith(wanted.replaceAll(' ', ''))
        ? { rank: isOther + 1, name: candidate }
        : undefined;
    }),
  );
}

function nearest(matches: readonly (NameMatch | undefined)[]): NameMatch | undefined {
  return matches
    .filter((match) => match !== undefined)
    .sort((a, b) => a.rank - b.rank)
    .at(0);
}

/** One entry for each name, in the order of the guides; its guides in their order, the recommended one first. */
export function guidesByName<Guide extends { readonly name: string; readonly names: readonly string[] }>(
  guides: readonly Guide[],
  query: string,
): readonly { readonly guides: readonly Guide[]; readonly matchedName: string | null }[] {
  return [...new Set(guides.map(({ name }) => name))]
    .map((name) => guides.filter((guide) => guide.name === name))
    .map((ways) => ({ guides: ways, match: nearest(ways.map((guide) => matchNames(guide, query))) }))
    .flatMap(({ guides: ways, match }) => (match === undefined ? [] : [{ guides: ways, match }]))
    .sort((a, b) => a.match.rank - b.match.rank)
    .map(({ guides: ways, match }) => ({
      guides: ways,
      matchedName: ways.some(({ name }) => name === match.name) ? null : match.name,
    }));
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function mapTexts<T>(node: T, map: (text: string) => string): T;
function mapTexts(node: unknown, map: (text: string) => string): unknown {
  if (typeof node === 'string') return map(node);
  if (Array.isArray(node)) return node.map((item: unknown) => mapTexts(item, map));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]: [string, unknown]) => [key, mapTexts(value, map)]),
  );
}
