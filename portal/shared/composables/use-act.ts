import { readonly, ref, shallowReadonly, shallowRef } from 'vue';
import { newIdempotencyKey, type ApiProblem, type CommandOptions } from '../api-client.ts';
import { asProblem } from './use-request.ts';

/**
 * One act of a page: one at a time, its refusal in place, and the same once more. A try of which nobody knows what became
 * keeps its key, so that pressing again cannot do the same thing twice.
 */
export function useAct<Input, Answer>(
  send: (input: Input, options: CommandOptions) => Promise<Answer>,
  onDone: (answer: Answer, input: Input) => unknown = () => undefined,
) {
  const running = shallowRef<Input>();
  const isRunning = ref(false);
  const problem = shallowRef<ApiProblem>();
  let refused: { input: Input } | undefined;
  let unanswered: { input: string; idempotencyKey: string } | undefined;

  async function run(input: Input): Promise<void> {
    if (isRunning.value) return;
    const asked = JSON.stringify(input) ?? '';
    const idempotencyKey = unanswered?.input === asked ? unanswered.idempotencyKey : newIdempotencyKey();
    unanswered = { input: asked, idempotencyKey };
    running.value = input;
    isRunning.value = true;
    problem.value = undefined;
    try {
      const answer = await send(input, { idempotencyKey });
      unanswered = undefined;
      await onDone(answer, input);
    } catch (error) {
      const refusal = asProblem(error);
      if (refusal.isRefusal) unanswered = undefined;
      problem.value = refusal;
      refused = { input };
    } finally {
      isRunning.value = false;
      running.value = undefined;
    }
  }

  /** Does again what was refused last. */
  async function again(): Promise<void> {
    if (problem.value !== undefined && refused !== undefined) await run(refused.input);
  }

  return {
    isRunning: readonly(isRunning),
    /** What the act that runs now is about, so that its own button shows it. */
    running: shallowReadonly(running),
    problem: shallowReadonly(problem),
    run,
    again,
    dismiss: () => (problem.value = undefined),
  };
}
