import { computed, nextTick, reactive, readonly, ref, shallowRef, useId } from 'vue';
import { newIdempotencyKey, type ApiProblem } from '../api-client.ts';
import { useProblemWords } from '../problem-words.ts';
import { asProblem } from './use-request.ts';

type FormState = 'pristine' | 'changed' | 'saving' | 'saved' | 'failed';
type Values = Record<string, unknown>;

/** Says what is wrong with one value in the reader's words, or nothing. */
type FieldCheck<V extends Values, K extends keyof V> = (value: V[K], values: V) => string | undefined;

type FormSettings<V extends Values, Answer> = {
  values: V;
  checks?: { [K in keyof V]?: FieldCheck<V, K> };
  /** Sends the form. The key is the same for every try of the same values. */
  submit: (values: V, options: { idempotencyKey: string }) => Promise<Answer>;
  onSaved?: (answer: Answer) => void;
};

/**
 * One form: values, a check per field on blur and paste that clears as soon as the value is right, one submit, and a
 * summary that takes focus. A page binds `v-bind="form.field('email')"` and `v-model="form.values.email"`.
 */
export function useForm<V extends Values, Answer>(settings: FormSettings<V, Answer>) {
  const formId = useId();
  const problemWords = useProblemWords();
  const values = reactive({ ...settings.values });
  const state = ref<FormState>('pristine');
  const problem = shallowRef<ApiProblem>();
  const words = reactive<Record<string, string | undefined>>({});
  const summaryRequests = ref(0);
  let attempt = { sent: '', idempotencyKey: '' };

  const current = () => ({ ...values }) as V;

  function check(name: keyof V & string): boolean {
    const read = current();
    words[name] = settings.checks?.[name]?.(read[name], read);
    return words[name] === undefined;
  }

  function field(name: keyof V & string) {
    return {
      id: `${formId}-${name}`,
      name,
      problem: words[name],
      onBlur: () => {
        if (state.value !== 'pristine') check(name);
      },
      onChanged: () => {
        if (state.value !== 'saving') state.value = 'changed';
        if (words[name] !== undefined) check(name);
      },
      onPasted: () => void nextTick(() => check(name)),
    };
  }

  async function submit(): Promise<void> {
    if (state.value === 'saving') return;
    problem.value = undefined;
    const names = Object.keys(settings.values);
    const wrong = names.filter((name) => !check(name));
    if (wrong.length > 0) return fail();

    const sent = JSON.stringify(values);
    if (attempt.sent !== sent) attempt = { sent, idempotencyKey: newIdempotencyKey() };
    state.value = 'saving';
    try {
      const answer = await settings.submit(current(), { idempotencyKey: attempt.idempotencyKey });
      attempt = { sent: '', idempotencyKey: '' };
      state.value = 'saved';
      settings.onSaved?.(answer);
    } catch (error) {
      takeRefusal(asProblem(error), names);
      fail();
    }
  }

  function takeRefusal(refusal: ApiProblem, names: string[]): void {
    if (refusal.isRefusal) attempt = { sent: '', idempotencyKey: '' };
    const known = Object.entries(refusal.fields).filter(([name]) => names.includes(name));
    if (known.length === 0) problem.value = refusal;
    for (const [name, code] of known) words[name] = problemWords.field(code, refusal.facts);
  }

  function fail(): void {
    state.value = 'failed';
    summaryRequests.value += 1;
  }

  return {
    values,
    state: readonly(state),
    isSaving: computed(() => state.value === 'saving'),
    problem,
    field,
    submit,
    /** For `ErrorSummary`: what is wrong, with the id of its field, and a counter that moves focus there. */
    summary: computed(() =>
      Object.entries(words).flatMap(([name, text]) =>
        text === undefined ? [] : [{ fieldId: `${formId}-${name}`, text }],
      ),
    ),
    summaryRequests: readonly(summaryRequests),
  };
}
