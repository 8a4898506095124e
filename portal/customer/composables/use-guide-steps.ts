import { computed, type Ref } from 'vue';
import { useRoute } from 'vue-router';
import type { GuideProgress } from '../../../api/contract/shared.ts';
import { useText } from '../../shared/i18n.ts';

/**
 * The step of a guide that the address names, else that of the last visit, with its neighbours. `place` says where we
 * are; `done` is what to keep once this step was left for the next one.
 */
export function useGuideSteps<Step extends { id: string; where: { path: readonly string[] } }>(
  guide: Ref<{ steps: readonly Step[] } | null>,
  progress: Ref<GuideProgress | undefined>,
  consoleName: Ref<string>,
) {
  const route = useRoute();
  const { t } = useText();
  const steps = computed(() => guide.value?.steps ?? []);
  const index = computed(() => {
    const named = route.params['step'];
    const wanted = typeof named === 'string' && named !== '' ? named : progress.value?.currentStep;
    return Math.max(
      0,
      steps.value.findIndex(({ id }) => id === wanted),
    );
  });
  const step = computed(() => steps.value[index.value]);
  const after = computed(() => steps.value[index.value + 1]);
  return {
    step,
    before: computed(() => steps.value[index.value - 1]),
    after,
    place: computed(() => {
      const counted = { n: index.value + 1, total: steps.value.length };
      // A step that is done elsewhere names the place in words, where others name menus: “the machine that sends”.
      const { path = [] } = step.value?.where ?? {};
      const isElsewhere = path.length === 1 && /^\p{Ll}/u.test(path.join());
      return isElsewhere
        ? t('guide.placeElsewhere', counted)
        : t('guide.place', { ...counted, provider: consoleName.value });
    }),
    done: (now: Step): Partial<GuideProgress> => ({
      doneSteps: [...new Set([...(progress.value?.doneSteps ?? []), now.id])],
      currentStep: after.value?.id ?? now.id,
    }),
  };
}
