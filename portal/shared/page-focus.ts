/** After a change of page, focus goes to its H1: at once, or when the page has loaded and draws it. */
import { nextTick, ref } from 'vue';
import type { Router } from 'vue-router';

export const navigationCount = ref(0);
let isPending = false;

export function focusHeadingsAfterNavigation(router: Router): void {
  router.afterEach((to, from, failure) => {
    const isFirst = from.matched.length === 0;
    if (isFirst || failure !== undefined || to.path === from.path) return;
    isPending = true;
    navigationCount.value += 1;
  });
}

/** Gives focus to the heading if a change of page is still owed one; never takes it from typing. */
export function takeFocusAfterNavigation(heading: HTMLElement | null): void {
  if (!isPending || heading === null) return;
  isPending = false;
  const now = document.activeElement;
  if (now instanceof HTMLInputElement || now instanceof HTMLTextAreaElement) return;
  heading.focus();
}

/** Leads whoever wants to go on to the first field that stops it; what is wrong with it is read with its name. */
export async function focusFirstWrong(): Promise<void> {
  await nextTick();
  document.querySelector<HTMLElement>('main [aria-invalid=true]')?.focus();
}
