/** What the sign-in pages share: one answer of the server, asked again on news, and the person's place in the guide. */
import { computed, inject, provide, watch, type InjectionKey } from 'vue';
import { stepRules, stepsOf as stepsOfFeature, type StepName } from '../../onboarding/steps.ts';
import type { StepView } from '../../onboarding/view.ts';
import type { SignInGuide } from '../../onboarding/providers/sign-in/provider.ts';
import type { SsoState } from '../../api/contract/setup-connections.ts';
import { useApi } from '../shared/api-client.ts';
import { useRequest } from '../shared/composables/use-request.ts';
import { useText } from '../shared/i18n.ts';
import { useLiveUpdates } from '../shared/live-updates.ts';
import { useGuideProgress } from './composables/use-guide-progress.ts';
import { useJourney } from './journey.ts';

/** The guide arrives filled; its shape is the domain's own. */
export type SsoPageState = Omit<SsoState, 'guide'> & { guide: SignInGuide | null };
export type SsoConnection = NonNullable<SsoState['connection']>;

type Sso = ReturnType<typeof createSso>;
const ssoKey: InjectionKey<Sso> = Symbol('sign-in set-up');

function createSso() {
  const api = useApi();
  const journey = useJourney();
  const { t } = useText();
  const asked = useRequest((signal) => api.get<SsoPageState>('/sso', { signal }));
  const progress = useGuideProgress(() => '/sso/progress');

  watch(asked.data, (state) => {
    if (state === undefined) return;
    journey.note(state.view);
    progress.take(state.progress);
  });
  useLiveUpdates(asked.refresh, 'onboarding', 'attempt');

  const serving = computed(() => asked.data.value?.serving ?? asked.data.value?.connection ?? null);

  return {
    ...asked,
    ...progress,
    guide: computed(() => asked.data.value?.guide ?? null),
    connection: computed(() => asked.data.value?.connection ?? null),
    /** The provider's name inside a sentence. */
    providerName: computed(() => asked.data.value?.guide?.shortName ?? t('sso.someProvider')),
    /** Whether what these pages edit serves people; a draft does not. */
    isLive: computed(() => isLiveChip(asked.data.value?.connection?.chip)),
    /** What people sign in with, also while a draft is edited beside it. */
    serving,
    isServing: computed(() => isLiveChip(serving.value?.chip)),
    draft: computed(() => asked.data.value?.draft ?? null),
    /** Where each step stands, of a connection beside the journey; undefined of the one the journey is about. */
    ownSteps: computed(() => {
      const own = asked.data.value?.connection ?? null;
      return own?.isAdditional === true && asked.data.value?.draft?.isMine !== true
        ? stepsOf(own)
        : undefined;
    }),
    /** Deleted lately, and still to be brought back. */
    deleted: computed(() => asked.data.value?.deleted[0]),
    /** The newest of what can be brought back. */
    former: computed(() => asked.data.value?.formers[0]),
  };
}

/** The steps of one connection, as the journey would tell them. */
function stepsOf(connection: SsoConnection): StepView[] {
  const isChosen = connection.providerId !== null;
  const isKnown = connection.identityProvider !== null || connection.openIdProvider !== null;
  const isTested = connection.testedAt !== null && !connection.changedSinceTest;
  const done: Partial<Record<StepName, boolean>> = {
    choose_provider: isChosen,
    configure_provider: isKnown,
    enter_metadata: isKnown,
    test_sign_in: isTested,
    go_live: connection.activatedAt !== null,
  };
  return stepsOfFeature('sso').map((step) => {
    const cause = stepRules[step].needs.find((need) => done[need] !== true);
    const state = done[step] === true ? 'done' : cause === undefined ? 'open' : 'blocked';
    return { step, state, holder: 'customer', since: '', ...(state === 'blocked' && { cause: cause ?? '' }) };
  });
}

function isLiveChip(chip: SsoConnection['chip'] | undefined): boolean {
  return chip === 'live' || chip === 'failing';
}

export function provideSso(): Sso {
  const sso = createSso();
  provide(ssoKey, sso);
  return sso;
}

export function useSso(): Sso {
  const sso = inject(ssoKey);
  if (sso === undefined) throw new Error('Sign-in pages stand inside SsoSection.');
  return sso;
}
