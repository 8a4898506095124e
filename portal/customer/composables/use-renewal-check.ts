import { computed, onScopeDispose, ref, shallowReadonly, shallowRef, watch, type Ref } from 'vue';
import type { MetadataCheck } from '../../../api/contract/setup-provider-settings.ts';
import type { SignInGuide } from '../../../onboarding/providers/sign-in/provider.ts';
import { useApi, type ApiProblem } from '../../shared/api-client.ts';
import type { CheckLine } from '../../shared/components/CheckLines.vue';
import { asProblem } from '../../shared/composables/use-request.ts';
import { useTimes } from '../../shared/composables/use-times.ts';
import { useText } from '../../shared/i18n.ts';
import { useFindingWords } from '../finding-words.ts';

const pauseMs = 400;
const states = { stop: 'stopped', warn: 'notice', ok: 'passed' } as const;

/** Looks at the certificate that was typed, 400 ms after the last key; a newer look cancels the one before. */
export function useRenewalCheck(text: Ref<string>, guide: () => SignInGuide | null) {
  const api = useApi();
  const { t } = useText();
  const times = useTimes();
  const say = useFindingWords(guide);
  const answer = shallowRef<MetadataCheck>();
  const problem = shallowRef<ApiProblem>();
  const isChecking = ref(false);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let current = new AbortController();

  watch(text, () => {
    current.abort();
    answer.value = undefined;
    problem.value = undefined;
    isChecking.value = false;
    clearTimeout(pause);
    if (text.value.trim() !== '') pause = setTimeout(() => void look(), pauseMs);
  });
  onScopeDispose(() => {
    clearTimeout(pause);
    current.abort();
  });

  async function look(): Promise<void> {
    clearTimeout(pause);
    current.abort();
    const mine = (current = new AbortController());
    isChecking.value = true;
    problem.value = undefined;
    try {
      const found = await api.post<MetadataCheck>(
        '/sso/renewal/check',
        { text: text.value },
        { signal: mine.signal },
      );
      if (!mine.signal.aborted) answer.value = found;
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error);
    } finally {
      if (current === mine) isChecking.value = false;
    }
  }

  /** What stops it stands at the field. */
  const stopped = computed(() => {
    const found = answer.value?.findings.find(({ severity }) => severity === 'stop');
    return found === undefined ? undefined : say(found);
  });

  const lines = computed((): CheckLine[] => {
    if (isChecking.value) return [{ id: 'running', state: 'running', text: t('metadata.checking') }];
    const found = answer.value;
    if (found === undefined || !found.canSave) return [];
    const read = (found.summary?.certificates ?? []).map(({ fingerprint, notAfter, keyBits }): CheckLine => ({
      id: fingerprint,
      state: 'passed',
      text: t('renewal.give.found', { day: times.day(notAfter), bits: keyBits }),
    }));
    const remarks = found.findings.flatMap((finding, index): CheckLine[] => {
      const words = finding.severity === 'warn' ? say(finding) : undefined;
      return words === undefined
        ? []
        : [{ id: `${finding.code} ${index}`, state: states[finding.severity], text: words }];
    });
    return [...read, ...remarks];
  });

  return {
    answer: shallowReadonly(answer),
    problem: shallowReadonly(problem),
    isChecking,
    stopped,
    lines,
    look,
  };
}
