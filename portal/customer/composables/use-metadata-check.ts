import { computed, onScopeDispose, ref, shallowReadonly, shallowRef, watch } from 'vue';
import type { MetadataBody, MetadataCheck } from '../../../api/contract/setup-provider-settings.ts';
import {
  preflightCertificate,
  preflightEntityId,
  preflightMetadataText,
  preflightMetadataUrl,
  preflightSigningCertificate,
  preflightSsoUrl,
  type PreflightContext,
  type PreflightFinding,
} from '../../../onboarding/preflight.ts';
import { useApi, type ApiProblem } from '../../shared/api-client.ts';
import { asProblem } from '../../shared/composables/use-request.ts';

export type Typed = {
  way: MetadataBody['way'];
  url: string;
  text: string;
  entityId: string;
  ssoUrl: string;
  certificate: string;
  /** Whose key signs the metadata at the address; mostly none. */
  signingCertificate: string;
  /** Which of several identity providers in one document. */
  chosenEntity: string;
};

const pauseMs = 400;

/**
 * Looks at what was typed 400 ms after the last key, at once after a paste: first here, then, if nothing stops it, by
 * the server, which fetches and reads it. A newer look cancels the one before, so the last word is about what is there.
 */
export function useMetadataCheck(typed: Typed, context: () => PreflightContext) {
  const api = useApi();
  const local = shallowRef<readonly PreflightFinding[]>([]);
  const answer = shallowRef<MetadataCheck>();
  const problem = shallowRef<ApiProblem>();
  const isChecking = ref(false);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let current = new AbortController();

  watch(
    () => ({ ...typed }),
    () => {
      current.abort();
      isChecking.value = false;
      answer.value = undefined;
      local.value = [];
      problem.value = undefined;
      clearTimeout(pause);
      pause = setTimeout(() => void look(), pauseMs);
    },
  );
  onScopeDispose(() => {
    clearTimeout(pause);
    current.abort();
  });

  async function look(): Promise<void> {
    clearTimeout(pause);
    current.abort();
    const mine = (current = new AbortController());
    local.value = findingsOf(typed, context());
    answer.value = undefined;
    problem.value = undefined;
    if (local.value.some(({ severity }) => severity === 'stop')) return;
    isChecking.value = true;
    try {
      const found = await api.post<MetadataCheck>('/sso/metadata/check', bodyOf(typed), {
        signal: mine.signal,
      });
      if (!mine.signal.aborted) answer.value = found;
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error);
    } finally {
      if (current === mine) isChecking.value = false;
    }
  }

  const isEmpty = computed(() => {
    if (typed.way === 'metadata_url') return typed.url.trim() === '';
    if (typed.way === 'metadata_file') return typed.text.trim() === '';
    return `${typed.entityId}${typed.ssoUrl}${typed.certificate}`.trim() === '';
  });

  return {
    local: shallowReadonly(local),
    answer: shallowReadonly(answer),
    problem: shallowReadonly(problem),
    isChecking,
    isEmpty,
    look,
  };
}

export function bodyOf(typed: Typed): MetadataBody {
  const entityId = typed.chosenEntity === '' ? {} : { entityId: typed.chosenEntity };
  if (typed.way === 'metadata_url') {
    const { signingCertificate } = typed;
    return { way: 'metadata_url', url: typed.url.trim(), signingCertificate, ...entityId };
  }
  if (typed.way === 'metadata_file') return { way: 'metadata_file', text: typed.text, ...entityId };
  return {
    way: 'manual',
    entityId: typed.entityId.trim(),
    ssoUrl: typed.ssoUrl.trim(),
    certificate: typed.certificate,
  };
}

function findingsOf(typed: Typed, context: PreflightContext): readonly PreflightFinding[] {
  if (typed.way === 'metadata_url') {
    return [
      ...preflightMetadataUrl(typed.url, context),
      ...preflightSigningCertificate(typed.signingCertificate),
    ];
  }
  if (typed.way === 'metadata_file') return [preflightMetadataText(typed.text)];
  return [
    ...preflightSsoUrl(typed.ssoUrl, context),
    ...preflightEntityId(typed.entityId, context),
    preflightCertificate(typed.certificate),
  ];
}
