/** What the rail shows: the page that knows its feature's steps sets them, the shell draws them. */
import { onScopeDispose, shallowReadonly, shallowRef, watchEffect } from 'vue';
import type { RailStep } from '../shared/steps.ts';

export type StepsBeside = { title: string; steps: readonly RailStep[]; currentId: string | undefined };

const beside = shallowRef<StepsBeside>();

/** Shows these steps beside the page for as long as it is open. */
export function useStepsBeside(read: () => StepsBeside | undefined): void {
  let mine: StepsBeside | undefined;
  watchEffect(() => {
    mine = read();
    beside.value = mine;
  });
  // The next page is set up before this one goes: what it has set stays.
  onScopeDispose(() => {
    if (beside.value === mine) beside.value = undefined;
  });
}

export const stepsBeside = shallowReadonly(beside);
