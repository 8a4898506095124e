/**
 * What time it is where deadlines are set: at the server. A computer whose clock is minutes off would else tell of a session
 * that it has ended, or of an answer that it is late, when it has not and is not.
 */
import { ref } from 'vue';

/** What the way there and whole seconds make of clocks that agree. */
const unsureMs = 5_000;
let aheadMs = 0;

export const currentTime = (): Date => new Date(Date.now() + aheadMs);

/** The moment that texts of the page are drawn for. */
export const now = ref(currentTime());

export function tick(): void {
  now.value = currentTime();
}

/** Takes the `Date` of an answer. */
export function noteServerTime(date: string | null): void {
  if (date === null) return;
  const found = Date.parse(date) - Date.now();
  const ahead = Math.abs(found) > unsureMs ? found : 0;
  if (Math.abs(ahead - aheadMs) < unsureMs) return;
  aheadMs = ahead;
  tick();
}
