import type { ScrollPosition } from '../shared/start-app.ts';

const patienceMs = 3000;
const everyMs = 50;

/**
 * Where somebody was in a list, once its rows are there again: while they are on their way the page is too short for it.
 * Whoever has gone on or scrolled meanwhile is left where they are.
 */
export async function placeAgain(place: ScrollPosition): Promise<ScrollPosition | false> {
  const { href } = location;
  const before = scrollY;
  for (let waited = 0; isTooShort(place) && waited < patienceMs; waited += everyMs) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    if (location.href !== href || scrollY > before) return false;
  }
  return place;
}

function isTooShort({ top }: ScrollPosition): boolean {
  return document.documentElement.scrollHeight < top + innerHeight;
}
