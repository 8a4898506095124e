/** What the dashboard's fake data is told from: one instant, and whether there is anything yet. */

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export interface World {
  now: Date;
  /** Nothing has been made yet. */
  isEmpty: boolean;
  temporalAway: boolean;
}

export function timesAround({ now, isEmpty }: World) {
  return {
    ago: (ms: number) => new Date(now.getTime() - ms).toISOString(),
    ahead: (ms: number) => new Date(now.getTime() + ms).toISOString(),
    /** The items, or none where nothing has been made yet. */
    some: <Item>(items: Item[]): Item[] => (isEmpty ? [] : items),
  };
}
