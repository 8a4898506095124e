import { onScopeDispose, readonly } from 'vue';
import { now, tick } from '../clock.ts';

let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The current moment, shared by all texts of a page and renewed every ten seconds while anyone looks. */
export function useNow() {
  watchers += 1;
  if (timer === undefined) {
    tick();
    timer = setInterval(tick, 10_000);
  }
  onScopeDispose(() => {
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
  return readonly(now);
}
