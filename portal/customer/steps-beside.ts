/** What the rail shows: the page that knows its feature's steps sets them, the shell draws them. */
import { onScopeDispose, shallowReadonly, shallowRef, watchEffect } from 'vue';
import type { RailStep } from '../shared/steps.ts';

type StepsBeside = { title: string; steps: readonly RailStep[]; currentId: string | undefined };

const beside = shallowRef<StepsBeside>();

/** Shows these steps beside the page for as long as it is open. */
export function useStepsBeside(read: () => StepsBeside | undefined): void {
  watchEffect(() => (beside.value = read()));
  const mine = () => beside.value;
  const last = mine();
  onScopeDispose(() => {
    if (beside.value === last) beside.value = undefined;
  });
}

export const stepsBeside = shallowReadonly(beside);
