import { onScopeDispose, ref, shallowReadonly, shallowRef, watch } from 'vue';
import type { OidcCheck } from '../../../api/contract/setup-provider-settings.ts';
import {
  preflightOidc,
  type OidcPreflightContext,
  type OidcPreflightFinding,
  type TypedOidc,
} from '../../../onboarding/oidc-preflight.ts';
import { useApi, type ApiProblem } from '../../shared/api-client.ts';
import { asProblem } from '../../shared/composables/use-request.ts';

export type TypedProvider = { -readonly [Field in keyof TypedOidc]: TypedOidc[Field] };

const pauseMs = 400;

/** An empty secret is the server's to judge: some providers take none. */
const stopsHere = ({ severity, field, code }: OidcPreflightFinding) =>
  severity === 'stop' && !(field === 'clientSecret' && code === 'empty');

/**
 * Looks at a provider of OpenID Connect 400 ms after the last key, at once after a paste: first here, then by the
 * server, which fetches its document. A newer look cancels the one before, so the last word is about what is there.
 */
export function useOidcCheck(typed: TypedProvider, context: () => OidcPreflightContext) {
  const api = useApi();
  const local = shallowRef<readonly OidcPreflightFinding[]>([]);
  const answer = shallowRef<OidcCheck>();
  const problem = shallowRef<ApiProblem>();
  const isChecking = ref(false);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let current = new AbortController();

  function forget(): void {
    clearTimeout(pause);
    current.abort();
    isChecking.value = false;
    answer.value = undefined;
    local.value = [];
    problem.value = undefined;
  }

  watch(
    () => ({ ...typed }),
    () => {
      forget();
      pause = setTimeout(() => void look(), pauseMs);
    },
  );
  onScopeDispose(forget);

  async function look(): Promise<void> {
    forget();
    const mine = (current = new AbortController());
    local.value = preflightOidc(typed, context());
    if (local.value.some(stopsHere)) return;
    isChecking.value = true;
    try {
      const found = await api.post<OidcCheck>('/sso/oidc/check', { ...typed }, { signal: mine.signal });
      if (!mine.signal.aborted) answer.value = found;
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error);
    } finally {
      if (current === mine) isChecking.value = false;
    }
  }

  return {
    local: shallowReadonly(local),
    answer: shallowReadonly(answer),
    problem: shallowReadonly(problem),
    isChecking,
    look,
  };
}
