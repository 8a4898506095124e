/**
 * How many pages of a list are shown, kept with this place in the browser's history: who opens a row of the third page and
 * goes back is to find that row again. `list` tells one list of a page from another, and one search from the next.
 */
export function pagesKept(list: string): number {
  const count: unknown = keptHere()[list];
  return typeof count === 'number' ? Math.min(count, mostPages) : 1;
}

export function keepPages(list: string, count: number): void {
  history.replaceState({ ...stateHere(), pages: { ...keptHere(), [list]: count } }, '');
}

/** So many are asked for again at most. */
const mostPages = 20;

type Kept = Readonly<Record<string, unknown>>;

/** The router keeps its own there, too. */
const stateHere = () => history.state as Kept | null;
const keptHere = () => (stateHere()?.['pages'] as Kept | undefined) ?? {};
